import type { ExposedSet, Exposure } from '@tributary/catalog'
import { parseODataUrl, type Names, type ODataUrl } from '@tributary/odata-url'
import type { Plan } from '@tributary/plan'
import { bind, optimize, place, type BoundQuery } from '@tributary/planner'
import type { Cursor } from '@tributary/planner'
import type { Endpoints, Target } from '@tributary/source'
import { LRUCache } from 'lru-cache'

/** A query to be planned: its text is what it is known by. */
export interface PlanRequest {
  readonly exposure: Exposure
  readonly endpoints: Endpoints
  readonly url: ODataUrl
  /** The raw path below the service root, and the raw query. */
  readonly path: string
  readonly query: string
  /** Rows a page has at most; 0: no pages. */
  readonly pageRows: number
  /** Rows are told with their ids. */
  readonly identified: boolean
  /** Where the page asked for begins: such plans are made for one request. */
  readonly cursor?: Cursor
}

/** A query bound, made better and placed. Frozen: any number of requests may run it. */
export interface PlannedQuery {
  readonly bound: BoundQuery
  readonly plan: Plan
  /** stale: it was known, but what is known of a source has changed since. bypass: such plans are not kept. */
  readonly outcome: 'hit' | 'miss' | 'stale' | 'bypass'
}

interface Kept extends Pick<PlannedQuery, 'bound' | 'plan'> {
  readonly evidence: Evidence
}

/** Plans and parsed queries kept; the least recently used leave first. */
const mostPlans = 1_000
/** Longer queries are hardly ever asked twice. */
const longestText = 8_192

/**
 * Remembers how queries were parsed and planned. A plan is known by its exposure (an object made anew whenever anything of its service or
 * product changes), the text of the query and the size of pages; and it is right as long as what was known of the sources when it was
 * placed, and how they are entered, is still the same.
 */
export class PlanCache {
  private readonly plans = new LRUCache<string, Kept>({ max: mostPlans })
  private readonly urls = new LRUCache<string, ODataUrl>({ max: mostPlans })
  private readonly ids = new WeakMap<object, number>()
  private lastId = 0

  /** The query as a tree. @throws HUB_QUERY_SYNTAX and others, as the parser does */
  parsed(names: Names, path: string, query: string): ODataUrl {
    if (!isKept(path, query)) return parseODataUrl(path, query, names)
    const id = `${this.idOf(names)}\0${path}\0${query}`
    const known = this.urls.get(id) ?? parseODataUrl(path, query, names)
    this.urls.set(id, known)
    return known
  }

  /** The placed plan. @throws HUB_QUERY_* and others, as binding and placing do: what fails is not remembered */
  planned(request: PlanRequest): PlannedQuery {
    const { exposure, endpoints, path, query, pageRows, identified } = request
    if (!isKept(path, query) || request.cursor !== undefined) return { ...freshPlan(request, endpoints), outcome: 'bypass' }
    const id = `${this.idOf(exposure)}\0${pageRows}${identified ? 'i' : ''}\0${path}\0${query}`
    const known = this.plans.get(id)
    if (known?.evidence.holds(endpoints) === true) return { bound: known.bound, plan: known.plan, outcome: 'hit' }
    const evidence = new Evidence()
    const fresh = freshPlan(request, evidence.recording(endpoints))
    this.plans.set(id, { ...fresh, evidence })
    return { ...fresh, outcome: known === undefined ? 'miss' : 'stale' }
  }

  private idOf(value: object): number {
    const id = this.ids.get(value) ?? ++this.lastId
    this.ids.set(value, id)
    return id
  }
}

/** A page behind the first is asked for once, with a token nobody else has. */
const isKept = (path: string, query: string): boolean => path.length + query.length <= longestText && !/skiptoken=/i.test(query)

function freshPlan({ url, exposure, pageRows, cursor, identified }: PlanRequest, endpoints: Endpoints): Pick<PlannedQuery, 'bound' | 'plan'> {
  const trustIn = ({ endpoint, remoteSet }: ExposedSet, feature: string) => endpoints.capabilities(endpoint, remoteSet).fact(feature).trust
  const seen: Exposure = { ...exposure, readable: (set) => trustIn(set, 'read') !== 'unsupported', versioned: (set) => trustIn(set, 'etag') === 'exact' }
  const bound = optimize(bind(url, seen, { pageRows, identified, ...(cursor === undefined ? {} : { cursor }) }))
  return { bound, plan: place(bound.plan, endpoints) }
}

/** What a plan was placed with: revisions of what was known of entity sets, and the targets that scans hold. */
class Evidence {
  private readonly revisions = new Map<string, { readonly slug: string; readonly entitySet: string; readonly revision: number }>()
  private readonly targets = new Map<string, Target>()

  recording(endpoints: Endpoints): Endpoints {
    return {
      ...endpoints,
      endpoint: (slug) => {
        const opened = endpoints.endpoint(slug)
        this.targets.set(slug, opened.target)
        return opened
      },
      capabilities: (slug, entitySet) => {
        const known = endpoints.capabilities(slug, entitySet)
        this.revisions.set(`${slug}\0${entitySet}`, { slug, entitySet, revision: known.revision })
        return known
      },
    }
  }

  holds(endpoints: Endpoints): boolean {
    return [...this.targets].every(([slug, target]) => endpoints.endpoint(slug).target === target)
      && [...this.revisions.values()].every(({ slug, entitySet, revision }) => endpoints.capabilities(slug, entitySet).revision === revision)
  }
}
