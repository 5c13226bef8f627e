import type { ApplyExpression, GroupingElement, Transformation } from '@tributary/odata-url'
import { given, type GroupKey, groupColumns, mergeColumns, outputColumns, type Plan, transformation } from '@tributary/plan'
import { resultScope } from '../bind-aggregate.js'
import { bindOrder } from '../bind-order.js'
import { invalid, unsupported } from '../refusal.js'
import type { RowScope, Transformed } from '../row-scope.js'
import type { BindApply } from './bind-apply.js'
import { bindGrouping } from './grouping.js'
import { type BoundHierarchy, bindHierarchy } from './hierarchy.js'

/** `ancestors(…)`, `descendants(…)`: the rows whose nodes are above or below those of some of them. @throws HUB_QUERY_* as `bindHierarchy` */
export function bindRelatives({ kind, hierarchy: reference, apply, maxDistance, keepStart }: Extract<Transformation, { kind: 'ancestors' | 'descendants' }>, scope: RowScope, bindApply: BindApply): Transformed {
  const { hierarchy, nodes } = bindHierarchy(reference, scope, bindApply)
  const start = bindApply(apply, scope)
  if (start.scope.rows !== undefined) throw invalid(`The rows that ${kind} starts from are chosen, not changed.`)
  return {
    scope, copies: 1 + (start.copies ?? 1),
    over: (rows) => transformation([rows, start.over(rows), nodes], { kind: 'relatives', direction: kind, ...hierarchy, keepStart, ...(maxDistance === undefined ? {} : { maxDistance }) }),
  }
}

/** `traverse(…)`: the rows in the order of their nodes. @throws HUB_QUERY_* as `bindHierarchy` */
export function bindTraverse({ hierarchy: reference, order, apply, orderby }: Extract<Transformation, { kind: 'traverse' }>, scope: RowScope, bindApply: BindApply): Transformed {
  const bound = bindHierarchy(reference, scope, bindApply, { ...(apply === undefined ? {} : { apply }), order: (inner) => bindOrder(orderby, inner) })
  requireOneParent(bound)
  const { hierarchy, nodes, ofNodes } = bound
  const shownOfNode = ofNodes ? [] : bound.shownOfNode
  return {
    scope: withNodes(scope, shownOfNode), ordered: true,
    over: (rows) => transformation([rows, nodes], { kind: 'traverse', order, ...hierarchy, shownOfNode }),
  }
}

function requireOneParent({ manyParents }: BoundHierarchy): void {
  if (manyParents) throw unsupported('A hierarchy whose nodes have several parents, where rows are ordered or rolled up by it', 'ancestors, descendants and the hierarchy functions take it.')
}

/** Rows that are entities still, and show which node they stand at; one may stand at several. */
function withNodes(scope: RowScope, shownOfNode: readonly GroupKey[]): RowScope {
  const columns = groupColumns({ groups: shownOfNode, sets: [shownOfNode.map((_, index) => index)] })
  if (columns.length === 0) return scope
  if (scope.rows !== undefined) return { ...scope, rows: mergeColumns(columns, scope.rows) }
  const foreign = columns.filter(({ expanded }) => expanded !== undefined)
  return { ...scope, shown: [...(scope.shown ?? []), ...foreign], repeats: true }
}

type Recursive = Extract<GroupingElement, { kind: 'recursiveHierarchy' }>

/**
 * `groupby((rolluprecursive(…),A),…)`: a result for each node of a hierarchy, of its rows and those of all nodes below it.
 * @throws HUB_QUERY_* as `bindHierarchy`, HUB_QUERY_UNSUPPORTED for several hierarchies in one groupby
 * @see OData Extension for Data Aggregation 4.0 section 6.3
 */
export function bindRecursive(grouping: readonly GroupingElement[], apply: ApplyExpression | undefined, scope: RowScope, bindApply: BindApply): Transformed {
  const [recursive, ...others] = grouping.filter((element): element is Recursive => element.kind === 'recursiveHierarchy')
  if (recursive === undefined || others.length > 0) throw unsupported('Several rolluprecursive in one groupby', 'Group by one hierarchy at a time.')
  const bound = bindHierarchy(recursive.hierarchy, scope, bindApply, recursive.apply === undefined ? {} : { apply: recursive.apply })
  requireOneParent(bound)
  const groups = bindGrouping(grouping.filter((element) => element !== recursive), scope)
  const each: Transformed = apply === undefined ? distinct(scope) : bindApply(apply, scope)
  const { hierarchy, nodes, shownOfNode } = bound
  const over = (rows: Plan): Plan => transformation([rows, nodes], { kind: 'subtrees', ...hierarchy, ...groups, shownOfNode, each: each.over(given(outputColumns(rows))) })
  if (each.scope.rows === undefined) return { scope: { ...withNodes(each.scope, shownOfNode), repeats: true }, over }
  const ofNode = groupColumns({ groups: shownOfNode, sets: [shownOfNode.map((_, index) => index)] })
  const rows = mergeColumns(ofNode, mergeColumns(groupColumns(groups), each.scope.rows))
  if (new Set(rows.map(({ name }) => name)).size < ofNode.length + each.scope.rows.length && bound.ofNodes) throw invalid('A result of $apply has the name of a property of its node.')
  return { scope: resultScope(scope, rows), over }
}

/** One row without anything for each group. */
const distinct = (scope: RowScope): Transformed => ({ scope: resultScope(scope, []), over: (rows) => transformation([rows], { kind: 'aggregates', groups: [], sets: [[]], measures: [] }) })
