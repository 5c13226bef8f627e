import { CatalogReader, type Exposure } from '@tributary/catalog'
import { isHubError } from '@tributary/errors'
import { exposureFromWire, exposureListWire, exposureWire, internalPaths, type InternalClient } from '@tributary/nest'
import type { RevisionWatch } from './revision-watch.js'

/** The catalog of a split deployment, read over HTTP. What it said of a slug holds until its revision rises. */
export class HttpCatalogReader extends CatalogReader {
  constructor(private readonly client: InternalClient, private readonly watch: RevisionWatch) {
    super()
  }

  revision(): Promise<number> {
    return this.watch.revision()
  }

  async exposures(): ReturnType<CatalogReader['exposures']> {
    return (await this.client.ask({ path: internalPaths.exposures, answer: exposureListWire })).exposures
  }

  /** Asked of the catalog itself, so an unknown slug is unknown now; what it answers may be newer than the revision known here. */
  async exposure(slug: string): Promise<Exposure | undefined> {
    try {
      return exposureFromWire(await this.client.ask({ path: internalPaths.exposure(slug), answer: exposureWire }))
    } catch (error) {
      if (isHubError(error) && error.status === 404) return undefined
      throw error
    }
  }
}
