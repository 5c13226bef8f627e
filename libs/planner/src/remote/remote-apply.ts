import type { ExposedSet, Exposure } from '@tributary/catalog'
import type { AggregateExpression, ApplyExpression, Expression, ExpandTransformation, GroupingElement, HierarchyReference, Path, PathSegment, Transformation } from '@tributary/odata-url'
import { unsupported } from '../bind/refusal.js'
import type { RowScope } from '../bind/row-scope.js'
import { type RemoteNaming, remoteNaming } from './remote-naming.js'

/**
 * A sequence of transformations as the source of a set is told it: in its names, without parameter aliases.
 * @throws HUB_QUERY_UNSUPPORTED for paths that leave the source, and where it is not known what a name means there
 */
export function remoteApply(apply: ApplyExpression, scope: RowScope, what: string): ApplyExpression {
  const { exposure, set, aliases, entityType } = scope
  const place: Place = { exposure, endpoint: set.endpoint, names: remoteNaming(exposure, set.endpoint), aliases, what, type: entityType.qualifiedName, variables: new Map() }
  return applyIn(apply, place)
}

interface Place {
  readonly exposure: Exposure
  readonly endpoint: string
  readonly names: RemoteNaming
  readonly aliases: ReadonlyMap<string, Expression>
  readonly what: string
  /** Exposed type of the rows; undefined: not known. */
  readonly type: string | undefined
  readonly variables: ReadonlyMap<string, string | undefined>
}

const applyIn = (apply: ApplyExpression, place: Place): ApplyExpression => ({ ...apply, transformations: apply.transformations.map((one) => transformationIn(one, place)) })

function transformationIn(given: Transformation, place: Place): Transformation {
  const expression = (one: Expression): Expression => expressionIn(one, place)
  const inner = (apply: ApplyExpression | undefined, at: Place = place): { readonly apply?: ApplyExpression } => (apply === undefined ? {} : { apply: applyIn(apply, at) })
  switch (given.kind) {
    case 'identity': case 'search': case 'top': case 'skip': return given
    case 'aggregate': return { ...given, items: given.items.map((item) => aggregateIn(item, place)) }
    case 'groupby': return { ...given, grouping: given.grouping.map((element) => groupingIn(element, place)), ...inner(given.apply) }
    case 'filter': return { ...given, predicate: expression(given.predicate) }
    case 'compute': return { ...given, items: given.items.map((item) => ({ ...item, expression: expression(item.expression) })) }
    case 'concat': return { ...given, sequences: given.sequences.map((sequence) => applyIn(sequence, place)) }
    case 'orderby': return { ...given, items: given.items.map((item) => ({ ...item, expression: expression(item.expression) })) }
    case 'join': case 'outerjoin': return { ...given, path: pathIn(given.path, place), ...inner(given.apply, behind(given.path, place)) }
    case 'nest': return { ...given, items: given.items.map((item) => ({ ...item, apply: applyIn(item.apply, place) })) }
    case 'addnested': return { ...given, path: pathIn(given.path, place), items: given.items.map((item) => ({ ...item, apply: applyIn(item.apply, behind(given.path, place)) })) }
    case 'expand': return expandIn(given, place)
    case 'ancestors': case 'descendants': return { ...given, hierarchy: hierarchyIn(given.hierarchy, place), apply: applyIn(given.apply, place) }
    case 'traverse': {
      const nodes = behind(given.hierarchy.nodes, place)
      return { ...given, hierarchy: hierarchyIn(given.hierarchy, place), ...inner(given.apply, nodes), orderby: given.orderby.map((item) => ({ ...item, expression: expressionIn(item.expression, nodes) })) }
    }
    case 'function': return { ...given, arguments: given.arguments.map((argument) => ({ ...argument, value: expression(argument.value) })) }
    default: return { ...given, amount: expression(given.amount), value: expression(given.value) }
  }
}

const aggregateIn = (item: AggregateExpression, place: Place): AggregateExpression => ({
  ...item, expression: expressionIn(item.expression, place), from: item.from.map((step) => ({ ...step, paths: step.paths.map((path) => pathIn(path, place)) })),
})

function groupingIn(element: GroupingElement, place: Place): GroupingElement {
  switch (element.kind) {
    case 'path': return pathIn(element, place)
    case 'rollup': return { ...element, levels: element.levels.map((level) => pathIn(level, place)) }
    case 'leveledHierarchy': return element.path === undefined ? element : { ...element, path: pathIn(element.path, place) }
    case 'recursiveHierarchy': return { ...element, hierarchy: hierarchyIn(element.hierarchy, place), ...(element.apply === undefined ? {} : { apply: applyIn(element.apply, behind(element.hierarchy.nodes, place)) }) }
  }
}

const hierarchyIn = (given: HierarchyReference, place: Place): HierarchyReference => ({ ...given, nodes: pathIn(given.nodes, place), nodeProperty: pathIn(given.nodeProperty, place) })

function expandIn(given: ExpandTransformation, place: Place): ExpandTransformation {
  const inner = behind(given.path, place)
  return { ...given, path: pathIn(given.path, place), ...(given.predicate === undefined ? {} : { predicate: expressionIn(given.predicate, inner) }), nested: given.nested.map((one) => expandIn(one, inner)) }
}

function expressionIn(given: Expression, place: Place): Expression {
  const inner = (one: Expression): Expression => expressionIn(one, place)
  switch (given.kind) {
    case 'literal': return given.enumType === undefined ? given : { ...given, enumType: place.names.remoteType(given.enumType) }
    case 'alias': {
      const value = place.aliases.get(given.name)
      return value === undefined || value.kind === 'alias' ? given : inner(value)
    }
    case 'binary': return { ...given, left: inner(given.left), right: inner(given.right) }
    case 'unary': return { ...given, operand: inner(given.operand) }
    case 'call': return { ...given, arguments: given.arguments.map(inner) }
    case 'typeName': return { ...given, name: place.names.remoteType(given.name) }
    case 'list': return { ...given, items: given.items.map(inner) }
    case 'json': return given
    case 'path': return pathIn(given, place)
  }
}

/** The place behind a path: transformations of what it leads to. */
const behind = (path: Path, place: Place): Place => ({ ...place, type: path.segments.reduce((type, segment) => typeBehind(type, segment, place), rootType(path, place)) })

function rootType({ root }: Path, { type, variables, exposure }: Place): string | undefined {
  switch (root.kind) {
    case 'variable': return variables.get(root.name)
    case '$root': return exposure.sets.get(root.set)?.entityType
    case 'alias': return undefined
    default: return type
  }
}

function pathIn(path: Path, place: Place): Path {
  const segments: PathSegment[] = []
  let type = rootType(path, place)
  for (const [index, segment] of path.segments.entries()) {
    if (segment.kind === 'unknown' && index < path.segments.length - 1 && !place.names.same) throw unsupported(`$apply with ${place.what} and a path beyond ${segment.name}, in a data product`, 'What its names mean at the source is not known.')
    segments.push(segmentIn(segment, type, place))
    type = typeBehind(type, segment, place)
  }
  return { ...path, root: rootIn(path, place), segments }
}

function rootIn({ root }: Path, { exposure, endpoint, what }: Place): Path['root'] {
  if (root.kind !== '$root') return root
  const set = exposure.sets.get(root.set)
  if (set !== undefined && set.endpoint !== endpoint) throw leaves(what, endpoint, `$root/${root.set}`)
  return set === undefined ? root : { ...root, set: set.remoteSet }
}

const leaves = (what: string, endpoint: string, path: string): Error => unsupported(`$apply with ${what} and ${path}`, `Only the source ${endpoint} computes it, which knows nothing of ${path}.`)

function segmentIn(segment: PathSegment, type: string | undefined, place: Place): PathSegment {
  const at = { ...place, type }
  switch (segment.kind) {
    case 'navigation': {
      requireOwn(segment.name, type, place)
      return segment
    }
    case 'property': case 'unknown': case 'customAggregate': return type === undefined ? segment : { ...segment, name: place.names.remoteProperty(type, segment.name) }
    case 'cast': return { ...segment, type: place.names.remoteType(segment.type) }
    case 'filter': return { ...segment, predicate: expressionIn(segment.predicate, at) }
    case 'count': return segment.filter === undefined ? segment : { ...segment, filter: expressionIn(segment.filter, at) }
    case 'aggregate': return { ...segment, aggregate: aggregateIn(segment.aggregate, at) }
    case 'lambda': return segment.predicate === undefined ? segment : { ...segment, predicate: expressionIn(segment.predicate, { ...place, variables: new Map([...place.variables, [segment.variable ?? '', type]]) }) }
    case 'function': return { ...segment, arguments: segment.arguments.map((argument) => ({ ...argument, value: expressionIn(argument.value, place) })) }
    case 'annotation': return segment
  }
}

/** A relationship of a data product is not known to the source. */
function requireOwn(name: string, type: string | undefined, { exposure, endpoint, what }: Place): void {
  if (exposure.kind === 'service' || type === undefined) return
  const set: ExposedSet | undefined = [...exposure.sets.values()].find(({ entityType }) => entityType === type)
  const navigation = set?.navigations.get(name)
  if (navigation !== undefined && navigation.remoteNavigation === undefined) throw leaves(what, endpoint, name)
}

function typeBehind(type: string | undefined, segment: PathSegment, { exposure: { model } }: Place): string | undefined {
  if (segment.kind === 'cast') return segment.type
  if (segment.kind === 'filter') return type
  if (segment.kind !== 'property' && segment.kind !== 'navigation') return undefined
  const structured = type === undefined ? undefined : model.structured(type)
  return structured === undefined ? undefined : model.property(structured, segment.name)?.type.name ?? model.navigation(structured, segment.name)?.target
}
