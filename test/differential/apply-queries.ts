import * as fc from 'fast-check'
import { entityShape, inShownOrder, shapeOfSteps, type Field, type Measure, type Method, type Selection, type Shape, type Step } from './applied.js'
import { compute, literal, property, type Expression, type Literal, type Property } from './expression.js'
import type { Model, ModelSet, Navigation } from './model.js'
import { predicates } from './predicates.js'
import { kindOf, type Kind } from './values.js'

/** What `$apply` does in one query, and what may be asked of its result. */
export interface AppliedQuery {
  readonly steps: readonly Step[]
  readonly having?: Extract<Step, { step: 'having' }>
  /** Everything that is ordered by: all fields, so that an order is total. */
  readonly orderby?: readonly { readonly field: Field; readonly descending: boolean }[]
  readonly top?: number
  readonly skip?: number
  readonly count?: boolean
}

interface Ground {
  readonly model: Model
  readonly set: ModelSet
}

const numeric = (kind: Kind): boolean => kind === 'integer' || kind === 'decimal'
/** Values that have an order everyone agrees upon. */
const plain = (kind: Kind): boolean => kind !== 'double' && kind !== 'binary' && kind !== 'enum'

/** Properties of the row, and of rows that to-one navigation leads to. */
function propertiesOf({ model, set }: Ground): readonly Property[] {
  const own = set.properties.map(({ name, type }) => property(name, kindOf(type)))
  const steps = set.navigations.filter(({ toMany, unique }) => !toMany && unique)
  return [...own, ...own, ...steps.flatMap((step) => model.set(step.target).properties.map(({ name, type }) => property(name, kindOf(type), { through: [step.name] })))]
}

const pick = <T>(list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list)
const methods: readonly Method[] = ['sum', 'min', 'max', 'average', 'countdistinct']

function methodFor(kind: Kind): fc.Arbitrary<Method> {
  return pick(methods.filter((method) => (method !== 'sum' && method !== 'average') || numeric(kind)))
}

/** A value of the row: a property, or for numbers what is computed of one. */
function values(ground: Ground): fc.Arbitrary<Expression> {
  const own = propertiesOf(ground).filter(({ kind, from }) => plain(kind) && from.through.length === 0)
  return pick(own).chain((one): fc.Arbitrary<Expression> => (numeric(one.kind) ? fc.oneof(fc.constant<Expression>(one), fc.integer({ min: -3, max: 5 }).map((by) => compute(one.kind, 'add', one, literal('integer', by)))) : fc.constant(one)))
}

interface Reaching {
  readonly through: readonly string[]
  readonly set: ModelSet
  /** The last navigation leads to many. */
  readonly toMany: boolean
}

/** Of the rows at the end of a path those that meet a condition, or all. */
const onlySome = (ground: Ground, toMany: boolean): fc.Arbitrary<Expression | undefined> =>
  (toMany ? fc.option(predicates({ ...ground, depth: 0 }), { nil: undefined, freq: 2 }) : fc.constant(undefined))

/** Paths of one or two navigations, and the set they lead to. */
function reachedBy({ model, set }: Ground): readonly Reaching[] {
  const follow = (from: ModelSet, before: readonly string[]): readonly Reaching[] =>
    from.navigations.filter(({ unique }) => unique).map(({ name, target, toMany }) => ({ through: [...before, name], set: model.set(target), toMany }))
  const first = follow(set, [])
  return [...first, ...first.flatMap((one) => follow(one.set, one.through))]
}

function measuredOf(ground: Ground): fc.Arbitrary<Pick<Measure, 'of' | 'method'>> {
  const value = values(ground).chain((expression) => methodFor(expression.kind).map((method) => ({ of: { what: 'value' as const, expression }, method })))
  const counted = predicates({ ...ground, depth: 1 }).map((predicate): Pick<Measure, 'of' | 'method'> => ({ of: { what: 'counted', predicate } }))
  const rows = fc.oneof({ weight: 2, arbitrary: fc.constant<Pick<Measure, 'of' | 'method'>>({ of: { what: 'rows' } }) }, { weight: 1, arbitrary: counted })
  const paths = reachedBy(ground)
  if (paths.length === 0) return fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: rows })
  const reached = pick(paths).chain(({ through, set, toMany }) => fc.tuple(pick(set.properties.filter(({ type }) => plain(kindOf(type)))), onlySome({ model: ground.model, set }, toMany)).chain(([{ name, type }, only]) => {
    const kind = kindOf(type)
    const some = only === undefined ? {} : { only }
    return fc.oneof(
      { weight: 3, arbitrary: methodFor(kind).map((method): Pick<Measure, 'of' | 'method'> => ({ of: { what: 'reached', through, ...some, name, kind }, method })) },
      { weight: 1, arbitrary: fc.constant<Pick<Measure, 'of' | 'method'>>({ of: { what: 'reached', through, ...some, kind: 'integer' } }) },
    )
  }))
  return fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: rows }, { weight: 2, arbitrary: reached })
}

function measures(ground: Ground, prefix: string): fc.Arbitrary<readonly Measure[]> {
  const by = pick(propertiesOf(ground).filter(({ kind }) => plain(kind)))
  const one = fc.tuple(measuredOf(ground), fc.option(by, { nil: undefined, freq: 5 })).chain(([measured, part]) => {
    if (part === undefined || measured.method === undefined) return fc.constant(measured)
    const kind: Kind = measured.method === 'min' || measured.method === 'max' ? (measured.of.what === 'value' ? measured.of.expression.kind : measured.of.what === 'reached' ? measured.of.kind : 'decimal') : 'decimal'
    return methodFor(kind).map((method) => ({ ...measured, from: { by: part, method } }))
  })
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((list) => list.map((measured, index): Measure => ({ ...measured, alias: `${prefix}${index}` })))
}

const aggregateStep = (ground: Ground, prefix = 'M'): fc.Arbitrary<Step> => measures(ground, prefix).map((list) => ({ step: 'aggregate', measures: list }))
const filterStep = (ground: Ground): fc.Arbitrary<Step> => predicates({ ...ground, depth: 1 }).map((predicate) => ({ step: 'filter', predicate }))

/** A comparison with what is aggregated of all rows. */
function aboveStep(ground: Ground): fc.Arbitrary<Step> {
  const own = propertiesOf(ground).filter(({ kind, from }) => numeric(kind) && from.through.length === 0)
  if (own.length === 0) return filterStep(ground)
  return fc.tuple(pick(own), fc.constantFrom('average' as const, 'min' as const, 'max' as const), fc.constantFrom('ge' as const, 'lt' as const)).map(([by, method, operator]): Step => ({ step: 'above', by, method, operator }))
}

function computeStep(ground: Ground): fc.Arbitrary<Step> {
  const own = propertiesOf(ground).filter(({ kind, from }) => numeric(kind) && from.through.length === 0)
  if (own.length === 0) return filterStep(ground)
  return fc.tuple(pick(own), fc.constantFrom('add', 'sub', 'mul'), fc.integer({ min: -2, max: 4 })).map(([one, name, by]) => ({ step: 'compute', alias: 'Computed', expression: compute(one.kind, name, one, literal('integer', by)) }))
}

const counts: readonly Selection[] = ['topcount', 'bottomcount']
const sums: readonly Selection[] = ['topsum', 'bottomsum', 'toppercent', 'bottompercent']

function selectStep(by: readonly (Property | Field)[], rest: readonly Field[]): fc.Arbitrary<Step> | undefined {
  const numbers = by.filter(({ kind }) => numeric(kind))
  const count = fc.tuple(pick(counts), fc.integer({ min: 1, max: 6 }), pick(by)).map(([method, amount, one]): Step => ({ step: 'select', method, amount: String(amount), by: one, rest }))
  if (numbers.length === 0) return by.length === 0 ? undefined : count
  const sum = fc.tuple(pick(sums), pick(numbers)).chain(([method, one]) => fc.constantFrom(...(method.endsWith('sum') ? ['0', '5', '40.5', '-20', '9007199254740995'] : ['1', '12.5', '50', '99', '100'])).map((amount): Step => ({ step: 'select', method, amount, by: one, rest })))
  return fc.oneof(count, sum)
}

function groupStep(ground: Ground, each: fc.Arbitrary<readonly Step[]>): fc.Arbitrary<Step> {
  const by = propertiesOf(ground).filter(({ kind }) => plain(kind))
  const chosen = fc.uniqueArray(pick(by), { minLength: 1, maxLength: 3, selector: ({ from, name }) => [...from.through, name].join('/') })
  return fc.tuple(chosen, each, fc.integer({ min: 0, max: 5 }), fc.boolean()).map(([paths, inner, rolled, all]): Step => {
    const levels = rolled > paths.length || (rolled === 1 && !all) ? 0 : rolled
    return { step: 'group', by: paths, rolled: levels, all: levels > 0 && all, each: inner }
  })
}

/** What is done to each group: nothing, an aggregation, or something that keeps some of its rows. */
function eachOf(ground: Ground): fc.Arbitrary<readonly Step[]> {
  const own = propertiesOf(ground).filter(({ kind, from }) => plain(kind) && from.through.length === 0)
  const select = selectStep(own, [])
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<readonly Step[]>([]) }, { weight: 5, arbitrary: aggregateStep(ground).map((step) => [step]) },
    { weight: 1, arbitrary: fc.tuple(fc.oneof(filterStep(ground), aboveStep(ground)), aggregateStep(ground)).map((steps) => steps) },
    ...(select === undefined ? [] : [{ weight: 1, arbitrary: select.map((step): readonly Step[] => [step]) }]),
  )
}

/** The steps that keep rows entities. */
function firstSteps(ground: Ground): fc.Arbitrary<readonly Step[]> {
  const own = propertiesOf(ground).filter(({ kind, from }) => plain(kind) && from.through.length === 0)
  const select = selectStep(own, [])
  const cut = fc.tuple(pick(own), fc.boolean(), fc.constantFrom('top' as const, 'skip' as const), fc.integer({ min: 0, max: 12 })).map(([by, descending, method, count]): readonly Step[] => [{ step: 'order', by, descending }, { step: 'cut', method, count }])
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant<readonly Step[]>([]) }, { weight: 3, arbitrary: filterStep(ground).map((step) => [step]) }, { weight: 1, arbitrary: computeStep(ground).map((step) => [step]) }, { weight: 1, arbitrary: cut }, { weight: 1, arbitrary: aboveStep(ground).map((step) => [step]) },
    ...(select === undefined ? [] : [{ weight: 2, arbitrary: select.map((step): readonly Step[] => [step]) }]),
  )
}

function mainSteps(ground: Ground): fc.Arbitrary<readonly Step[]> {
  const many = ground.set.navigations.filter(({ toMany }) => toMany)
  const group = groupStep(ground, eachOf(ground)).map((step): readonly Step[] => [step])
  const total = aggregateStep(ground).map((step): readonly Step[] => [step])
  const joined = (navigation: Navigation): fc.Arbitrary<readonly Step[]> => fc.tuple(fc.boolean(), groupStep(ground, aggregateStep(ground).map((step) => [step]))).map(([outer, step]) => [{ step: 'join', navigation: navigation.name, alias: 'Joined', outer }, step])
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<readonly Step[]>([]) }, { weight: 6, arbitrary: group }, { weight: 2, arbitrary: total },
    { weight: 1, arbitrary: fc.tuple(aggregateStep(ground, 'A'), groupStep(ground, aggregateStep(ground, 'B').map((step) => [step]))).map(([one, other]): readonly Step[] => [{ step: 'concat', parts: [[one], [other]] }]) },
    // What stands within one thing differs from part to part.
    { weight: 1, arbitrary: fc.tuple(groupStep(ground, aggregateStep(ground, 'A').map((step) => [step])), groupStep(ground, aggregateStep(ground, 'B').map((step) => [step]))).map(([one, other]): readonly Step[] => [{ step: 'concat', parts: [[one], [other]] }]) },
    ...(many.length === 0 ? [] : [{ weight: 1, arbitrary: pick(many).chain(joined) }]),
  )
}

/** What may follow once rows are results: a selection, or an aggregation of what was aggregated. */
function lastSteps({ entities, fields }: Shape): fc.Arbitrary<readonly Step[]> {
  const comparable = fields.filter(({ kind }) => plain(kind))
  const select = entities ? undefined : selectStep(comparable, inShownOrder(fields))
  const again = pick(comparable).chain((field) => methodFor(field.kind).map((method): readonly Step[] => [{ step: 'aggregate', measures: [{ alias: 'Again', of: { what: 'field', field }, method }, { alias: 'Rows', of: { what: 'rows' } }] }]))
  const onTop = comparable.filter(({ path }) => path.length === 1)
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant<readonly Step[]>([]) }, ...(select === undefined ? [] : [{ weight: 1, arbitrary: select.map((step): readonly Step[] => [step]) }]),
    ...(entities || onTop.length === 0 ? [] : [{ weight: 1, arbitrary: again.filter(([step]) => step?.step === 'aggregate' && step.measures.every(({ of }) => of.what !== 'field' || of.field.path.length === 1)) }]),
  )
}

function literalFor(kind: Kind): Literal | undefined {
  const raw: Partial<Record<Kind, unknown>> = { string: 'a', boolean: true, integer: 3, decimal: '2.5', date: '2023-06-01', time: '12:00:00', moment: '2023-06-01T00:00:00Z', duration: 'PT1H' }
  return raw[kind] === undefined ? undefined : literal(kind, raw[kind])
}

function havings({ fields }: Shape): fc.Arbitrary<AppliedQuery['having']> {
  const choices = fields.flatMap((field) => {
    const value = literalFor(field.kind)
    return value === undefined ? [] : [{ field, value }]
  })
  if (choices.length === 0) return fc.constant(undefined)
  return fc.option(fc.tuple(pick(choices), fc.constantFrom('ne', 'ge', 'le', 'gt')).map(([{ field, value }, operator]) => ({ step: 'having' as const, field, value, operator: field.kind === 'boolean' ? 'ne' : operator })), { nil: undefined, freq: 3 })
}

/** `$apply` over the rows of a set, and what follows it. */
export function appliedQueries(model: Model, set: ModelSet): fc.Arbitrary<AppliedQuery> {
  const ground = { model, set }
  return fc.tuple(firstSteps(ground), mainSteps(ground)).chain(([first, main]) => {
    const shape = shapeOfSteps([...first, ...main], entityShape(set), model)
    return lastSteps(shape).chain((last) => {
      const steps = [...first, ...main, ...last]
      return afterwards(steps.length === 0 ? [{ step: 'cut', method: 'skip', count: 0 }] : steps, shapeOfSteps(steps, entityShape(set), model))
    })
  })
}

function afterwards(steps: readonly Step[], shape: Shape): fc.Arbitrary<AppliedQuery> {
  // What may be absent is null to an order: rows that differ in nothing else could come in either.
  const ordered = !shape.entities && shape.fields.every(({ kind }) => plain(kind)) && steps.every((step) => step.step !== 'concat' && !(step.step === 'group' && step.rolled > 0))
  const order = fc.tuple(fc.shuffledSubarray([...shape.fields], { minLength: shape.fields.length }), fc.boolean()).map(([fields, descending]) => fields.map((field, index) => ({ field, descending: descending && index === 0 })))
  return fc.tuple(havings(shape), ordered ? fc.option(order, { nil: undefined, freq: 3 }) : fc.constant(undefined), fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }), fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }), fc.boolean())
    .map(([having, orderby, top, skip, count]): AppliedQuery => ({
      steps, ...(having === undefined ? {} : { having }), ...(count ? { count } : {}),
      ...(orderby === undefined ? {} : { orderby, ...(top === undefined ? {} : { top }), ...(skip === undefined ? {} : { skip }) }),
    }))
}
