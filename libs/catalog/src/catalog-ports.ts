import type { SealedConnection } from './exposure.js'
import type { ContractReader, DataPreview, OpenConnection, RegistrationProbe } from './ports.js'
import type { CatalogStore } from './store.js'

/** Seals credentials for the store, bound to the slug they belong to. Implemented by libs/secrets. */
export abstract class Sealing {
  abstract seal(slug: string, connection: OpenConnection): SealedConnection
  /** @throws HUB_CONNECTION_SEALED if the key or the slug differ */
  abstract open(slug: string, sealed: SealedConnection): OpenConnection
}

/** Which addresses may be registered: the guard against server-side request forgery. */
export abstract class AddressPolicy {
  /** @throws HUB_SOURCE_ADDRESS_REFUSED */
  abstract check(url: string): Promise<void>
}

/** Everything the catalog's use cases need of the world. A composition root fills it in; the class is the injection token. */
export abstract class CatalogPorts {
  abstract readonly store: CatalogStore
  abstract readonly contracts: ContractReader
  abstract readonly sealing: Sealing
  abstract readonly addresses: AddressPolicy
  abstract readonly preview: DataPreview
  abstract readonly probe: RegistrationProbe
  /** The clock. */
  abstract readonly now: () => Date
}
