import type { EdmModel } from '@tributary/edm'
import { type Aggregate, appliedScan, type AppliedStep, type Column, evidenceSet, type Fragment, isFloating, type Measure, type Plan, type Scan } from '@tributary/plan'
import type { Endpoints, Feature } from '@tributary/source'
import { fragmentOf } from './fragment-of.js'
import type { NeverNull } from './partial-aggregate.js'
import { placeFragment, type PlaceOptions } from './place-fragment.js'

/** What is known of the sources, and how they are asked. */
export interface AskingSources {
  readonly endpoints: Endpoints
  readonly options: PlaceOptions
}

/**
 * An aggregation of the rows of one set as a scan of what its source makes of them: where experiments have shown for each type and method in it
 * that the source means what we do, nulls included. Undefined: it is done here.
 */
export function aggregateAtSource(plan: Aggregate, { endpoints, options }: AskingSources): Scan | undefined {
  const fragment = wholeSet(plan.input)
  if (fragment === undefined || options.groupsHere === true) return undefined
  const { scan, filter } = fragment
  const { target: { model } } = endpoints.endpoint(scan.target.endpoint)
  const able = endpoints.capabilities(scan.target.endpoint, evidenceSet(scan.target))
  const needs = needsOf(plan, scan, model)
  if (needs === undefined || ![...needs, ...(filter === undefined ? [] : ['apply:filter'])].every((feature) => able.fact(feature).trust === 'exact')) return undefined
  // A filter that leaves anything to us would do so behind the groups.
  if (filter !== undefined && placeFragment(fragment, endpoints, options).plan.kind !== 'remoteScan') return undefined
  const renamed = new Map([...plan.groups.map(({ path: [name] }) => [name, scan.target.renamed.get(name) ?? name] as const), ...plan.measures.map(({ column: { name } }) => [name, aliasOf(name)] as const)])
  const grouped: AppliedStep = { kind: 'aggregate', groups: plan.groups, measures: plan.measures.map((measure) => ({ ...measure, column: { ...measure.column, name: aliasOf(measure.column.name) } })) }
  const steps: readonly [AppliedStep, ...AppliedStep[]] = filter === undefined ? [grouped] : [{ kind: 'filter', predicate: filter }, grouped]
  return appliedScan(scan.target, plan.columns, { steps, what: 'groups', renamed, needs, fallback: plan })
}

/** All rows of a set, perhaps filtered. */
function wholeSet(plan: Plan): Fragment | undefined {
  const fragment = fragmentOf(plan)
  if (fragment === undefined) return undefined
  const { scan: { applied, target }, order, skip, take, count } = fragment
  const whole = applied === undefined && target.resource === undefined && target.only === undefined && order.length === 0 && skip === 0 && take === undefined && !count
  return whole ? fragment : undefined
}

/** Whether a column of a scan's rows is never null, as its source declares. */
export function neverNull({ target }: Scan, model: EdmModel): NeverNull {
  const type = model.entityType(target.entityType)
  return (name) => type !== undefined && model.property(type, target.renamed.get(name) ?? name)?.type.nullable === false
}

/** What has to be proven of the source; undefined where something in the aggregation cannot be. */
function needsOf({ groups, measures }: Aggregate, scan: Scan, model: EdmModel): readonly Feature[] | undefined {
  const columns = new Map(scan.columns.map((column) => [column.name, column]))
  const present = neverNull(scan, model)
  const needs: Feature[] = []
  const need = (method: string, { name, type }: Column): void => {
    needs.push(`apply:${method}:${type.base}`)
    if (!present(name)) needs.push(`apply:${method}:${type.base}:null`)
  }
  for (const { path, expression } of groups) {
    const read = expression.kind === 'column' && expression.path.length === 1 && path.length === 1 && path[0] === expression.path[0] ? columns.get(path[0]) : undefined
    if (read === undefined || read.type.collection || isFloating(read.type.base)) return undefined
    need('groupby', read)
  }
  if (measures.length === 0 && groups.length === 0) return undefined
  for (const measure of measures) {
    const read = measuredColumn(measure, columns)
    if (read === undefined || !isAlias(measure.column.name, scan, model)) return undefined
    if (read === 'rows') needs.push('apply:count')
    else need(measure.method, read)
  }
  return [...new Set(needs)]
}

/** The column that is measured; undefined where that is more than a column, or what is made of it depends on the order of rows. */
function measuredColumn({ method, expression, per }: Measure, columns: ReadonlyMap<string, Column>): Column | 'rows' | undefined {
  if (expression === undefined) return 'rows'
  if (expression.kind !== 'column' || expression.path.length !== 1 || per !== undefined || method === 'average' || method === 'count') return undefined
  const read = columns.get(expression.path[0])
  return read === undefined || read.type.collection || isFloating(read.type.base) || read.expanded !== undefined ? undefined : read
}

/** What a measure is called at the source: names of our own begin with a sign that none there may begin with. */
const aliasOf = (name: string): string => (name.startsWith('~') ? `part${name.slice(1)}` : name)

/** A name that the source takes, and has not given to something of its own. */
function isAlias(name: string, { target }: Scan, model: EdmModel): boolean {
  const type = model.entityType(target.entityType)
  const alias = aliasOf(name)
  return /^[A-Za-z_]\w*$/.test(alias) && type !== undefined && model.property(type, alias) === undefined && model.navigation(type, alias) === undefined
}
