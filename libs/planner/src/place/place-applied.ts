import { hubError } from '@tributary/errors'
import { type Applied, type AppliedStep, columnsAtSource, evidenceSet, filter, type Fragment, limit, type Plan, remote, type Remote, remoteScan, sort } from '@tributary/plan'
import type { Capabilities, Endpoints, ScanRequest } from '@tributary/source'
import { defaultPageRows, type PlaceOptions } from './place-fragment.js'
import { remoteNames } from './remote-names.js'

interface Placing {
  readonly endpoints: Endpoints
  readonly options: PlaceOptions
  /** Places what is done where the source does not apply the steps. */
  readonly place: (fallback: Plan) => Plan
}

/**
 * Asks a source to apply the steps of a scan. What is asked of their results stays with us; where it does not apply them, the scan's fallback
 * is placed.
 * @throws HUB_QUERY_UNSUPPORTED where only the source could have done it
 */
export function placeApplied(fragment: Fragment, applied: Applied, { endpoints, options, place }: Placing): Remote {
  const { scan } = fragment
  const endpoint = endpoints.endpoint(scan.target.endpoint)
  const able = endpoints.capabilities(scan.target.endpoint, evidenceSet(scan.target))
  const accepted = endpoint.source.accept({ ...wantOf(fragment, applied, endpoint.target), pageRows: options.pageRows ?? defaultPageRows }, able)
  const proven = (applied.needs ?? []).every((feature) => able.fact(feature).trust === 'exact')
  if (accepted.applied !== true || !proven) {
    if (applied.fallback === undefined) throw notApplied(applied, scan.target.endpoint, able)
    return remote(fragment, overResults(place(applied.fallback), fragment))
  }
  const found = remoteScan({ target: scan.target, columns: scan.columns, accepted, taken: accepted.taken, results: applied.renamed })
  return remote(fragment, overResults(found, fragment))
}

function wantOf({ scan }: Fragment, applied: Applied, target: ScanRequest['target']): Omit<ScanRequest, 'pageRows'> {
  const { entitySet, entityType, resource } = scan.target
  const names = remoteNames({ ...scan, columns: [] }, target.model)
  const [first, ...rest] = applied.steps.map((step) => stepAtSource(step, names.toRemote))
  if (first === undefined) throw new Error('Nothing is applied')
  return {
    target, entitySet, entityType, ...(resource === undefined ? {} : { resource }), columns: columnsAtSource(scan.columns, applied.renamed), key: [], applied: [first, ...rest], order: [], skip: 0, count: false, keys: [],
  }
}

function stepAtSource(step: AppliedStep, toRemote: ReturnType<typeof remoteNames>['toRemote']): AppliedStep {
  switch (step.kind) {
    case 'text': return step
    case 'filter': return { kind: 'filter', predicate: toRemote(step.predicate) }
    case 'aggregate': return {
      kind: 'aggregate', groups: step.groups.map((group) => ({ ...group, expression: toRemote(group.expression) })),
      measures: step.measures.map((measure) => (measure.expression === undefined ? measure : { ...measure, expression: toRemote(measure.expression) })),
    }
  }
}

/** What is asked of the results: ours. */
function overResults(results: Plan, { filter: predicate, order: [first, ...rest], skip, take, count }: Fragment): Plan {
  const filtered = predicate === undefined ? results : filter(results, predicate)
  const sorted = first === undefined ? filtered : sort(filtered, [first, ...rest])
  return skip > 0 || take !== undefined || count ? limit(sorted, skip, take, count) : sorted
}

function notApplied({ what }: Applied, slug: string, able: Capabilities): Error {
  const fact = able.fact('apply')
  const why = fact.trust === 'unsupported' ? ` (${fact.why})` : ''
  return hubError('HUB_QUERY_UNSUPPORTED', { what: `$apply with ${what}`, hint: `Only the source ${slug} can compute it, and it takes no such $apply${why}.` })
}
