import { DataPreview, type DataRows } from '@tributary/catalog'
import { dataRowsWire, internalPaths, type InternalClient } from '@tributary/nest'

/** A few rows, asked of the proxy. */
export class RemoteDataPreview extends DataPreview {
  constructor(private readonly proxy: InternalClient) {
    super()
  }

  override rows(slug: string, entitySet: string, top: number): Promise<DataRows> {
    return this.proxy.ask({ path: internalPaths.preview(slug, entitySet, top), answer: dataRowsWire })
  }
}
