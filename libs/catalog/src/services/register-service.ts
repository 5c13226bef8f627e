import type { EdmModel } from '@tributary/edm'
import { hubError, isHubError } from '@tributary/errors'
import type { CatalogPorts } from '../catalog-ports.js'
import type { ReadContract } from '../ports.js'
import { recheckProducts, saveRechecked, type Rechecked } from '../products/recheck-products.js'
import type { CatalogReads, CatalogWrites } from '../store.js'
import type { RegisterService } from '../use-cases.js'
import { serviceDocuments } from '../search/service-documents.js'
import { checkAddresses } from './check-addresses.js'
import { compareContracts } from './compare-contracts.js'
import { completeConnection } from './connections.js'
import { findRegistered } from './find-registered.js'
import { planRegistration, type Candidate, type RegistrationPlan } from './plan-registration.js'
import type { Registration, RegistrationOptions, RegistrationRequest } from './registration.js'
import { checkTexts } from './registration-texts.js'
import { isSampleAddress, serviceRoot } from './service-address.js'
import type { ServiceWarning } from './service-view.js'
import { viewOf } from './service-views.js'
import { checkSlug, slugOf } from './slugs.js'

/** How long a source is waited for when its contract is already there. */
const reachabilityMs = 5_000

export const registerService: RegisterService = async (ports, request, options) => register(ports, request, options, false)

/**
 * Registers; with `forget`, what was learnt of the source is forgotten even if nothing changed.
 * @throws as RegisterService
 */
export async function register(ports: CatalogPorts, request: RegistrationRequest, options: RegistrationOptions, forget: boolean): Promise<Registration> {
  checkTexts(request)
  if (request.slug !== undefined) checkSlug(request.slug)
  const url = serviceRoot(request.url)
  const sample = options.sample ?? false
  if (isSampleAddress(url) !== sample) throw hubError('HUB_REQUEST_INVALID', { reason: 'only the sample landscape has sample: addresses' }, { target: 'url' })
  if (!sample) await checkAddresses(ports, [url, ...(request.connection?.allowedOrigins ?? [])])
  const { read, warnings } = await readContract(ports, { ...request, url }, options)
  const candidate: Candidate = { request, url, read, forget, options }
  const registration = options.dryRun === true ? await rehearse(ports, candidate, warnings) : await commit(ports, candidate, warnings)
  if (!registration.dryRun && (registration.outcome !== 'unchanged' || forget) && !sample) await ports.probe.probe(registration.service.slug)
  return registration
}

interface Reading {
  readonly read: ReadContract
  readonly warnings: readonly ServiceWarning[]
}

async function readContract(ports: CatalogPorts, request: RegistrationRequest, options: RegistrationOptions): Promise<Reading> {
  const signal = options.signal ?? new AbortController().signal
  if (request.contract === undefined) return { read: await fetchContract(ports, request, signal), warnings: [] }
  const read = await ports.contracts.read(request.contract.content, request.contract.type)
  if (options.sample === true) return { read, warnings: [] }
  return { read, warnings: await reachabilityWarnings(ports, request, { model: read.model, signal }) }
}

/** Enters with the connection given, else with the one the service has. */
async function fetchContract(ports: CatalogPorts, request: RegistrationRequest, signal: AbortSignal): Promise<ReadContract> {
  const { registered } = await ports.store.read((catalog) => findRegistered(catalog, request, request.url))
  const connection =
    request.connection === undefined && registered !== undefined ? ports.sealing.open(registered.slug, registered.connection) : completeConnection(request.connection)
  const slug = registered?.slug ?? request.slug ?? slugOf(request.name ?? hostOf(request.url))
  return ports.contracts.fetch({ slug, url: request.url, connection }, signal)
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : url)

/** A contract that was given counts; what the source says of itself is only worth a warning. */
async function reachabilityWarnings(ports: CatalogPorts, request: RegistrationRequest, given: { readonly model: EdmModel; readonly signal: AbortSignal }): Promise<readonly ServiceWarning[]> {
  try {
    const found = await fetchContract(ports, request, AbortSignal.any([given.signal, AbortSignal.timeout(reachabilityMs)]))
    const { verdict } = compareContracts(given.model, found.model)
    return verdict === 'identical' ? [] : [{ message: 'The source publishes another contract than the one given; the one given counts.' }]
  } catch (error) {
    given.signal.throwIfAborted()
    return [{ message: `The contract given is used without asking the source: ${reasonOf(error)}` }]
  }
}

function reasonOf(error: unknown): string {
  if (isHubError(error)) return error.message
  if (isTimeout(error)) return `it did not answer within ${reachabilityMs} ms.`
  throw error
}

/** As AbortSignal.timeout gives it, or as a client passes the abortion on. */
const isTimeout = (error: unknown): boolean => typeof error === 'object' && error !== null && 'name' in error && (error.name === 'TimeoutError' || error.name === 'AbortError')

async function rehearse(ports: CatalogPorts, candidate: Candidate, warnings: readonly ServiceWarning[]): Promise<Registration> {
  return ports.store.read(async (catalog) => {
    const plan = await planRegistration(ports, catalog, candidate)
    return answer(catalog, plan, { rechecked: await recheck(ports, catalog, plan), warnings, dryRun: true })
  })
}

async function commit(ports: CatalogPorts, candidate: Candidate, warnings: readonly ServiceWarning[]): Promise<Registration> {
  return ports.store.change(async (catalog) => {
    const plan = await planRegistration(ports, catalog, candidate)
    const rechecked = await recheck(ports, catalog, plan)
    const saved = plan.saves ? await save(ports, catalog, plan, candidate.options.actor) : plan
    await saveRechecked(catalog, rechecked)
    return answer(catalog, saved, { rechecked, warnings, dryRun: false })
  })
}

const recheck = (ports: CatalogPorts, catalog: CatalogReads, plan: RegistrationPlan): Promise<readonly Rechecked[]> =>
  plan.contract === undefined ? Promise.resolve([]) : recheckProducts(ports, catalog, { slug: plan.service.slug, model: plan.model })

const actions = { created: 'service.registered', changed: 'service.changed', unchanged: 'service.refreshed' } as const

async function save(ports: CatalogPorts, catalog: CatalogWrites, plan: RegistrationPlan, actor: string): Promise<RegistrationPlan> {
  const { environment, contract } = { environment: plan.service.environment, contract: plan.contract }
  await catalog.saveApplication(environment.application)
  await catalog.saveEnvironment(environment)
  if (contract !== undefined) await catalog.addContract(plan.service.uuid, contract)
  const service = Object.freeze({ ...plan.service, revision: await catalog.revision() })
  await catalog.saveService(service)
  await catalog.index(service.slug, serviceDocuments(service, plan.model))
  await catalog.audit({
    at: ports.now().toISOString(),
    actor,
    action: actions[plan.outcome],
    subject: service.slug,
    detail: plan.changes === undefined ? `version ${service.contract.version}` : `version ${service.contract.version}, ${plan.changes.verdict}`,
  })
  return { ...plan, service }
}

interface Surroundings {
  readonly rechecked: readonly Rechecked[]
  readonly warnings: readonly ServiceWarning[]
  readonly dryRun: boolean
}

async function answer(catalog: CatalogReads, plan: RegistrationPlan, { rechecked, warnings, dryRun }: Surroundings): Promise<Registration> {
  const usedBy = (await catalog.productsUsing(plan.service.slug)).map(({ slug }) => slug)
  return Object.freeze({
    outcome: plan.outcome,
    dryRun,
    service: viewOf(plan.service, plan.model, { usedBy, warnings }),
    ...(plan.changes === undefined ? {} : { changes: plan.changes }),
    breaks: rechecked
      .filter(({ broken }) => broken.length > 0)
      .map(({ product, broken }) => ({ slug: product.slug, name: product.definition.name, reasons: broken })),
  })
}
