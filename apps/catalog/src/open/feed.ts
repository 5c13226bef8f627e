import { CatalogPorts, getProduct, getService } from '@tributary/catalog'
import { isHubError } from '@tributary/errors'

/** Data that other programs open: a service or a data product. */
export interface Feed {
  readonly slug: string
  readonly name: string
  /** Absolute, ends in `/`. */
  readonly url: string
  readonly entitySets: readonly string[]
}

/**
 * The feed of a slug.
 * @param origin of the hub as the caller sees it
 * @throws HUB_SERVICE_NOT_FOUND where neither a service nor a product has the slug
 */
export async function feedOf(ports: CatalogPorts, slug: string, origin: string): Promise<Feed> {
  const { name, odataUrl, entitySets } = await getService(ports, slug).catch(async (error: unknown) => {
    if (!isHubError(error) || error.code !== 'HUB_SERVICE_NOT_FOUND') throw error
    return getProduct(ports, slug).catch(() => { throw error })
  })
  return { slug, name, url: `${origin}${odataUrl}`, entitySets: entitySets.map((set) => set.name) }
}
