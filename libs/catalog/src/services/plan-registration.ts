import { createHash, randomUUID } from 'node:crypto'
import type { EdmModel } from '@tributary/edm'
import { isHubError } from '@tributary/errors'
import type { CatalogPorts } from '../catalog-ports.js'
import type { OpenConnection, ReadContract } from '../ports.js'
import type { Contract, Environment, ServiceEndpoint } from '../records.js'
import type { CatalogReads } from '../store.js'
import { compareContracts, type ContractChanges } from './compare-contracts.js'
import { completeConnection, sameConnection } from './connections.js'
import { keepModel, modelOf } from './contract-models.js'
import { findRegistered, nameOfNew, type Meant } from './find-registered.js'
import type { RegistrationOptions, RegistrationRequest } from './registration.js'
import { termValue } from './element-annotations.js'
import { freeSlug, slugOf } from './slugs.js'

/** A registration with its contract read and its address tidied. */
export interface Candidate {
  readonly request: RegistrationRequest
  readonly url: string
  readonly read: ReadContract
  /** Forget what was learnt of the source, even if nothing changed. */
  readonly forget: boolean
  readonly options: RegistrationOptions
}

/** What a registration would do. */
export interface RegistrationPlan {
  readonly outcome: 'created' | 'changed' | 'unchanged'
  /** What is written: nothing of an unchanged service, unless what was learnt of it is to be forgotten. */
  readonly saves: boolean
  readonly service: ServiceEndpoint
  readonly model: EdmModel
  /** Only where it is a new one. */
  readonly contract?: Contract
  readonly changes?: ContractChanges
}

const firstVersion = '1.0.0'
const schemaVersionTerm = 'Org.OData.Core.V1.SchemaVersion'

/** Decides what a registration changes; writes nothing. */
export async function planRegistration(ports: CatalogPorts, catalog: CatalogReads, candidate: Candidate): Promise<RegistrationPlan> {
  const meant = await findRegistered(catalog, candidate.request, candidate.url)
  const hash = createHash('sha256').update(candidate.read.content).digest('hex')
  keepModel(ports.contracts, hash, candidate.read.content, candidate.read.model)
  return meant.registered === undefined
    ? planNew(ports, catalog, candidate, { meant, hash })
    : planChange(ports, catalog, candidate, { meant, hash, registered: meant.registered })
}

interface Found {
  readonly meant: Meant
  readonly hash: string
}

async function planNew(ports: CatalogPorts, catalog: CatalogReads, candidate: Candidate, { meant, hash }: Found): Promise<RegistrationPlan> {
  const { request, url, read, options } = candidate
  const name = await nameOfNew(catalog, request, meant, { model: read.model, url })
  const base = slugOf(name)
  const slug = request.slug ?? freeSlug(base, await catalog.slugs(base))
  const contract = newContract(ports, candidate, { hash, ordinal: 1, version: request.version ?? versionIn(read.model) ?? firstVersion })
  const moment = ports.now().toISOString()
  const service: ServiceEndpoint = Object.freeze({
    uuid: randomUUID(), slug, name,
    ...wordsOf(request),
    tags: uniqueTags(request.tags ?? []),
    environment: await environmentFor(catalog, request, meant),
    kind: read.kind, url,
    connection: ports.sealing.seal(slug, completeConnection(request.connection)),
    connectionVersion: 1,
    contract: summaryOf(contract),
    sample: options.sample ?? false,
    registeredAt: moment, changedAt: moment,
    revision: 0,
  })
  return { outcome: 'created', saves: true, service, model: read.model, contract }
}

async function planChange(ports: CatalogPorts, catalog: CatalogReads, candidate: Candidate, found: Found & { readonly registered: ServiceEndpoint }): Promise<RegistrationPlan> {
  const { request, url, read, forget } = candidate
  const { registered, hash, meant } = found
  const version = request.version ?? versionIn(read.model) ?? registered.contract.version
  const isNewContract = registered.contract.hash !== hash || registered.contract.version !== version
  const ordinal = registered.contract.ordinal + 1
  const contract = isNewContract ? newContract(ports, candidate, { hash, ordinal, version }) : undefined
  const connection = request.connection === undefined ? undefined : completeConnection(request.connection)
  const reconnects = connection !== undefined && !isConnectedBy(ports, registered, connection)
  const service: ServiceEndpoint = Object.freeze({
    ...registered,
    ...wordsOf(request),
    ...(request.tags === undefined ? {} : { tags: uniqueTags(request.tags) }),
    environment: await environmentFor(catalog, request, meant),
    kind: read.kind, url,
    ...(reconnects ? { connection: ports.sealing.seal(registered.slug, connection) } : {}),
    connectionVersion: registered.connectionVersion + (reconnects ? 1 : 0),
    ...(contract === undefined ? {} : { contract: summaryOf(contract) }),
  })
  if (JSON.stringify(service) === JSON.stringify(registered)) return unchanged(registered, read.model, forget)
  const changed = Object.freeze({ ...(forget && !reconnects ? forgetful(service) : service), changedAt: ports.now().toISOString() })
  if (contract === undefined) return { outcome: 'changed', saves: true, service: changed, model: read.model }
  const changes = compareContracts(await modelOf(ports.contracts, catalog, registered.contract), read.model)
  return { outcome: 'changed', saves: true, service: changed, model: read.model, contract, changes }
}

const unchanged = (registered: ServiceEndpoint, model: EdmModel, forget: boolean): RegistrationPlan =>
  ({ outcome: 'unchanged', saves: forget, service: forget ? forgetful(registered) : registered, model })

/** What was learnt of a source belongs to the version of its connection: under another one nothing is known. */
const forgetful = (service: ServiceEndpoint): ServiceEndpoint => Object.freeze({ ...service, connectionVersion: service.connectionVersion + 1 })

/** A connection that cannot be opened any more is replaced. */
function isConnectedBy(ports: CatalogPorts, { slug, connection }: ServiceEndpoint, wanted: OpenConnection): boolean {
  let present: OpenConnection
  try {
    present = ports.sealing.open(slug, connection)
  } catch (error) {
    if (isHubError(error) && error.code === 'HUB_CONNECTION_SEALED') return false
    throw error
  }
  return sameConnection(present, wanted)
}

function newContract(ports: CatalogPorts, { read }: Candidate, given: Pick<Contract, 'hash' | 'ordinal' | 'version'>): Contract {
  const { type, specificationVersion, contentType, content } = read
  return Object.freeze({ uuid: randomUUID(), ...given, type, specificationVersion, contentType, publishedAt: ports.now().toISOString(), content })
}

const summaryOf = ({ content: _content, ...summary }: Contract) => Object.freeze(summary)

const wordsOf = ({ description, owner }: RegistrationRequest) => ({ ...(description === undefined ? {} : { description }), ...(owner === undefined ? {} : { owner }) })

/** Each tag once, without blanks around it. */
export const uniqueTags = (tags: readonly string[]): readonly string[] => Object.freeze([...new Set(tags.map((tag) => tag.trim()))])

/** Core.SchemaVersion of the container's schema, where it is given. */
function versionIn(model: EdmModel): string | undefined {
  const schema = model.schemas.get(model.container?.namespace ?? '')
  const value = termValue(schema?.annotations ?? [], schemaVersionTerm)
  return value?.kind === 'string' && value.text !== '' ? value.text : undefined
}

const defaultEnvironmentType = 'Production'

/** The environment meant, with the type asked for; new where there is none of that name. */
async function environmentFor(catalog: CatalogReads, request: RegistrationRequest, { application, environment }: Meant): Promise<Environment> {
  const present = await catalog.environment(application, environment)
  const type = request.environment?.type ?? present?.type ?? (environment === 'Production' ? defaultEnvironmentType : 'Non-Production')
  if (present !== undefined) return present.type === type ? present : Object.freeze({ ...present, type })
  const owner = (await catalog.application(application)) ?? Object.freeze({ uuid: randomUUID(), name: application })
  return Object.freeze({ uuid: randomUUID(), application: owner, name: environment, type })
}
