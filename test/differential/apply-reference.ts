import type { Row } from '../harness/odata-server.js'
import { entityShape, fieldName, fieldOf, isField, measuredKind, shapeOfSteps, type Field, type Measure, type Method, type Selection, type Step } from './applied.js'
import type { AppliedQuery } from './apply-queries.js'
import type { Expression, Property } from './expression.js'
import type { Model, ModelSet } from './model.js'
import { aligned, joinText, kindOf, order, read, type Datum, type Kind } from './values.js'

/** A row on its way through `$apply`: an entity, or nothing but fields; a field it lacks is absent. */
export interface Item {
  readonly row?: Row
  readonly fields: ReadonlyMap<string, Datum>
}

/** What the transformations ask of the rows: computed elsewhere. */
export interface Means {
  readonly model: Model
  readonly set: ModelSet
  /** @param set the row's, if not the query's */
  valueOf(expression: Expression, row: Row, set?: ModelSet): Datum
  relatedTo(set: ModelSet, navigation: string, row: Row): readonly Row[]
}

/** Computes `$apply`, one transformation after the other, each over all rows. */
export const applied = (steps: readonly Step[], items: readonly Item[], means: Means): readonly Item[] => steps.reduce((rows, step) => transformed(step, rows, means), items)

export const entityItem = (row: Row): Item => ({ row, fields: new Map() })

/** The value of a field: one that the query made, or a property of the entity. */
export function fieldValue(name: string, { row, fields }: Item, set: ModelSet): Datum | undefined {
  if (fields.has(name)) return fields.get(name)
  return row === undefined || !set.properties.some((property) => property.name === name) ? undefined : read(kindOf(set.typeOf(name)), row[name])
}

/** What an expression finds under a field's name: rows that are still entities lead on to others, whether or not the result shows what is found there. */
function found({ path, kind }: Field, item: Item, { set, valueOf }: Means): Datum {
  const [name, ...before] = path.toReversed()
  const shown = fieldValue(path.join('/'), item, set)
  if (shown !== undefined || item.row === undefined || before.length === 0 || name === undefined) return shown ?? null
  return valueOf({ node: 'property', from: { through: before.toReversed() }, name, kind }, item.row)
}

function transformed(step: Step, items: readonly Item[], means: Means): readonly Item[] {
  switch (step.step) {
    case 'filter': return items.filter(({ row }) => row !== undefined && means.valueOf(step.predicate, row) === true)
    case 'above': return above(step, items, means)
    case 'having': return items.filter((item) => holds(step, found(step.field, item, means)))
    case 'compute': return items.map((item) => withField(item, step.alias, computed(step.expression, item, means)))
    case 'aggregate': return [{ fields: measured(step.measures, items, means) }]
    case 'group': return grouped(step, items, means)
    case 'select': return selected(step, items, means)
    case 'order': return sorted(items, [{ of: (item) => computed(step.by, item, means), kind: step.by.kind, sign: step.descending ? -1 : 1 }, ...keysOf(items, means)])
    case 'cut': {
      return step.method === 'top' ? items.slice(0, step.count) : items.slice(step.count)
    }
    case 'concat': return step.parts.flatMap((part) => applied(part, items, means))
    case 'join': return items.flatMap((item) => joined(step, item, means))
  }
}

/** Of all rows first, then row by row: null is neither as much as anything nor less. */
function above({ by, method, operator }: Extract<Step, { step: 'above' }>, items: readonly Item[], means: Means): readonly Item[] {
  const limit = aggregated(method, by.kind, items.map((item) => computed(by, item, means)))
  return items.filter((item) => {
    const value = computed(by, item, means)
    return value !== null && limit !== null && (operator === 'ge') === (rank(value, limit) >= 0)
  })
}

const withField = (item: Item, name: string, value: Datum): Item => ({ ...item, fields: new Map([...item.fields, [name, value]]) })
const computed = (expression: Expression, { row }: Item, { valueOf }: Means): Datum => (row === undefined ? null : valueOf(expression, row))

/** With null on one side only `ne` is true, but for two nulls. */
export function holds({ operator, value, field }: Extract<Step, { step: 'having' }>, given: Datum): boolean {
  const wanted = read(value.kind, value.raw)
  if (given === null || wanted === null) return operator === 'eq' ? given === wanted : operator === 'ne' ? given !== wanted : false
  const rank = order(field.kind, given, wanted)
  return { eq: rank === 0, ne: rank !== 0, lt: rank < 0, le: rank <= 0, gt: rank > 0, ge: rank >= 0 }[operator] ?? false
}

interface SortKey {
  readonly of: (item: Item) => Datum | undefined
  readonly kind: Kind
  readonly sign: number
}

export function sorted(items: readonly Item[], keys: readonly SortKey[]): readonly Item[] {
  return items.toSorted((a, b) => {
    for (const { of, kind, sign } of keys) {
      const [left, right] = [of(a) ?? null, of(b) ?? null]
      const rank = left === null || right === null ? Number(right === null) - Number(left === null) : order(kind, left, right)
      if (rank !== 0) return sign * rank
    }
    return 0
  })
}

/** Entities are told apart by their key. */
function keysOf(items: readonly Item[], { set }: Means): readonly SortKey[] {
  return items.some(({ row }) => row === undefined) ? [] : set.key.map((name) => ({ of: ({ row }) => read(kindOf(set.typeOf(name)), row?.[name]), kind: kindOf(set.typeOf(name)), sign: 1 }))
}

/** The result of a whole query with `$apply`. */
export function tableOf({ steps, having, orderby, top = Infinity, skip = 0, count }: AppliedQuery, means: Means): { readonly kind: 'table'; readonly rows: readonly string[]; readonly count?: number } {
  const { model, set } = means
  const { fields } = shapeOfSteps(steps, entityShape(set), model)
  const items = applied(steps, set.rows.map(entityItem), means)
  const kept = having === undefined ? items : items.filter((item) => holds(having, found(having.field, item, means)))
  const keys = (orderby ?? []).map(({ field, descending }): SortKey => ({ of: (item) => found(field, item, means), kind: field.kind, sign: descending ? -1 : 1 }))
  const rows = sorted(kept, keys).slice(skip, skip + top)
  return { kind: 'table', rows: rows.map((item) => rowText(fields, (field) => fieldValue(fieldName(field), item, set))), ...(count === true ? { count: kept.length } : {}) }
}

/** A row as text: values by what they mean, absent ones apart from null. */
export const rowText = (fields: readonly Field[], valueOf: (field: Field) => Datum | undefined): string => JSON.stringify(fields.map((field) => {
  const value = valueOf(field)
  return [fieldName(field), value === undefined ? 'absent' : value === null ? null : `=${joinText(field.kind, value)}`]
}))

// ── Groups ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function grouped({ by, rolled, all, each }: Extract<Step, { step: 'group' }>, items: readonly Item[], means: Means): readonly Item[] {
  const least = by.length - rolled + (rolled > 0 && all ? 0 : 1)
  const sizes = rolled === 0 ? [by.length] : Array.from({ length: by.length - least + 1 }, (_, index) => by.length - index)
  return sizes.flatMap((size) => groupedBy(by.slice(0, size), each, items, means))
}

function groupedBy(by: readonly Property[], each: readonly Step[], items: readonly Item[], means: Means): readonly Item[] {
  const groups = Map.groupBy(items, (item) => JSON.stringify(by.map((one) => told(one.kind, computed(one, item, means)))))
  return [...groups.values()].flatMap((members) => {
    const [first] = members
    const values = by.map((one) => [fieldName(fieldOf(one)), first === undefined ? null : computed(one, first, means)] as const)
    const made = each.length === 0 ? [{ fields: new Map<string, Datum>() }] : applied(each, members, means)
    return made.map((item) => ({ ...item, fields: new Map([...item.fields, ...values]) }))
  })
}

const told = (kind: Kind, value: Datum | undefined): string | null => (value === null || value === undefined ? null : joinText(kind, value))

function joined({ navigation, alias, outer }: Extract<Step, { step: 'join' }>, item: Item, { set, relatedTo }: Means): readonly Item[] {
  const related = item.row === undefined ? [] : relatedTo(set, navigation, item.row)
  return related.length === 0 ? (outer ? [withField(item, alias, null)] : []) : related.map((_, index) => withField(item, alias, BigInt(index)))
}

// ── Aggregation ──────────────────────────────────────────────────────────────────────────────────────────────────────

function measured(measures: readonly Measure[], items: readonly Item[], means: Means): ReadonlyMap<string, Datum> {
  return new Map(measures.map((measure) => [measure.alias, valueOfMeasure(measure, items, means)]))
}

function valueOfMeasure({ of, method, from, alias }: Measure, items: readonly Item[], means: Means): Datum {
  if (from === undefined) return aggregated(method, measuredKind(of), valuesOf(of, items, means))
  const parts = Map.groupBy(items, (item) => told(from.by.kind, computed(from.by, item, means)) ?? ' null')
  const inner: Measure = { alias, of, ...(method === undefined ? {} : { method }) }
  const kind: Kind = method === 'min' || method === 'max' ? measuredKind(of) : 'decimal'
  return aggregated(from.method, kind, [...parts.values()].map((part) => valueOfMeasure(inner, part, means)))
}

function valuesOf(of: Measure['of'], items: readonly Item[], means: Means): readonly Datum[] {
  switch (of.what) {
    case 'rows': return items.map(() => true)
    case 'counted': return items.filter(({ row }) => row !== undefined && means.valueOf(of.predicate, row) === true).map(() => true)
    case 'value': return items.map((item) => computed(of.expression, item, means))
    case 'field': return items.map((item) => fieldValue(fieldName(of.field), item, means.set) ?? null)
    case 'reached': {
      let set = means.set
      let rows: ReadonlySet<Row> = new Set(items.flatMap(({ row }) => (row === undefined ? [] : [row])))
      for (const name of of.through) {
        const from = set
        rows = new Set([...rows].flatMap((row) => means.relatedTo(from, name, row)))
        set = means.model.set(set.navigation(name).target)
      }
      const { name, only } = of
      const end = set
      return [...rows].filter((row) => only === undefined || means.valueOf(only, row, end) === true).map((row) => (name === undefined ? true : read(of.kind, row[name])))
    }
  }
}

function aggregated(method: Method | undefined, kind: Kind, given: readonly Datum[]): Datum {
  const values = given.filter((value) => value !== null)
  const [first] = values
  switch (method) {
    case undefined: return BigInt(values.length)
    case 'countdistinct': return BigInt(new Set(values.map((value) => joinText(kind, value))).size)
    case 'min': return values.length === 0 ? null : values.reduce((least, value) => (order(kind, value, least) < 0 ? value : least), first ?? null)
    case 'max': return values.length === 0 ? null : values.reduce((most, value) => (order(kind, value, most) > 0 ? value : most), first ?? null)
    case 'sum': return values.length === 0 ? null : total(values)
    case 'average': return values.length === 0 ? null : quotient(total(values), BigInt(values.length))
  }
}

const total = (values: readonly Datum[]): Datum => values.reduce((sum, value) => {
  const [left, right, scale] = aligned(sum, value)
  return { unscaled: left + right, scale }
}, { unscaled: 0n, scale: 0 })

/** With 34 significant digits, halves to the even one. */
function quotient(sum: Datum, count: bigint): Datum {
  const [unscaled, , scale] = aligned(sum, 0n)
  if (unscaled === 0n) return { unscaled: 0n, scale: 0 }
  const negative = unscaled < 0n
  const magnitude = negative ? -unscaled : unscaled
  const scaled = (by: bigint): bigint => (by >= 0n ? (magnitude * 10n ** by) / count : magnitude / (count * 10n ** -by))
  let more = BigInt(34 - String(magnitude).length)
  while (String(scaled(more)).length > 34) more -= 1n
  while (String(scaled(more)).length < 34) more += 1n
  const dividend = more >= 0n ? magnitude * 10n ** more : magnitude
  const divisor = more >= 0n ? count : count * 10n ** -more
  const whole = dividend / divisor
  const twice = (dividend % divisor) * 2n
  const up = twice > divisor || (twice === divisor && whole % 2n === 1n)
  const result = up ? whole + 1n : whole
  const at = BigInt(scale) + more
  const signed = negative ? -result : result
  return at >= 0n ? { unscaled: signed, scale: Number(at) } : { unscaled: signed * 10n ** -at, scale: 0 }
}

// ── Selection ────────────────────────────────────────────────────────────────────────────────────────────────────────

const descends = (method: Selection): boolean => method.startsWith('top')

function selected({ method, amount, by, rest }: Extract<Step, { step: 'select' }>, items: readonly Item[], means: Means): readonly Item[] {
  const of = (item: Item): Datum => (isField(by) ? fieldValue(fieldName(by), item, means.set) ?? null : computed(by, item, means))
  const inOrder = sorted(items, [{ of, kind: by.kind, sign: descends(method) ? -1 : 1 }, ...keysOf(items, means), ...rest.map((field): SortKey => ({ of: (item) => fieldValue(fieldName(field), item, means.set), kind: field.kind, sign: 1 }))])
  if (method.endsWith('count')) return inOrder.slice(0, Number(amount))
  const wanted = read('decimal', amount)
  const all = total(inOrder.map(of).filter((value) => value !== null))
  const taken: Item[] = []
  let sum: Datum = { unscaled: 0n, scale: 0 }
  for (const item of inOrder) {
    if (method.endsWith('sum') ? isReached(sum, wanted) : isShare(sum, all, wanted)) break
    taken.push(item)
    sum = total([sum, of(item) ?? 0n])
  }
  return taken
}

const rank = (a: Datum, b: Datum): number => order('decimal', a, b)
const isReached = (sum: Datum, wanted: Datum): boolean => (rank(wanted, 0n) < 0 ? rank(sum, wanted) <= 0 : rank(sum, wanted) >= 0)

/** `sum / all >= percent / 100`; a share of nothing is never reached. */
function isShare(sum: Datum, all: Datum, percent: Datum): boolean {
  const way = rank(all, 0n)
  if (way === 0) return false
  const [left, right, scale] = aligned(percent, all)
  const wanted: Datum = { unscaled: left * right, scale: scale * 2 }
  const [own] = aligned(sum, 0n)
  const found: Datum = { unscaled: own * 100n, scale: aligned(sum, 0n)[2] }
  return way * rank(found, wanted) >= 0
}
