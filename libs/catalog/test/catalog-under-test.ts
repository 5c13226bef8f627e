import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCsdl } from '@tributary/edm'
import { hubError, isHubError, type HubError } from '@tributary/errors'
import {
  AddressPolicy, CatalogPorts, ContractReader, DataPreview, RegistrationProbe, Sealing,
  type CatalogStore, type DataRows, type OpenConnection, type ReadContract, type RegistrationRequest, type SealedConnection,
} from '../src/index.js'
import { MemoryCatalogStore } from '../src/testing/index.js'

const northwind = join(import.meta.dirname, '..', '..', 'samples', 'data', 'northwind')

/** The sample contracts: real CSDL. */
export const contractOf = (name: 'sales' | 'crm' | 'products'): string => readFileSync(join(northwind, `${name}.xml`), 'utf8')

/** Reads CSDL, and fetches it from a network that is a map of addresses. */
class NetworkContracts extends ContractReader {
  readonly fetched: { readonly url: string; readonly connection: OpenConnection }[] = []
  constructor(readonly network: Map<string, string>) {
    super()
  }

  override async read(content: string, type = 'CSDL'): Promise<ReadContract> {
    if (type !== 'CSDL') throw hubError('HUB_CONTRACT_UNSUPPORTED', { type, known: 'CSDL' })
    const model = readCsdl(content)
    return { kind: 'odata', type, specificationVersion: model.version, content, contentType: 'application/xml', model }
  }

  override async fetch(service: { readonly slug: string; readonly url: string; readonly connection: OpenConnection }, signal: AbortSignal): Promise<ReadContract> {
    signal.throwIfAborted()
    this.fetched.push({ url: service.url, connection: service.connection })
    const content = this.network.get(service.url)
    if (content === undefined) throw hubError('HUB_SOURCE_UNREACHABLE', { slug: service.slug, reason: 'connection refused' })
    return this.read(content)
  }
}

class LabelSealing extends Sealing {
  override seal = (slug: string, connection: OpenConnection): SealedConnection => Buffer.from(JSON.stringify([slug, connection])).toString('base64url') as SealedConnection
  override open(slug: string, sealed: SealedConnection): OpenConnection {
    const [owner, connection] = JSON.parse(Buffer.from(sealed, 'base64url').toString()) as [string, OpenConnection]
    if (owner !== slug) throw hubError('HUB_CONNECTION_SEALED', { slug })
    return connection
  }
}

class NoInternalAddresses extends AddressPolicy {
  override async check(url: string): Promise<void> {
    if (url.includes('internal')) throw hubError('HUB_SOURCE_ADDRESS_REFUSED', { url, reason: 'it lies in a private range' })
  }
}

class NamedRows extends DataPreview {
  override async rows(slug: string, entitySet: string, top: number): Promise<DataRows> {
    return { columns: [{ name: 'of', type: 'Edm.String' }], rows: Array.from({ length: top }, () => ({ of: `${slug}/${entitySet}` })) }
  }
}

class ProbeLog extends RegistrationProbe {
  readonly probed: string[] = []
  override async probe(slug: string): Promise<void> {
    this.probed.push(slug)
  }
}

/** The catalog's ports over a memory store, and what tests look at. */
export class CatalogUnderTest extends CatalogPorts {
  readonly network = new Map<string, string>()
  override readonly contracts = new NetworkContracts(this.network)
  override readonly sealing = new LabelSealing()
  override readonly addresses = new NoInternalAddresses()
  override readonly preview = new NamedRows()
  override readonly probe = new ProbeLog()
  #moments = 0
  constructor(override readonly store: CatalogStore = new MemoryCatalogStore()) {
    super()
  }

  /** A second passes each time one looks. */
  override readonly now = (): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, (this.#moments += 1)))
}

export const actor = 'ann'

export const registrationOf = (name: 'sales' | 'crm' | 'products', changes: Partial<RegistrationRequest> = {}): RegistrationRequest => ({
  url: `https://${name}.example.com/odata/`,
  name: name.toUpperCase(),
  slug: name,
  contract: { type: 'CSDL', content: contractOf(name) },
  ...changes,
})

/** The error a promise ends in. */
export async function failureOf(promise: Promise<unknown>): Promise<HubError> {
  try {
    await promise
  } catch (error) {
    if (isHubError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}
