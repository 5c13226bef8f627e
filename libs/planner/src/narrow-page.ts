import { type Column, type ExpandedRow, given, goesRowByRow, outputColumns, type Page, parseRows, type Plan, type Value } from '@tributary/plan'
import type { BoundQuery } from './bound-query.js'

type Change<T> = (value: T) => T

/**
 * Leaves of complex values only the fields that `$select` names (`$select=Address/City`): sources are asked for whole properties, and a
 * filter or an order may have read other fields. Undefined where every complex value is shown whole, so that pages stay as they are.
 * Pages given are those of the plan (under `unwrap`: the rows unwrapped); pages returned have `bound.columns`.
 */
export function narrowPage(bound: Pick<BoundQuery, 'plan' | 'columns' | 'unwrap'>): Change<Page> | undefined {
  const narrow = rowNarrowing(answerPlan(bound), bound.columns)
  if (narrow === undefined) return undefined
  return (page) => {
    const { rows } = page.kind === 'rows' ? page : parseRows(page, bound.columns)
    return Object.freeze({ kind: 'rows', columns: bound.columns, rows: rows.map(narrow) })
  }
}

/** The part of the plan that yields the answer's rows. */
function answerPlan({ plan, unwrap }: Pick<BoundQuery, 'plan' | 'unwrap'>): Plan {
  return unwrap.reduce((outer, name) => relatedOf(outer, name) ?? outer, plan)
}

/** What yields the rows in a column that the plan's own rows are given. */
function relatedOf(plan: Plan, name: string): Plan | undefined {
  switch (plan.kind) {
    case 'expand': return plan.navigation.name === name ? plan.related : relatedOf(plan.input, name)
    case 'filter': case 'sort': case 'limit': case 'semiJoin': case 'compute': return relatedOf(plan.input, name)
    case 'transformation': return plan.step.kind === 'nested' && plan.step.name === name ? plan.step.each : goesRowByRow(plan) ? relatedOf(plan.inputs[0], name) : undefined
    case 'aggregate': case 'concat': case 'given': case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return undefined
  }
}

function rowNarrowing(plan: Plan, shown: readonly Column[]): Change<ExpandedRow> | undefined {
  const whole = outputColumns(plan)
  const changes = shown.map((column, index) => (column.expanded === undefined ? fieldNarrowing(column, whole[index]) : expandedNarrowing(column, relatedOf(plan, column.name) ?? given(whole[index]?.expanded?.columns ?? []))))
  if (changes.every((change) => change === undefined)) return undefined
  return (row) => row.map((value, index) => changes[index]?.(value) ?? value)
}

function expandedNarrowing({ expanded }: Column, related: Plan): Change<Value> | undefined {
  const narrow = expanded === undefined ? undefined : rowNarrowing(related, expanded.columns)
  if (narrow === undefined) return undefined
  return (value) => {
    if (Array.isArray(value)) return narrow(value)
    if (typeof value !== 'object' || value === null || !('rows' in value) || !Array.isArray(value.rows)) return value
    return { ...value, rows: value.rows.map((row: Value) => (Array.isArray(row) ? narrow(row) : row)) }
  }
}

/** Of an open complex value: which of the properties that no type declares are shown. */
function undeclaredKept(shown: readonly Column[], whole: readonly Column[]): (name: string) => boolean {
  const rest = shown.find(({ name }) => name === '*')
  if (rest === undefined) return () => false
  const declared = new Set(whole.map(({ name }) => name))
  const named = rest.fields === undefined ? undefined : new Set(rest.fields.map(({ name }) => name))
  return (name) => !declared.has(name) && named?.has(name) !== false
}

/** Leaves of a complex value only the fields of `shown`. Undefined where that has all of them. */
export function fieldNarrowing(shown: Column, whole: Column | undefined): Change<Value> | undefined {
  if (shown.fields === undefined || shown.fields === whole?.fields) return undefined
  const inner = new Map(shown.fields.map((field) => [field.name, fieldNarrowing(field, whole?.fields?.find(({ name }) => name === field.name))]))
  const keeps = undeclaredKept(shown.fields, whole?.fields ?? [])
  const one: Change<Value> = (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const kept = Object.entries(value).filter(([name]) => inner.has(name) || keeps(name) || name.includes('@'))
    return Object.fromEntries(kept.map(([name, field]) => [name, inner.get(name)?.(field) ?? field]))
  }
  return (value) => (Array.isArray(value) ? value.map(one) : one(value))
}
