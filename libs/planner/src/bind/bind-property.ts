import type { QueryOptions } from '@tributary/odata-url'
import { type Column, itemOf, untypedType } from '@tributary/plan'
import type { Address } from './address.js'
import { lastStep } from './address.js'
import type { BoundItems, PropertyTurn } from '../bound-query.js'
import { bindCollection } from './bind-collection.js'
import { bindSelect, shownFields, withShown } from './bind-select.js'
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
}

/** Name of the column with what no type declares. */
const undeclared = '*'

/**
 * The property a resource path leads to.
 * @throws HUB_RESOURCE_NOT_FOUND with the nearest name, HUB_QUERY_UNSUPPORTED for streams, HUB_QUERY_INVALID for `/$value` of what is no primitive and casts to unrelated types
 */
export function bindProperty(address: Address, columns: readonly Column[], options: QueryOptions): BoundProperty {
  const [first] = address.property
  const { scope } = lastStep(address)
  if (first === undefined) throw invalid('The path leads to no property.')
  const declared = columns.find(({ name }) => name === first)
  const column = declared ?? columns.find(({ name }) => name === undeclared)
  if (column === undefined) {
    if (scope.model.property(scope.entityType, first)?.type.name === 'Edm.Stream') throw unsupported(`The stream property ${first}`)
    throw noSuchSegment(scope.entityType.qualifiedName, first, columns.map(({ name }) => name).filter((name) => !name.includes('@')))
  }
  const path: readonly [string, ...string[]] = declared === undefined ? [undeclared, ...address.property] : [first, ...address.property.slice(1)]
  const offset = declared === undefined ? 1 : 0
  const inner = innerColumn(address, column, { path, offset, scope })
  const text = address.property.join('/')
  const open = inner.type.base === 'Edm.Untyped'
  if (address.tail === 'count' && !inner.type.collection && !open) throw invalid(`$count counts a collection, and ${text} is none.`)
  if (address.tail === 'value' && (inner.type.collection || inner.type.base === 'structured')) throw invalid(`${text} has no raw value: it is no primitive.`)
  const items = bindCollection(inner, options, { ...scope, ofItems: true })
  const turns = (address.turns ?? []).map((turn): PropertyTurn => ('type' in turn ? { depth: turn.depth + offset, types: [turn.type, ...scope.model.derivedTypes(turn.type)] } : { depth: turn.depth + offset, ordinal: turn.ordinal }))
  return {
    path, column, whole: inner, shown: shownFields(inner, options, scope), turns,
    selectList: options.select === undefined ? undefined : bindSelect(options.select, inner.fields ?? [], scope).names?.join(','),
    ...(items === undefined ? {} : { items: withShown(items, inner, options, scope) }),
  }
}

interface Way {
  readonly path: readonly string[]
  /** Steps of the path that are no properties of the address. */
  readonly offset: number
  readonly scope: RowScope
}

/** The column of the last step; what is undeclared may be anything. */
function innerColumn(address: Address, column: Column, { path, offset, scope }: Way): Column {
  let inner = turned(address, column, 1 - offset, scope)
  for (const [index, name] of path.slice(1).entries()) {
    const isOpen = inner.name === undeclared || inner.type.base === 'Edm.Untyped'
    const field = inner.type.collection ? undefined : inner.fields?.find((candidate) => candidate.name === name)
    const open = isOpen || (!inner.type.collection && inner.fields?.some((candidate) => candidate.name === undeclared) === true)
    if (field === undefined && !open) throw noSuchSegment(inner.type.name, name, (inner.fields ?? []).map((candidate) => candidate.name))
    inner = turned(address, field ?? Object.freeze({ name, type: untypedType }), index + 2 - offset, scope)
  }
  return inner
}

/** The column behind the casts and positions that follow it in the path. */
const turned = (address: Address, column: Column, depth: number, scope: RowScope): Column =>
  (address.turns ?? []).filter((turn) => turn.depth === depth).reduce((before, turn) => ('type' in turn ? castColumn(before, turn.type, scope) : memberColumn(before)), column)

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
