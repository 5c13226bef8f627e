import * as fc from 'fast-check'
import { call, compute, literal, not, property, test, type Expression, type Literal, type Property, type Start } from './expression.js'
import type { Model, ModelSet } from './model.js'
import { words } from './random-rows.js'
import { kindOf, type Kind } from './values.js'

/** A property an expression may read, and values it has. */
interface Reachable {
  readonly property: Property
  readonly type: string
  readonly values: readonly unknown[]
}

/** Where expressions stand: the set, the range variable if any, and how deep they are. */
export interface Scope {
  readonly model: Model
  readonly set: ModelSet
  readonly variable?: string
  readonly depth: number
}

const startOf = (scope: Scope, ...through: readonly string[]): Start => ({ ...(scope.variable === undefined ? {} : { variable: scope.variable }), through })

function own(set: ModelSet, from: Start): readonly Reachable[] {
  return set.properties.map(({ name, type }) => {
    const values = [...new Set(set.rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined))]
    return { property: property(name, kindOf(type), from), type, values: values.length === 0 ? [null] : values }
  })
}

/** Own properties, and those over one or two to-one navigations whose rows are unique. */
function reachable(scope: Scope): { readonly near: readonly Reachable[]; readonly far: readonly Reachable[] } {
  const steps = scope.set.navigations.filter(({ toMany, unique }) => !toMany && unique)
  const far = steps.flatMap(({ name, target }) => {
    const next = scope.model.set(target)
    const further = next.navigations.filter(({ toMany, unique }) => !toMany && unique)
    return [...own(next, startOf(scope, name)), ...further.flatMap((second) => own(scope.model.set(second.target), startOf(scope, name, second.name)))]
  })
  return { near: own(scope.set, startOf(scope)), far }
}

const aLiteral = ({ property: { kind }, values }: Reachable): fc.Arbitrary<Literal> => fc.constantFrom(...values).map((raw) => literal(kind, raw))
const among = (...names: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...names)
const equality = among('eq', 'ne')
const comparison = among('eq', 'ne', 'lt', 'le', 'gt', 'ge')
const integer = (least: number, most: number): fc.Arbitrary<Literal> => fc.integer({ min: least, max: most }).map((number) => literal('integer', number))

/** Conditions over one property, by its kind. */
function conditions(one: Reachable, peers: readonly Reachable[]): fc.Arbitrary<Expression> {
  const { property: read } = one
  const value = aLiteral(one)
  const operator = read.kind === 'boolean' || read.kind === 'binary' || read.kind === 'enum' ? equality : comparison
  const general: fc.Arbitrary<Expression>[] = [
    fc.tuple(operator, value).map(([name, constant]) => test(name, read, constant)),
    fc.tuple(operator, value).map(([name, constant]) => test(name, read, constant)),
    fc.tuple(operator, value).map(([name, constant]) => test(name, constant, read)),
    equality.map((name) => test(name, read, literal(read.kind, null))),
    fc.tuple(fc.array(value, { minLength: 1, maxLength: 4 }), fc.boolean()).map(([items, withNull]): Expression => ({ node: 'in', operand: read, items: withNull && items.length > 1 ? [literal(read.kind, null), ...items] : items, kind: 'boolean' })),
    ...(peers.length === 0 ? [] : [fc.tuple(operator, fc.constantFrom(...peers)).map(([name, peer]) => test(name, read, peer.property))]),
  ]
  return fc.oneof(...general.map((arbitrary) => ({ weight: 1, arbitrary })), ...ofKind(one, value).map((arbitrary) => ({ weight: 3, arbitrary })))
}

function ofKind(one: Reachable, value: fc.Arbitrary<Literal>): readonly fc.Arbitrary<Expression>[] {
  const { property: read, type } = one
  switch (read.kind) {
    case 'string': return ofText(one, value)
    case 'boolean': return [fc.constant(read)]
    case 'enum': return [value.map((flags): Expression => ({ node: 'has', operand: read, flags, kind: 'boolean' })), isof(one)]
    case 'integer': return [...ofIntegers(read), ...ofCasts(read), isof(one)]
    case 'decimal': return ofDecimals(read, value)
    case 'double': return type === 'Edm.Double' ? ofDoubles(read, value) : []
    case 'date': return [among('year', 'month', 'day').chain((part) => fc.tuple(comparison, fieldOf(part)).map(([name, field]) => test(name, call('integer', part, read), field)))]
    case 'time': return ofTimes(read)
    case 'moment': return ofMoments(read)
    case 'duration': return [isof(one), fc.tuple(comparison, fc.integer({ min: -1800, max: 90_000 })).map(([name, seconds]) => test(name, call('decimal', 'totalseconds', read), literal('decimal', `${seconds}.5`)))]
    default: return []
  }
}

const wordPart = fc.oneof(fc.constantFrom(...words), fc.constantFrom('a', 'A', 'e', 'r', ' ', 'ß', '日', '𝒳', '%', '_'))

function ofText({ property: read }: Reachable, value: fc.Arbitrary<Literal>): readonly fc.Arbitrary<Expression>[] {
  const part = wordPart.map((text) => literal('string', text))
  return [
    fc.tuple(among('contains', 'startswith', 'endswith'), part).map(([name, given]) => call('boolean', name, read, given)),
    fc.tuple(among('contains', 'startswith', 'endswith'), part, equality).map(([name, given, operator]) => test(operator, call('boolean', name, read, given), literal('boolean', true))),
    fc.tuple(among('tolower', 'toupper', 'trim', 'trim'), comparison, value).map(([name, operator, constant]) => test(operator, call('string', name, read), constant)),
    fc.tuple(comparison, integer(0, 8)).map(([operator, constant]) => test(operator, call('integer', 'length', read), constant)),
    fc.tuple(comparison, part, integer(-1, 3)).map(([operator, given, constant]) => test(operator, call('integer', 'indexof', read, given), constant)),
    fc.tuple(operatorAndText, integer(0, 3), fc.option(integer(0, 4), { nil: undefined })).map(([[operator, constant], from, count]) => test(operator, call('string', 'substring', read, from, ...(count === undefined ? [] : [count])), constant)),
    fc.tuple(comparison, part, value).map(([operator, given, constant]) => test(operator, call('string', 'concat', read, given), constant)),
    among('^[aAzZ]', 'r.*a', 'e$', '^$', '[0-9]', '\\p{Lu}').map((pattern) => call('boolean', 'matchesPattern', read, literal('string', pattern))),
  ]
}

const operatorAndText = fc.tuple(comparison, wordPart.map((text) => literal('string', text)))

const isof = ({ property: read, type }: Reachable): fc.Arbitrary<Expression> => among(type, 'Edm.String').map((name): Expression => ({ node: 'typed', test: 'isof', operand: read, type: name, kind: 'boolean' }))

const casts = (read: Property, type: string, kind: Kind): Expression => ({ node: 'typed', test: 'cast', operand: read, type, kind })

const ofCasts = (read: Property): readonly fc.Arbitrary<Expression>[] => [
  fc.tuple(comparison, fc.integer({ min: -10, max: 30 })).map(([operator, number]) => test(operator, casts(read, 'Edm.Decimal', 'decimal'), literal('decimal', `${number}.5`))),
  fc.tuple(comparison, fc.integer({ min: -10, max: 30 })).map(([operator, number]) => test(operator, casts(read, 'Edm.String', 'string'), literal('string', String(number)))),
]

function ofIntegers(read: Property): readonly fc.Arbitrary<Expression>[] {
  return [
    fc.tuple(among('add', 'sub', 'mul'), integer(-3, 5), comparison, integer(-40, 60)).map(([name, by, operator, constant]) => test(operator, compute('integer', name, read, by), constant)),
    fc.tuple(among('div', 'mod', 'mod'), fc.constantFrom(-3, 2, 4, 7), comparison, integer(-4, 6)).map(([name, by, operator, constant]) => test(operator, compute('integer', name, read, literal('integer', by)), constant)),
    fc.tuple(comparison, integer(-20, 20)).map(([operator, constant]) => test(operator, { node: 'negate', operand: read, kind: 'integer' }, constant)),
    fc.tuple(comparison, fc.integer({ min: -10, max: 30 })).map(([operator, number]) => test(operator, read, literal('decimal', `${number}.5`))),
    fc.tuple(fc.constantFrom(2, 4, 5), comparison, fc.integer({ min: -10, max: 12 })).map(([by, operator, number]) => test(operator, compute('decimal', 'divby', read, literal('integer', by)), literal('decimal', `${number}.25`))),
  ]
}

function ofDecimals(read: Property, value: fc.Arbitrary<Literal>): readonly fc.Arbitrary<Expression>[] {
  const constant = fc.constantFrom('0.5', '1.10', '-3.25', '2.0', '12345678901234567890.11').map((text) => literal('decimal', text))
  return [
    fc.tuple(among('add', 'sub', 'mul'), constant, comparison, value).map(([name, by, operator, other]) => test(operator, compute('decimal', name, read, by), other)),
    fc.tuple(among('div', 'divby'), fc.constantFrom('2', '4.0', '0.5', '-5'), comparison, value).map(([name, by, operator, other]) => test(operator, compute('decimal', name, read, literal('decimal', by.includes('.') ? by : `${by}.0`)), other)),
    fc.tuple(among('round', 'floor', 'ceiling'), comparison, fc.integer({ min: -5, max: 40 })).map(([name, operator, number]) => test(operator, call('decimal', name, read), literal('decimal', `${number}.0`))),
    fc.tuple(comparison, value).map(([operator, other]) => test(operator, { node: 'negate', operand: read, kind: 'decimal' }, other)),
  ]
}

function ofDoubles(read: Property, value: fc.Arbitrary<Literal>): readonly fc.Arbitrary<Expression>[] {
  return [
    fc.tuple(among('add', 'sub', 'mul', 'div'), fc.constantFrom(0.5, 2, -4), comparison, value).map(([name, by, operator, other]) => test(operator, compute('double', name, read, literal('double', by)), other)),
    fc.tuple(among('round', 'floor', 'ceiling'), comparison, fc.integer({ min: -5, max: 10 })).map(([name, operator, number]) => test(operator, call('double', name, read), literal('double', number))),
  ]
}

const fields: Readonly<Record<string, readonly [number, number]>> = { year: [1995, 2025], month: [1, 12], day: [1, 28], hour: [0, 23], minute: [0, 59], second: [0, 59] }
function fieldOf(part: string): fc.Arbitrary<Literal> {
  const [least, most] = fields[part] ?? [0, 1]
  return integer(least, most)
}

const ofTimes = (read: Property): readonly fc.Arbitrary<Expression>[] => [
  among('hour', 'minute', 'second', 'second').chain((part) => fc.tuple(comparison, fieldOf(part)).map(([name, field]) => test(name, call('integer', part, read), field))),
  fc.tuple(comparison, among('0.0', '0.25', '0.2', '0.5')).map(([name, fraction]) => test(name, call('decimal', 'fractionalseconds', read), literal('decimal', fraction))),
]

const ofMoments = (read: Property): readonly fc.Arbitrary<Expression>[] => [
  among('year', 'month', 'month', 'day', 'day', 'hour', 'minute', 'second', 'second').chain((part) => fc.tuple(comparison, fieldOf(part)).map(([name, field]) => test(name, call('integer', part, read), field))),
  fc.tuple(comparison, among('2000-06-15', '2023-01-01')).map(([name, date]) => test(name, casts(read, 'Edm.Date', 'date'), literal('date', date))),
  fc.tuple(comparison, among('2000-06-15', '2023-01-01', '2024-03-03')).map(([name, date]) => test(name, call('date', 'date', read), literal('date', date))),
  fc.tuple(comparison, among('12:00:00', '06:30:00.5')).map(([name, time]) => test(name, call('time', 'time', read), literal('time', time))),
  fc.tuple(comparison, fc.constantFrom(0, 120)).map(([name, minutes]) => test(name, call('integer', 'totaloffsetminutes', read), literal('integer', minutes))),
  fc.tuple(comparison, fc.constantFrom(0, 120, -330)).map(([name, minutes]) => test(name, call('integer', 'totaloffsetminutes', read), literal('integer', minutes))),
]

/** Conditions over a property that holds many texts. */
function markConditions({ set }: Scope, from: Start): readonly fc.Arbitrary<Expression>[] {
  const { marks } = set
  if (marks === undefined) return []
  const words = among('red', 'Red', 'blue', "O'Neil", '').map((text) => literal('string', text))
  const base = { node: 'marks' as const, from, name: marks.name }
  return [
    fc.tuple(fc.constantFrom('any' as const, 'all' as const), comparison, words).map(([operator, name, value]): Expression => ({ ...base, operator, test: { operator: name, value }, kind: 'boolean' })),
    fc.constant<Expression>({ ...base, operator: 'any', kind: 'boolean' }),
    fc.tuple(comparison, integer(0, 3)).map(([name, count]) => test(name, { ...base, operator: 'count', kind: 'integer' }, count)),
  ]
}

/** Conditions over navigation: whether there are related rows, how many, any and all of them. */
function relatedConditions(scope: Scope): readonly fc.Arbitrary<Expression>[] {
  const from = startOf(scope)
  const ones = scope.set.navigations.filter(({ toMany, unique }) => !toMany && unique)
  const many = scope.set.navigations.filter(({ toMany }) => toMany)
  return [
    ...markConditions(scope, from),
    ...(ones.length === 0 ? [] : [fc.tuple(fc.constantFrom(...ones), fc.constantFrom('eq' as const, 'ne' as const)).map(([{ name }, operator]): Expression => ({ node: 'related', from, navigation: name, operator, kind: 'boolean' }))]),
    ...(many.length === 0 ? [] : [
      fc.tuple(fc.constantFrom(...many), comparison, integer(0, 5)).map(([{ name }, operator, count]) => test(operator, { node: 'count', from, navigation: name, kind: 'integer' }, count)),
      fc.constantFrom(...many).map(({ name }): Expression => ({ node: 'lambda', operator: 'any', from, navigation: name, variable: 'x', kind: 'boolean' })),
      fc.tuple(fc.constantFrom(...many), fc.constantFrom('any' as const, 'any' as const, 'all' as const)).chain(([{ name, target }, operator]) => {
        const variable = `v${scope.depth}`
        return predicates({ model: scope.model, set: scope.model.set(target), variable, depth: scope.depth - 1 }).map((body): Expression => ({ node: 'lambda', operator, from, navigation: name, variable, body, kind: 'boolean' }))
      }),
    ]),
  ]
}

/** Kinds with many functions of their own, each of which is to be met often enough. */
const oftenAsked: Readonly<Partial<Record<Kind, number>>> = { boolean: 3, integer: 2, moment: 6, time: 4, date: 3, duration: 2, string: 3, double: 2, decimal: 2, enum: 2 }

const leafOf = (list: readonly Reachable[]): fc.Arbitrary<Expression> => fc.constantFrom(...list.flatMap((one) => Array.from({ length: oftenAsked[one.property.kind] ?? 1 }, () => one))).chain((one) =>
  conditions(one, list.filter((peer) => peer !== one && peer.property.kind === one.property.kind && peer.type === one.type)))

/** Predicates over the rows of a set: comparisons, functions, arithmetic, navigation, and what and, or and not make of them. */
export function predicates(scope: Scope): fc.Arbitrary<Expression> {
  const { near, far } = reachable(scope)
  const related = scope.depth > 0 ? relatedConditions(scope) : []
  const leaf = fc.oneof({ weight: 8, arbitrary: leafOf(near) }, ...(far.length === 0 ? [] : [{ weight: 2, arbitrary: leafOf([...far, ...near]) }]), ...related.map((arbitrary) => ({ weight: 1, arbitrary })))
  if (scope.depth <= 0) return leaf
  const next = (depth: number): fc.Arbitrary<Expression> => (depth === 0 ? leaf : fc.oneof(
    { weight: 5, arbitrary: leaf },
    { weight: 2, arbitrary: fc.tuple(among('and', 'or', 'or'), next(depth - 1), next(depth - 1)).map(([name, left, right]) => test(name, left, right)) },
    { weight: 2, arbitrary: next(depth - 1).map(not) },
  ))
  return next(scope.depth)
}

const plain = (list: readonly Reachable[]): fc.Arbitrary<Expression> => fc.constantFrom(...list).map((one): Expression => one.property)

const ordered = ({ property: { kind } }: Reachable): boolean => kind !== 'enum' && kind !== 'binary'

/** What rows are ordered by: properties, also of related rows, lengths and spellings of text. */
export function orderings(scope: Scope): fc.Arbitrary<Expression> {
  const { near: ownOnes, far: related } = reachable(scope)
  const [near, far] = [ownOnes.filter(ordered), related.filter(ordered)]
  const texts = near.filter((one) => one.property.kind === 'string')
  return fc.oneof(
    { weight: 8, arbitrary: plain(near) },
    ...(far.length === 0 ? [] : [{ weight: 1, arbitrary: plain(far) }]),
    ...(texts.length === 0 ? [] : [{ weight: 1, arbitrary: fc.tuple(plain(texts), fc.constantFrom(['length', 'integer'] as const, ['tolower', 'string'] as const)).map(([read, [name, kind]]) => call(kind, name, read)) }]),
  )
}

export type { Kind }
