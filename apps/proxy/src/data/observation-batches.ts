import type { CapabilityObservation, Observations } from '@tributary/catalog'
import type { Fact } from '@tributary/source'
import { isLimit, type Knowledge, type KnowledgeChange, type Lesson } from '@tributary/source'
import type { Log } from '@tributary/nest'

/** How long changes are gathered before they are sent. */
const gatherMs = 500

const observationOf = ({ slug, identity, entitySet, feature, fact }: KnowledgeChange): CapabilityObservation => ({
  endpoint: slug,
  identity,
  entitySet,
  feature,
  trust: fact.trust,
  origin: fact.origin,
  why: fact.why,
  since: fact.since.toISOString(),
  ...(fact.expires === undefined ? {} : { expires: fact.expires.toISOString() }),
})

const factOf = ({ trust, origin, why, since, expires }: CapabilityObservation): Fact => ({
  trust, origin, why, since: new Date(since), ...(expires === undefined ? {} : { expires: new Date(expires) }),
})

/** Observations that were kept, as lessons by entity set. */
export function lessonsOfObservations(kept: readonly CapabilityObservation[]): ReadonlyMap<string, readonly Lesson[]> {
  const bySet = Map.groupBy(kept.filter(({ feature }) => !isLimit(feature)), ({ entitySet }) => entitySet)
  return new Map([...bySet].map(([entitySet, facts]) => [entitySet, facts.map((one) => ({ kind: 'fact' as const, feature: one.feature, fact: factOf(one) }))]))
}

/** Sends what is learnt to the catalog, in batches; a catalog that does not listen loses a batch and nothing else. Ends with `stop`. */
export function sendObservations(knowledge: Knowledge, observations: Observations, log: Log): { readonly stop: () => Promise<void> } {
  let batch: KnowledgeChange[] = []
  let timer: NodeJS.Timeout | undefined
  const send = async (): Promise<void> => {
    timer = undefined
    const sent = batch
    batch = []
    if (sent.length === 0) return
    await observations.record(sent.map(observationOf)).catch((error: unknown) => log.warn({ err: error, facts: sent.length }, 'what was learnt could not be kept'))
  }
  const silence = knowledge.onChange((change) => {
    batch.push(change)
    timer ??= setTimeout(() => void send(), gatherMs).unref()
  })
  return {
    stop: async () => {
      silence()
      clearTimeout(timer)
      await send()
    },
  }
}
