import type { StructuredType } from '@tributary/edm'
import type { PathSegment } from '@tributary/odata-url'
import { type Column, itemOf, type Reached, structuredType, type ValueType } from '@tributary/plan'
import { comparable } from '../comparable-types.js'
import { followNavigation } from '../followed-paths.js'
import { columnsOfType, valueType } from '../model-types.js'
import { invalid, unknownProperty, unsupported } from '../refusal.js'
import type { FollowedPath, RowScope } from '../row-scope.js'

/** Where a path of properties and navigations has got to. */
interface Walk {
  readonly path: readonly string[]
  readonly values: readonly string[]
  readonly identity?: readonly string[]
  readonly type: ValueType
  /** The rows it stands at; undefined: behind a property. */
  readonly rows?: RowScope
  /** Of the rows it stands at, columns that are no properties of the model. */
  readonly columns: readonly Column[]
  readonly structured?: StructuredType
  readonly related?: FollowedPath
  /** It led through a navigation or a collection. */
  readonly through: boolean
}

/**
 * What a path leads to where it leads through navigations or collections; undefined where it leads to the row's own single value.
 * Each entity reached is taken once.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_UNSUPPORTED
 * @see OData Extension for Data Aggregation 4.0 section 3.2.1.1
 */
export function reachedBy(segments: readonly PathSegment[], scope: RowScope): Reached | undefined {
  let walk: Walk = { path: [], values: [], type: structuredType(scope.entityType.qualifiedName), columns: ownColumns(scope), through: false, ...(scope.rows === undefined ? { rows: scope } : {}) }
  for (const segment of segments) walk = step(walk, segment, scope)
  if (segments.at(-1)?.kind === 'cast') throw unsupported('A cast at the end of a path that is aggregated', 'Filter by isof.')
  const { path, values, identity, type, through } = walk
  return through ? Object.freeze({ path, values, type: itemOf(type), ...(identity === undefined ? {} : { identity }) }) : undefined
}

const ownColumns = ({ rows, computed }: RowScope): readonly Column[] => rows ?? [...computed.values()]

function step(walk: Walk, segment: PathSegment, scope: RowScope): Walk {
  if (segment.kind === 'cast') return castRows(walk, segment.type)
  if (!('name' in segment) || segment.kind === 'function') throw unsupported(`The segment ${segment.kind} in a path that is aggregated`)
  const { name } = segment
  if ('key' in segment && segment.key !== undefined) throw unsupported('A key in a path that is aggregated')
  if (walk.values.length > 0) return intoValue(walk, name, scope)
  const column = walk.columns.find((one) => one.name === name)
  if (column !== undefined) return intoColumn(walk, column, scope)
  if (walk.rows === undefined) throw unknownProperty('the result of $apply', name, walk.columns.map((one) => one.name))
  return fromRow(walk, name, walk.rows)
}

/** The rows seen as of a derived type: those of other types have none of what follows. */
function castRows(walk: Walk, name: string): Walk {
  const { rows } = walk
  const type = rows?.model.entityType(name)
  if (rows === undefined || type === undefined || walk.values.length > 0) throw unsupported(`The cast to ${name} in a path that is aggregated`)
  if (!rows.model.derivesFrom(type.qualifiedName, rows.entityType.qualifiedName)) throw invalid(`${type.qualifiedName} does not derive from ${rows.entityType.qualifiedName}.`)
  return type.qualifiedName === rows.entityType.qualifiedName ? walk : { ...walk, rows: { ...rows, entityType: type, seen: true } }
}

/** Types beside the one that rows are seen as may have a property of the same name, which is another one. */
function requireOnlyHere({ model, set, entityType }: RowScope, name: string): void {
  const declared = model.structured(set.entityType)
  if (declared !== undefined && model.property(declared, name) !== undefined) return
  const other = model.derivedTypes(set.entityType).flatMap((one) => model.structured(one) ?? []).find((one) => !model.derivesFrom(one.qualifiedName, entityType.qualifiedName) && !model.derivesFrom(entityType.qualifiedName, one.qualifiedName) && model.property(one, name) !== undefined)
  if (other !== undefined) throw unsupported(`The property ${name} of ${entityType.qualifiedName} in a path that is aggregated`, `${other.qualifiedName} has one of that name, too.`)
}

function intoColumn(walk: Walk, column: Column, scope: RowScope): Walk {
  const { name, type, expanded } = column
  if (expanded === undefined) return { ...atValue(walk, name, type), ...structureOf(type, scope) }
  const joined = walk.path.length === 0 ? scope.joined?.get(name) : undefined
  const identity = joined === undefined || joined.set.key.length === 0 ? expanded.columns.filter(isTelling).map((one) => one.name) : joined.set.key
  return { path: [...walk.path, name], values: [], type, identity, through: true, columns: joined === undefined ? expanded.columns : [], ...(joined === undefined ? {} : { rows: joined }) }
}

const isTelling = ({ name, type, expanded }: Column): boolean => expanded === undefined && comparable(type) && !name.startsWith('~') && !name.startsWith('@')

function fromRow(walk: Walk, name: string, rows: RowScope): Walk {
  const { model, entityType } = rows
  const property = model.property(entityType, name)
  if (property === undefined) {
    if (model.navigation(entityType, name) === undefined) throw unknownProperty(entityType.qualifiedName, name, [...model.properties(entityType), ...model.navigations(entityType)].map((one) => one.name))
    return alongNavigation(walk, name, rows)
  }
  if (rows.seen === true && walk.through) requireOnlyHere(rows, name)
  walk.related?.read.add(name)
  const type = valueType(model, property.type)
  return { ...atValue(walk, name, type), ...structureOf(type, rows) }
}

function alongNavigation(walk: Walk, name: string, rows: RowScope): Walk {
  const { name: hidden, type, path } = followNavigation(rows, name)
  const { set, model, entityType } = path.scope
  // The key of what is contained tells it apart under one row only: with the keys above it is whole.
  const above = path.scope.contained === true ? (path.scope.read?.columns.map((column) => column.name) ?? []) : []
  const identity = [...above, ...(set.key.length > 0 ? set.key : columnsOfType(model, entityType).filter(isTelling).map((column) => column.name))]
  for (const read of identity) path.read.add(read)
  return { path: [...walk.path, hidden], values: [], identity, type, rows: path.scope, columns: [], related: path, through: true }
}

const atValue = (walk: Walk, name: string, type: ValueType): Walk => ({ path: walk.path, values: [...walk.values, name], type, columns: [], through: walk.through || type.collection, ...(walk.identity === undefined ? {} : { identity: walk.identity }) })

function structureOf(type: ValueType, { model }: RowScope): Pick<Walk, 'structured'> {
  const structured = type.base === 'structured' ? model.structured(type.name) : undefined
  return structured === undefined ? {} : { structured }
}

function intoValue(walk: Walk, name: string, scope: RowScope): Walk {
  const { structured } = walk
  if (structured === undefined) throw unknownProperty(walk.type.name, name, [])
  const property = scope.model.property(structured, name)
  if (property === undefined) {
    if (scope.model.navigation(structured, name) !== undefined) throw unsupported(`The navigation property ${name} of a complex value in a path that is aggregated`)
    throw unknownProperty(structured.qualifiedName, name, scope.model.properties(structured).map((one) => one.name))
  }
  const type = valueType(scope.model, property.type)
  return { ...atValue(walk, name, type), ...structureOf(type, scope) }
}
