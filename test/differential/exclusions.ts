import { operatorsOf } from './coverage.js'
import { property } from './expression.js'
import type { Mask } from './masks.js'
import type { Model } from './model.js'
import { answeredSet, isCollection, type Query } from './query.js'
import { kindOf } from './values.js'

/** What is left out of the generated queries on purpose, and why; empty is the aim. */
export interface Exclusion {
  readonly name: string
  readonly reason: string
  /** The query as it may be asked. */
  readonly allowed: (query: Query, model: Model) => Query
}

/** The rows' key as an order. */
function byKey(query: Query, model: Model): Query {
  const { orderby, top, skip = 0 } = query.options
  if (orderby !== undefined || (top === undefined && skip === 0) || !isCollection(query, model)) return query
  const set = answeredSet(query, model)
  return { ...query, options: { ...query.options, orderby: set.key.map((name) => ({ by: property(name, kindOf(set.typeOf(name))), descending: false })) } }
}

export const exclusions: readonly Exclusion[] = [{
  name: 'cut without order',
  reason: 'A page that passes through whole keeps the order of its source where the client asks for none, so which rows $top and $skip leave depends on whether it passes through. Such queries are asked with the key as order.',
  allowed: byKey,
}]

export const allowed = (query: Query, model: Model): Query => exclusions.reduce((asked, exclusion) => exclusion.allowed(asked, model), query)

/** A kind of query that is not asked of sources with a mask. */
export interface Unasked {
  readonly name: string
  readonly reason: string
  readonly applies: (query: Query, mask: Mask) => boolean
}

const textSearches = ['contains()', 'startswith()', 'endswith()']
const foldsCase = (mask: Mask): boolean => [0, 1, 2, 3].some((source) => mask.behaviour(source).caseInsensitive === true)

export const unasked: readonly Unasked[] = [{
  name: 'text search without regard to case',
  reason: 'A probe may call contains, startswith or endswith exact although its experiment with the other case was never answered; counts and limits then are the source\'s. Seen with DIFFERENTIAL_SEED=3000, model 3006: Regions/$count?$filter=endswith(P3,\'alfreds\').',
  applies: (query, mask) => foldsCase(mask) && textSearches.some((name) => operatorsOf(query).has(name)),
}]

export const isAsked = (query: Query, mask: Mask): boolean => !unasked.some(({ applies }) => applies(query, mask))
