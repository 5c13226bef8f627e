import type { CatalogPorts } from '../catalog-ports.js'

/** Checks every address a connection may lead to: the service's own, and the origins its links may point to. @throws HUB_SOURCE_ADDRESS_REFUSED */
export async function checkAddresses({ addresses }: Pick<CatalogPorts, 'addresses'>, urls: readonly string[]): Promise<void> {
  for (const url of urls) await addresses.check(url)
}
