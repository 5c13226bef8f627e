import type { InlineOffer } from '@tributary/plan'
import type { Fact } from '@tributary/source'
import type { Execution } from './execution.js'

/** Whether what a source offers within its rows is believed, and what offers teach about it. */
export interface OfferTrust {
  believed(): boolean
  /** An offer was of use. */
  taken(): void
  /** An offer is wrong: none is believed any more. */
  distrust(why: string): void
  /** Nothing is wrong with an offer, but its key is looked up all the same; where that becomes usual, the source is not asked that way. */
  useless(why: string): void
  /** Whether a collection of so many rows is whole: the source did not cut off a larger one. */
  isWhole(rows: number): boolean
  /** A collection of so many rows was whole. */
  verified(rows: number): void
}

/** How long it is remembered that offers were whole or of no use, and that they were wrong. */
const knownForMs = 24 * 60 * 60_000
const refusedForMs = 10 * 60_000
/** So many offers that are of no use show that most are not. */
const manyUseless = 20

/** The trust in offers at the beginning of a request: what is known of the source. */
export function offerTrust({ inlined: { navigation }, endpoint, entitySet }: InlineOffer, { context }: Execution): OfferTrust {
  const { endpoints, now = (): Date => new Date() } = context
  const feature = `expand:${navigation}`
  let believed = true
  let whole = endpoints.capabilities(endpoint, entitySet).fact(feature).upTo ?? -1
  let largest = whole
  let useless = 0
  let taken = 0
  const learn = (fact: Pick<Fact, 'trust' | 'why' | 'upTo'>, forMs: number): void => {
    const since = now()
    endpoints.learn(endpoint, entitySet, [{ kind: 'fact', feature, fact: { ...fact, origin: 'learnt', since, expires: new Date(since.getTime() + forMs) } }])
  }
  return {
    believed: () => believed,
    taken: () => void taken++,
    distrust(why) {
      if (believed) learn({ trust: 'unsupported', why: `an answer contradicts it: ${why}` }, refusedForMs)
      believed = false
    },
    useless(why) {
      if (believed && ++useless === Math.max(manyUseless, taken) + 1) learn({ trust: 'inexact', why }, knownForMs)
    },
    isWhole(rows) {
      if (rows < largest) return true
      largest = rows
      return false
    },
    verified(rows) {
      if (!believed || rows <= whole) return
      whole = rows
      if (useless <= Math.max(manyUseless, taken)) learn({ trust: 'exact', why: `all ${rows} related rows of a row came with it`, upTo: rows }, knownForMs)
    },
  }
}
