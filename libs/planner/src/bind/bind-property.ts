import type { QueryOptions } from '@tributary/odata-url'
import type { Column } from '@tributary/plan'
import type { Address } from './address.js'
import { lastStep } from './address.js'
import { bindCollection, type BoundItems, shownFields } from './bind-collection.js'
import { invalid, unknownProperty, unsupported } from './refusal.js'

/** A property addressed by a path: where it is in the row, and the column that holds it. */
export interface BoundProperty {
  readonly path: readonly [string, ...string[]]
  /** The row's column; of a path into it, narrowed to that path. */
  readonly column: Column
  /** The property itself, with the fields that `$select` leaves of it. */
  readonly shown: Column
  /** Which items of a collection are meant, where not all. */
  readonly items?: BoundItems
}

/**
 * The property a resource path leads to.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_UNSUPPORTED for streams and undeclared properties, HUB_QUERY_INVALID for `/$value` of what is no primitive
 */
export function bindProperty(address: Address, columns: readonly Column[], options: QueryOptions): BoundProperty {
  const [first, ...rest] = address.property
  const { scope } = lastStep(address)
  if (first === undefined) throw invalid('The path leads to no property.')
  const column = columns.find(({ name }) => name === first)
  if (column === undefined) {
    if (scope.model.property(scope.entityType, first)?.type.name === 'Edm.Stream') throw unsupported(`The stream property ${first}`)
    throw unknownProperty(scope.entityType.qualifiedName, first, columns.map(({ name }) => name))
  }
  let inner = column
  for (const name of rest) {
    const field = inner.type.collection ? undefined : inner.fields?.find((candidate) => candidate.name === name)
    if (field === undefined) throw unknownProperty(inner.type.name, name, (inner.fields ?? []).map((candidate) => candidate.name))
    inner = field
  }
  const path = address.property.join('/')
  if (address.tail === 'count' && !inner.type.collection) throw invalid(`$count counts a collection, and ${path} is none.`)
  if (address.ordinal !== undefined && !inner.type.collection) throw invalid(`${path} is no collection, so that it has no members.`)
  if (address.tail === 'value' && ((inner.type.collection && address.ordinal === undefined) || inner.type.base === 'structured')) throw invalid(`${path} has no raw value: it is no primitive.`)
  const items = bindCollection(inner, options, scope)
  return { path: [first, ...rest], column, shown: shownFields(inner, options, scope), ...(items === undefined ? {} : { items }) }
}
