import type { CatalogReader, Exposure } from '@tributary/catalog'
import { nearest } from '@tributary/edm'
import { hubError } from '@tributary/errors'

/** The exposures of the catalog, compiled once for each revision of it. */
export class Exposures {
  private known = new Map<string, Promise<Exposure | undefined>>()
  private revision = -1

  constructor(private readonly catalog: CatalogReader) {}

  /** @throws HUB_SERVICE_NOT_FOUND naming the slugs that are near, HUB_UNAVAILABLE */
  async of(slug: string): Promise<Exposure> {
    await this.renew()
    const pending = this.known.get(slug) ?? this.read(slug)
    const exposure = await pending
    if (exposure === undefined) throw await this.notFound(slug)
    return exposure
  }

  /** What there is, for the root listing. */
  all(): ReturnType<CatalogReader['exposures']> {
    return this.catalog.exposures()
  }

  private async renew(): Promise<void> {
    const revision = await this.catalog.revision()
    if (revision === this.revision) return
    this.revision = revision
    this.known = new Map()
  }

  /** Failures and unknown slugs are asked for again. */
  private read(slug: string): Promise<Exposure | undefined> {
    const { known } = this
    const pending = this.catalog.exposure(slug)
    known.set(slug, pending)
    const forget = () => {
      if (known.get(slug) === pending) known.delete(slug)
    }
    pending.then((exposure) => exposure ?? forget(), forget)
    return pending
  }

  private async notFound(slug: string): Promise<Error> {
    const slugs = (await this.all()).map((one) => one.slug)
    const near = nearest(slug, slugs)
    return hubError('HUB_SERVICE_NOT_FOUND', { slug, hint: near === undefined ? 'See /odata/ for what there is.' : `Did you mean ${near}?` })
  }
}
