import { internalPaths, longestWaitMs, revisionWire, type InternalClient, type Log } from '@tributary/nest'

/** A revision older than this is asked for anew before anything is answered by it. */
const staleMs = 1_000
/** Between two attempts while the catalog does not answer. */
const retryMs = 500

/**
 * The catalog's revision, followed by a long poll: known here as soon as it changes there. While the poll stands, what is known is
 * right; where it broke, the next question asks anew.
 */
export class RevisionWatch {
  private known = -1
  private knownAt = 0
  private polling = false
  private stopped = false

  constructor(private readonly client: InternalClient, private readonly log: Log) {}

  /** @throws HUB_UNAVAILABLE if the catalog cannot be reached and nothing fresh is known */
  async revision(): Promise<number> {
    if (this.polling || Date.now() - this.knownAt < staleMs) return this.known
    return this.renew()
  }

  /** Asks at once, whatever is known. */
  async renew(): Promise<number> {
    this.learn((await this.client.ask({ path: internalPaths.revision(0, 0), answer: revisionWire })).revision)
    return this.known
  }

  /** Follows the revision until `stop`. */
  follow(): void {
    void this.poll()
  }

  stop(): void {
    this.stopped = true
  }

  private async poll(): Promise<void> {
    while (!this.stopped) {
      try {
        if (this.known < 0) await this.renew()
        this.polling = true
        const path = internalPaths.revision(this.known, longestWaitMs)
        this.learn((await this.client.ask({ path, answer: revisionWire, timeoutMs: longestWaitMs + 5_000 })).revision)
      } catch (error) {
        if (this.polling) this.log.warn({ err: error }, 'the catalog does not tell its revision')
        this.polling = false
        await new Promise((resolve) => setTimeout(resolve, retryMs).unref())
      }
    }
  }

  private learn(revision: number): void {
    this.known = revision
    this.knownAt = Date.now()
  }
}
