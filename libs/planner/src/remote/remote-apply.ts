import type { ApplyExpression, Expression, ExpandTransformation, GroupingElement, HierarchyReference, Transformation } from '@tributary/odata-url'
import { unsupported } from '../bind/refusal.js'
import type { RowScope } from '../bind/row-scope.js'
import { behind, type ExpressionPlace as Place, remoteAggregate as aggregateIn, remoteExpression as expressionIn, remotePath as pathIn } from './remote-expression.js'
import { remoteNaming } from './remote-naming.js'

/**
 * A sequence of transformations as the source of a set is told it: in its names, without parameter aliases.
 * @throws HUB_QUERY_UNSUPPORTED for paths that leave the source, and where it is not known what a name means there
 */
export function remoteApply(apply: ApplyExpression, scope: RowScope, what: string): ApplyExpression {
  const { exposure, set, aliases, entityType } = scope
  const { endpoint } = set
  return applyIn(apply, {
    exposure, endpoint, names: remoteNaming(exposure, endpoint), aliases, type: entityType.qualifiedName, variables: new Map(),
    leaves: (path) => unsupported(`$apply with ${what} and ${path}`, `Only the source ${endpoint} computes it, which knows nothing of ${path}.`),
    unclear: (name) => unsupported(`$apply with ${what} and a path beyond ${name}, in a data product`, 'What its names mean at the source is not known.'),
  })
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
