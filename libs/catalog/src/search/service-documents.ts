import type { EdmModel, Operation } from '@tributary/edm'
import type { ServiceEndpoint } from '../records.js'
import { annotationsOf, wordsFor } from '../services/element-annotations.js'
import { entitySetViews } from '../services/entity-set-views.js'
import type { AttributeView, CapabilitiesView, CapabilityName, EntitySetView } from '../services/service-view.js'
import type { SearchDocument } from './document.js'
import { pageOf } from './page-of.js'

/** Everything of a service that can be found: itself, its entity sets, their attributes, its operations. */
export function serviceDocuments(service: ServiceEndpoint, model: EdmModel): readonly SearchDocument[] {
  const shared = sharedBy(service)
  const own: SearchDocument = { ...shared, id: `service:${service.slug}`, kind: 'service', name: service.name, title: service.name, description: service.description ?? '' }
  return Object.freeze([
    own,
    ...entitySetViews(model).flatMap((set) => [ofSet(shared, set), ...set.attributes.map((attribute) => ofAttribute(shared, set, attribute))]),
    ...operationsOf(model).map((operation) => ofOperation(shared, model, operation)),
  ])
}

type Shared = Omit<SearchDocument, 'id' | 'kind' | 'name' | 'title' | 'description'>

const sharedBy = (service: ServiceEndpoint): Shared => ({
  slug: service.slug,
  tags: service.tags,
  service: service.name,
  url: pageOf('service', service.slug),
  environment: service.environment.type,
  type: service.contract.type,
  owner: service.owner?.name ?? '',
  capabilities: [],
  validated: false,
})

const ofSet = (shared: Shared, { name, label, description, capabilities }: EntitySetView): SearchDocument => ({
  ...shared,
  id: `entity:${shared.slug}/${name}`,
  kind: 'entity',
  name,
  title: label ?? name,
  description: description ?? '',
  url: pageOf('service', shared.slug, name),
  capabilities: namesOf(capabilities),
})

const namesOf = (capabilities: CapabilitiesView): readonly string[] => (Object.keys(capabilities) as CapabilityName[]).filter((name) => capabilities[name] === true)

const ofAttribute = (shared: Shared, set: EntitySetView, { name, label, description }: AttributeView): SearchDocument => ({
  ...shared,
  id: `attribute:${shared.slug}/${set.name}/${name}`,
  kind: 'attribute',
  name,
  title: label ?? name,
  description: description ?? '',
  url: `${pageOf('service', shared.slug, set.name)}#${encodeURIComponent(name)}`,
})

/** One for each name: overloads are found together. */
const operationsOf = (model: EdmModel): readonly Operation[] =>
  [...model.schemas.values()].flatMap((schema) => [...schema.operations.values()].flatMap((overloads) => overloads.slice(0, 1)))

function ofOperation(shared: Shared, model: EdmModel, { name, qualifiedName, annotations }: Operation): SearchDocument {
  const { label, description } = wordsFor(annotationsOf(model, qualifiedName, annotations))
  return {
    ...shared,
    id: `operation:${shared.slug}/${qualifiedName}`,
    kind: 'operation',
    name,
    title: label ?? name,
    description: description ?? '',
    url: `${pageOf('service', shared.slug)}#${encodeURIComponent(name)}`,
  }
}
