import type { ApplyExpression, GroupingElement, Transformation } from '@tributary/odata-url'
import { type Column, expandedColumn, given, type GroupKey, groupColumns, mergeColumns, outputColumns, type Plan, transformation } from '@tributary/plan'
import { resultScope, withEntities } from '../bind-aggregate.js'
import { bindExpression } from '../bind-expression.js'
import { bindOrder } from '../bind-order.js'
import { invalid } from '../refusal.js'
import type { RowScope, Transformed } from '../row-scope.js'
import type { BindApply } from './bind-apply.js'
import { bindGrouping } from './grouping.js'
import { bindHierarchy, upPathColumn } from './hierarchy.js'

/** `ancestors(…)`, `descendants(…)`: the rows whose nodes are above or below those of some of them. @throws HUB_QUERY_* as `bindHierarchy` */
export function bindRelatives({ kind, hierarchy: reference, apply, maxDistance, keepStart }: Extract<Transformation, { kind: 'ancestors' | 'descendants' }>, scope: RowScope, bindApply: BindApply): Transformed {
  const { hierarchy, nodes } = bindHierarchy(reference, scope, bindApply, { bind: bindExpression })
  const start = bindApply(apply, scope)
  if (scope.rows === undefined && start.scope.rows !== undefined) throw invalid(`The rows that ${kind} starts from are chosen, not changed.`)
  return {
    scope, copies: 1 + (start.copies ?? 1),
    over: (rows) => transformation([rows, start.over(rows), nodes()], { kind: 'relatives', direction: kind, ...hierarchy, keepStart, ...(maxDistance === undefined ? {} : { maxDistance }) }),
  }
}

/**
 * `traverse(…)`: the rows in the order of their nodes, beginning at those that transformations chose, or at the roots. Where a node may be met
 * several times, each row tells the nodes above.
 * @throws HUB_QUERY_* as `bindHierarchy`
 * @see OData Extension for Data Aggregation 4.0 section 6.2.2
 */
export function bindTraverse({ hierarchy: reference, order, apply, orderby }: Extract<Transformation, { kind: 'traverse' }>, scope: RowScope, bindApply: BindApply): Transformed {
  const bound = bindHierarchy(reference, scope, bindApply, { bind: bindExpression, ...(apply === undefined ? {} : { apply }), order: (inner) => bindOrder(orderby, inner) })
  const { hierarchy, nodes, chosen, ofNodes, manyParents } = bound
  const upPath = manyParents || chosen !== undefined ? upPathColumn(reference.qualifier) : undefined
  const shownOfNode = ofNodes ? (upPath === undefined ? [] : [groupOf(upPath)]) : upPath === undefined ? bound.shownOfNode : bound.shownOfNode.map((group) => withColumn(group, upPath))
  return {
    scope: withNodes(scope, shownOfNode, upPath !== undefined), ordered: true,
    over: (rows) => transformation([rows, nodes(), ...(chosen === undefined ? [] : [chosen()])], { kind: 'traverse', order, ...hierarchy, shownOfNode, ...(upPath === undefined ? {} : { upPath }) }),
  }
}

const groupOf = ({ name, type }: Column): GroupKey => Object.freeze({ path: [name] as const, expression: Object.freeze({ kind: 'column', type, path: [name] as const }) })

/** An entity with a column more; of one that is told by its identifier alone nothing more is known. */
const withColumn = (group: GroupKey, added: Column): GroupKey =>
  (group.shape === undefined ? group : Object.freeze({ ...group, shape: Object.freeze({ ...group.shape, columns: [...group.shape.columns, added], visible: [...group.shape.visible, added.name] }) }))

const columnsOf = (groups: readonly GroupKey[]): readonly Column[] => groupColumns({ groups, sets: [groups.map((_, index) => index)] })

/** Rows that are entities still, and show which node they stand at; one may stand at several. */
function withNodes(scope: RowScope, shownOfNode: readonly GroupKey[], repeats: boolean): RowScope {
  const columns = columnsOf(shownOfNode)
  if (columns.length === 0) return scope
  if (scope.rows !== undefined) return withEntities({ ...scope, rows: mergeColumns(columns, scope.rows) }, shownOfNode)
  const foreign = columns.filter(({ expanded, name }) => expanded !== undefined || name.startsWith('@'))
  return { ...scope, shown: [...(scope.shown ?? []), ...foreign], ...(repeats || foreign.some(({ expanded }) => expanded !== undefined) ? { repeats: true } : {}) }
}

type Recursive = Extract<GroupingElement, { kind: 'recursiveHierarchy' }>

/**
 * `groupby((rolluprecursive(…),A),…)`: a result for each node of a hierarchy, of its rows and those of all nodes below it. Of several hierarchies
 * each combination of nodes has one.
 * @throws HUB_QUERY_* as `bindHierarchy`
 * @see OData Extension for Data Aggregation 4.0 section 6.3
 */
export function bindRecursive(grouping: readonly GroupingElement[], apply: ApplyExpression | undefined, scope: RowScope, bindApply: BindApply): Transformed {
  const recursive = grouping.find((element): element is Recursive => element.kind === 'recursiveHierarchy')
  if (recursive === undefined) throw new Error('No hierarchy to group by')
  const bound = bindHierarchy(recursive.hierarchy, scope, bindApply, { bind: bindExpression, ...(recursive.apply === undefined ? {} : { apply: recursive.apply }) })
  const others = grouping.filter((element) => element !== recursive)
  const again = others.some(({ kind }) => kind === 'recursiveHierarchy')
  const groups = bindGrouping(again ? [] : others, scope)
  const name = `~node${(scope.rollupNodes ?? []).length + 1}`
  const inner: RowScope = { ...scope, rollupNodes: [...(scope.rollupNodes ?? []), { name, scope: bound.scope }] }
  const each: Transformed = again ? bindRecursive(others, apply, inner, bindApply) : apply === undefined ? distinct(inner) : bindApply(apply, inner)
  const { rollupNodes: _nodes, ...outer } = each.scope
  const { hierarchy, shownOfNode } = bound
  const over = (rows: Plan): Plan => {
    const [nodes, ...chosen] = [bound.nodes(), ...(bound.chosen === undefined ? [] : [bound.chosen()])] as const
    const node = nodeColumn(name, bound.scope, chosen[0] ?? nodes)
    return transformation([rows, nodes, ...chosen], { kind: 'subtrees', ...hierarchy, ...groups, shownOfNode, node, each: each.over(given([...outputColumns(rows), node])) })
  }
  const ordered = recursive.apply?.transformations.at(-1)?.kind === 'traverse' && others.length === 0
  if (outer.rows === undefined) return { scope: { ...withNodes(outer, shownOfNode, true), repeats: true }, over, ordered }
  const ofNode = columnsOf(shownOfNode)
  const rows = mergeColumns(ofNode, mergeColumns(groupColumns(groups), outer.rows))
  if (new Set(rows.map(({ name }) => name)).size < ofNode.length + outer.rows.length && bound.ofNodes && !again) throw invalid('A result of $apply has the name of a property of its node.')
  return { scope: withEntities(resultScope(outer, rows), shownOfNode), over, ordered }
}

/** The node that the rows at hand are below, as `rollupnode()` gives it. */
const nodeColumn = (name: string, { entityType }: RowScope, nodes: Plan): Column => expandedColumn(name, entityType.qualifiedName, { toMany: false, columns: outputColumns(nodes), visible: [] })

/** One row without anything for each group. */
const distinct = (scope: RowScope): Transformed => ({ scope: resultScope(scope, []), over: (rows) => transformation([rows], { kind: 'aggregates', groups: [], sets: [[]], measures: [] }) })
