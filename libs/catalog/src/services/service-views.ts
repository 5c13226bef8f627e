import type { EdmModel } from '@tributary/edm'
import type { ServiceEndpoint } from '../records.js'
import { entitySetViews } from './entity-set-views.js'
import type { ServiceSummary, ServiceView, ServiceWarning } from './service-view.js'

/** Where `/odata` and `/graphql` serve a slug, path-absolute. */
export const dataAddresses = (slug: string) => Object.freeze({ odataUrl: `/odata/${slug}/`, graphqlUrl: `/graphql/${slug}` })

/** A service in a listing. */
export function summaryOf(service: ServiceEndpoint): ServiceSummary {
  const { uuid, slug, name, tags, url, kind, sample, registeredAt, changedAt, revision } = service
  const { application, ...environment } = service.environment
  return Object.freeze({
    uuid, slug, name,
    version: service.contract.version,
    ...(service.description === undefined ? {} : { description: service.description }),
    tags,
    ...(service.owner === undefined ? {} : { owner: service.owner }),
    application, environment, url,
    ...dataAddresses(slug),
    kind,
    contractType: service.contract.type,
    specificationVersion: service.contract.specificationVersion,
    sample, registeredAt, changedAt, revision,
  })
}

/** A service with everything its contract says. */
export const viewOf = (service: ServiceEndpoint, model: EdmModel, more: { readonly usedBy: readonly string[]; readonly warnings?: readonly ServiceWarning[] }): ServiceView =>
  Object.freeze({
    ...summaryOf(service),
    entitySets: entitySetViews(model),
    usedBy: more.usedBy,
    warnings: [...model.warnings.map(({ message, line, column }) => ({ message, line, column })), ...(more.warnings ?? [])],
  })
