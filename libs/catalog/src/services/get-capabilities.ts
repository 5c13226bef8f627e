import { identityOf } from '../exposures/service-exposure.js'
import type { CapabilityObservation } from '../ports.js'
import type { GetCapabilities } from '../use-cases.js'
import { modelOf } from './contract-models.js'
import { entitySetViews } from './entity-set-views.js'
import { findService } from './find-service.js'
import type { CapabilityName, CapabilityView, EntitySetView } from './service-view.js'

/** Which feature of a source a declaration is about; what is not here is no option of a query. */
const features: Partial<Readonly<Record<CapabilityName, string>>> = Object.freeze({
  countable: 'count', topSupported: 'top', skipSupported: 'skip', filterable: 'filter', sortable: 'orderby', expandable: 'expand', searchable: 'search',
})

export const getCapabilities: GetCapabilities = async (ports, slug) => {
  const { service, sets } = await ports.store.read(async (catalog) => {
    const found = await findService(catalog, slug)
    return { service: found, sets: entitySetViews(await modelOf(ports.contracts, catalog, found.contract)) }
  })
  const now = ports.now().getTime()
  const observed = Map.groupBy(await ports.store.observations(slug, identityOf(service)), ({ entitySet }) => entitySet)
  return Object.freeze({
    entitySets: sets.map((set) => {
      const known = (observed.get(set.name) ?? []).filter(({ expires }) => expires === undefined || Date.parse(expires) > now)
      const views = [...known.map(viewOf), ...declared(set, service.contract.publishedAt, new Set(known.map(({ feature }) => feature)))]
      return Object.freeze({ name: set.name, features: views.toSorted((a, b) => (a.feature < b.feature ? -1 : 1)) })
    }),
  })
}

const viewOf = ({ feature, trust, origin, why, since, expires }: CapabilityObservation): CapabilityView =>
  Object.freeze({ feature, state: trust, origin, why, since, ...(expires === undefined ? {} : { expires }) })

/** What the contract says where nothing was observed: its no is believed, its yes is not proven. */
function declared({ capabilities }: EntitySetView, since: string, observed: ReadonlySet<string>): readonly CapabilityView[] {
  return (Object.entries(features) as [CapabilityName, string][]).flatMap(([name, feature]) => {
    const says = capabilities[name]
    if (says === undefined || observed.has(feature)) return []
    const why = says ? 'the contract declares it; a probe has not proven it' : 'the contract declares that it is not supported'
    return [Object.freeze({ feature, state: says ? 'inexact' as const : 'unsupported' as const, origin: 'declared' as const, why, since })]
  })
}
