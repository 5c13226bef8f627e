import type * as Url from '@tributary/odata-url'
import { compareValues, promote, type Value } from '@tributary/plan'
import { equal, evaluate, holds, isNull, nothing, type Item, type Scope } from './evaluate.js'
import { computedMember, Refusal } from './values.js'

/** The members of a collection that were asked for, and how many there would have been without `$top` and `$skip`. */
export interface Chosen {
  readonly items: readonly Item[]
  readonly total: number
}

type Choice = Pick<Url.QueryOptions, 'filter' | 'search' | 'orderby' | 'skip' | 'top' | 'compute'>

/** Applies what chooses, orders and counts. @throws Refusal 400, 501 */
export function choose(scope: Scope, items: readonly Item[], options: Choice): Chosen {
  const computed = options.compute === undefined ? items : items.map((item) => compute(scope, item, options.compute ?? []))
  const { filter, search, orderby } = options
  // `$it` is the instance of the outermost collection, also within an expand
  const within = (item: Item): Scope => ({ ...scope, self: item, it: scope.it === nothing ? item : scope.it })
  const matching = computed.filter((item) => (filter === undefined || holds(within(item), filter)) && (search === undefined || finds(item, search)))
  const ordered = orderby === undefined ? matching : matching.toSorted((a, b) => compareBy(within, orderby, [a, b]))
  const from = options.skip ?? 0
  return { items: ordered.slice(from, options.top === undefined ? undefined : from + options.top), total: matching.length }
}

/** The entity, or complex value, with values of its own, computed; links and identity stay. */
function compute(scope: Scope, item: Item, items: readonly Url.ComputeItem[]): Item {
  if (item.kind === 'many') throw new Refusal(400, '$compute of a collection')
  const it = scope.it === nothing ? item : scope.it
  return items.reduce<Item>((before, { expression, name }) => {
    const value = evaluate({ ...scope, self: before, it }, expression)
    if (value.kind !== 'value') throw new Refusal(400, `${name} is no value`)
    return withMember(before, name, value)
  }, item)
}

function withMember(item: Item, name: string, { type, value }: Extract<Item, { kind: 'value' }>): Item {
  if (item.kind === 'entity') {
    const { entity } = item
    if (name in entity.values) throw new Refusal(400, `${name} is there already`)
    return { kind: 'entity', entity: { ...entity, values: { ...entity.values, [name]: value }, dynamic: { ...entity.dynamic, [name]: type.name } } }
  }
  if (item.kind !== 'value' || typeof item.value !== 'object' || item.value === null || Array.isArray(item.value)) throw new Refusal(400, `${name} needs a structured value`)
  const values = item.value as Readonly<Record<string, Value>>
  if (name in values) throw new Refusal(400, `${name} is there already`)
  return { ...item, value: { ...values, [name]: value, [computedMember]: { ...(values[computedMember] as Readonly<Record<string, Value>> | undefined), [name]: type.name } } }
}

function compareBy(within: (item: Item) => Scope, order: readonly Url.OrderItem[], [a, b]: readonly [Item, Item]): number {
  for (const { expression, descending } of order) {
    const found = compare(within(a), evaluate(within(a), expression), evaluate(within(b), expression))
    if (found !== 0) return descending ? -found : found
  }
  return 0
}

function compare(scope: Scope, a: Item, b: Item): number {
  if (isNull(a) || isNull(b)) return Number(isNull(b)) - Number(isNull(a))
  if (a.kind !== 'value' || b.kind !== 'value') return equal(scope.model, a, b) ? 0 : refuseOrder()
  const type = promote(a.type, b.type)
  return type === undefined || type.base === 'structured' ? refuseOrder() : compareValues(type, a.value, b.value)
}

function refuseOrder(): never {
  throw new Refusal(400, '$orderby needs single values')
}

/** A word or phrase is found where it stands in one of the strings, whatever the case. */
function finds(item: Item, search: Url.SearchExpression): boolean {
  switch (search.kind) {
    case 'term': return textsOf(item).some((text) => text.toLowerCase().includes(search.text.toLowerCase()))
    case 'not': return !finds(item, search.operand)
    case 'and': return finds(item, search.left) && finds(item, search.right)
    case 'or': return finds(item, search.left) || finds(item, search.right)
  }
}

function textsOf(item: Item): readonly string[] {
  if (item.kind !== 'entity') return item.kind === 'value' && typeof item.value === 'string' ? [item.value] : []
  return Object.entries(item.entity.values).flatMap(([name, value]) => (typeof value === 'string' && isText(name) ? [value] : []))
}

/** Strings by their names: the store keeps dates, exact numbers and enumerations as text too. */
const isText = (name: string): boolean => ['Code', 'Name', 'Title', 'Text', 'Words', 'Papers', 'Nickname', 'VesselCode'].includes(name)
