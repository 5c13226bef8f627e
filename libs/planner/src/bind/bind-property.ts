import type { QueryOptions } from '@tributary/odata-url'
import { type Column, itemOf, untypedType } from '@tributary/plan'
import type { Address } from './address.js'
import type { BoundItems } from '../bound-items.js'
import type { PropertyTurn } from '../bound-query.js'
import { bindCollection } from './bind-collection.js'
import { bindSelect, shownFields } from './bind-select.js'
import { columnsOfType } from './model-types.js'
import { invalid, noSuchSegment, unsupported } from './refusal.js'
import type { RowScope } from './row-scope.js'

/** A property addressed by a path: where it is in the row, and the column that holds it. */
export interface BoundProperty {
  readonly path: readonly [string, ...string[]]
  /** The row's column. */
  readonly column: Column
  /** The property itself, with the fields that `$select` leaves of it. */
  readonly shown: Column
  /** The property as the row has it. */
  readonly whole: Column
  readonly turns: readonly PropertyTurn[]
  /** What stands in the parentheses of the context URL; undefined: none are needed. */
  readonly selectList: string | undefined
  /** Which items of a collection are meant, where not all. */
  readonly items?: BoundItems
  /** Names of other columns of the row that are read for that. */
  readonly reads: readonly string[]
}

/** Name of the column with what no type declares. */
const undeclared = '*'

/**
 * The property a resource path leads to.
 * @throws HUB_RESOURCE_NOT_FOUND with the nearest name, HUB_QUERY_UNSUPPORTED for streams, HUB_QUERY_INVALID for `/$value` of what is no primitive and casts to unrelated types
 */
export function bindProperty(address: Address, columns: readonly Column[], { options, scope }: { readonly options: QueryOptions; readonly scope: RowScope }): BoundProperty {
  const [first] = address.property
  if (first === undefined) throw invalid('The path leads to no property.')
  const declared = columns.find(({ name }) => name === first)
  const column = declared ?? columns.find(({ name }) => name === undeclared)
  if (column === undefined) {
    if (scope.model.property(scope.entityType, first)?.type.name === 'Edm.Stream') throw unsupported(`The stream property ${first}`)
    throw noSuchSegment(scope.entityType.qualifiedName, first, columns.map(({ name }) => name).filter((name) => !name.includes('@')))
  }
  const path: readonly [string, ...string[]] = declared === undefined ? [undeclared, ...address.property] : [first, ...address.property.slice(1)]
  const offset = declared === undefined ? 1 : 0
  const inner = innerValue(address, column, { path, offset, scope })
  const whole = inner.column
  const text = address.property.join('/')
  const open = whole.type.base === 'Edm.Untyped'
  if (address.tail === 'count' && !whole.type.collection && !open) throw invalid(`$count counts a collection, and ${text} is none.`)
  if (address.tail === 'value' && (whole.type.collection || whole.type.base === 'structured')) throw invalid(`${text} has no raw value: it is no primitive.`)
  const items = bindCollection(whole, options, { ...scope, ofItems: true }, bindSelect)
  const { turns } = inner
  return {
    path, column, whole, shown: items?.shown ?? shownFields(whole, options, scope), turns,
    selectList: (items === undefined ? bindSelect(options.select, whole.fields ?? [], scope) : items).names?.join(','),
    ...(items === undefined ? {} : { items }),
    reads: [...(items?.reads ?? []), ...turns.flatMap((turn) => ('items' in turn ? turn.items.reads : []))],
  }
}

interface Way {
  readonly path: readonly string[]
  /** Steps of the path that are no properties of the address. */
  readonly offset: number
  readonly scope: RowScope
}

/** A column on the way of the path, and what the path does to its values. */
interface Walked {
  readonly column: Column
  readonly turns: readonly PropertyTurn[]
}

/** The column of the last step; what is undeclared may be anything. */
function innerValue(address: Address, column: Column, { path, offset, scope }: Way): Walked {
  let inner = turned(address, { column, turns: [] }, { depth: 1, offset, scope })
  for (const [index, name] of path.slice(1).entries()) {
    const { column: outer } = inner
    const isOpen = outer.name === undeclared || outer.type.base === 'Edm.Untyped'
    const field = outer.type.collection ? undefined : outer.fields?.find((candidate) => candidate.name === name)
    const open = isOpen || (!outer.type.collection && outer.fields?.some((candidate) => candidate.name === undeclared) === true)
    if (field === undefined && !open) throw noSuchSegment(outer.type.name, name, (outer.fields ?? []).map((candidate) => candidate.name))
    inner = turned(address, { ...inner, column: field ?? Object.freeze({ name, type: untypedType }) }, { depth: index + 2, offset, scope })
  }
  return inner
}

interface Depth {
  /** Steps of the path so far. */
  readonly depth: number
  readonly offset: number
  readonly scope: RowScope
}

/** The column behind the casts, positions and filters that follow it in the path. */
function turned({ turns = [] }: Address, walked: Walked, { depth, offset, scope }: Depth): Walked {
  return turns.filter((turn) => turn.depth === depth - offset).reduce(({ column, turns: before }, turn) => {
    if ('type' in turn) return { column: castColumn(column, turn.type, scope), turns: [...before, { depth, types: [turn.type, ...scope.model.derivedTypes(turn.type)] }] }
    if ('ordinal' in turn) return { column: memberColumn(column), turns: [...before, { depth, ordinal: turn.ordinal }] }
    return { column, turns: [...before, { depth, items: filtered(column, turn.predicate, scope) }] }
  }, walked)
}

function filtered(column: Column, predicate: NonNullable<QueryOptions['filter']>, scope: RowScope): BoundItems {
  if (!column.type.collection) throw invalid(`/$filter needs a collection, and ${column.name} is none.`)
  const items = bindCollection(column, { aliases: scope.aliases, custom: [], spans: new Map([['$filter', predicate.span]]), filter: predicate }, { ...scope, ofItems: true }, bindSelect)
  if (items === undefined) throw new Error('A filter asks nothing of the items')
  return items
}

/** A complex column seen as of a derived type. */
function castColumn(column: Column, name: string, { model }: RowScope): Column {
  const type = model.structured(name)
  if (type === undefined || !model.derivesFrom(type.qualifiedName, column.type.name)) throw invalid(`${name} does not derive from ${column.type.name}.`)
  return Object.freeze({ ...column, type: { ...column.type, name: type.qualifiedName }, fields: columnsOfType(model, type) })
}

function memberColumn(column: Column): Column {
  if (column.type.base === 'Edm.Untyped') return column
  if (!column.type.collection) throw invalid(`${column.name} is no collection, so that it has no members.`)
  return Object.freeze({ ...column, type: itemOf(column.type) })
}
