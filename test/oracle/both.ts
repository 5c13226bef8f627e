import {
  binary, booleanType, call, collectionOf, column, type ComparisonOperator, dateTimeOffsetType, dateType, decimalType, doubleType, durationType, type Expression, type FunctionName, int32Type, int64Type,
  inList, lambda, literal, negate, not, primitiveType, stringType, timeOfDayType, type Value, type ValueType, variable,
} from '@tributary/plan'
import * as fc from 'fast-check'
import { durationText, seconds, sqlOf, typed, type Kind } from './values.js'

/** An expression as our evaluator takes it, and as DuckDB's SQL says the same. */
export interface Both {
  readonly ours: Expression
  readonly sql: string
}

export const types: Readonly<Record<Kind, ValueType>> = {
  int: int64Type, dec: decimalType, dbl: doubleType, text: stringType, bool: booleanType, date: dateType, moment: dateTimeOffsetType, clock: timeOfDayType, span: durationType,
  guid: primitiveType('Edm.Guid'), ints: collectionOf(int64Type),
}

const columnOf = (kind: Kind, name: string): Both => ({ ours: column(types[kind], name), sql: name })
const constant = (kind: Kind, value: Value): Both => ({ ours: literal(types[kind], value), sql: sqlOf(kind, value) })

/** One of the two columns of a kind, or a constant. */
const leaf = (kind: Kind): fc.Arbitrary<Both> => fc.oneof({ weight: 3, arbitrary: fc.constantFrom(columnOf(kind, `${kind}1`), columnOf(kind, `${kind}2`)) }, { weight: 1, arbitrary: typed[kind].map((value) => constant(kind, value)) })

const apply = (name: FunctionName, type: ValueType, sql: (...given: readonly string[]) => string) => (...given: readonly Both[]): Both =>
  ({ ours: call(name, type, ...given.map(({ ours }) => ours)), sql: sql(...given.map((one) => one.sql)) })

const operate = (operator: 'add' | 'sub' | 'mul' | 'div' | 'mod', type: ValueType, sql: (a: string, b: string) => string) => ([a, b]: readonly [Both, Both]): Both =>
  ({ ours: binary(operator, a.ours, b.ours, type), sql: sql(a.sql, b.sql) })

const exact = (sql: string): string => `cast(${sql} as decimal(38,8))`

/** A divisor: never zero, for there OData fails and DuckDB gives null. */
const divisor = fc.constantFrom(-7, -2, 1, 2, 3, 10).map((value) => constant('int', String(value)))

interface Kinds {
  readonly int: Both
  readonly dec: Both
  readonly dbl: Both
  readonly text: Both
  readonly bool: Both
  readonly date: Both
  readonly moment: Both
  readonly clock: Both
  readonly span: Both
}

type Tie = fc.LetrecTypedTie<Kinds>

const size = { depthSize: 'small', withCrossShrink: true } as const

const part = (name: FunctionName, of: 'date' | 'moment' | 'clock', tie: Tie): fc.Arbitrary<Both> => tie(of).map(apply(name, int32Type, (a) => `cast(extract(${name} from ${a}) as bigint)`))

const integers = (tie: Tie): fc.Arbitrary<Both> => fc.oneof(size, leaf('int'),
  fc.tuple(tie('int'), tie('int')).map(operate('add', int64Type, (a, b) => `(${a} + ${b})`)),
  fc.tuple(tie('int'), tie('int')).map(operate('sub', int64Type, (a, b) => `(${a} - ${b})`)),
  fc.tuple(leaf('int'), leaf('int')).map(operate('mul', int64Type, (a, b) => `(${a} * ${b})`)),
  fc.tuple(tie('int'), divisor).map(operate('div', int64Type, (a, b) => `(${a} // ${b})`)),
  fc.tuple(tie('int'), divisor).map(operate('mod', int64Type, (a, b) => `(${a} % ${b})`)),
  tie('int').map((a) => ({ ours: negate(int64Type, a.ours), sql: `(-${a.sql})` })),
  tie('text').map(apply('length', int32Type, (a) => `length(${a})`)),
  fc.tuple(tie('text'), tie('text')).map(([a, b]) => apply('indexof', int32Type, (x, y) => `(instr(${x}, ${y}) - 1)`)(a, b)),
  ...(['year', 'month', 'day'] as const).flatMap((name) => [part(name, 'date', tie), part(name, 'moment', tie)]),
  ...(['hour', 'minute', 'second'] as const).flatMap((name) => [part(name, 'clock', tie), part(name, 'moment', tie)]),
  leaf('ints').map(apply('length', int32Type, (a) => `len(${a})`)))

const rounded = (name: 'round' | 'floor' | 'ceiling', type: ValueType, wrap: (sql: string) => string) => apply(name, type, (a) => wrap(`${name === 'ceiling' ? 'ceil' : name}(${a})`))

const decimals = (tie: Tie): fc.Arbitrary<Both> => fc.oneof(size, leaf('dec'),
  fc.tuple(tie('dec'), tie('dec')).map(operate('add', decimalType, (a, b) => exact(`(${a} + ${b})`))),
  fc.tuple(tie('dec'), tie('int')).map(operate('sub', decimalType, (a, b) => exact(`(${a} - ${b})`))),
  fc.tuple(leaf('dec'), leaf('dec')).map(operate('mul', decimalType, (a, b) => exact(`(${a} * ${b})`))),
  fc.constantFrom('round' as const, 'floor' as const, 'ceiling' as const).chain((name) => tie('dec').map((a) => rounded(name, decimalType, exact)(a))),
  tie('clock').map(apply('fractionalseconds', decimalType, (a) => exact(`((extract(microsecond from ${a}) % 1000000) * 0.000001::decimal(7,6))`))),
  tie('span').map(apply('totalseconds', decimalType, (a) => exact(`(cast(${a} as decimal(24,0)) * 0.000001::decimal(7,6))`))))

const doubles = (tie: Tie): fc.Arbitrary<Both> => fc.oneof(size, leaf('dbl'),
  fc.tuple(tie('dbl'), tie('dbl')).map(operate('add', doubleType, (a, b) => `(${a} + ${b})`)),
  fc.tuple(tie('dbl'), tie('dbl')).map(operate('sub', doubleType, (a, b) => `(${a} - ${b})`)),
  fc.tuple(leaf('dbl'), leaf('dbl')).map(operate('mul', doubleType, (a, b) => `(${a} * ${b})`)),
  fc.tuple(tie('dbl'), divisor).map(operate('div', doubleType, (a, b) => `(${a} / cast(${b} as double))`)),
  fc.constantFrom('round' as const, 'floor' as const, 'ceiling' as const).chain((name) => tie('dbl').map((a) => rounded(name, doubleType, (sql) => sql)(a))))

const texts = (tie: Tie): fc.Arbitrary<Both> => fc.oneof(size, leaf('text'),
  fc.tuple(tie('text'), leaf('text')).map(([a, b]) => apply('concat', stringType, (x, y) => `(${x} || ${y})`)(a, b)),
  tie('text').map(apply('tolower', stringType, (a) => `lower(${a})`)), tie('text').map(apply('toupper', stringType, (a) => `upper(${a})`)), tie('text').map(apply('trim', stringType, (a) => `trim(${a})`)),
  fc.tuple(tie('text'), fc.nat(4)).map(([a, from]) => ({ ours: call('substring', stringType, a.ours, literal(int32Type, from)), sql: `substring(${a.sql}, ${from + 1})` })),
  fc.tuple(tie('text'), fc.nat(4), fc.nat(3)).map(([a, from, count]) => ({ ours: call('substring', stringType, a.ours, literal(int32Type, from), literal(int32Type, count)), sql: `substring(${a.sql}, ${from + 1}, ${count})` })))

const days = fc.integer({ min: -400, max: 400 })

const dates = (tie: Tie): fc.Arbitrary<Both> => fc.oneof(size, leaf('date'),
  fc.tuple(tie('date'), fc.constantFrom('add' as const, 'sub' as const), days).map(([a, operator, count]) =>
    ({ ours: binary(operator, a.ours, literal(durationType, durationText(count * 86_400_000_000)), dateType), sql: `cast(${a.sql} ${operator === 'add' ? '+' : '-'} to_days(${count}) as date)` })),
  tie('moment').map(apply('date', dateType, (a) => `cast(${a} as date)`)))

const moments = (tie: Tie): fc.Arbitrary<Both> => fc.oneof(size, leaf('moment'),
  fc.tuple(tie('moment'), fc.constantFrom('add' as const, 'sub' as const), seconds).map(([a, operator, micros]) =>
    ({ ours: binary(operator, a.ours, literal(durationType, durationText(micros)), dateTimeOffsetType), sql: `(${a.sql} ${operator === 'add' ? '+' : '-'} to_microseconds(${micros}))` })))

const clocks = (tie: Tie): fc.Arbitrary<Both> => fc.oneof(size, leaf('clock'), tie('moment').map(apply('time', timeOfDayType, (a) => `cast(${a} as time)`)))

const spans = (tie: Tie): fc.Arbitrary<Both> => fc.oneof(size, leaf('span'),
  fc.tuple(tie('span'), tie('span')).map(operate('add', durationType, (a, b) => `(${a} + ${b})`)), fc.tuple(tie('span'), tie('span')).map(operate('sub', durationType, (a, b) => `(${a} - ${b})`)),
  fc.tuple(tie('moment'), tie('moment')).map(operate('sub', durationType, (a, b) => `(epoch_us(${a}) - epoch_us(${b}))`)),
  fc.tuple(tie('date'), tie('date')).map(operate('sub', durationType, (a, b) => `(cast(${a} - ${b} as bigint) * 86400000000)`)),
  fc.tuple(leaf('span'), divisor).map(operate('mul', durationType, (a, b) => `(${a} * ${b})`)),
  tie('span').map((a) => ({ ours: negate(durationType, a.ours), sql: `(-${a.sql})` })))

const signs: Readonly<Record<ComparisonOperator, string>> = { eq: 'is not distinct from', ne: 'is distinct from', lt: '<', le: '<=', gt: '>', ge: '>=' }
const operators = fc.constantFrom<ComparisonOperator>('eq', 'ne', 'lt', 'le', 'gt', 'ge')

/** Comparison with null is false here and null there; equality knows null in both. */
const compared = ([a, operator, b]: readonly [Both, ComparisonOperator, Both]): Both =>
  ({ ours: binary(operator, a.ours, b.ours), sql: `coalesce(${a.sql} ${signs[operator]} ${b.sql}, false)` })

const listed = (kind: 'int' | 'text' | 'dec', tie: Tie): fc.Arbitrary<Both> => fc.tuple(tie(kind), fc.array(fc.oneof(typed[kind], fc.constant(null)), { minLength: 1, maxLength: 4 })).map(([a, items]) => ({
  ours: inList(a.ours, items.map((item) => literal(types[kind], item))), sql: `(${items.map((item) => `${a.sql} is not distinct from ${sqlOf(kind, item)}`).join(' or ')})`,
}))

const quantified = fc.tuple(fc.constantFrom('any' as const, 'all' as const), leaf('ints'), operators, typed['int']).map(([quantifier, items, operator, value]): Both => {
  const met = `len(list_filter(${items.sql}, x -> coalesce(x ${signs[operator]} ${value}, false)))`
  const sql = quantifier === 'any' ? `coalesce(${met} > 0, false)` : `coalesce(${met} = len(${items.sql}), true)`
  return { ours: lambda(quantifier, items.ours, 'x', binary(operator, variable(int64Type, 'x'), literal(int64Type, value))), sql }
})

const patterns = fc.constantFrom('^a', 'b$', 'a.b', '[ab]+', '^(a|b)*$', 'é', '^.{2}$', 'a?b+', '\\d', "o'", '^$', '(?:ab){1,2}')
const matched = (tie: Tie): fc.Arbitrary<Both> => fc.tuple(tie('text'), patterns).map(([a, pattern]) => ({
  ours: call('matchesPattern', booleanType, a.ours, literal(stringType, pattern)), sql: `regexp_matches(${a.sql}, ${sqlOf('text', pattern)})`,
}))

const found = (name: 'contains' | 'startswith' | 'endswith', sql: string, tie: Tie): fc.Arbitrary<Both> => fc.tuple(tie('text'), leaf('text')).map(([a, b]) => apply(name, booleanType, (x, y) => `${sql}(${x}, ${y})`)(a, b))

const comparable = ['int', 'dec', 'dbl', 'text', 'bool', 'date', 'moment', 'clock', 'span'] as const

const booleans = (tie: Tie): fc.Arbitrary<Both> => fc.oneof(size, leaf('bool'),
  ...comparable.map((kind) => fc.tuple(tie(kind), operators, tie(kind)).map(compared)),
  fc.tuple(tie('int'), operators, tie('dec')).map(compared), fc.tuple(leaf('guid'), operators, leaf('guid')).map(compared),
  fc.tuple(tie('bool'), fc.constantFrom('and' as const, 'or' as const), tie('bool')).map(([a, name, b]) => ({ ours: binary(name, a.ours, b.ours), sql: `(${a.sql} ${name} ${b.sql})` })),
  tie('bool').map((a) => ({ ours: not(a.ours), sql: `(not ${a.sql})` })),
  fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(([a, b, c]) => ({ ours: call('case', booleanType, a.ours, b.ours, literal(booleanType, true), c.ours), sql: `(case when ${a.sql} then ${b.sql} else ${c.sql} end)` })),
  found('contains', 'contains', tie), found('startswith', 'starts_with', tie), found('endswith', 'suffix', tie), matched(tie), listed('int', tie), listed('text', tie), listed('dec', tie), quantified)

/** Random expressions of each kind, over the columns of `table`. */
export const expressions: { readonly [K in keyof Kinds]: fc.Arbitrary<Both> } = fc.letrec<Kinds>((tie) => ({
  int: integers(tie), dec: decimals(tie), dbl: doubles(tie), text: texts(tie), bool: booleans(tie), date: dates(tie), moment: moments(tie), clock: clocks(tie), span: spans(tie),
}))
