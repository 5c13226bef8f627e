import { type Column, columnsOf, outputColumns, type Plan, transform } from '@tributary/plan'
import { keyColumnNames } from './bind/key-parts.js'
import type { BoundQuery } from './bound-query.js'
import { dropUnusedOrder } from './rules/drop-unused-order.js'
import { mergeFilters } from './rules/merge-filters.js'
import { pruneColumns } from './rules/prune-columns.js'
import { pushFilterBelowExpand } from './rules/push-filter-below-expand.js'
import { pushLimitBelowExpand } from './rules/push-limit-below-expand.js'
import { pushSortBelowExpand } from './rules/push-sort-below-expand.js'
import { pushBelowCompute } from './rules/push-below-compute.js'
import { pushBelowRowStep } from './rules/push-below-row-step.js'
import { pushBelowSemiJoin } from './rules/push-below-semi-join.js'
import type { Rule } from './rules/rule.js'
import { withSemiJoins } from './rules/semi-joins.js'

/** The rules, in the order in which they are tried. None changes which rows there are, or their order. */
export const rules: readonly Rule[] = Object.freeze([mergeFilters, pushFilterBelowExpand, pushSortBelowExpand, pushLimitBelowExpand, pushBelowSemiJoin, pushBelowCompute, pushBelowRowStep, dropUnusedOrder])

/** Applies the rules until none fires. */
export function applyRules(plan: Plan): Plan {
  let current = plan
  for (;;) {
    const next = rules.reduce((before, rule) => transform(before, rule.apply), current)
    if (next === current) return current
    current = next
  }
}

/** The bound query over a better plan: filters, orders and limits before related rows are fetched, and no column nobody needs. */
export function optimize(bound: BoundQuery): BoundQuery {
  const plan = pruneColumns(applyRules(withSemiJoins(applyRules(bound.plan))), neededColumns(bound))
  return Object.freeze({ ...bound, plan, columns: answerColumns(bound, plan) })
}

/** What is read of the rows of the whole plan. */
function neededColumns(bound: BoundQuery): ReadonlySet<string> {
  if (bound.unwrap.length > 0) return new Set(bound.unwrap.slice(0, 1))
  const cursor = bound.paging.kind === 'keyset' ? bound.paging.cursor : bound.order.flatMap(({ expression }) => [...columnsOf(expression)])
  return new Set([...bound.visible, ...cursor, ...(bound.identified === true ? keyColumnNames(bound.set) : [])])
}

/** The columns of the answer's rows in the plan; what is narrowed in the bound ones stays narrowed. */
function answerColumns(bound: BoundQuery, plan: Plan): readonly Column[] {
  const known = new Map(bound.columns.map((column) => [column.name, column]))
  let columns = outputColumns(plan)
  for (const name of bound.unwrap) columns = columns.find((column) => column.name === name)?.expanded?.columns ?? []
  return Object.freeze(columns.map((column) => (column.expanded === undefined ? (known.get(column.name) ?? column) : shownInPart(column, known.get(column.name)))))
}

/** Related rows, of whose complex values only those fields are shown that were bound. */
function shownInPart(column: Column, bound: Column | undefined): Column {
  const { expanded } = column
  const known = new Map(bound?.expanded?.columns.map((one) => [one.name, one]))
  if (expanded === undefined || !expanded.columns.some((one) => isCut(one, known.get(one.name)))) return column
  return Object.freeze({ ...column, expanded: Object.freeze({ ...expanded, columns: Object.freeze(expanded.columns.map((one) => (isCut(one, known.get(one.name)) ? (known.get(one.name) ?? one) : one))) }) })
}

const isCut = (whole: Column, bound: Column | undefined): boolean => whole.expanded === undefined && whole.fields !== undefined && bound?.fields !== undefined && bound.fields !== whole.fields
