import { annotationsOf, type AnnotationValue } from '@tributary/edm'
import type { ApplyExpression, HierarchyReference, Path, PathSegment, Span } from '@tributary/odata-url'
import { column, type ColumnExpression, type Expression, type GroupKey, type Hierarchy, type OrderKey, type Plan, type Reached, sort } from '@tributary/plan'
import { withFollowed } from '../followed-paths.js'
import { columnsOfType, valueType } from '../model-types.js'
import { invalid, resourceNotFound, unknownProperty, unsupported } from '../refusal.js'
import { type RowScope, rowScope } from '../row-scope.js'
import { scanOf } from '../scan-set.js'
import { reachedBy } from './aggregation-path.js'
import type { BindApply } from './bind-apply.js'
import { entityGroupAt } from './entity-group.js'

/** A hierarchy of entities of one set: how its nodes are told, and the rows that they are. */
export interface BoundHierarchy {
  readonly hierarchy: Hierarchy
  readonly nodes: Plan
  /** A node may have several parents. */
  readonly manyParents: boolean
  /** What of a node is put into rows of a result. */
  readonly shownOfNode: readonly GroupKey[]
  /** The rows are the nodes themselves. */
  readonly ofNodes: boolean
}

/** What chooses and orders the nodes. */
export interface NodeOptions {
  readonly apply?: ApplyExpression
  readonly order?: (scope: RowScope) => readonly OrderKey[]
}

/**
 * Binds `$root/Regions,Geo,Region/Code`: a recursive hierarchy, and the path from a row to the identifier of its node.
 * @throws HUB_QUERY_INVALID where the contract declares no such hierarchy, HUB_QUERY_UNSUPPORTED, HUB_QUERY_UNKNOWN_PROPERTY
 * @see OData Extension for Data Aggregation 4.0 section 6.1
 */
export function bindHierarchy({ nodes, qualifier, nodeProperty }: HierarchyReference, scope: RowScope, bindApply: BindApply, { apply, order = () => [] }: NodeOptions = {}): BoundHierarchy {
  const inner = nodeScope(nodes, scope)
  const { nodePath, parentPath } = declared(qualifier, inner)
  const [first, ...more] = nodePath
  if (first === undefined || more.length > 0) throw unsupported(`The hierarchy ${qualifier}, whose nodes are told by a path of several properties`)
  const property = inner.model.property(inner.entityType, first)
  if (property === undefined) throw unknownProperty(inner.entityType.qualifiedName, first, inner.model.properties(inner.entityType).map(({ name }) => name))
  const id = column(valueType(inner.model, property.type), first)
  const parents = parentsOf(parentPath, first, inner, nodes.span)
  const transformed = apply === undefined ? { scope: inner, over: (rows: Plan) => rows } : bindApply(apply, inner)
  if (transformed.scope.rows !== undefined) throw invalid('The nodes of a hierarchy are chosen, not changed: filter them, or take those above or below others.')
  const keys = order(transformed.scope)
  const ofNodes = nodeProperty.segments.length === 1 && inner.set === scope.set && nameOf(nodeProperty.segments[0]) === first
  return {
    hierarchy: { id, parents: parents.reached, nodes: nodesReached(nodeProperty, scope, id.type) },
    manyParents: parents.many, ofNodes, shownOfNode: ofNodes ? ownProperties(inner) : shownBy(nodeProperty, id, scope, inner),
    nodes: ordered(transformed.over(withFollowed(scanOf(inner), inner)), keys),
  }
}

function ordered(rows: Plan, [first, ...rest]: readonly OrderKey[]): Plan {
  return first === undefined ? rows : sort(rows, [first, ...rest])
}

/** The set below `$root` whose entities are the nodes. */
function nodeScope({ root, segments }: Path, { exposure, aliases }: RowScope): RowScope {
  if (root.kind !== '$root' || root.key !== undefined || root.arguments !== undefined || segments.length > 0) throw unsupported('Nodes of a hierarchy that are no entity set below $root')
  const set = exposure.sets.get(root.set)
  if (set === undefined) throw resourceNotFound(`The entity set ${root.set}`, root.set, exposure.sets.keys())
  return rowScope(exposure, set, aliases)
}

const recursiveHierarchyTerm = 'Org.OData.Aggregation.V1.RecursiveHierarchy'

function declared(qualifier: string, { model, entityType }: RowScope): { readonly nodePath: readonly string[]; readonly parentPath: readonly string[] } {
  const value = annotationsOf(model, entityType.qualifiedName).find((annotation) => annotation.term === recursiveHierarchyTerm && annotation.qualifier === qualifier)?.value
  if (value?.kind !== 'record') throw invalid(`${entityType.qualifiedName} has no recursive hierarchy ${qualifier}.`)
  const pathOf = (name: string): readonly string[] => textOf(value.properties.get(name))?.split('/') ?? []
  return { nodePath: pathOf('NodeProperty'), parentPath: pathOf('ParentNavigationProperty') }
}

const textOf = (value: AnnotationValue | undefined): string | undefined => (value === undefined ? undefined : 'path' in value ? value.path : value.kind === 'string' ? value.text : undefined)

/** The identifiers of a node's parents: in the node's own row, where the join column is that, else in the parents' rows. */
function parentsOf(path: readonly string[], node: string, scope: RowScope, span: Span): { readonly reached: Reached; readonly many: boolean } {
  const [name, ...more] = path
  const navigation = name === undefined ? undefined : scope.set.navigations.get(name)
  if (navigation === undefined || more.length > 0) throw unsupported(`A hierarchy whose parents are reached by ${path.join('/')}`, 'They are reached by one navigation property of its entity set.')
  const [pair, ...pairs] = navigation.on
  const own = pair === undefined ? undefined : scope.model.property(scope.entityType, pair.from)
  if (!navigation.toMany && pair?.to === node && pairs.length === 0 && own !== undefined) return { many: false, reached: { path: [], values: [pair.from], type: valueType(scope.model, own.type) } }
  const segments = [navigation.name, node].map((segment): PathSegment => ({ kind: 'unknown', name: segment, span }))
  const reached = reachedBy(segments, scope)
  if (reached === undefined) throw unsupported(`A hierarchy whose parents are reached by ${navigation.name}`)
  return { many: navigation.toMany, reached: everyTime(reached) }
}

/** What is reached from each row, however often. */
const everyTime = ({ path, values, type }: Reached): Reached => ({ path, values, type })

const nameOf = (segment: PathSegment | undefined): string | undefined => (segment !== undefined && 'name' in segment ? segment.name : undefined)

function nodesReached({ segments }: Path, scope: RowScope, type: Expression['type']): Reached {
  const reached = reachedBy(segments, scope)
  if (reached !== undefined) return everyTime(reached)
  return { path: [], values: segments.flatMap((segment) => nameOf(segment) ?? []), type }
}

/** All properties of the node: they are the row's own. */
const ownProperties = ({ model, entityType }: RowScope): readonly GroupKey[] =>
  columnsOfType(model, entityType).filter(({ name }) => !name.startsWith('@') && name !== '*').map(({ name, type, fields }) => Object.freeze({ path: [name] as const, expression: column(type, name), ...(fields === undefined ? {} : { fields }) }))

/** The node itself where the path leads to it along a navigation, else its identifier. */
function shownBy(nodeProperty: Path, id: ColumnExpression, scope: RowScope, inner: RowScope): readonly GroupKey[] {
  const names = nodeProperty.segments.flatMap((segment) => nameOf(segment) ?? [])
  const [first, ...rest] = names
  if (first === undefined || names.length < nodeProperty.segments.length) throw unsupported('A cast on the path to the nodes of a hierarchy')
  const before = names.slice(0, -1)
  const entity = names.at(-1) === id.path[0] ? entityGroupAt(before, scope, inner) : undefined
  return [entity ?? Object.freeze({ path: [first, ...rest] as const, expression: id })]
}
