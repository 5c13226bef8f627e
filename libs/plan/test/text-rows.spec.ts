import { parseRows, rowTextColumn, stringType, textRows, type BytesPage, type Column } from '@tributary/plan'
import * as fc from 'fast-check'
import { columns, pageOf, written } from './written-pages.js'

const cases = fc.record({
  given: written, ieee754: fc.boolean(), visible: fc.subarray(columns.map(({ name }) => name), { minLength: 1 }), parsed: fc.subarray(['ID', 'Name', 'Größe'], { maxLength: 3 }),
  renamed: fc.constantFrom(undefined, new Map([['Price', 'Cost'], ['Größe', 'size'], ['Name', 'Note'], ['Note', 'Name']])),
})

describe('rows as text', () => {
  it('hold the same members as rows that are parsed, under the names and in the form they are written', () => {
    fc.assert(fc.property(cases, ({ given, ieee754, visible, parsed, renamed }) => {
      const page = pageOf(given, renamed)
      const values = parseRows(page, columns)
      const { rows, columns: shown } = textRows({ visible, ieee754, parsed })(page, columns)
      expect(shown.at(-1)).toBe(rowTextColumn)
      for (const [index, one] of rows.entries()) {
        const members = Buffer.from(`{${String(one.at(-1))}}`, 'latin1')
        const again: BytesPage = { kind: 'bytes', columns, bytes: members, offsets: Int32Array.of(0, members.length), ieee754, only: false }
        const object = JSON.parse(members.toString()) as Readonly<Record<string, unknown>>
        expect(Object.keys(object).toSorted()).toEqual(visible.toSorted())
        expect(parseRows(again, columns.filter(({ name }) => visible.includes(name))).rows[0]).toEqual(columns.flatMap(({ name }, position) => (visible.includes(name) ? [values.rows[index]?.[position]] : [])))
        for (const name of ['Größe', 'Price'].filter((number) => visible.includes(number) && object[number] !== null)) expect(typeof object[name]).toBe(ieee754 ? 'string' : 'number')
        for (const name of parsed) expect(one[columns.findIndex((column) => column.name === name)]).toEqual(values.rows[index]?.[columns.findIndex((column) => column.name === name)])
      }
    }), { numRuns: 500 })
  })

  it('are values where text would not do: undeclared members, nested values, a member that is missing', () => {
    const form = { visible: ['ID', 'Note'], ieee754: false, parsed: ['Note'] }
    const page = pageOf({ rows: [{ ID: 1, Note: 'a', Extra: true }], quoted: false, reversed: false, space: '' })
    const [open] = textRows(form)({ ...page, only: false }, columns).rows
    expect([open?.[0], open?.[5], open?.at(columns.length)]).toEqual([1, 'a', undefined])
    const nested: readonly Column[] = [...columns, { name: 'Tags', type: { ...stringType, collection: true } }]
    const [tagged] = textRows(form)({ ...page, columns: nested }, nested).rows
    expect(tagged?.at(nested.length)).toBeUndefined()
  })
})

describe('a few columns of a page', () => {
  it('have the values that parsing gives', () => {
    fc.assert(fc.property(written, fc.subarray([...columns], { minLength: 1, maxLength: 3 }), (given, wanted) => {
      const page = pageOf(given)
      expect(parseRows(page, wanted).rows).toEqual(parseRows({ ...page, only: false }, wanted).rows)
    }), { numRuns: 500 })
  })

  it('are null where a row lacks them', () => {
    const page = pageOf({ rows: [{ ID: 1, Note: 'a' }, { ID: 2 }, { ID: 3, Note: 'c' }], quoted: false, reversed: false, space: '' })
    expect(parseRows(page, columns.filter(({ name }) => name === 'Note')).rows).toEqual([['a'], [null], ['c']])
  })
})
