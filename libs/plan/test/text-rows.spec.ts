import { decimalType, int64Type, int32Type, doubleType, parseRows, rowTextColumn, stringType, textRows, type BytesPage, type Column } from '@tributary/plan'
import * as fc from 'fast-check'

const columns: readonly Column[] = [
  { name: 'ID', type: int32Type }, { name: 'Größe', type: int64Type }, { name: 'Price', type: decimalType }, { name: 'Weight', type: doubleType },
  { name: 'Name', type: stringType }, { name: 'Note', type: stringType }, { name: 'Code', type: stringType },
]

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"ID":7', '\\"Price\\":"1"', 'a"b', '}],"value":[', '\u0000', 'ключ', '🎈', ',', '{}'))
const exact = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String), fc.constantFrom('0', '-1.50', '12345678901234567890.123'))
const nullable = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null })
const row = fc.record({
  ID: fc.integer(), Größe: nullable(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)), Price: nullable(exact), Weight: nullable(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom('INF', '-INF'))),
  Name: nullable(text), Note: text, Code: fc.string(),
})

/** Rows as a source writes them: in any order of members, with white space, numbers quoted or not. */
const written = fc.record({ rows: fc.array(row, { minLength: 1, maxLength: 12 }), quoted: fc.boolean(), reversed: fc.boolean(), space: fc.constantFrom('', ' ', '\n  ') })

function pageOf({ rows, quoted, reversed, space }: { readonly rows: readonly Readonly<Record<string, unknown>>[]; readonly quoted: boolean; readonly reversed: boolean; readonly space: string }, renamed?: ReadonlyMap<string, string>): BytesPage {
  const member = ([name, value]: readonly [string, unknown]): string => {
    const raw = !quoted && (name === 'Größe' || name === 'Price') && value !== null ? String(value) : JSON.stringify(value)
    return `${JSON.stringify(renamed?.get(name) ?? name)}${space}:${space}${raw}`
  }
  const texts = rows.map((object) => `{${(reversed ? Object.entries(object).toReversed() : Object.entries(object)).map(member).join(`,${space}`)}}`)
  const bytes = Buffer.from(`[${texts.join(',')}]`)
  const offsets: number[] = []
  let at = 1
  for (const one of texts) {
    offsets.push(at, at + Buffer.byteLength(one))
    at += Buffer.byteLength(one) + 1
  }
  return { kind: 'bytes', columns, bytes, offsets: Int32Array.from(offsets), ieee754: quoted, only: true, ...(renamed === undefined ? {} : { renamed }) }
}

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
