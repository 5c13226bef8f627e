import type { Source } from '@tributary/source'
import { MemorySource, type MemoryService } from '@tributary/source-memory'
import { ODataSource, type AddressGuard } from '@tributary/source-odata'

/** The adapters by kind. */
export type SourceKinds = ReadonlyMap<string, Source> & {
  /** Closes the connections of all adapters. */
  readonly close: () => Promise<void>
}

/**
 * All kinds of source that can be served. Call it once a process: adapters own their connections.
 * @param memory services held in memory, by the URL they are registered under
 * @param guard which addresses may be connected to; all where it is left out
 */
export function sourceKinds(memory: ReadonlyMap<string, MemoryService> = new Map(), guard?: AddressGuard): SourceKinds {
  const odata = new ODataSource(guard === undefined ? {} : { guard })
  const kinds = [odata, new MemorySource(memory)]
  return Object.assign(new Map<string, Source>(kinds.map((source) => [source.kind, source])), { close: () => odata.close() })
}
