import type { Exposure } from '@tributary/catalog'
import type { MemoryService } from '@tributary/source-memory'

/**
 * The sample landscape's services as this process serves them at `/samples/{name}/`: our own engine over rows in memory.
 * An abstract class, so that it is also Nest's injection token.
 */
export abstract class SampleServices {
  /** What is served, by name; the endpoints behind are of the kind `memory`. Empty: no samples. */
  abstract readonly exposures: ReadonlyMap<string, Exposure>
  /** The rows, by the URL of the endpoints. */
  abstract readonly memory: ReadonlyMap<string, MemoryService>
}

/** A process without samples. */
export const noSamples: SampleServices = Object.freeze({ exposures: new Map(), memory: new Map() })
