import { hubError } from '@tributary/errors'

/** Bytes that all requests together may have on disk. */
export interface SpoolQuota {
  /** Counts bytes before they are written. @throws HUB_SPOOL_FULL */
  take(bytes: number): void
  /** The bytes were removed. */
  give(bytes: number): void
  readonly used: number
}

/** Nothing is used yet. */
export function spoolQuota(limit: number): SpoolQuota {
  let used = 0
  return {
    get used() { return used },
    take(bytes) {
      if (used + bytes > limit) throw spoolFull(limit)
      used += bytes
    },
    give(bytes) {
      used -= bytes
    },
  }
}

/** The part of one request: all of it is given back at once, whatever was not given back before. */
export function requestQuota(whole: SpoolQuota): SpoolQuota & { giveAll(): void } {
  let used = 0
  const give = (bytes: number): void => {
    const given = Math.min(bytes, used)
    used -= given
    whole.give(given)
  }
  return {
    get used() { return used },
    take(bytes) {
      whole.take(bytes)
      used += bytes
    },
    give,
    giveAll: () => give(used),
  }
}

/** The error for a request whose rows find no room on disk. */
export const spoolFull = (limit: number, cause?: unknown): Error => hubError('HUB_SPOOL_FULL', { limit }, cause === undefined ? {} : { cause })
