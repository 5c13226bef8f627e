import type { ApplyExpression, QueryOptions, Span, Transformation } from '@tributary/odata-url'
import { type Column, expand, expandedColumn, given, nestedRows, outputColumns, type Plan, transformation } from '@tributary/plan'
import { requireOptions } from '../bind-select.js'
import { bindApplied } from '../bind-transformations.js'
import type { ExpandTarget } from '../expand-target.js'
import { withFollowed } from '../followed-paths.js'
import { invalid, unsupported } from '../refusal.js'
import { relatedRows } from '../related-scope.js'
import type { RowScope } from '../row-scope.js'
import { scanOf } from '../scan-set.js'
import { namesOfResult } from './shown-columns.js'

/** Rows with a navigation that shows what `$apply` makes of the related rows of each. */
export interface ExpandedApplied {
  readonly plan: Plan
  readonly navigation: Column
  /** What the context URL says of it. */
  readonly list: string
}

const allowed = ['$apply', '$filter', '$search', '$orderby', '$skip', '$top']

/**
 * `$expand=Sales($apply=aggregate(Amount with sum as Total))`: the options are those of a collection, of the related rows of each row.
 * @throws HUB_QUERY_INVALID for a navigation to one row, HUB_QUERY_UNSUPPORTED for options beside it that are not executed, HUB_QUERY_*
 * @see OData Extension for Data Aggregation 4.0 section 3.8
 */
export function expandApplied(input: Plan, { navigation, item, from, column, within, cast }: ExpandTarget, outer: RowScope): ExpandedApplied {
  const { options, suffix } = item
  if (!navigation.toMany) throw invalid(`$apply transforms collections, and ${navigation.name} leads to one row.`)
  if (within.length > 0 || cast !== undefined || suffix !== undefined) throw unsupported(`$apply of ${navigation.name} behind a path or a cast, or with /$ref or /$count`)
  const other = [...options.spans.keys()].find((name) => ['$select', '$expand', '$compute', '$count', '$levels'].includes(name))
  if (other !== undefined) throw unsupported(`The option ${other} beside $apply in $expand`, 'What $apply gives is shown whole.')
  requireOptions(options, allowed, `the transformed ${navigation.name}`)
  const found = relatedRows(from, navigation)
  const scope: RowScope = { ...found.scope, aliases: new Map([...outer.aliases, ...options.aliases]), nested: true }
  const each = bindApplied(sequenceOf(options), scope)
  const shown = each.scope.rows ?? outputColumns(scanOf(scope))
  const related = withFollowed(scanOf(scope), scope)
  const hidden = `~applied/${column}`
  const all = expandedColumn(hidden, scope.entityType.qualifiedName, { toMany: true, columns: outputColumns(related), visible: outputColumns(related).map(({ name }) => name) })
  const names = namesOfResult(shown, each.scope)
  const plan = transformation([expand(input, { navigation: all, on: found.on, related })], {
    kind: 'nested', from: hidden, name: column, shown: shown.map(({ name }) => name).filter((name) => !name.startsWith('~')), context: `${scope.set.name}${names === undefined ? '' : `(${names.join(',')})`}`,
    each: each.over(given(nestedRows(all).columns)),
  })
  const made = plan.columns.find(({ name }) => name === column)
  if (made === undefined) throw new Error(`The column ${column} was not made`)
  return { plan, navigation: made, list: `${column}(${(names ?? []).join(',')})` }
}

/** `$apply`, then what the other options do to its result. */
function sequenceOf({ apply, filter, search, orderby, skip, top, spans }: QueryOptions): ApplyExpression {
  const span: Span = spans.get('$apply') ?? { start: 0, end: 0 }
  const more: Transformation[] = [
    ...(filter === undefined ? [] : [{ kind: 'filter' as const, predicate: filter, span }]),
    ...(search === undefined ? [] : [{ kind: 'search' as const, search, span }]),
    ...(orderby === undefined ? [] : [{ kind: 'orderby' as const, items: orderby, span }]),
    ...(skip === undefined ? [] : [{ kind: 'skip' as const, count: skip, span }]),
    ...(top === undefined ? [] : [{ kind: 'top' as const, count: top, span }]),
  ]
  return { kind: 'apply', span, transformations: [...(apply?.transformations ?? []), ...more] }
}
