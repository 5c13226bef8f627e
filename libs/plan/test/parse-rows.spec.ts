import * as fc from 'fast-check'
import { booleanType, collectionOf, decimalType, doubleType, int32Type, int64Type, parseRows, stringType, structuredType, type BytesPage, type Column, type Value } from '@tributary/plan'

function pageOf(rows: readonly string[], columns: readonly Column[], options: { readonly ieee754?: boolean; readonly gap?: string } = {}): BytesPage {
  const parts: Buffer[] = []
  const offsets: number[] = []
  let at = 0
  for (const row of rows) {
    const bytes = Buffer.from(row)
    offsets.push(at, at + bytes.length)
    parts.push(bytes, Buffer.from(options.gap ?? ',\n '))
    at += bytes.length + Buffer.byteLength(options.gap ?? ',\n ')
  }
  return { kind: 'bytes', columns, bytes: Buffer.concat(parts), offsets: Int32Array.from(offsets), ieee754: options.ieee754 ?? false, only: false }
}

const id: Column = { name: 'ID', type: int64Type }
const price: Column = { name: 'Price', type: decimalType }
const score: Column = { name: 'Score', type: doubleType }
const text: Column = { name: 'Text', type: stringType }

describe('parsing the rows of a page', () => {
  it('keeps every digit of Int64 and Decimal, as numbers and as strings', () => {
    const columns = [id, price, score]
    const rows = ['{"ID":9007199254740993,"Price":12.50,"Score":0.1}', '{"Price":-0.00000000000000000001,"ID":"-9223372036854775808","Score":"INF"}', '{"ID":null,"Price":1e3,"Score":"NaN"}']
    expect(parseRows(pageOf(rows, columns)).rows).toEqual([['9007199254740993', '12.50', 0.1], ['-9223372036854775808', '-0.00000000000000000001', Infinity], [null, '1e3', NaN]])
  })

  it('is not misled by text that looks like a number of a column', () => {
    const tricky = String.raw`{"Text":"\"Price\":12.50, \"ID\" : 7","Price":3.10,"ID":7}`
    expect(parseRows(pageOf([tricky], [text, price, id])).rows).toEqual([['"Price":12.50, "ID" : 7', '3.10', '7']])
  })

  it('keeps digits within complex values, collections and undeclared content', () => {
    const address: Column = { name: 'Address', type: structuredType('N.Address'), fields: [{ name: 'Rate', type: decimalType }, { name: 'Level', type: doubleType }, { name: 'Deep', type: structuredType('N.Deep'), fields: [{ name: 'Big', type: int64Type }] }] }
    const many: Column = { name: 'Many', type: collectionOf(structuredType('N.Address')), fields: address.fields ?? [] }
    const row = '{"Address":{"Rate":1.10,"Level":"-INF","Deep":{"Big":9007199254740993}},"Many":[{"Rate":2.20},null],"Other":12345678901234567890}'
    expect(parseRows(pageOf([row], [address, many, { name: '*', type: structuredType('N.Any') }])).rows).toEqual([
      [{ Rate: '1.10', Level: -Infinity, Deep: { Big: '9007199254740993' } }, [{ Rate: '2.20' }, null], { Other: '12345678901234567890' }],
    ])
  })

  it('takes a property that is absent for null, control information as it is', () => {
    expect(parseRows(pageOf(['{"@odata.etag":"W/1","Extra":1}'], [text, { name: '@odata.etag', type: stringType }, { name: '@odata.type', type: stringType }])).rows).toEqual([[null, 'W/1', undefined]])
  })

  it('reads any rows of any buffer: only commas and blanks between them make one text', () => {
    expect(parseRows(pageOf(['{"Text":"a"}', '{"Text":"b"}'], [text], { gap: '{"Text":"left out"}' })).rows).toEqual([['a'], ['b']])
    expect(parseRows(pageOf([], [text])).rows).toEqual([])
  })

  it('names a row that is broken, and its source', () => {
    expect(() => parseRows({ ...pageOf(['{"Text":}'], [text]), slug: 'erp' })).toThrow(expect.objectContaining({ params: expect.objectContaining({ slug: 'erp' }) as unknown }) as Error)
    expect(() => parseRows(pageOf(['{"Text":}'], [text]))).toThrow(expect.objectContaining({ code: 'HUB_SOURCE_INVALID' }) as Error)
  })

  it('gives what was written, for any values', () => {
    const columns: readonly Column[] = [{ name: 'a"b', type: stringType }, { name: 'N.1', type: int32Type }, { name: 'B', type: booleanType }, id, price]
    const value = fc.tuple(fc.option(fc.string({ unit: 'binary' })), fc.option(fc.integer()), fc.option(fc.boolean()), fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)), fc.option(fc.tuple(fc.bigInt(), fc.nat({ max: 99_999 })).map(([whole, part]) => `${whole}.${part}`)))
    fc.assert(fc.property(fc.array(value, { maxLength: 6 }), fc.boolean(), (rows, ieee754) => {
      const written = rows.map((row) => `{${row.map((each, index) => `${JSON.stringify(columns[index]?.name)}: ${index > 2 && !ieee754 && each !== null ? String(each) : JSON.stringify(each)}`).join(' , ')}}`)
      expect(parseRows(pageOf(written, columns, { ieee754 })).rows).toEqual(rows as readonly (readonly Value[])[])
    }), { numRuns: 300 })
  })
})
