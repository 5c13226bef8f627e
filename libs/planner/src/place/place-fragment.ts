import { type Column, column, conjunction, evidenceSet, type Expression, filter, type Fragment, instance, limit, type Plan, remote, type Remote, remoteScan, sort, stringType } from '@tributary/plan'
import type { Accepted, Capabilities, Endpoints, OpenEndpoint, ScanRequest } from '@tributary/source'
import { wantedExpands, withOffers } from './offered-rows.js'
import { type RemoteNames, remoteNames } from './remote-names.js'

/** How sources are asked. */
export interface PlaceOptions {
  /** Rows a page of a source should have at most, where it can be asked. Default 1,000. */
  readonly pageRows?: number
  /** No source is asked for groups. */
  readonly groupsHere?: true
}

/** Rows of a source's page, unless told. */
export const defaultPageRows = 1000

/**
 * Asks a source what it takes of a fragment, and puts what it does not take above it: the residual filter (all of the filter where the
 * source only promises a superset), the order, the limit and the count. A limit is taken only together with all of filter and order.
 * @throws HUB_SOURCE_UNREACHABLE if the endpoint is not of this request, HUB_QUERY_INVALID if the source may not be read this way
 */
export function placeFragment(fragment: Fragment, endpoints: Endpoints, options: PlaceOptions = {}): Remote {
  const { target } = fragment.scan
  const endpoint = endpoints.endpoint(target.endpoint)
  const names = remoteNames(fragment.scan, endpoint.target.model)
  const expands = wantedExpands(fragment.scan.inlined ?? [], endpoints)
  const want = { ...requestOf(fragment, names, { endpoint, pageRows: options.pageRows ?? defaultPageRows }), ...(expands.length === 0 ? {} : { expands }) }
  const accepted = ask(endpoint, { want, only: target.only }, endpoints.capabilities(target.endpoint, evidenceSet(target)))
  const scan = remoteScan({ ...withOffers(fragment.scan, accepted.expands ?? [], expands), accepted, taken: accepted.taken, counted: accepted.counted })
  return remote(fragment, addResidual(scan, fragment, accepted, names))
}

interface RequestContext {
  readonly endpoint: OpenEndpoint
  readonly pageRows: number
}

function requestOf(fragment: Fragment, names: RemoteNames, { endpoint, pageRows }: RequestContext): ScanRequest {
  const { scan, skip, take } = fragment
  const remoteColumns = new Map(scan.columns.map((column) => [column.name, names.column(column)]))
  return {
    target: endpoint.target,
    entitySet: scan.target.entitySet,
    entityType: scan.target.entityType,
    ...(scan.target.resource === undefined ? {} : { resource: scan.target.resource }),
    columns: [...remoteColumns.values()],
    key: names.key,
    ...(fragment.filter === undefined ? {} : { filter: names.toRemote(fragment.filter) }),
    order: names.orderToRemote(fragment.order),
    skip,
    ...(take === undefined ? {} : { top: take }),
    count: fragment.count,
    keys: fragment.keys.map((name) => requireColumn(remoteColumns, name)),
    // Not less for a small limit: where the source does not take it, small pages would be many requests.
    pageRows,
  }
}

function requireColumn(columns: ReadonlyMap<string, Column>, name: string): Column {
  const found = columns.get(name)
  if (found === undefined) throw new Error(`The join column ${name} is not read`)
  return found
}

interface Asked {
  readonly want: ScanRequest
  /** Types that are left of a cast. */
  readonly only: readonly string[] | undefined
}

/** What the source takes; asked again without limit or count where it would take them beside something left to us. */
function ask(endpoint: OpenEndpoint, { want, only }: Asked, able: Capabilities): Accepted {
  const accepted = endpoint.source.accept(want, able)
  const whole = isWhole(accepted, want) && (only === undefined || accepted.cast === true)
  const counts = whole && accepted.counted
  if (accepted.limited && (!whole || (want.count && !counts))) return ask(endpoint, { want: withoutLimit(want), only }, able)
  if (accepted.counted && !counts) return ask(endpoint, { want: { ...want, count: false }, only }, able)
  return accepted
}

/** True if no row of the answer is filtered or ordered by us. */
const isWhole = (accepted: Accepted, want: ScanRequest): boolean =>
  accepted.trust === 'exact' && accepted.residual === undefined && (want.order.length === 0 || accepted.ordered) && want.keys.length === 0

function withoutLimit({ top: _top, ...want }: ScanRequest): ScanRequest {
  return { ...want, skip: 0 }
}

/** Rows are cast by the type they name, where the source gives those of other types as well. */
function castsOurselves({ scan: { target: { only } } }: Fragment, accepted: Accepted): readonly Expression[] {
  return only === undefined || accepted.cast === true ? [] : [instance(column(stringType, '@odata.type'), only)]
}

function addResidual(scan: Plan, fragment: Fragment, accepted: Accepted, names: RemoteNames): Plan {
  const whole = accepted.trust === 'inexact' ? fragment.filter : undefined
  const left = whole ?? (accepted.residual === undefined ? undefined : names.toExposed(accepted.residual))
  const residual = conjunction([...castsOurselves(fragment, accepted), ...(left === undefined ? [] : [left])])
  const filtered = residual === undefined ? scan : filter(scan, residual)
  const [first, ...rest] = fragment.order
  const sorted = first === undefined || accepted.ordered ? filtered : sort(filtered, [first, ...rest])
  const limits = fragment.skip > 0 || fragment.take !== undefined || fragment.count
  return !limits || accepted.limited ? sorted : limit(sorted, fragment.skip, fragment.take, fragment.count)
}
