import { type Column, comparatorOf, compile, itemOf, type Value } from '@tributary/plan'
import { type BoundItems, itemColumn, type ItemsWithin, outerItem } from './bound-items.js'
import { fieldNarrowing } from './narrow-page.js'

/** The items of a collection that were asked for, and how many there are before they were cut. */
export interface ChosenItems {
  readonly items: readonly Value[]
  readonly count?: number
}

/** What the choice needs to know beside what is asked. */
export interface ChoiceContext {
  /** The columns of the rows that the collections stand in. */
  readonly columns: readonly Column[]
  /** What is said of the type of a computed member beside it; undefined: nothing. */
  readonly told?: (column: Column) => string | undefined
}

/** Chooses among the items of a collection of a row. */
export type ItemChoice = (items: readonly Value[], row: readonly Value[]) => ChosenItems

type RowValue = (value: Value, row: readonly Value[]) => Value

/** Compiles what is asked of the items of a collection property: computed, filtered, ordered, cut, then shown. */
export function chooseItems(asked: BoundItems, context: ChoiceContext): ItemChoice {
  const { matching, order, skip, take, count, collection, reads } = asked
  const outer = context.columns.filter(({ name }) => reads.includes(name))
  const places = outer.map(({ name }) => context.columns.findIndex((column) => column.name === name))
  const outerOf = (row: readonly Value[]): readonly Value[] => places.map((at) => row[at])
  const compute = computing(asked, outer, context)
  const match = matching === undefined ? undefined : compile(matching, [collection, ...outer])
  const item = itemOfColumn(collection)
  const keys = order.map(({ expression, descending }) => ({ value: compile(expression, [item, ...outer]), compare: comparatorOf(expression.type), sign: descending ? -1 : 1 }))
  const show = showing(asked, context)
  return (given, row) => {
    const around = outerOf(row)
    const made = compute === undefined ? given : given.map((one) => compute(one, around))
    const kept = match === undefined ? made : asItems(match([made as Value, ...around]))
    const sorted = keys.length === 0 ? kept : byKeys(kept, (a, b) => keys.reduce((found, key) => (found === 0 ? key.sign * key.compare(key.value([a, ...around]), key.value([b, ...around])) : found), 0))
    const cut = sorted.slice(skip, take === undefined ? undefined : skip + take)
    return { items: show === undefined ? cut : cut.map((one) => show(one, row)), ...(count ? { count: kept.length } : {}) }
  }
}

/** What is asked of a property, by its value: of a collection its items, a single value is its only one. */
export function chooseValue(asked: BoundItems, context: ChoiceContext): (value: Value, row: readonly Value[]) => { readonly value: Value; readonly count?: number } {
  const choose = chooseItems(asked, context)
  return (value, row) => {
    if (asked.single) return isRecord(value) ? { value: choose([value], row).items[0] } : { value }
    if (!Array.isArray(value)) return { value }
    const { items, count } = choose(value as readonly Value[], row)
    return { value: items as Value, ...(count === undefined ? {} : { count }) }
  }
}

/** The same for what stands deeper within a value: `path` leads there, through collections as well. */
export function chooseWithin(path: readonly string[], choose: ReturnType<typeof chooseValue>): RowValue {
  const [name = '', ...rest] = path
  const deeper = rest.length === 0 ? undefined : chooseWithin(rest, choose)
  const one: RowValue = (value, row) => {
    if (Array.isArray(value)) return value.map((item: Value) => one(item, row))
    if (!isRecord(value) || value[name] === undefined) return value
    if (deeper !== undefined) return { ...value, [name]: deeper(value[name], row) }
    const chosen = choose(value[name], row)
    return { ...value, ...(chosen.count === undefined ? {} : { [`${name}@odata.count`]: chosen.count }), [name]: chosen.value }
  }
  return one
}

/** A column as it is after the choice: with the fields that are shown, computed ones among them. */
export function chosenColumn(column: Column, path: readonly string[], asked: BoundItems): Column {
  const [name, ...rest] = path
  if (name !== undefined) return Object.freeze({ ...column, ...(column.fields === undefined ? {} : { fields: column.fields.map((field) => (field.name === name ? chosenColumn(field, rest, asked) : field)) }) })
  const shown: Column = asked.shown?.fields === undefined ? column : { ...column, fields: asked.shown.fields }
  return asked.items.reduce((before, inner) => chosenColumn(before, inner.path, inner.items), shown)
}

/** Adds what is computed of an item to its members. */
function computing({ computed, collection }: BoundItems, outer: readonly Column[], { told }: ChoiceContext): RowValue | undefined {
  if (computed.length === 0) return undefined
  const item = itemOfColumn(collection)
  const members = computed.map(({ column, expression }) => ({ name: column.name, value: compile(expression, [item, ...outer]), type: told?.(column) }))
  return (given, around) => members.reduce<Value>((before, { name, value, type }) => {
    if (!isRecord(before)) return before
    const member = value([before, ...around])
    return { ...before, ...(type === undefined || member === null || member === undefined ? {} : { [`${name}@odata.type`]: type }), [name]: member }
  }, given)
}

/** What is asked of collections within an item, then the properties of it that are shown. */
function showing({ items, shown, collection }: BoundItems, context: ChoiceContext): RowValue | undefined {
  const narrow = shown === undefined ? undefined : fieldNarrowing(shown, collection)
  if (items.length === 0) return narrow
  // The outermost item stays what it is, however deep the options stand.
  const isOutermost = !context.columns.some(({ name }) => name === outerItem)
  const columns = isOutermost ? [...context.columns, { ...itemOfColumn(collection), name: outerItem }] : context.columns
  const inner = items.map((one) => withinItem(one, { ...context, columns }))
  return (value, row) => {
    const around = isOutermost ? [...row, value] : row
    const chosen = inner.reduce((before, choose) => choose(before, around), value)
    return narrow === undefined ? chosen : narrow(chosen)
  }
}

const withinItem = ({ path, items }: ItemsWithin, context: ChoiceContext): RowValue => chooseWithin(path, chooseValue(items, context))

const itemOfColumn = (collection: Column): Column => Object.freeze({ ...collection, name: itemColumn, type: itemOf(collection.type) })

const asItems = (value: Value): readonly Value[] => (Array.isArray(value) ? (value as readonly Value[]) : [])

const isRecord = (value: Value): value is { readonly [name: string]: Value } => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Stable: items that are equal stay as they come. */
const byKeys = (items: readonly Value[], compare: (a: Value, b: Value) => number): readonly Value[] => items.toSorted(compare)
