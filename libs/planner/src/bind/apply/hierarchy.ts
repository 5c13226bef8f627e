import { annotationsOf, type AnnotationValue, type EntityType, type StructuredType } from '@tributary/edm'
import type { ApplyExpression, HierarchyReference, Path, PathSegment, Span } from '@tributary/odata-url'
import { column, type Column, type ColumnExpression, type Expression, type GroupKey, type Hierarchy, type OrderKey, type Plan, type Reached, sort } from '@tributary/plan'
import type { Bind } from '../bind-operand.js'
import { followNavigation } from '../followed-paths.js'
import { columnsOfType, valueType } from '../model-types.js'
import { invalid, unknownProperty } from '../refusal.js'
import type { FollowedPath, RowScope } from '../row-scope.js'
import { reachedBy } from './aggregation-path.js'
import type { BindApply } from './bind-apply.js'
import { entityGroupAt } from './entity-group.js'
import { nodeRows } from './hierarchy-nodes.js'

/** A hierarchy of entities of one set: how its nodes are told, and the rows that they are. */
export interface BoundHierarchy {
  readonly hierarchy: Hierarchy
  /** All nodes: to be made when all that is read of them is bound. */
  readonly nodes: () => Plan
  /** Those that transformations chose, in their order; undefined: nothing was chosen. */
  readonly chosen?: () => Plan
  /** Columns that were put beside the properties of the chosen nodes. */
  readonly beside: readonly Column[]
  /** A node may have several parents. */
  readonly manyParents: boolean
  /** What of a node is put into rows of a result. */
  readonly shownOfNode: readonly GroupKey[]
  /** The rows are the nodes themselves. */
  readonly ofNodes: boolean
  /** What names mean on nodes. */
  readonly scope: RowScope
}

/** What chooses and orders the nodes. */
export interface NodeOptions {
  readonly bind: Bind
  readonly apply?: ApplyExpression
  readonly order?: (scope: RowScope) => readonly OrderKey[]
}

/**
 * Binds `$root/Regions,Geo,Region/Code`: a recursive hierarchy, and the path from a row to the identifier of its node.
 * @throws HUB_QUERY_INVALID where the contract declares no such hierarchy, HUB_QUERY_UNSUPPORTED, HUB_QUERY_UNKNOWN_PROPERTY
 * @see OData Extension for Data Aggregation 4.0 section 6.1
 */
export function bindHierarchy({ nodes, qualifier, nodeProperty }: HierarchyReference, scope: RowScope, bindApply: BindApply, { bind, apply, order = () => [] }: NodeOptions): BoundHierarchy {
  const { scope: inner, rows: all } = nodeRows(nodes, scope, bind)
  const { nodePath, parentPath } = declared(qualifier, inner)
  const id = identifier(nodePath, inner)
  if (id.type.collection || id.type.base === 'structured') throw invalid(`The hierarchy ${qualifier} tells its nodes by no single primitive value.`, 'Its contract names a NodeProperty of a primitive type.')
  const parents = parentsOf(parentPath, nodePath, inner, nodes.span)
  const chosen = apply === undefined ? undefined : bindApply(apply, inner)
  if (chosen !== undefined && chosen.scope.rows !== undefined) throw invalid('The nodes of a hierarchy are chosen, not changed: filter them, or take those above or below others.')
  const keys = order(inner)
  const ofNodes = isSameType(inner, scope) && namesOf(nodeProperty).join('/') === nodePath.join('/')
  const beside = chosen?.scope.shown?.filter(({ name }) => name.startsWith('@')) ?? []
  return {
    hierarchy: { id, parents: parents.reached, nodes: nodesReached(nodeProperty, scope, id.type) },
    manyParents: parents.many, ofNodes, scope: inner, beside, shownOfNode: shownBy(nodeProperty, id, { scope, inner, ofNodes, beside }),
    nodes: () => ordered(all(), keys), ...(chosen === undefined ? {} : { chosen: () => ordered(chosen.over(all()), keys) }),
  }
}

function ordered(rows: Plan, [first, ...rest]: readonly OrderKey[]): Plan {
  return first === undefined ? rows : sort(rows, [first, ...rest])
}

/** The rows are nodes themselves, whichever of them. */
const isSameType = (nodes: RowScope, { model, entityType }: RowScope): boolean =>
  model.derivesFrom(entityType.qualifiedName, nodes.entityType.qualifiedName) || model.derivesFrom(nodes.entityType.qualifiedName, entityType.qualifiedName)

const recursiveHierarchyTerm = 'Org.OData.Aggregation.V1.RecursiveHierarchy'

function declared(qualifier: string, { model, entityType }: RowScope): { readonly nodePath: readonly string[]; readonly parentPath: readonly string[] } {
  const types: EntityType[] = []
  for (let at: EntityType | undefined = entityType; at !== undefined && !types.includes(at); at = at.baseType === undefined ? undefined : model.entityType(at.baseType)) types.push(at)
  const value = types.flatMap((type) => annotationsOf(model, type.qualifiedName)).find((annotation) => annotation.term === recursiveHierarchyTerm && annotation.qualifier === qualifier)?.value
  if (value?.kind !== 'record') throw invalid(`${entityType.qualifiedName} has no recursive hierarchy ${qualifier}.`)
  const namesIn = (name: string): readonly string[] => textOf(value.properties.get(name))?.split('/') ?? []
  return { nodePath: namesIn('NodeProperty'), parentPath: namesIn('ParentNavigationProperty') }
}

const textOf = (value: AnnotationValue | undefined): string | undefined => (value === undefined ? undefined : 'path' in value ? value.path : value.kind === 'string' ? value.text : undefined)

const segmentsOf = (names: readonly string[], span: Span): readonly PathSegment[] => names.map((name): PathSegment => (name.includes('.') ? { kind: 'cast', type: name, span } : { kind: 'unknown', name, span }))

/** The property that tells a node: its own, within a complex value, or of what it leads to. @throws HUB_QUERY_UNKNOWN_PROPERTY */
function identifier(names: readonly string[], scope: RowScope): ColumnExpression {
  const path: string[] = []
  let [at, type]: [FollowedPath['scope'], StructuredType | undefined] = [scope, scope.entityType]
  let related: FollowedPath | undefined
  let found: Expression['type'] | undefined
  for (const name of names) {
    const property = type === undefined ? undefined : scope.model.property(type, name)
    if (property === undefined && type === at.entityType && scope.model.navigation(type, name)?.collection === false) {
      const followed = followNavigation(at, name)
      path.push(followed.name)
      related = followed.path
      at = followed.path.scope
      type = at.entityType
      continue
    }
    if (property === undefined) throw unknownProperty(type?.qualifiedName ?? '', name, [])
    if (type === at.entityType) related?.read.add(name)
    path.push(name)
    found = valueType(scope.model, property.type)
    type = scope.model.structured(property.type.name)
  }
  const [first, ...rest] = path
  if (first === undefined || found === undefined) throw invalid('Nothing tells the nodes of the hierarchy.', 'Its contract names a NodeProperty.')
  return column(found, first, ...rest)
}

/** The identifiers of a node's parents: in the node's own row, where the join column is that, else in the parents' rows. */
function parentsOf(path: readonly string[], node: readonly string[], scope: RowScope, span: Span): { readonly reached: Reached; readonly many: boolean } {
  const [name, ...more] = path
  const navigation = name === undefined || more.length > 0 ? undefined : scope.set.navigations.get(name)
  const [pair, ...pairs] = navigation?.on ?? []
  const own = pair === undefined ? undefined : scope.model.property(scope.entityType, pair.from)
  if (pair !== undefined && own !== undefined && navigation?.toMany === false && node.length === 1 && pair.to === node[0] && pairs.length === 0) return { many: false, reached: { path: [], values: [pair.from], type: valueType(scope.model, own.type) } }
  const reached = reachedBy(segmentsOf([...path, ...node], span), { scope })
  if (reached === undefined) throw invalid(`The parents of the nodes of a hierarchy are not reached by ${path.join('/')}.`, 'Its contract names a ParentNavigationProperty.')
  return { many: collectionsAlong(path, scope).length > 0, reached: everyTime(reached) }
}

/** Which of the names along a path lead to collections. */
function collectionsAlong(names: readonly string[], { model, entityType }: RowScope): readonly number[] {
  let type = model.structured(entityType.qualifiedName)
  return names.flatMap((name, index) => {
    const step = type === undefined ? undefined : model.navigation(type, name) ?? model.property(type, name)
    const target = step === undefined ? undefined : 'target' in step ? { name: step.target, collection: step.collection } : step.type
    type = target === undefined ? undefined : model.structured(target.name)
    return target?.collection === true ? [index] : []
  })
}

/** What is reached from each row, however often. */
const everyTime = ({ identity: _identity, ...reached }: Reached): Reached => reached

const namesOf = ({ segments }: Path): readonly string[] => segments.flatMap((segment) => ('name' in segment ? [segment.name] : []))

function nodesReached(path: Path, scope: RowScope, type: Expression['type']): Reached {
  const reached = reachedBy(path.segments, { scope })
  return reached === undefined ? { path: [], values: namesOf(path), type } : everyTime(reached)
}

interface Showing {
  readonly scope: RowScope
  readonly inner: RowScope
  readonly ofNodes: boolean
  readonly beside: readonly Column[]
}

/** The node's own properties where it is the row, the node itself where the path leads to it along a navigation, else its identifier. */
function shownBy(nodeProperty: Path, id: ColumnExpression, { scope, inner, ofNodes, beside }: Showing): readonly GroupKey[] {
  if (ofNodes) return [...ownProperties(inner), ...beside.map(asGroup)]
  const names = namesOf(nodeProperty)
  const [first, ...rest] = names
  if (first === undefined) throw invalid('The path to the nodes of a hierarchy leads to a property.')
  const entity = names.at(-1) === id.path.at(-1) && id.path.length === 1 ? entityGroupAt(names.slice(0, -1), scope, inner, beside) : undefined
  const collections = collectionsAlong(names, scope)
  return [entity ?? Object.freeze({ path: [first, ...rest] as const, expression: id, ...(collections.length === 0 ? {} : { collections }) })]
}

const asGroup = ({ name, type }: Column): GroupKey => Object.freeze({ path: [name] as const, expression: column(type, name) })

/** All properties of the node: they are the row's own. */
const ownProperties = ({ model, entityType }: RowScope): readonly GroupKey[] =>
  columnsOfType(model, entityType).filter(({ name }) => !name.startsWith('@') && name !== '*').map(({ name, type, fields }) => Object.freeze({ path: [name] as const, expression: column(type, name), ...(fields === undefined ? {} : { fields }) }))

/** The column that tells the nodes above one: a term of the aggregation vocabulary. @see OData Extension for Data Aggregation 4.0 section 6.2.2.2 */
export const upPathColumn = (qualifier: string): Column => Object.freeze({ name: `@Aggregation.UpPath#${qualifier}`, type: textsType, derived: true })

const textsType: Column['type'] = Object.freeze({ name: 'Edm.String', collection: true, base: 'Edm.String' })
