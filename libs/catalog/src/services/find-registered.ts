import type { EdmModel } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import type { ServiceEndpoint } from '../records.js'
import type { CatalogReads, ServiceIdentity } from '../store.js'
import { freeName, proposedName } from './proposed-name.js'
import type { RegistrationRequest } from './registration.js'

const defaultApplication = 'Default'
const defaultEnvironment = 'Production'
/** Services of one environment looked through for one with the same address. */
const searched = 10_000

/** Which endpoint a registration means. */
export interface Meant {
  readonly registered?: ServiceEndpoint
  readonly application: string
  readonly environment: string
}

/**
 * The endpoint a registration means: its slug's, else that of its (application, environment, name), else, where no name is given,
 * the one at the same address there.
 * @throws HUB_SLUG_TAKEN, HUB_SERVICE_EXISTS
 */
export async function findRegistered(catalog: CatalogReads, request: RegistrationRequest, url: string): Promise<Meant> {
  const application = request.application?.name ?? defaultApplication
  const environment = request.environment?.name ?? defaultEnvironment
  if (request.slug !== undefined) return findBySlug(catalog, request, { application, environment })
  const registered =
    request.name === undefined ? await findByAddress(catalog, { application, environment }, url) : await catalog.serviceOf({ application, environment, name: request.name })
  return { application, environment, ...(registered === undefined ? {} : { registered }) }
}

async function findBySlug(catalog: CatalogReads, request: RegistrationRequest, defaults: Omit<Meant, 'registered'>): Promise<Meant> {
  const slug = request.slug ?? ''
  const product = await catalog.product(slug)
  if (product !== undefined) throw hubError('HUB_SLUG_TAKEN', { slug, owner: `the data product ${product.definition.name}` }, { target: 'slug' })
  const owner = await catalog.service(slug)
  if (owner === undefined) {
    const twin = request.name === undefined ? undefined : await catalog.serviceOf({ ...defaults, name: request.name })
    if (twin !== undefined) throw hubError('HUB_SERVICE_EXISTS', { identity: spoken(identityOf(twin)), slug: twin.slug }, { target: 'slug' })
    return defaults
  }
  const own = identityOf(owner)
  const other = isOther(request.name, own.name) || isOther(request.application?.name, own.application) || isOther(request.environment?.name, own.environment)
  if (other) throw hubError('HUB_SLUG_TAKEN', { slug, owner: `the service ${spoken(own)}` }, { target: 'slug' })
  return { registered: owner, application: own.application, environment: own.environment }
}

const isOther = (given: string | undefined, own: string): boolean => given !== undefined && given !== own

const identityOf = ({ name, environment }: ServiceEndpoint): ServiceIdentity => ({ application: environment.application.name, environment: environment.name, name })

const spoken = ({ application, environment, name }: ServiceIdentity): string => `${name} (${application}, ${environment})`

async function findByAddress(catalog: CatalogReads, where: Omit<ServiceIdentity, 'name'>, url: string): Promise<ServiceEndpoint | undefined> {
  const { items } = await catalog.services(where, { limit: searched, offset: 0 })
  return items.find((service) => service.url === url)
}

/** The name of a new service: as given, else as its contract calls it, made unique within its environment. */
export async function nameOfNew(catalog: CatalogReads, request: RegistrationRequest, meant: Meant, found: { readonly model: EdmModel; readonly url: string }): Promise<string> {
  if (request.name !== undefined) return request.name
  const { application, environment } = meant
  const isTaken = async (name: string) => (await catalog.serviceOf({ application, environment, name })) !== undefined
  return freeName(proposedName(found.model, found.url), isTaken)
}
