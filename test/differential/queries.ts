import * as fc from 'fast-check'
import type { Row } from '../harness/odata-server.js'
import { appliedQueries } from './apply-queries.js'
import { crossedQueries } from './crossed.js'
import { call, compute, literal, property } from './expression.js'
import type { Model, ModelSet, Navigation } from './model.js'
import { orderings, predicates } from './predicates.js'
import type { Expanded, Options, OrderItem, Query } from './query.js'
import { keyValue } from './random-rows.js'
import type { Search } from './search.js'
import { kindOf } from './values.js'

/** In so many cases of four; nothing in the others. */
const sometimes = <T>(arbitrary: fc.Arbitrary<T>, quarters: 1 | 2 | 3): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4 - quarters, arbitrary: fc.constant(undefined) }, { weight: quarters, arbitrary })

type Loose<T> = { readonly [name in keyof T]: T[name] | undefined }
const without = <T extends object>(given: Loose<T>): T => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T

const orders = (model: Model, set: ModelSet, depth: number): fc.Arbitrary<readonly OrderItem[]> =>
  fc.array(fc.record({ by: orderings({ model, set, depth }), descending: fc.boolean() }), { minLength: 1, maxLength: 3 })

const selections = (set: ModelSet): fc.Arbitrary<readonly string[]> => fc.uniqueArray(fc.constantFrom(...set.properties.map(({ name }) => name)), { minLength: 1, maxLength: 4 })

/** Options over many rows; `depth` is how deep `$expand` may still nest. */
function ofMany(model: Model, set: ModelSet, depth: number, nested: boolean): fc.Arbitrary<Options> {
  return fc.record({
    filter: sometimes(predicates({ model, set, depth: nested ? 1 : 2 }), nested ? 1 : 3),
    search: nested ? fc.constant(undefined) : rarely(searches()),
    compute: nested ? fc.constant(undefined) : rarely(computations(set)),
    levels: fc.constant(undefined),
    orderby: sometimes(orders(model, set, depth), 1),
    top: sometimes(fc.integer({ min: nested ? 1 : 0, max: nested ? 4 : 25 }), 2),
    skip: sometimes(fc.integer({ min: 0, max: nested ? 2 : 8 }), 1),
    count: sometimes(fc.boolean(), 1),
    select: sometimes(selections(set), 1),
    expand: sometimes(expansions(model, set, depth), 1),
  }).map((given) => withComputed(without<Options>(given)))
}

const nothingElse = { orderby: fc.constant(undefined), top: fc.constant(undefined), skip: fc.constant(undefined), count: fc.constant(undefined), search: fc.constant(undefined), compute: fc.constant(undefined), levels: fc.constant(undefined) }

function ofOne(model: Model, set: ModelSet, depth: number, filtered: boolean): fc.Arbitrary<Options> {
  return fc.record({
    filter: filtered ? sometimes(predicates({ model, set, depth: 1 }), 1) : fc.constant(undefined), select: sometimes(selections(set), 1), expand: sometimes(expansions(model, set, depth), 1),
    ...nothingElse,
  }).map((given) => without<Options>(given))
}

function expansions(model: Model, set: ModelSet, depth: number): fc.Arbitrary<readonly Expanded[] | undefined> {
  if (depth <= 0 || set.navigations.length === 0) return fc.constant(undefined)
  const one = ({ name, target, toMany, unique }: Navigation): fc.Arbitrary<Expanded> => {
    const next = model.set(target)
    const inner = (toMany ? ofMany(model, next, depth - 1, true) : ofOne(model, next, depth - 1, unique)).map((options) => ({ navigation: name, options }))
    return target === set.name && unique ? fc.tuple(inner, fc.integer({ min: 1, max: 3 })).map(([one, levels]) => withLevels(one, levels)) : inner
  }
  // what may be refused is asked for seldom: nearly every answer would be an error otherwise
  const weighted = set.navigations.flatMap((navigation) => Array.from({ length: navigation.unique ? 3 : 1 }, () => navigation))
  return fc.uniqueArray(fc.constantFrom(...weighted), { minLength: 1, maxLength: 2 }).chain((chosen) => fc.tuple(...chosen.map(one)))
}

/** An expand of several levels; it expands nothing else, so that nothing is expanded twice. */
function withLevels({ navigation, options: { expand: _others, ...options } }: Expanded, levels: number): Expanded {
  return { navigation, options: { ...options, levels } }
}

const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

function searches(): fc.Arbitrary<Search> {
  const word = fc.constantFrom('a', 'alf', 'zebra', 'padded', 'o', 'ss', 'x/y', '7', 'ä', '日本').map((given): Search => ({ word: given }))
  return fc.oneof(word, word, word.map((not): Search => ({ not })), fc.tuple(fc.constantFrom('AND' as const, 'OR' as const), word, word).map(([operator, left, right]): Search => ({ operator, left, right })))
}

/** One number or text that is computed of each row. */
function computations(set: ModelSet): fc.Arbitrary<NonNullable<Options['compute']>> {
  const own = set.properties.map(({ name, type }) => property(name, kindOf(type)))
  const numbers = own.filter(({ kind }) => kind === 'integer' || kind === 'decimal').map((read) => compute(read.kind, 'mul', read, literal('integer', 2)))
  const texts = own.filter(({ kind }) => kind === 'string').flatMap((read) => [call('integer', 'length', read), call('string', 'toupper', read)])
  return fc.constantFrom(...numbers, ...texts, compute('integer', 'add', literal('integer', 1), literal('integer', 2))).map((expression) => [{ alias: 'Made', expression }])
}

/** What is computed is ordered by, and selected where anything is. */
function withComputed(options: Options): Options {
  const [made] = options.compute ?? []
  if (made === undefined) return options
  const by: OrderItem = { by: { node: 'computed', alias: made.alias, expression: made.expression, kind: made.expression.kind }, descending: options.top !== undefined }
  return { ...options, ...(options.orderby === undefined ? {} : { orderby: [by, ...options.orderby] }), ...(options.select === undefined ? {} : { select: [...options.select, made.alias] }) }
}

/** A row of the set; now and then one that does not exist. */
const keys = (set: ModelSet): fc.Arbitrary<Row> => fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...set.rows) }, {
  weight: 1, arbitrary: fc.constantFrom(...set.rows).map((row) => ({ ...row, ...Object.fromEntries(set.key.map((name) => [name, keyValue(set.typeOf(name), 91)])) })),
})

interface Target {
  readonly path: readonly string[]
  readonly set: ModelSet
  readonly toMany: boolean
}

/** Paths from one row: none, one navigation, or two of which the first leads to one row. */
function targetsOf(model: Model, set: ModelSet): readonly Target[] {
  const step = (from: ModelSet, before: readonly string[]): readonly Target[] => from.navigations.filter(({ unique }) => unique).map(({ name, target, toMany }) => ({ path: [...before, name], set: model.set(target), toMany }))
  const first = step(set, [])
  return [{ path: [], set, toMany: false }, ...first, ...first.filter(({ toMany }) => !toMany).flatMap((target) => step(target.set, target.path))]
}

/** Requests over a model: sets, counts, entities by key, properties, navigation paths; with options and pages. */
export function queriesOf(model: Model): fc.Arbitrary<Query> {
  const asText = fc.boolean()
  const pageRows = sometimes(fc.integer({ min: 2, max: 9 }), 1)
  const sets = fc.constantFrom(...model.sets)
  const whole = sets.chain((set) => fc.record({ options: ofMany(model, set, 2, false), asText, pageRows }).map((given): Query => without<Query>({ set: set.name, key: undefined, property: undefined, applied: undefined, crossed: undefined, path: [], countOnly: false, ...given })))
  const counted = sets.chain((set) => fc.record({ filter: sometimes(predicates({ model, set, depth: 2 }), 3), asText }).map(({ filter, asText }): Query => ({ set: set.name, path: [], countOnly: true, options: without<Options>({ filter, orderby: undefined, top: undefined, skip: undefined, count: undefined, select: undefined, expand: undefined, search: undefined, compute: undefined, levels: undefined }), asText })))
  const one = sets.chain((set) => fc.tuple(keys(set), fc.constantFrom(...targetsOf(model, set))).chain(([key, target]) => fromRow({ model, set, key, target, asText, pageRows })))
  const applied = sets.chain((set) => fc.record({ applied: appliedQueries(model, set), asText, pageRows }).map((given): Query => without<Query>({ set: set.name, key: undefined, property: undefined, crossed: undefined, path: [], countOnly: false, options: {}, ...given })))
  const related = crossedQueries(model)
  const crossed = related === undefined ? [] : [{ weight: 1, arbitrary: fc.record({ crossed: related, asText, pageRows }).map(({ crossed, ...given }): Query => without<Query>({ set: crossed.left, key: undefined, property: undefined, applied: undefined, path: [], countOnly: false, options: {}, ...given, crossed })) }]
  return fc.oneof({ weight: 12, arbitrary: whole }, { weight: 1, arbitrary: counted }, { weight: 3, arbitrary: one }, { weight: 6, arbitrary: applied }, ...crossed)
}

interface FromRow {
  readonly model: Model
  readonly set: ModelSet
  readonly key: Row
  readonly target: Target
  readonly asText: fc.Arbitrary<boolean>
  readonly pageRows: fc.Arbitrary<number | undefined>
}

function fromRow({ model, set, key, target, asText, pageRows }: FromRow): fc.Arbitrary<Query> {
  const base = { set: set.name, key, path: target.path, countOnly: false }
  if (target.toMany) {
    return fc.oneof(
      { weight: 3, arbitrary: fc.record({ options: ofMany(model, target.set, 1, false), asText, pageRows }).map((given): Query => without<Query>({ property: undefined, applied: undefined, crossed: undefined, ...base, ...given })) },
      { weight: 1, arbitrary: asText.map((asText): Query => ({ ...base, countOnly: true, options: {}, asText })) },
    )
  }
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ options: ofOne(model, target.set, 2, false), asText }).map((given): Query => ({ ...base, ...given })) },
    { weight: 1, arbitrary: fc.record({ property: fc.constantFrom(...target.set.properties.map(({ name }) => name)), asText }).map((given): Query => ({ ...base, ...given, options: {} })) },
  )
}
