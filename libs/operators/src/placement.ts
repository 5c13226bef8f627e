import type { Remote, RemoteScan } from '@tributary/plan'
import type { Feature } from '@tributary/source'

/** How a fragment is executed at present. */
export interface Placement {
  readonly remote: Remote
  /** What is asked of the source; undefined if the placed plan has no scan of its own. */
  readonly scan: RemoteScan | undefined
}

/**
 * The placement of one fragment during one request. What a remote refuses is found out by leaving out one group of features after the
 * other, the most suspicious first; once an answer arrives, only the group left out last is known to be refused and learnt: those left
 * out before it were innocent and are used again. (Where leaving out a filter also kept a limit from being sent, that limit may be the true
 * culprit: a later request without the filter finds out, and every answer is right meanwhile.)
 */
export interface AdaptivePlacement {
  /** What to read with now. Placed anew when the source is known better than before. */
  current(): Placement
  /** An answer arrived under `used`. */
  answered(used: Placement): void
  /**
   * Reading under `used` failed; `given` tells whether rows had left. Returns if it is to be read again under `current()`.
   * @throws HUB_SOURCE_FAILED if nothing is left to leave out or rows had left; SourceContradicted if rows had left (what it teaches is
   * learnt), HUB_SOURCE_CHANGED if it had been learnt before; any other error as it is
   */
  failed(error: unknown, used: Placement, given: boolean): void
  /** An answer was of use, but shows that the remote ignores these features: they are not relied upon any more. */
  mistrust(features: readonly Feature[], reason: string): void
}
