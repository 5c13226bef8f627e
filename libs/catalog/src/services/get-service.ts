import { nearest } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import type { CompareVersions, GetContract, GetEntitySet, GetService, ListServices, ListVersions } from '../use-cases.js'
import type { Contract, ServiceEndpoint } from '../records.js'
import type { CatalogReads } from '../store.js'
import { compareContracts } from './compare-contracts.js'
import { modelOf } from './contract-models.js'
import { entitySetViews } from './entity-set-views.js'
import { findService } from './find-service.js'
import { summaryOf, viewOf } from './service-views.js'

export const listServices: ListServices = (ports, filter, page) =>
  ports.store.read(async (catalog) => {
    const { total, items } = await catalog.services(filter, page)
    return { total, items: items.map(summaryOf) }
  })

export const getService: GetService = (ports, slug) =>
  ports.store.read(async (catalog) => {
    const service = await findService(catalog, slug)
    const usedBy = (await catalog.productsUsing(slug)).map((product) => product.slug)
    return viewOf(service, await modelOf(ports.contracts, catalog, service.contract), { usedBy })
  })

export const getContract: GetContract = (ports, slug, ordinal) =>
  ports.store.read(async (catalog) => {
    const service = await findService(catalog, slug)
    return contractAt(catalog, service, ordinal ?? service.contract.ordinal)
  })

export const listVersions: ListVersions = (ports, slug) => ports.store.read(async (catalog) => catalog.contracts((await findService(catalog, slug)).uuid))

export const compareVersions: CompareVersions = (ports, slug, { from, to }) =>
  ports.store.read(async (catalog) => {
    const service = await findService(catalog, slug)
    const [before, after] = [await contractAt(catalog, service, from), await contractAt(catalog, service, to)]
    return compareContracts(await modelOf(ports.contracts, catalog, before), await modelOf(ports.contracts, catalog, after))
  })

export const getEntitySet: GetEntitySet = (ports, slug, entitySet) =>
  ports.store.read(async (catalog) => {
    const service = await findService(catalog, slug)
    const views = entitySetViews(await modelOf(ports.contracts, catalog, service.contract))
    const view = views.find(({ name }) => name === entitySet)
    if (view === undefined) throw noEntitySet(slug, entitySet, views.map(({ name }) => name))
    return view
  })

async function contractAt(catalog: CatalogReads, service: ServiceEndpoint, ordinal: number): Promise<Contract> {
  const summary = (await catalog.contracts(service.uuid)).find((one) => one.ordinal === ordinal)
  const contract = summary === undefined ? undefined : await catalog.contract(summary.uuid)
  if (contract === undefined) {
    throw hubError('HUB_RESOURCE_NOT_FOUND', { what: `Version ${ordinal} of ${service.slug}`, hint: `The versions are 1 to ${service.contract.ordinal}.` })
  }
  return contract
}

/** An entity set that is not there, with the nearest that is. */
export function noEntitySet(slug: string, entitySet: string, known: readonly string[]): Error {
  const near = nearest(entitySet, known)
  return hubError('HUB_RESOURCE_NOT_FOUND', { what: `The entity set ${entitySet} of ${slug}`, hint: near === undefined ? '' : `Did you mean ${near}?` })
}
