import { allPages, openShop, type Shop } from '../../apps/proxy/test/shop.js'
import { endpointOf, serviceExposure } from '../../apps/proxy/test/exposures.js'
import { serviceExposure as compiledExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../harness/rich/rich-server.js'
import { contract, startCatalogService } from './catalog-service.js'

/** The hub's data routes over loopback sources: `store`, `port`, `crm` and `erp` by themselves, `shop` joined of the latter two. */
export interface ConformanceHub {
  readonly shop: Shop
  /** Behind `port`: a service that has operations, takes changes and batches. */
  readonly port: RichServer
  readonly origin: string
  /** A request below `/odata/`; blanks, quotes and such may stand in the path as people write them. */
  ask(path: string, headers?: Readonly<Record<string, string>>, init?: RequestInit): Promise<Answer>
  /** The rows of a 200 that is a collection. */
  rows(path: string, headers?: Readonly<Record<string, string>>): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Every row of every page, and the sizes of the pages. */
  pages(path: string, headers?: Readonly<Record<string, string>>): ReturnType<typeof allPages>
  stop(): Promise<void>
}

/** A response, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body where it is JSON, else undefined. */
  readonly json: Readonly<Record<string, unknown>> | undefined
}

/** Operations of this contract may be called without its namespace. */
const withDefaultNamespace = (contract: string): string => contract.replace('</Schema>', '<Annotation Term="Org.OData.Core.V1.DefaultNamespace"/></Schema>')

export async function openConformanceHub(): Promise<ConformanceHub> {
  const shop = await openShop({ customers: 20, orders: 60 })
  const store = await startCatalogService()
  shop.door.catalog.put(serviceExposure(endpointOf('store', store.url, contract), [
    { from: 'Categories', name: 'Products', to: 'Products', toMany: true, on: [{ from: 'Code', to: 'CategoryCode' }] },
  ]))
  const port = await startRichServer()
  shop.door.catalog.put(compiledExposure({ slug: 'port', name: 'Port', revision: 1 }, endpointOf('port', port.url, withDefaultNamespace(port.metadata))))
  const ask: ConformanceHub['ask'] = async (path, headers = {}, init = {}) => {
    const response = await shop.door.get(path.startsWith('http') ? path : `/odata/${path}`, headers, init)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== ''
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) as Answer['json'] : undefined }
  }
  return {
    shop, port, origin: shop.door.origin, ask,
    rows: async (path, headers) => {
      const { status, text, json } = await ask(path, headers)
      if (status !== 200 || !Array.isArray(json?.['value'])) throw new Error(`${path} answered ${status}: ${text}`)
      return json['value'] as readonly Readonly<Record<string, unknown>>[]
    },
    pages: (path, headers) => allPages(shop.door, `/odata/${path}`, headers),
    stop: async () => {
      await shop.stop()
      await store.stop()
      await port.stop()
    },
  }
}
