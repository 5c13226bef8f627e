import type { Value } from '@tributary/plan'
import * as fc from 'fast-check'

/** What expressions are made of; `span` is a duration, which DuckDB holds as microseconds. */
export type Kind = 'int' | 'dec' | 'dbl' | 'text' | 'bool' | 'date' | 'moment' | 'clock' | 'span' | 'guid' | 'ints'

/** The column types of the table. */
export const sqlTypes: Readonly<Record<Kind, string>> = {
  int: 'bigint', dec: 'decimal(18,4)', dbl: 'double', text: 'varchar', bool: 'boolean', date: 'date', moment: 'timestamp', clock: 'time', span: 'bigint', guid: 'uuid', ints: 'bigint[]',
}

const two = (number: number): string => String(number).padStart(2, '0')

/** Text of a scaled integer. */
export function decimalText(scaled: bigint, scale: number): string {
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(scale + 1, '0')
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`
}

/** Text of a duration by its microseconds. */
export const durationText = (micros: number | bigint): string => `${micros < 0 ? '-' : ''}PT${decimalText(micros < 0 ? -BigInt(micros) : BigInt(micros), 6)}S`

/** The microseconds of a text that `durationText` made. */
const microsOf = (text: string): string => text.replace('PT', '').replace('S', '').replace('.', '').replace(/^(-?)0+(?=\d)/, '$1')

export const seconds = fc.integer({ min: -90_000_000_000, max: 90_000_000_000 })

/** Texts whose case mapping is one to one: elsewhere OData goes by all of Unicode's rules, DuckDB by the simple ones. White space is blanks alone, which both trim. */
const words = fc.constantFrom('', 'a', 'A', 'ab', 'ba', 'b', ' ab ', "o'b", 'é', 'É', 'Ж', 'a😀b', '\uFFFD', '10', 'aXb')

const day = fc.date({ min: new Date('1700-01-01T00:00:00Z'), max: new Date('2299-12-31T00:00:00Z'), noInvalidDate: true })

/** A value of each kind as rows hold it, never null. */
export const typed: Readonly<Record<Kind, fc.Arbitrary<Value>>> = {
  int: fc.integer({ min: -20_000, max: 20_000 }).map(String),
  dec: fc.bigInt({ min: -99_999_999n, max: 99_999_999n }).map((scaled) => decimalText(scaled, 4)),
  dbl: fc.oneof(fc.integer({ min: -40, max: 40 }).map((halves) => halves / 2), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  text: words,
  bool: fc.boolean(),
  date: fc.oneof(fc.constantFrom('2000-02-29', '1900-03-01', '2024-12-31'), day.map((date) => date.toISOString().slice(0, 10))),
  moment: fc.tuple(day, fc.nat(999_999)).map(([date, micros]) => `${date.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`),
  clock: fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(999_999)).map(([hour, minute, second, micros]) => `${two(hour)}:${two(minute)}:${two(second)}.${String(micros).padStart(6, '0')}`),
  span: seconds.map(durationText),
  guid: fc.uuid().map((text) => (/[02468ace]$/.test(text) ? text.toUpperCase() : text)),
  ints: fc.array(fc.integer({ min: -5, max: 5 }).map(String), { maxLength: 4 }),
}

/** A constant as DuckDB writes it. */
export function sqlOf(kind: Kind, value: Value): string {
  if (value === null) return `cast(null as ${sqlTypes[kind]})`
  switch (kind) {
    case 'text': return `'${String(value).replaceAll("'", "''")}'`
    case 'span': return `cast(${microsOf(String(value))} as bigint)`
    case 'moment': return `timestamp '${String(value).replace('T', ' ').replace('Z', '')}'`
    case 'ints': return `cast([${(value as readonly Value[]).join(',')}] as bigint[])`
    case 'bool': return String(value)
    // a number with a point would be a decimal first
    case 'date': case 'clock': case 'guid': case 'dbl': return `cast('${String(value)}' as ${sqlTypes[kind]})`
    case 'int': case 'dec': return `cast(${String(value)} as ${sqlTypes[kind]})`
  }
}
