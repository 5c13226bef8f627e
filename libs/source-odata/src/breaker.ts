import { hubError } from '@tributary/errors'
import type { Place } from './links.js'

/** Failures in a row after which a source is left alone. */
export const FAILURES_TO_OPEN = 5
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 60_000

/** What is known of a source that fails. */
interface Trouble {
  failures: number
  /** When the failures began, in ms since 1970. */
  readonly since: number
  reason: string
  /** Until then nothing is sent; 0: not that many failures yet. */
  openUntil: number
  pauseMs: number
  /** One request finds out whether the source is back. */
  trying: boolean
}

/**
 * Leaves a source alone that has failed several times in a row, for a while that doubles each time; then one request finds out whether it
 * is back, and the others go on being refused until it is. Knows of sources in trouble only.
 */
export interface Breaker {
  /** @throws HUB_SOURCE_SUSPENDED naming the source, since when it fails, and when it is asked again */
  admit(place: Place): void
  /** The source answered. */
  answered(place: Place): void
  /** It could not be reached, was silent for too long, or said it is not available. */
  failed(place: Place, reason: string): void
  /** It asked to be left alone for so long. */
  pausedBy(place: Place, reason: string, pauseMs: number): void
  /** Nothing was learnt: the client went away, or something else went wrong. */
  nothing(place: Place): void
}

/** @param now milliseconds since 1970 */
export function createBreaker(now: () => number): Breaker {
  const troubles = new Map<string, Trouble>()
  const troubleOf = ({ url }: Place, reason: string): Trouble => {
    const trouble = troubles.get(url) ?? { failures: 0, since: now(), reason, openUntil: 0, pauseMs: FIRST_PAUSE_MS, trying: false }
    trouble.reason = reason
    troubles.set(url, trouble)
    return trouble
  }
  return {
    admit: (place) => {
      const trouble = troubles.get(place.url)
      if (trouble === undefined || trouble.openUntil === 0) return
      if (trouble.trying || now() < trouble.openUntil) throw suspended(place, trouble)
      trouble.trying = true
    },
    answered: ({ url }) => {
      troubles.delete(url)
    },
    failed: (place, reason) => {
      const trouble = troubleOf(place, reason)
      trouble.failures++
      if (!trouble.trying && (trouble.failures < FAILURES_TO_OPEN || now() < trouble.openUntil)) return
      trouble.pauseMs = trouble.trying ? Math.min(trouble.pauseMs * 2, LONGEST_PAUSE_MS) : trouble.pauseMs
      trouble.openUntil = now() + trouble.pauseMs
      trouble.trying = false
    },
    pausedBy: (place, reason, pauseMs) => {
      const trouble = troubleOf(place, reason)
      trouble.failures++
      trouble.openUntil = Math.max(trouble.openUntil, now() + Math.min(pauseMs, LONGEST_PAUSE_MS))
      trouble.trying = false
    },
    nothing: ({ url }) => {
      const trouble = troubles.get(url)
      if (trouble !== undefined) trouble.trying = false
    },
  }
}

const suspended = ({ slug }: Place, { failures, since, openUntil, reason }: Trouble): Error =>
  hubError('HUB_SOURCE_SUSPENDED', { slug, failures, since: timeText(since), until: timeText(openUntil), reason })

const timeText = (moment: number): string => new Date(moment).toISOString()
