import { type BytesPage, decimalType, int32Type, parseRows } from '@tributary/plan'

describe('rows of base and derived types in one page', () => {
  it('have null for what is declared and missing, nothing for what only a derived type declares', () => {
    const rows = ['{"ID":1}', '{"ID":2,"Doors":null,"Price":1.10}']
    const bytes = Buffer.from(rows.join(','))
    const offsets = Int32Array.of(0, 8, 9, bytes.length)
    const columns = [{ name: 'ID', type: int32Type }, { name: 'Name', type: int32Type }, { name: 'Doors', type: int32Type, derived: true }, { name: 'Price', type: decimalType, derived: true }]
    const page: BytesPage = { kind: 'bytes', columns, bytes, offsets, ieee754: false, only: true }
    expect(parseRows(page).rows).toEqual([[1, null, undefined, undefined], [2, null, null, '1.10']])
  })
})
