import { decimalType, doubleType, int32Type, int64Type, stringType, type BytesPage, type Column } from '@tributary/plan'
import * as fc from 'fast-check'

/** Columns of every width of number, and of text. */
export const columns: readonly Column[] = [
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
export const written = fc.record({ rows: fc.array(row, { minLength: 1, maxLength: 12 }), quoted: fc.boolean(), reversed: fc.boolean(), space: fc.constantFrom('', ' ', '\n  ') })

/** The page that holds such rows, its members renamed. */
export function pageOf({ rows, quoted, reversed, space }: { readonly rows: readonly Readonly<Record<string, unknown>>[]; readonly quoted: boolean; readonly reversed: boolean; readonly space: string }, renamed?: ReadonlyMap<string, string>): BytesPage {
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
