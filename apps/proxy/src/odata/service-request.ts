import type { Exposure } from '@tributary/catalog'
import type { Exchange } from '../http/exchange.js'

/** One service below the data routes, as one request sees it. */
export interface ServiceRequest {
  readonly exchange: Exchange
  readonly exposure: Exposure
  /** Absolute URL of the service root, ends in `/`. */
  readonly root: string
  /** The raw path below the root. */
  readonly path: string
}
