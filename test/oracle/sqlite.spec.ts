import { DatabaseSync } from 'node:sqlite'
import { binary, call, column, type Column, compile, dateTimeOffsetType, dateType, durationType, equalValues, type Expression, type FunctionName, int32Type, literal, stringType, type Value, type ValueType } from '@tributary/plan'
import * as fc from 'fast-check'
import { sqlOf, typed } from './values.js'

/** Dates and texts as SQLite knows them: dates are texts there, and times have milliseconds. */
const columns: readonly Column[] = [{ name: 'day', type: dateType }, { name: 'other', type: dateType }, { name: 'at', type: dateTimeOffsetType }, { name: 's', type: stringType }, { name: 't', type: stringType }]

interface Both {
  readonly ours: Expression
  readonly sql: string
  readonly type: ValueType
}

const col = (name: string): Both => ({ ours: column(columns.find((one) => one.name === name)?.type ?? stringType, name), sql: name, type: columns.find((one) => one.name === name)?.type ?? stringType })
const fn = (name: FunctionName, type: ValueType, given: readonly Expression[], sql: string): Both => ({ ours: call(name, type, ...given), sql, type })

const formats: Readonly<Record<string, string>> = { year: '%Y', month: '%m', day: '%d', hour: '%H', minute: '%M', second: '%S' }

const parts: fc.Arbitrary<Both> = fc.oneof(
  fc.tuple(fc.constantFrom('year' as const, 'month' as const, 'day' as const), fc.constantFrom('day', 'other', 'at')).map(([name, of]) => fn(name, int32Type, [col(of).ours], `cast(strftime('${formats[name]}', ${of}) as integer)`)),
  fc.constantFrom('hour' as const, 'minute' as const, 'second' as const).map((name) => fn(name, int32Type, [col('at').ours], `cast(strftime('${formats[name]}', at) as integer)`)))

const shifts: fc.Arbitrary<Both> = fc.oneof(
  fc.tuple(fc.constantFrom('day', 'other'), fc.integer({ min: 0, max: 1000 }), fc.constantFrom('add' as const, 'sub' as const)).map(([of, days, operator]) =>
    ({ ours: binary(operator, col(of).ours, literal(durationType, `P${days}D`), dateType), sql: `date(${of}, '${operator === 'add' ? '+' : '-'}${days} days')`, type: dateType })),
  fc.tuple(fc.integer({ min: 0, max: 10_000_000 }), fc.constantFrom('add' as const, 'sub' as const)).map(([seconds, operator]) =>
    ({ ours: binary(operator, col('at').ours, literal(durationType, `PT${seconds}S`), dateTimeOffsetType), sql: `strftime('%Y-%m-%dT%H:%M:%fZ', at, '${operator === 'add' ? '+' : '-'}${seconds} seconds')`, type: dateTimeOffsetType })),
  fc.constant({ ours: binary('sub', col('day').ours, col('other').ours, durationType), sql: `'P' || cast(julianday(day) - julianday(other) as integer) || 'D'`, type: durationType }),
  fc.constant(fn('date', dateType, [col('at').ours], 'date(at)')))

const texts: fc.Arbitrary<Both> = fc.oneof(
  fc.tuple(fc.nat(4), fc.nat(3)).map(([from, count]) => fn('substring', stringType, [col('s').ours, literal(int32Type, from), literal(int32Type, count)], `substr(s, ${from + 1}, ${count})`)),
  fc.constant(fn('indexof', int32Type, [col('s').ours, col('t').ours], '(instr(s, t) - 1)')), fc.constant(fn('length', int32Type, [col('s').ours], 'length(s)')),
  fc.constant(fn('concat', stringType, [col('s').ours, col('t').ours], '(s || t)')), fc.constant(fn('trim', stringType, [col('s').ours], 'trim(s)')))

const orNull = (arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 5, arbitrary })
const instants = typed['moment'].map((text) => `${String(text).slice(0, 23)}Z`)
const rowArbitrary = fc.tuple(orNull(typed['date']), orNull(typed['date']), orNull(instants), orNull(typed['text']), orNull(typed['text']))

/** SQLite writes days between dates with a sign in the middle. */
const readable = (answer: unknown): Value => (typeof answer === 'string' && /^P-\d+D$/.test(answer) ? `-P${answer.slice(2)}` : typeof answer === 'number' || typeof answer === 'string' ? answer : null)

describe('expressions mean what SQLite computes', () => {
  it('of dates, moments and texts', () => {
    const database = new DatabaseSync(':memory:')
    let cases = 0
    fc.assert(fc.property(fc.oneof(parts, shifts, texts), rowArbitrary, ({ ours, sql, type }, row) => {
      const given = row.map((value, index) => `${value === null ? 'null' : sqlOf('text', value)} as ${columns[index]?.name ?? ''}`).join(', ')
      const theirs = readable(database.prepare(`select ${sql} as answer from (select ${given})`).get()?.['answer'])
      const mine = compile(ours, columns)(row)
      cases += 1
      expect([sql, row, mine, equalValues(type, mine, theirs), theirs]).toEqual([sql, row, mine, true, theirs])
    }), { numRuns: 4000 })
    database.close()
    console.info(`SQLite: ${cases} values of expressions are the same`)
  })
})
