import type { Capabilities, Endpoints, Fact, Feature, Lesson } from '@tributary/source'

/** Lessons about one entity set that count in a view only. */
export interface LessonsOf {
  readonly slug: string
  readonly entitySet: string
  readonly lessons: readonly Lesson[]
}

/**
 * The endpoints as they would be if the lessons had been learnt: what a fragment is placed with while it is being found out which of the
 * options sent a remote refuses. Nothing is learnt by it.
 */
export function withLessons(endpoints: Endpoints, { slug, entitySet, lessons }: LessonsOf): Endpoints {
  if (lessons.length === 0) return endpoints
  return {
    endpoint: (name) => endpoints.endpoint(name),
    capabilities: (name, set) => {
      const known = endpoints.capabilities(name, set)
      return name === slug && set === entitySet ? withFacts(known, lessons) : known
    },
    learn: (name, set, learnt) => endpoints.learn(name, set, learnt),
  }
}

function withFacts(known: Capabilities, lessons: readonly Lesson[]): Capabilities {
  const taught = new Map<Feature, Fact>()
  for (const lesson of lessons) if (lesson.kind === 'fact') taught.set(lesson.feature, lesson.fact)
  const lowest = (kind: 'urlLimit' | 'keyLimit'): number =>
    lessons.reduce((limit, lesson) => (lesson.kind === kind ? Math.min(limit, lesson.limit) : limit), known[kind])
  return Object.freeze({
    revision: known.revision,
    fact: (feature: Feature) => taughtFact(taught, feature) ?? known.fact(feature),
    facts: new Map([...known.facts, ...taught]),
    urlLimit: lowest('urlLimit'),
    keyLimit: lowest('keyLimit'),
  })
}

/** The fact for the feature or for a more general one that contains it. */
function taughtFact(taught: ReadonlyMap<Feature, Fact>, feature: Feature): Fact | undefined {
  for (let name = feature; ; name = name.slice(0, name.lastIndexOf(':'))) {
    const fact = taught.get(name)
    if (fact !== undefined || !name.includes(':')) return fact
  }
}

/** What one request has learnt about one entity set: it holds for the rest of the request, whatever becomes of it elsewhere. */
export interface LessonBook {
  /** Whether the feature was learnt during this request. */
  has(feature: Feature): boolean
  learn(lessons: readonly Lesson[]): void
  /** The endpoints with what was learnt, and as if `trial` had been, too. */
  endpoints(trial?: readonly Lesson[]): Endpoints
  /** What is known now. */
  capabilities(): Capabilities
}

/** An empty book: what is learnt is told to `endpoints`, too. */
export function lessonBook(endpoints: Endpoints, slug: string, entitySet: string): LessonBook {
  const learnt: Lesson[] = []
  const view = (trial: readonly Lesson[] = []): Endpoints => withLessons(endpoints, { slug, entitySet, lessons: [...learnt, ...trial] })
  return {
    has: (feature) => learnt.some((lesson) => lesson.kind === 'fact' && lesson.feature === feature),
    learn(lessons) {
      learnt.push(...lessons)
      endpoints.learn(slug, entitySet, lessons)
    },
    endpoints: view,
    capabilities: () => view().capabilities(slug, entitySet),
  }
}
