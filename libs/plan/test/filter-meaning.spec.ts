import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { binary, call, column, compile, type Column, type Expression, inList, int64Type, literal, not, stringType, booleanType, type Value } from '@tributary/plan'

/** An expression and what SQLite calls it, where both mean the same: there, comparison with null gives null, here false. */
interface Both {
  readonly ours: Expression
  readonly sql: string
}

const columns: readonly Column[] = [{ name: 'n', type: int64Type }, { name: 'm', type: int64Type }, { name: 's', type: stringType }, { name: 't', type: stringType }]
const number = (name: string): Both => ({ ours: column(int64Type, name), sql: name })
const text = (name: string): Both => ({ ours: column(stringType, name), sql: name })
const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

const words = fc.constantFrom('', 'a', 'A', 'ab', 'ba', "o'b", 'é', '\uFFFD', '😀')
const wholes = fc.integer({ min: -3, max: 3 })

const numbers: fc.Arbitrary<Both> = fc.letrec<{ number: Both }>((tie) => ({
  number: fc.oneof({ depthSize: 'small' }, fc.constantFrom(number('n'), number('m')), wholes.map((value) => ({ ours: literal(int64Type, String(value)), sql: `(${value})` })),
    fc.tuple(tie('number'), fc.constantFrom(['add', '+'] as const, ['sub', '-'] as const, ['mul', '*'] as const), tie('number'))
      .map(([a, [name, sign], b]) => ({ ours: binary(name, a.ours, b.ours, int64Type), sql: `(${a.sql} ${sign} ${b.sql})` }))),
})).number

const texts: fc.Arbitrary<Both> = fc.oneof(fc.constantFrom(text('s'), text('t')), words.map((value) => ({ ours: literal(stringType, value), sql: quoted(value) })),
  fc.tuple(fc.constantFrom(text('s'), text('t')), words).map(([a, word]) => ({ ours: call('concat', stringType, a.ours, literal(stringType, word)), sql: `(${a.sql} || ${quoted(word)})` })))

const comparisons = fc.constantFrom(['lt', '<'] as const, ['le', '<='] as const, ['gt', '>'] as const, ['ge', '>='] as const)
const compared = ([a, [name, sign], b]: readonly [Both, readonly ['lt' | 'le' | 'gt' | 'ge', string], Both]): Both => ({ ours: binary(name, a.ours, b.ours), sql: `coalesce(${a.sql} ${sign} ${b.sql}, 0)` })

const predicates: fc.Arbitrary<Both> = fc.letrec<{ predicate: Both }>((tie) => ({
  predicate: fc.oneof({ depthSize: 'medium' },
    fc.tuple(numbers, comparisons, numbers).map(compared),
    fc.tuple(texts, comparisons, texts).map(compared),
    fc.tuple(numbers, numbers).map(([a, b]) => ({ ours: binary('eq', a.ours, b.ours), sql: `(${a.sql} is ${b.sql})` })),
    fc.tuple(texts, texts).map(([a, b]) => ({ ours: binary('ne', a.ours, b.ours), sql: `(${a.sql} is not ${b.sql})` })),
    fc.tuple(texts, words).map(([a, word]) => ({ ours: call('contains', booleanType, a.ours, literal(stringType, word)), sql: `(instr(${a.sql}, ${quoted(word)}) > 0)` })),
    fc.tuple(texts, wholes).map(([a, size]) => ({ ours: binary('eq', call('length', int64Type, a.ours), literal(int64Type, String(size))), sql: `(length(${a.sql}) is ${size})` })),
    fc.tuple(numbers, fc.array(wholes, { minLength: 1, maxLength: 3 })).map(([a, items]) => ({ ours: inList(a.ours, items.map((item) => literal(int64Type, String(item)))), sql: `coalesce(${a.sql} in (${items.join(',')}), 0)` })),
    tie('predicate').map((a) => ({ ours: not(a.ours), sql: `(not ${a.sql})` })),
    fc.tuple(tie('predicate'), fc.constantFrom('and' as const, 'or' as const), tie('predicate')).map(([a, name, b]) => ({ ours: binary(name, a.ours, b.ours), sql: `(${a.sql} ${name} ${b.sql})` }))),
})).predicate

describe('the meaning of a filter', () => {
  it('is what SQLite computes over the same rows', () => {
    const database = new DatabaseSync(':memory:')
    const whole = fc.oneof(fc.constant(null), wholes)
    const word = fc.oneof(fc.constant(null), words)
    fc.assert(fc.property(predicates, fc.tuple(whole, whole, word, word), ({ ours, sql }, [n, m, s, t]) => {
      const row: readonly Value[] = [n === null ? null : String(n), m === null ? null : String(m), s, t]
      const answer = database.prepare(`select ${sql} as answer from (select ? as n, ? as m, ? as s, ? as t)`).get(n, m, s, t)?.['answer'] ?? null
      expect([sql, row, compile(ours, columns)(row)]).toEqual([sql, row, answer === null ? null : answer === 1])
    }), { numRuns: 2000 })
    database.close()
  })
})
