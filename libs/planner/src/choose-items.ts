import { comparatorOf, compile, itemOf, type Value } from '@tributary/plan'
import type { BoundItems } from './bound-query.js'
import { fieldNarrowing } from './narrow-page.js'

/** The items of a collection that were asked for, and how many there are before they were cut. */
export interface ChosenItems {
  readonly items: readonly Value[]
  readonly count?: number
}

/** Compiles what is asked of the items of a collection property: filtered, ordered, then cut. */
export function chooseItems({ matching, order, skip, take, count, collection, shown }: BoundItems): (items: readonly Value[]) => ChosenItems {
  const match = matching === undefined ? undefined : compile(matching, [collection])
  const narrow = shown === undefined ? undefined : fieldNarrowing(shown, collection)
  const item = Object.freeze({ ...collection, name: '$this', type: itemOf(collection.type) })
  const keys = order.map(({ expression, descending }) => ({ value: compile(expression, [item]), compare: comparatorOf(expression.type), sign: descending ? -1 : 1 }))
  return (items) => {
    const kept = match === undefined ? items : asItems(match([items as Value]))
    const sorted = keys.length === 0 ? kept : byKeys(kept, (a, b) => keys.reduce((found, key) => (found === 0 ? key.sign * key.compare(key.value([a]), key.value([b])) : found), 0))
    const cut = sorted.slice(skip, take === undefined ? undefined : skip + take)
    return { items: narrow === undefined ? cut : asItems(narrow(cut as Value)), ...(count ? { count: kept.length } : {}) }
  }
}

const asItems = (value: Value): readonly Value[] => (Array.isArray(value) ? (value as readonly Value[]) : [])

/** Stable: items that are equal stay as they come. */
const byKeys = (items: readonly Value[], compare: (a: Value, b: Value) => number): readonly Value[] => items.toSorted(compare)
