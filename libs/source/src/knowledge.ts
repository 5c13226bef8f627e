import type { Capabilities, Fact, Feature } from './capabilities.js'
import type { Lesson } from './endpoints.js'

/** What facts belong to: they are forgotten when an endpoint's URL, connection or contract changes, and with it `identity`. */
export interface EndpointIdentity {
  readonly slug: string
  readonly identity: string
}

/** A fact that was learnt just now. */
export interface KnowledgeChange extends EndpointIdentity {
  readonly entitySet: string
  readonly feature: Feature
  readonly fact: Fact
}

/** Everything known of the remotes, by endpoint and entity set. One per process. */
export interface Knowledge {
  /** What is known at this moment; the same view until something changes. */
  capabilities(endpoint: EndpointIdentity, entitySet: string): Capabilities
  /** Takes note; the revision rises only where a fact or limit really changes. */
  learn(endpoint: EndpointIdentity, entitySet: string, lessons: readonly Lesson[]): void
  /** Forgets everything of an endpoint: it was deleted, refreshed or probed anew. */
  forget(slug: string): void
  /** Tells of every changed fact from now on; the answer ends it. */
  onChange(listener: (change: KnowledgeChange) => void): () => void
}

/** Longest URL presumed safe, in characters, and most keys presumed to fit one request. */
export const DEFAULT_URL_LIMIT = 2_000
export const DEFAULT_KEY_LIMIT = 200

const MINUTE_MS = 60_000
/** How long facts are believed that say no word of it: demotions are tried again soon, probes repeated daily. */
const LIFETIME_MS: Readonly<Record<Fact['origin'], number | undefined>> = { learnt: 10 * MINUTE_MS, probed: 24 * 60 * MINUTE_MS, declared: undefined, presumed: undefined }

const LEAST_URL_LIMIT = 250
const EPOCH = new Date(0)
const PRESUMED: Fact = Object.freeze({ trust: 'inexact', origin: 'presumed', why: 'nothing is known', since: EPOCH })

interface KnownEndpoint {
  readonly identity: string
  readonly sets: Map<string, Entry>
}

interface Entry {
  revision: number
  readonly facts: Map<Feature, Fact>
  urlLimit: number
  keyLimit: number
  limitsExpire: number
  /** Until then `view` is right. */
  validUntil: number
  view: Capabilities | undefined
}

/**
 * Makes an empty registry.
 * @param clock the time now; facts expire by it
 */
export function createKnowledge(clock: () => Date): Knowledge {
  const endpoints = new Map<string, KnownEndpoint>()
  const listeners = new Set<(change: KnowledgeChange) => void>()
  let revision = 0

  const entryOf = ({ slug, identity }: EndpointIdentity, entitySet: string): Entry => {
    const known = endpoints.get(slug)
    const endpoint = known?.identity === identity ? known : { identity, sets: new Map<string, Entry>() }
    endpoints.set(slug, endpoint)
    const entry = endpoint.sets.get(entitySet) ?? emptyEntry(++revision)
    endpoint.sets.set(entitySet, entry)
    return entry
  }

  return {
    capabilities: (endpoint, entitySet) => {
      const entry = entryOf(endpoint, entitySet)
      const now = clock().getTime()
      if (entry.view !== undefined && now < entry.validUntil) return entry.view
      if (dropExpired(entry, now)) entry.revision = ++revision
      entry.view = viewOf(entry)
      return entry.view
    },
    learn: (endpoint, entitySet, lessons) => {
      const entry = entryOf(endpoint, entitySet)
      const now = clock()
      const changed = lessons.map((lesson) => noteLesson(entry, lesson, now))
      if (changed.some(({ renewed }) => renewed)) entry.view = undefined
      if (!changed.some(({ raised }) => raised)) return
      entry.revision = ++revision
      for (const { fact, feature } of changed) {
        if (fact === undefined || feature === undefined) continue
        for (const listener of listeners) listener({ ...endpoint, entitySet, feature, fact })
      }
    },
    forget: (slug) => {
      endpoints.delete(slug)
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** An immutable view over facts and limits: what `Source.accept` is given. */
export function capabilitiesOf(facts: ReadonlyMap<Feature, Fact>, options: { readonly revision?: number; readonly urlLimit?: number; readonly keyLimit?: number } = {}): Capabilities {
  return Object.freeze({
    revision: options.revision ?? 0,
    facts,
    urlLimit: options.urlLimit ?? DEFAULT_URL_LIMIT,
    keyLimit: options.keyLimit ?? DEFAULT_KEY_LIMIT,
    fact: (feature: Feature) => factOf(facts, feature),
  })
}

/** What is general is stronger where it is a no: a remote that ignores `$filter` does no `filter:eq:Edm.String` either. */
function factOf(facts: ReadonlyMap<Feature, Fact>, feature: Feature): Fact {
  for (let colon = feature.indexOf(':'); colon !== -1; colon = feature.indexOf(':', colon + 1)) {
    const general = facts.get(feature.slice(0, colon))
    if (general?.trust === 'unsupported') return general
  }
  return facts.get(feature) ?? PRESUMED
}

const emptyEntry = (revision: number): Entry => ({
  revision, facts: new Map(), urlLimit: DEFAULT_URL_LIMIT, keyLimit: DEFAULT_KEY_LIMIT, limitsExpire: Infinity, validUntil: 0, view: undefined,
})

function viewOf(entry: Entry): Capabilities {
  entry.validUntil = Math.min(entry.limitsExpire, ...[...entry.facts.values()].map(({ expires }) => expires?.getTime() ?? Infinity))
  return capabilitiesOf(new Map(entry.facts), { revision: entry.revision, urlLimit: entry.urlLimit, keyLimit: entry.keyLimit })
}

function dropExpired(entry: Entry, now: number): boolean {
  const dead = [...entry.facts].filter(([, { expires }]) => expires !== undefined && expires.getTime() <= now)
  for (const [feature] of dead) entry.facts.delete(feature)
  const limits = entry.limitsExpire <= now
  if (limits) Object.assign(entry, { urlLimit: DEFAULT_URL_LIMIT, keyLimit: DEFAULT_KEY_LIMIT, limitsExpire: Infinity })
  return limits || dead.length > 0
}

interface Noted {
  /** The view has to be made anew. */
  readonly renewed: boolean
  /** Plans made before are not right any more. */
  readonly raised: boolean
  readonly feature?: Feature
  readonly fact?: Fact
}

function noteLesson(entry: Entry, lesson: Lesson, now: Date): Noted {
  if (lesson.kind === 'fact') return noteFact(entry, lesson.feature, lesson.fact, now)
  const limit = Math.max(lesson.kind === 'urlLimit' ? LEAST_URL_LIMIT : 1, Math.floor(lesson.limit))
  if (limit === entry[lesson.kind]) return { renewed: false, raised: false }
  entry[lesson.kind] = limit
  entry.limitsExpire = now.getTime() + 60 * MINUTE_MS
  return { renewed: true, raised: true, feature: LIMITS[lesson.kind].feature, fact: Object.freeze({ trust: 'inexact', origin: 'learnt', why: LIMITS[lesson.kind].why(limit), since: now, expires: new Date(entry.limitsExpire) }) }
}

/** Limits are told of as features are: under these names, with the number in words. */
const LIMITS = Object.freeze({
  urlLimit: { feature: 'url-length', why: (limit: number) => `longer URLs were refused: no more than ${limit} characters are sent` },
  keyLimit: { feature: 'keys', why: (limit: number) => `more keys were refused: no more than ${limit} are sent in a request` },
})

/** Whether what is told under this name is a limit: it says nothing of what the remote honours, and is found out again soon enough. */
export const isLimit = (feature: Feature): boolean => Object.values(LIMITS).some((limit) => limit.feature === feature)

/** A probe does not overrule what an answer has just disproved. */
function noteFact(entry: Entry, feature: Feature, fact: Fact, now: Date): Noted {
  const known = entry.facts.get(feature)
  const alive = known !== undefined && (known.expires === undefined || known.expires > now)
  if (alive && known.origin === 'learnt' && fact.origin !== 'learnt' && known.trust !== 'exact' && fact.trust === 'exact') return { renewed: false, raised: false }
  const lifetime = LIFETIME_MS[fact.origin]
  const dated = fact.expires !== undefined || lifetime === undefined ? fact : Object.freeze({ ...fact, expires: new Date(now.getTime() + lifetime) })
  entry.facts.set(feature, dated)
  return alive && known.trust === fact.trust ? { renewed: true, raised: false } : { renewed: true, raised: true, feature, fact: dated }
}
