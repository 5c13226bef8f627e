import { annotationsOf, findAnnotation, type EdmModel } from '@tributary/edm'
import { identityOf } from '../exposures/service-exposure.js'
import type { CapabilityObservation } from '../ports.js'
import { declaredFeatures, type DeclaredFeature } from './declared-features.js'
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
  const { service, sets, model } = await ports.store.read(async (catalog) => {
    const found = await findService(catalog, slug)
    const read = await modelOf(ports.contracts, catalog, found.contract)
    return { service: found, sets: entitySetViews(read), model: read }
  })
  const now = ports.now().getTime()
  const observed = Map.groupBy(await ports.store.observations(slug, identityOf(service)), ({ entitySet }) => entitySet)
  const knownOf = (name: string): readonly CapabilityObservation[] => (observed.get(name) ?? []).filter(({ expires }) => expires === undefined || Date.parse(expires) > now)
  return Object.freeze({
    paths: sorted(knownOf('').map(viewOf)),
    entitySets: sets.map((set) => {
      const known = knownOf(set.name)
      const views = [...known.map(viewOf), ...declared([...ofSet(set), ...ofService(model, set.name), ...declaredFeatures(model, set.name)], service.contract.publishedAt, new Set(known.map(({ feature }) => feature)))]
      return Object.freeze({ name: set.name, features: sorted(views) })
    }),
  })
}

const sorted = (views: readonly CapabilityView[]): readonly CapabilityView[] => views.toSorted((a, b) => (a.feature < b.feature ? -1 : 1))

const viewOf = ({ feature, trust, origin, why, since, expires }: CapabilityObservation): CapabilityView =>
  Object.freeze({ feature, state: trust, origin, why, since, ...(expires === undefined ? {} : { expires }) })

const ofSet = ({ capabilities }: EntitySetView): readonly DeclaredFeature[] =>
  (Object.entries(features) as [CapabilityName, string][]).flatMap(([name, feature]) => {
    const yes = capabilities[name]
    return yes === undefined ? [] : [{ feature, yes }]
  })

/** Terms of a set, or else of the whole service: a tag says yes by being there, and so does a record that does not say no. */
const serviceTerms: readonly (readonly [feature: string, term: string, property?: string])[] = [
  ['batch', 'Org.OData.Capabilities.V1.BatchSupported'], ['batch', 'Org.OData.Capabilities.V1.BatchSupport', 'Supported'], ['query-segment', 'Org.OData.Capabilities.V1.QuerySegmentSupported'],
  ['select', 'Org.OData.Capabilities.V1.SelectSupport', 'Supported'], ['compute', 'Org.OData.Capabilities.V1.ComputeSupported'], ['apply', 'Org.OData.Aggregation.V1.ApplySupported'],
]

function ofService(model: EdmModel, entitySet: string): readonly DeclaredFeature[] {
  const container = model.container?.qualifiedName
  if (container === undefined) return []
  const places = [annotationsOf(model, `${container}/${entitySet}`), annotationsOf(model, container)]
  const said = serviceTerms.flatMap(([feature, term, property]) => {
    const found = places.map((annotations) => findAnnotation(annotations, term)).find((annotation) => annotation !== undefined)
    if (found === undefined) return []
    const value = found.value?.kind === 'record' ? found.value.properties.get(property ?? '') : found.value
    return [{ feature, yes: !(value?.kind === 'bool' && value.text === 'false') }]
  })
  return said.filter(({ feature }, index) => said.findIndex((other) => other.feature === feature) === index)
}

/** What the contract says where nothing was observed: its no is believed, its yes is not proven. */
function declared(said: readonly DeclaredFeature[], since: string, observed: ReadonlySet<string>): readonly CapabilityView[] {
  return said.filter(({ feature }) => !observed.has(feature)).map(({ feature, yes, why: told }) => {
    const why = told ?? (yes ? 'the contract declares it; a probe has not proven it' : 'the contract declares that it is not supported')
    return Object.freeze({ feature, state: yes ? 'inexact' as const : 'unsupported' as const, origin: 'declared' as const, why, since })
  })
}
