import type { JoinNotice, TierNotice } from '@tributary/operators'
import type { RemoteRequest } from '@tributary/source'

/** Where the time of one request went. */
export class Timings {
  private readonly started = performance.now()
  private readonly sent: RemoteRequest[] = []
  private planned = 0

  /** Requests that went to sources so far. */
  get requests(): readonly RemoteRequest[] {
    return this.sent
  }

  /** Milliseconds since the request came, to a tenth. */
  elapsedMs(): number {
    return round(performance.now() - this.started)
  }

  planMs(): number {
    return this.planned
  }

  hasPlanned(): void {
    this.planned = this.elapsedMs()
  }

  private readonly told = new Map<string, string>()

  /** What a cache did: hit, miss, … The last word on a cache counts. */
  tell(cache: string, outcome: string): void {
    this.told.set(cache, outcome)
  }

  /** Seconds since the oldest answer that came from a cache was given by its source; undefined: none came from there. */
  ageSeconds(): number | undefined {
    const ages = this.sent.flatMap(({ ageMs }) => ageMs ?? [])
    return ages.length === 0 ? undefined : Math.floor(Math.max(...ages) / 1000)
  }

  /** By cache. */
  outcomes(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.told)
  }

  private readonly noticed: TierNotice[] = []

  /** Operators that went on beyond memory, and why. */
  get tiers(): readonly TierNotice[] {
    return this.noticed
  }

  readonly notice = (notice: TierNotice): void => {
    this.noticed.push(notice)
  }

  private readonly choices = new Map<string, JoinNotice>()

  /** How joins with many keys were read, and what both ways would have cost; the last word on each. */
  get joins(): readonly JoinNotice[] {
    return [...this.choices.values()]
  }

  readonly chosen = (choice: JoinNotice): void => {
    this.choices.set(`${choice.source}/${choice.navigation}`, choice)
  }

  readonly observe = (request: RemoteRequest): void => {
    this.sent.push(request)
  }

  /** The header `Server-Timing`, as far as it is known by now. @see https://www.w3.org/TR/server-timing/ */
  serverTiming(): string {
    const bySource = Map.groupBy(this.sent, ({ slug }) => slug)
    const sources = [...bySource].map(([slug, requests]) => {
      const ms = round(requests.reduce((sum, request) => sum + request.ms, 0))
      const cached = requests.filter(({ cache }) => cache !== undefined).length
      return `${slug.replaceAll(/[^\w-]/g, '_')};dur=${ms};desc="${requests.length - cached} requests${cached === 0 ? '' : `, ${cached} from the cache`}"`
    })
    const plan = this.told.get('plan')
    return [`plan;dur=${this.planned}${plan === undefined ? '' : `;desc="${plan}"`}`, ...sources].join(', ')
  }
}

const round = (ms: number): number => Math.round(ms * 10) / 10
