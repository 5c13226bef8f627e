import type { ExposedSet, Exposure } from '@tributary/catalog'
import { parseODataUrl, type Names, type ODataUrl } from '@tributary/odata-url'
import type { Plan } from '@tributary/plan'
import { bind, optimize, place, type BoundQuery } from '@tributary/planner'
import type { Cursor } from '@tributary/planner'
import type { Endpoints, Target, Trust } from '@tributary/source'
import { LRUCache } from 'lru-cache'
import { namesFor } from '../odata/service-names.js'
import { liftingOnce, sharedQueries, sharedTrees } from './shared-plans.js'

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
  /** Rows are told with what their source says of them. */
  readonly annotated?: boolean
  /** Where the page asked for begins: such plans are made for one request. */
  readonly cursor?: Cursor
}

/** A query bound, made better and placed. Frozen: any number of requests may run it. */
export interface PlannedQuery {
  readonly bound: BoundQuery
  readonly plan: Plan
  /**
   * shared: known with other literals, and placed anew. stale: it was known, but what is known of a source has changed since. bypass: such
   * plans are not kept.
   */
  readonly outcome: 'hit' | 'shared' | 'miss' | 'stale' | 'bypass'
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
 * placed, and how they are entered, is still the same. Queries that differ in the values of literals only share what was bound, which is
 * placed anew for each.
 */
export class PlanCache {
  private readonly plans = new LRUCache<string, Kept>({ max: mostPlans })
  private readonly urls = new LRUCache<string, ODataUrl>({ max: mostPlans })
  private readonly lift = liftingOnce()
  private readonly trees = sharedTrees(this.lift)
  /** Trees whose spans are another query's. */
  private readonly filled = new WeakSet<ODataUrl>()
  private readonly queries = sharedQueries<KnowinglyBound>(this.lift)
  private readonly ids = new WeakMap<object, number>()
  private lastId = 0

  /** The query as a tree. @throws HUB_QUERY_SYNTAX and others, as the parser does */
  parsed(names: Names, path: string, query: string): ODataUrl {
    if (!isKept(path, query)) return parseODataUrl(path, query, names)
    const id = `${this.idOf(names)}\0${path}\0${query}`
    const known = this.urls.get(id)
    if (known !== undefined) return known
    const { value, shared } = this.trees.of(String(this.idOf(names)), { path, query }, (text) => parseODataUrl(text.path, text.query, names))
    if (shared) this.filled.add(value)
    this.urls.set(id, value)
    return value
  }

  /** The placed plan. @throws HUB_QUERY_* and others, as binding and placing do: what fails is not remembered */
  planned(request: PlanRequest): PlannedQuery {
    try {
      return this.plannedAs(request)
    } catch (error) {
      if (!this.filled.has(request.url)) throw error
      // The error that names the right places, if there is one.
      return this.plannedAs({ ...request, url: parseODataUrl(request.path, request.query, namesFor(request.exposure.model)) })
    }
  }

  private plannedAs(request: PlanRequest): PlannedQuery {
    const { exposure, endpoints, path, query, pageRows, identified, annotated = false } = request
    if (!isKept(path, query) || request.cursor !== undefined) return { ...placedQuery(boundQuery(request, endpoints), endpoints), outcome: 'bypass' }
    const owner = `${this.idOf(exposure)}\0${pageRows}${identified ? 'i' : ''}${annotated ? 'a' : ''}`
    const id = `${owner}\0${path}\0${query}`
    const known = this.plans.get(id)
    if (known?.evidence.holds(endpoints) === true) return { bound: known.bound, plan: known.plan, outcome: 'hit' }
    const evidence = new Evidence()
    const recorded = evidence.recording(endpoints)
    const { value, shared } = this.queries.of(owner, { path, query }, (text) => boundQuery(asWritten(request, text), recorded), (one) => isBoundAlike(one, recorded))
    const fresh = placedQuery(value, recorded)
    this.plans.set(id, { ...fresh, evidence })
    return { ...fresh, outcome: known !== undefined ? 'stale' : shared ? 'shared' : 'miss' }
  }

  private idOf(value: object): number {
    const id = this.ids.get(value) ?? ++this.lastId
    this.ids.set(value, id)
    return id
  }
}

/** A page behind the first is asked for once, with a token nobody else has. */
const isKept = (path: string, query: string): boolean => path.length + query.length <= longestText && !/skiptoken=/i.test(query)

/** The request as it would be with another text. */
const asWritten = (request: PlanRequest, text: { readonly path: string; readonly query: string }): PlanRequest =>
  text.path === request.path && text.query === request.query ? request : { ...request, url: parseODataUrl(text.path, text.query, namesFor(request.exposure.model)) }

/** A query that is bound and made better, and what it took from knowledge of its sources. */
interface KnowinglyBound {
  readonly bound: BoundQuery
  readonly facts: readonly TakenFact[]
}

interface TakenFact {
  readonly endpoint: string
  readonly entitySet: string
  readonly feature: string
  readonly trust: Trust
}

const trustIn = (endpoints: Endpoints, { endpoint, entitySet, feature }: Omit<TakenFact, 'trust'>): Trust => endpoints.capabilities(endpoint, entitySet).fact(feature).trust

const isBoundAlike = ({ facts }: KnowinglyBound, endpoints: Endpoints): boolean => facts.every((fact) => trustIn(endpoints, fact) === fact.trust)

function boundQuery({ url, exposure, pageRows, cursor, identified, annotated = false }: PlanRequest, endpoints: Endpoints): KnowinglyBound {
  const facts = new Map<string, TakenFact>()
  const taken = ({ endpoint, remoteSet: entitySet }: ExposedSet, feature: string): Trust => {
    const trust = trustIn(endpoints, { endpoint, entitySet, feature })
    facts.set(`${endpoint}\0${entitySet}\0${feature}`, { endpoint, entitySet, feature, trust })
    return trust
  }
  const seen: Exposure = { ...exposure, readable: (set) => taken(set, 'read') !== 'unsupported', versioned: (set) => taken(set, 'etag') === 'exact' }
  const bound = optimize(bind(url, seen, { pageRows, identified, annotated, ...(cursor === undefined ? {} : { cursor }) }))
  return { bound, facts: [...facts.values()] }
}

const placedQuery = ({ bound }: KnowinglyBound, endpoints: Endpoints): Pick<PlannedQuery, 'bound' | 'plan'> => ({ bound, plan: place(bound.plan, endpoints) })

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
