import { randomBytes } from 'node:crypto'
import { finished } from 'node:stream/promises'
import { hubError, isHubError, type HubError } from '@tributary/errors'
import type { AsyncAnswerSettings, Log } from '@tributary/nest'
import { SpooledReply, type SpoolBudget } from './spooled-reply.js'

/** Who asked, and of which service. */
export interface JobOwner {
  readonly principal: string
  readonly slug: string
}

/** A request whose answer is fetched later. */
export interface AsyncJob extends JobOwner {
  /** Not to be guessed. */
  readonly id: string
  readonly reply: SpooledReply
  readonly cancelled: AbortController
  /** Settles when the answer is there, or will never be; never rejects. */
  done: Promise<void>
  state: 'running' | 'done' | HubError
}

/** The requests of this process whose answers are fetched later. Other replicas do not know them. */
export class AsyncJobs {
  private readonly jobs = new Map<string, AsyncJob>()
  private readonly timers = new Map<string, NodeJS.Timeout>()
  private readonly budget: SpoolBudget
  private opening = 0

  constructor(private readonly settings: AsyncAnswerSettings, private readonly log: Log) {
    this.budget = { most: settings.bytes, held: 0 }
  }

  /** Whether any answer may be fetched later. */
  get offered(): boolean {
    return this.settings.requests > 0
  }

  /**
   * Begins a request; its answer is written to the job's reply. Undefined: there is no place for another, so that it has to be answered at once.
   * @param run answers into the reply until the signal says that nobody wants it any more; must not reject
   */
  async begin(owner: JobOwner, run: (reply: SpooledReply, signal: AbortSignal) => Promise<void>): Promise<AsyncJob | undefined> {
    if (this.jobs.size + this.opening >= this.settings.requests) return undefined
    const reply = await this.open()
    if (reply === undefined) return undefined
    const cancelled = new AbortController()
    const job: AsyncJob = { ...owner, id: randomBytes(24).toString('base64url'), reply, cancelled, state: 'running', done: Promise.resolve() }
    job.done = this.watch(job, run)
    this.jobs.set(job.id, job)
    return job
  }

  /** Undefined: there is none, or it is another's. */
  find(id: string, { principal, slug }: JobOwner): AsyncJob | undefined {
    const job = this.jobs.get(id)
    return job?.principal === principal && job.slug === slug ? job : undefined
  }

  /** Ends a request and forgets its answer. */
  async cancel(job: AsyncJob): Promise<void> {
    this.jobs.delete(job.id)
    clearTimeout(this.timers.get(job.id))
    this.timers.delete(job.id)
    job.cancelled.abort()
    await job.done
    await job.reply.release()
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.jobs.values()].map((job) => this.cancel(job)))
  }

  /** A spool that cannot be written is told to the log, and no reason not to answer. */
  private async open(): Promise<SpooledReply | undefined> {
    this.opening += 1
    try {
      return await SpooledReply.within(this.settings.directory, this.budget)
    } catch (error) {
      this.log.warn({ err: error }, 'An answer cannot be kept to be fetched later: it is given at once.')
      return undefined
    } finally {
      this.opening -= 1
    }
  }

  private async watch(job: AsyncJob, run: (reply: SpooledReply, signal: AbortSignal) => Promise<void>): Promise<void> {
    const { reply, cancelled } = job
    // A reply that breaks off tells it here, and nowhere else.
    const whole = finished(reply).then(() => 'done' as const, (error: unknown) => failureOf(error))
    await run(reply, cancelled.signal)
    if (!reply.writableEnded && !reply.destroyed) reply.destroy()
    job.state = await whole
    if (cancelled.signal.aborted) return
    if (job.state !== 'done') this.log.info({ err: job.state, slug: job.slug }, 'an answer that was to be fetched later broke off')
    this.timers.set(job.id, setTimeout(() => void this.cancel(job), this.settings.keptMs).unref())
  }
}

const failureOf = (error: unknown): HubError => (isHubError(error) ? error : hubError('HUB_ASYNC_BROKEN', {}, { cause: error }))
