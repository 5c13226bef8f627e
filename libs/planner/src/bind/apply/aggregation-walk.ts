import type { StructuredType } from '@tributary/edm'
import type { Key } from '@tributary/odata-url'
import { type Column, column, type ColumnExpression, type Expression, instance, itemOf, type Reached, stringType, structuredType, untypedType, type ValueType, valueName } from '@tributary/plan'
import type { Bind } from '../bind-operand.js'
import { comparable } from '../comparable-types.js'
import { followMember, followNavigation } from '../followed-paths.js'
import { keyCondition } from '../key-condition.js'
import { columnsOfType, valueType } from '../model-types.js'
import { invalid, severalTypes, unknownProperty, unsupported } from '../refusal.js'
import type { FollowedPath, RowScope } from '../row-scope.js'

/** Where a path of properties and navigations has got to. */
export interface Walk {
  readonly path: readonly string[]
  readonly values: readonly string[]
  readonly identity?: readonly string[]
  readonly type: ValueType
  /** The rows it stands at; undefined: behind a property, or at rows of a result. */
  readonly rows?: RowScope
  /** Of the rows it stands at, columns that are no properties of the model. */
  readonly columns: readonly Column[]
  readonly structured?: StructuredType
  readonly related?: FollowedPath
  /** Of a single complex value: the row that it is in, and the names and casts from there on. */
  readonly holder?: { readonly row: RowScope; readonly within: readonly string[] }
  /** Conditions of rows on the way, by depth. */
  readonly only: NonNullable<Reached['only']>
  /** Conditions of values on the way, by depth. */
  readonly onlyValues: NonNullable<Reached['onlyValues']>
  /** It led through a navigation, a collection, a cast or a condition. */
  readonly through: boolean
}

/** Rows that stand in a hidden column. */
export function walkFrom({ path, type }: ColumnExpression, related: FollowedPath): Walk {
  const { set, model, entityType } = related.scope
  const identity = set.key.length > 0 ? set.key : columnsOfType(model, entityType).filter(isTelling).map(({ name }) => name)
  for (const name of identity) related.read.add(name)
  return { path, values: [], only: [], onlyValues: [], identity, type, rows: related.scope, columns: [], related, through: true }
}

/** What a path is walked with. Without `bind` it holds neither keys nor conditions. */
export interface Walking {
  readonly scope: RowScope
  readonly bind?: Bind
  /** Where it begins; undefined: at the rows of the scope. */
  readonly from?: Walk
}

/** A segment by its name, with the key of one of the rows it leads to. */
export interface NamedStep {
  readonly name: string
  readonly key?: Key
}

/** The rows of a scope themselves. */
export const atRows = (scope: RowScope): Walk =>
  ({ path: [], values: [], only: [], onlyValues: [], type: structuredType(scope.entityType.qualifiedName), columns: ownColumns(scope), through: false, ...(scope.rows === undefined ? { rows: scope } : {}) })

const ownColumns = ({ rows, computed }: RowScope): readonly Column[] => rows ?? [...computed.values()]

/** One more condition on the rows it stands at, over their columns. */
export function onRows(walk: Walk, condition: Expression, read: readonly string[]): Walk {
  for (const name of read) walk.related?.read.add(name)
  return { ...walk, only: [...walk.only, { depth: walk.path.length, condition }], through: true }
}

/** One more condition on the values it stands at, which they see in a column of their own. */
export const onValues = (walk: Walk, condition: Expression): Walk =>
  ({ ...walk, onlyValues: [...walk.onlyValues, { depth: walk.values.length, condition, type: itemOf(walk.type) }], through: true })

/** Where a row says which type it is of. */
const typeColumn = '@odata.type'

/** Of what it stands at that which is of a derived type, by what it says of itself. @throws HUB_QUERY_INVALID for an unrelated type */
export function castTo(walk: Walk, name: string, { model }: RowScope): Walk {
  const { rows, structured = rows?.entityType } = walk
  const target = model.structured(name)
  if (structured === undefined || target === undefined) throw invalid(`What is cast to ${name} in a path that is aggregated is of no structured type.`)
  if (model.derivesFrom(structured.qualifiedName, target.qualifiedName)) return walk
  if (!model.derivesFrom(target.qualifiedName, structured.qualifiedName)) throw invalid(`${target.qualifiedName} does not derive from ${structured.qualifiedName}.`)
  const types = [target.qualifiedName, ...model.derivedTypes(target.qualifiedName)]
  if (walk.values.length === 0) {
    const entityType = model.entityType(name)
    if (rows === undefined || entityType === undefined) throw invalid(`${name} is no entity type.`)
    return { ...onRows(walk, instance(column(stringType, typeColumn), types), [typeColumn]), rows: { ...rows, entityType, seen: true } }
  }
  const { holder, values: [first = '', ...rest] } = walk
  // A single value is looked at with its row, so that what lies behind it is reached from such rows only.
  const cast = holder === undefined ? onValues(walk, instance(column(itemOf(walk.type), valueName), types)) : onRows(walk, instance(column(walk.type, first, ...rest), types), [first])
  return { ...cast, structured: target, ...(holder === undefined ? {} : { holder: { ...holder, within: [...holder.within, name] } }) }
}

/** @throws HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_UNSUPPORTED for navigation that no request reaches, HUB_QUERY_INVALID for keys that are none */
export function stepInto(walk: Walk, step: NamedStep, walking: Walking): Walk {
  if (walk.values.length > 0) return intoValue(walk, step, walking)
  const known = walk.columns.find((one) => one.name === step.name)
  if (known !== undefined) return intoColumn(walk, known, step.key, walking)
  if (walk.columns.some(({ shownAs }) => shownAs === step.name)) throw severalTypes(step.name)
  if (walk.rows === undefined) throw unknownProperty('the result of $apply', step.name, walk.columns.map((one) => one.name))
  return fromRow(walk, step, walk.rows, walking)
}

function intoColumn(walk: Walk, { name, type, expanded }: Column, key: Key | undefined, { scope, bind }: Walking): Walk {
  if (expanded === undefined) {
    requireNoKey(name, key)
    return { ...atValue(walk, name, type), ...structureOf(type, scope) }
  }
  const joined = walk.path.length === 0 ? scope.joined?.get(name) : undefined
  const identity = joined === undefined || joined.set.key.length === 0 ? expanded.columns.filter(isTelling).map((one) => one.name) : joined.set.key
  const { rows: _rows, related: _related, holder: _holder, structured: _structured, ...rest } = walk
  const inner: Walk = { ...rest, path: [...walk.path, name], values: [], type, identity, through: true, columns: joined === undefined ? expanded.columns : [], ...(joined === undefined ? {} : { rows: joined }) }
  if (key === undefined) return inner
  if (joined === undefined || bind === undefined) throw invalid(`The rows in ${name} have no key.`)
  const condition = keyCondition(key, joined, bind)
  return onRows(inner, condition, [])
}

function requireNoKey(name: string, key: Key | undefined): void {
  if (key !== undefined) throw invalid(`A key is given for ${name}, which leads to no entities.`)
}

const isTelling = ({ name, type, expanded }: Column): boolean => expanded === undefined && comparable(type) && !name.startsWith('~') && !name.startsWith('@')

function fromRow(walk: Walk, step: NamedStep, rows: RowScope, walking: Walking): Walk {
  const { model, entityType } = rows
  const { name, key } = step
  const property = model.property(entityType, name)
  if (property !== undefined) {
    requireNoKey(name, key)
    walk.related?.read.add(name)
    const type = valueType(model, property.type)
    const structured = structureOf(type, rows)
    return { ...atValue(walk, name, type), ...structured, ...(type.collection || structured.structured === undefined ? {} : { holder: { row: rows, within: [name] } }) }
  }
  if (model.navigation(entityType, name) !== undefined || rows.set.navigations.has(name)) return alongNavigation(walk, step, { row: rows, within: [] }, walking)
  if (!entityType.open || key !== undefined) throw unknownProperty(entityType.qualifiedName, name, [...model.properties(entityType), ...model.navigations(entityType)].map((one) => one.name))
  // A property that no type declares stands among the others of its row.
  walk.related?.read.add('*')
  return atValue(atValue(walk, '*', untypedType), name, untypedType)
}

function alongNavigation(walk: Walk, { name, key }: NamedStep, { row, within }: NonNullable<Walk['holder']>, { bind }: Walking): Walk {
  if (key !== undefined && bind === undefined) throw invalid(`A key is given for ${name}, in a path that leads to all.`)
  const { name: hidden, type, path } = key === undefined || bind === undefined ? followNavigation(row, name, within) : followMember(row, name, { key, bind, within })
  const { set, model, entityType } = path.scope
  // The key of what is contained tells it apart under one row only: with the keys above it is whole.
  const above = path.scope.contained === true ? (path.scope.read?.columns.map((one) => one.name) ?? []) : []
  const identity = [...above, ...(set.key.length > 0 ? set.key : columnsOfType(model, entityType).filter(isTelling).map((one) => one.name))]
  for (const read of identity) path.read.add(read)
  return { path: [...walk.path, hidden], values: [], only: walk.only, onlyValues: [], identity, type, rows: path.scope, columns: [], related: path, through: true }
}

/** Behind a property: of complex values on the way only the type is known. */
const atValue = (walk: Walk, name: string, type: ValueType): Walk => ({
  path: walk.path, values: [...walk.values, name], only: walk.only, onlyValues: walk.onlyValues, type, columns: [],
  through: walk.through || type.collection, ...(walk.identity === undefined ? {} : { identity: walk.identity }), ...(walk.related === undefined ? {} : { related: walk.related }),
})

function structureOf(type: ValueType, { model }: RowScope): Pick<Walk, 'structured'> {
  const structured = type.base === 'structured' ? model.structured(type.name) : undefined
  return structured === undefined ? {} : { structured }
}

function intoValue(walk: Walk, step: NamedStep, walking: Walking): Walk {
  const { structured, holder } = walk
  const { name, key } = step
  const { model } = walking.scope
  if (structured === undefined && walk.type.base === 'Edm.Untyped') return atValue(walk, name, untypedType)
  if (structured === undefined) throw unknownProperty(walk.type.name, name, [])
  const property = model.property(structured, name)
  if (property !== undefined) {
    requireNoKey(name, key)
    const type = valueType(model, property.type)
    return { ...atValue(walk, name, type), ...structureOf(type, walking.scope), ...(holder === undefined || type.collection ? {} : { holder: { ...holder, within: [...holder.within, name] } }) }
  }
  if (model.navigation(structured, name) === undefined) {
    if (structured.open && key === undefined) return atValue(walk, name, untypedType)
    throw unknownProperty(structured.qualifiedName, name, model.properties(structured).map((one) => one.name))
  }
  if (holder === undefined) throw unsupported(`The navigation property ${name} of the items of a collection in a path that is aggregated`, 'No request addresses what an item of a collection leads to.')
  return alongNavigation(walk, step, holder, walking)
}
