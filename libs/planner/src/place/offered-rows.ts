import { type Column, columnsOf, evidenceSet, type Expand, type Fragment, inlineColumn, inlineColumns, type Inlined, type InlineTaken, type Plan, type Remote, type RemoteScan, type Scan } from '@tributary/plan'
import type { Endpoints, WantedExpand } from '@tributary/source'
import { fragmentOf } from './fragment-of.js'
import { inlineCosts, isCheaper } from './inline-costs.js'
import { remoteNames } from './remote-names.js'

/** The fragment with the related rows of these expands asked for within its rows, and what each of them is then offered; undefined: of none. */
export interface Offering {
  readonly fragment: Fragment
  /** The expand over rows that offer what their source took. */
  offered(node: Expand, placed: Remote): Expand['inline']
}

/**
 * What the source of a fragment may be asked to give within its rows for the expands above it: navigation properties of its own whose rows are
 * a set's, perhaps filtered, or reached by their links; and only where that is expected to cost less than reading them by keys.
 */
export function offeringOf(base: Fragment, expands: readonly Expand[], endpoints: Endpoints): Offering | undefined {
  const { scan } = base
  if (scan.applied !== undefined || scan.target.resource !== undefined || scan.target.only !== undefined) return undefined
  const able = endpoints.capabilities(scan.target.endpoint, evidenceSet(scan.target))
  const found = new Map(expands.flatMap((node) => {
    const inlined = inlinedOf(node, scan)
    if (inlined === undefined || able.fact(`expand:${inlined.navigation}`).trust !== 'exact') return []
    const costs = inlineCosts(base, inlined, endpoints)
    return costs !== undefined && !isCheaper(costs) ? [] : [[node, { inlined, costs }] as const]
  }))
  if (found.size === 0) return undefined
  const inlined = [...found.values()].map((one) => one.inlined)
  return {
    fragment: Object.freeze({ ...base, scan: Object.freeze({ ...scan, inlined: Object.freeze(inlined) }) }),
    offered(node, placed) {
      const known = found.get(node)
      const taken = known === undefined ? undefined : takenOf(placed).find(({ navigation }) => navigation === known.inlined.navigation)
      if (known === undefined || taken === undefined) return undefined
      const { endpoint } = scan.target
      return { inlined: known.inlined, limited: taken.limited, counted: taken.counted, endpoint, entitySet: evidenceSet(scan.target), ...(known.costs === undefined ? {} : { costs: known.costs }) }
    },
  }
}

/** Related rows only come with rows that are all wanted: a filter of ours above them would fetch them in vain. */
function takenOf({ plan }: Remote): readonly InlineTaken[] {
  const read = plan.kind === 'limit' ? plan.input : plan
  return read.kind === 'remoteScan' ? (read.inlines ?? []) : []
}

/** Undefined: the related rows are not such as a source gives within others. */
function inlinedOf(node: Expand, { target, columns: outer }: Scan): Inlined | undefined {
  const { navigation, on, perParent: { order, skip, take, count }, remoteNavigation } = node
  const read = remoteNavigation === undefined ? undefined : fragmentOf(withoutExpands(node.related))
  if (remoteNavigation === undefined || read === undefined || on.some(({ from, of }) => of !== undefined || !outer.some(({ name }) => name === from))) return undefined
  const { scan } = read
  const toMany = navigation.expanded?.toMany === true
  if (scan.target.endpoint !== target.endpoint || scan.applied !== undefined || scan.target.only !== undefined || scan.target.typeNames !== undefined) return undefined
  // An order that follows a navigation is known only once its rows have been read.
  if (order.some(({ expression }) => [...columnsOf(expression)].some((name) => baseOf(scan.columns, name) === undefined))) return undefined
  if (read.order.length > 0 || read.skip > 0 || read.take !== undefined || read.count || !isPlain(scan)) return undefined
  const { resource, key } = scan.target
  if (resource === undefined && !toMany && !(key.length === on.length && on.every(({ to }) => key.includes(to)))) return undefined
  // How the source compares values of unlike types nobody knows.
  if (resource === undefined && !on.every(({ from, to }) => baseOf(outer, from) === baseOf(scan.columns, to))) return undefined
  const filled = new Set(resource?.gaps?.flatMap((gap) => gap.key.map(({ column }) => column)) ?? [])
  const columns = scan.columns.filter(({ name }) => !filled.has(name))
  const cut = take === undefined || count || !toMany ? {} : { top: skip + take }
  return Object.freeze({
    column: inlineColumn(remoteNavigation), navigation: remoteNavigation, toMany, target: scan.target, columns, ...(read.filter === undefined ? {} : { filter: read.filter }), order, ...cut,
  })
}

/** Rows that come within others as they come by themselves: declared properties, and what is said of the row. */
function isPlain({ target: { resource }, columns }: Scan): boolean {
  if (resource !== undefined && (resource.gaps === undefined || resource.bare === true || resource.mark !== undefined || resource.options !== undefined)) return false
  return columns.every(({ name, derived }) => name !== '*' && derived !== true && (!name.includes('@') || name === '@odata.type' || name === '@odata.etag'))
}

const baseOf = (columns: readonly Column[], wanted: string): string | undefined => columns.find(({ name }) => name === wanted)?.type.base

const withoutExpands = (plan: Plan): Plan => (plan.kind === 'expand' ? withoutExpands(plan.input) : plan)

/** What is wanted within the rows, in the source's own names. */
export const wantedExpands = (inlined: readonly Inlined[], endpoints: Endpoints): readonly WantedExpand[] => inlined.map((one) => {
  const { target, columns, filter, order, top, navigation, toMany } = one
  const names = remoteNames({ kind: 'scan', target, columns }, endpoints.endpoint(target.endpoint).target.model)
  return {
    navigation, toMany, entitySet: target.entitySet, entityType: target.entityType, columns: columns.map(names.column), able: endpoints.capabilities(target.endpoint, evidenceSet(target)),
    ...(filter === undefined ? {} : { filter: names.toRemote(filter) }), order: names.orderToRemote(order), ...(top === undefined ? {} : { top }),
  }
})

/** A scan's rows with what the source offers within them: hidden columns, and how they are called there. */
export function withOffers({ target, columns, inlined = [] }: Scan, taken: readonly InlineTaken[], wanted: readonly WantedExpand[]): Pick<RemoteScan, 'target' | 'columns' | 'inlines'> {
  if (taken.length === 0) return { target, columns }
  const renamed = new Map(target.renamed)
  const hidden = taken.flatMap(({ navigation }): readonly Column[] => {
    const [own, asked] = [inlined.find((one) => one.navigation === navigation), wanted.find((one) => one.navigation === navigation)]
    if (own === undefined || asked === undefined) throw new Error(`${navigation} was not asked for`)
    const given = inlineColumns(own.column, own.toMany, asked.columns)
    const there = inlineColumns(navigation, own.toMany, asked.columns)
    given.forEach(({ name }, index) => renamed.set(name, there[index]?.name ?? name))
    return given
  })
  return { target: Object.freeze({ ...target, renamed }), columns: Object.freeze([...columns, ...hidden]), inlines: Object.freeze([...taken]) }
}
