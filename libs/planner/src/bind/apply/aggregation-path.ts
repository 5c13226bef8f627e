import type { StructuredType } from '@tributary/edm'
import type { PathSegment } from '@tributary/odata-url'
import { type Column, column, instance, itemOf, type Reached, stringType, structuredType, type ValueType } from '@tributary/plan'
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
  /** Conditions of rows on the way, by depth. */
  readonly only: NonNullable<Reached['only']>
  /** It led through a navigation, a collection or a cast. */
  readonly through: boolean
}

/**
 * What a path leads to where it leads through navigations or collections; undefined where it leads to the row's own single value.
 * Each entity reached is taken once.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_UNSUPPORTED
 * @see OData Extension for Data Aggregation 4.0 section 3.2.1.1
 */
export function reachedBy(segments: readonly PathSegment[], scope: RowScope): Reached | undefined {
  const { path, values, identity, type, through, only } = walkAlong(segments, scope)
  return through ? Object.freeze({ path, values, type: itemOf(type), ...(only.length === 0 ? {} : { only }), ...(identity === undefined ? {} : { identity }) }) : undefined
}

/** Related rows that a path leads to, and where what is read of them is noted; undefined where it leads elsewhere. @throws as `reachedBy` */
export function rowsReachedBy(segments: readonly PathSegment[], scope: RowScope): { readonly reached: Reached; readonly rows: RowScope; readonly related: FollowedPath } | undefined {
  const { path, identity, type, rows, related, values, only } = walkAlong(segments, scope)
  if (rows === undefined || related === undefined || values.length > 0) return undefined
  return { reached: Object.freeze({ path, values, type: itemOf(type), ...(only.length === 0 ? {} : { only }), ...(identity === undefined ? {} : { identity }) }), rows, related }
}

function walkAlong(segments: readonly PathSegment[], scope: RowScope): Walk {
  let walk: Walk = { path: [], values: [], only: [], type: structuredType(scope.entityType.qualifiedName), columns: ownColumns(scope), through: false, ...(scope.rows === undefined ? { rows: scope } : {}) }
  for (const segment of segments) walk = step(walk, segment, scope)
  return walk
}

/** Of the rows it stands at those of a derived type, by what they say of themselves. @throws HUB_QUERY_INVALID for an unrelated type */
function castTo(walk: Walk, name: string): Walk {
  const { rows, path, related } = walk
  const target = rows?.model.entityType(name)
  if (rows === undefined || target === undefined) throw unsupported(`The cast to ${name} of what stands in a path that is aggregated`, 'Entities are cast.')
  const { model, entityType } = rows
  if (model.derivesFrom(entityType.qualifiedName, target.qualifiedName)) return walk
  if (!model.derivesFrom(target.qualifiedName, entityType.qualifiedName)) throw invalid(`${target.qualifiedName} does not derive from ${entityType.qualifiedName}.`)
  related?.read.add(typeColumn)
  const condition = instance(column(stringType, typeColumn), [target.qualifiedName, ...model.derivedTypes(target.qualifiedName)])
  return { ...walk, rows: { ...rows, entityType: target, seen: true }, only: [...walk.only, { depth: path.length, condition }], through: true }
}

/** Where a row says which type it is of. */
const typeColumn = '@odata.type'

const ownColumns = ({ rows, computed }: RowScope): readonly Column[] => rows ?? [...computed.values()]

function step(walk: Walk, segment: PathSegment, scope: RowScope): Walk {
  if (segment.kind === 'cast') return castTo(walk, segment.type)
  if (!('name' in segment) || segment.kind === 'function') throw unsupported(`The segment ${segment.kind} in a path that is aggregated`)
  const { name } = segment
  if ('key' in segment && segment.key !== undefined) throw unsupported('A key in a path that is aggregated')
  if (walk.values.length > 0) return intoValue(walk, name, scope)
  const known = walk.columns.find((one) => one.name === name)
  if (known !== undefined) return intoColumn(walk, known, scope)
  if (walk.rows === undefined) throw unknownProperty('the result of $apply', name, walk.columns.map((one) => one.name))
  return fromRow(walk, name, walk.rows)
}

function intoColumn(walk: Walk, { name, type, expanded }: Column, scope: RowScope): Walk {
  if (expanded === undefined) return { ...atValue(walk, name, type), ...structureOf(type, scope) }
  const joined = walk.path.length === 0 ? scope.joined?.get(name) : undefined
  const identity = joined === undefined || joined.set.key.length === 0 ? expanded.columns.filter(isTelling).map((one) => one.name) : joined.set.key
  return { path: [...walk.path, name], values: [], only: walk.only, type, identity, through: true, columns: joined === undefined ? expanded.columns : [], ...(joined === undefined ? {} : { rows: joined }) }
}

const isTelling = ({ name, type, expanded }: Column): boolean => expanded === undefined && comparable(type) && !name.startsWith('~') && !name.startsWith('@')

function fromRow(walk: Walk, name: string, rows: RowScope): Walk {
  const { model, entityType } = rows
  const property = model.property(entityType, name)
  if (property === undefined) {
    if (model.navigation(entityType, name) === undefined) throw unknownProperty(entityType.qualifiedName, name, [...model.properties(entityType), ...model.navigations(entityType)].map((one) => one.name))
    return alongNavigation(walk, name, rows)
  }
  walk.related?.read.add(name)
  const type = valueType(model, property.type)
  return { ...atValue(walk, name, type), ...structureOf(type, rows) }
}

function alongNavigation(walk: Walk, name: string, rows: RowScope): Walk {
  const { name: hidden, type, path } = followNavigation(rows, name)
  const { set, model, entityType } = path.scope
  // The key of what is contained tells it apart under one row only: with the keys above it is whole.
  const above = path.scope.contained === true ? (path.scope.read?.columns.map((column) => column.name) ?? []) : []
  const identity = [...above, ...(set.key.length > 0 ? set.key : columnsOfType(model, entityType).filter(isTelling).map((one) => one.name))]
  for (const read of identity) path.read.add(read)
  return { path: [...walk.path, hidden], values: [], only: walk.only, identity, type, rows: path.scope, columns: [], related: path, through: true }
}

const atValue = (walk: Walk, name: string, type: ValueType): Walk => ({ path: walk.path, values: [...walk.values, name], only: walk.only, type, columns: [], through: walk.through || type.collection, ...(walk.identity === undefined ? {} : { identity: walk.identity }) })

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
