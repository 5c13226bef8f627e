import { hubError } from '@tributary/errors'
import { evidenceSet, type Plan, type Remote, type RemoteScan } from '@tributary/plan'
import { SourceContradicted, SourceRefused, type Fact, type Feature, type Lesson } from '@tributary/source'
import type { ExecutionContext } from './execution-context.js'
import { lessonBook } from './lessons.js'
import type { AdaptivePlacement, Placement } from './placement.js'

/** How long a refusal and a contradiction are remembered. */
const refusalExpiryMs = 10 * 60_000
const contradictionExpiryMs = 24 * 60 * 60_000
const shortestUrlLimit = 500
/** Keys of the shortest chain that is tried before chains are taken to be refused as such. */
const shortestChain = 3
const tooLong: ReadonlySet<number> = new Set([413, 414, 431])

interface Suspect {
  readonly group: string
  readonly features: readonly Feature[]
  readonly why: string
}

/** The placement of `node` for one request, beginning with how the planner placed it. */
export function adaptivePlacement(node: Remote, context: ExecutionContext): AdaptivePlacement {
  const { target } = node.fragment.scan
  const { endpoint: slug } = target
  const entitySet = evidenceSet(target)
  const now = context.now ?? ((): Date => new Date())
  const book = lessonBook(context.endpoints, slug, entitySet)
  let suspects: readonly Suspect[] = []
  let { revision } = book.capabilities()
  let placement = placementOf(node)

  const place = (): void => {
    const trial = suspects.flatMap((suspect) => refusals(suspect, now()))
    placement = placementOf(context.place(node.fragment, book.endpoints(trial)))
    revision = book.capabilities().revision
  }
  const refused = (error: SourceRefused): void => {
    const shorter = tooLong.has(error.status) || error.perhapsTooLong ? shorterUrls(book.capabilities().urlLimit) : fewerKeys(error, suspects)
    if (shorter.length > 0) {
      // What was left out for trial stays suspect only if the shorter request is refused as well.
      suspects = []
      book.learn(shorter)
    } else suspects = [...suspects, nextSuspect(error, suspects) ?? unreadable(error)]
    place()
  }
  /** The set itself is refused: plans made from now on reach its rows from those they belong to, where they can. */
  const unreadable = (error: SourceRefused): never => {
    if (entitySet !== '' && error.features.length === 0) book.learn([{ kind: 'fact', feature: 'read', fact: unsupported(`${error.status} to the set itself: ${error.reason}`, now(), refusalExpiryMs) }])
    throw sourceFailed(error)
  }
  const contradicted = (error: SourceContradicted, given: boolean): void => {
    const again = book.has(error.feature)
    if (!again) book.learn([contradiction(error, now())])
    if (again) throw sourceChanged(error)
    if (given) throw error
    place()
  }

  return {
    current() {
      if (suspects.length === 0 && book.capabilities().revision !== revision) place()
      return placement
    },
    answered(used) {
      const guilty = suspects.at(-1)
      if (guilty === undefined || used !== placement) return
      suspects = []
      book.learn(refusals(guilty, now()))
      place()
    },
    failed(error, used, given) {
      if (!isAbout(error, slug, entitySet)) throw error
      // Another read of the same fragment met the same answer before, and placed it anew.
      if (used !== placement && !given) return
      if (error instanceof SourceContradicted) contradicted(error, given)
      else if (given) throw sourceFailed(error)
      else refused(error)
    },
    mistrust(features, reason) {
      const news = features.filter((feature) => !book.has(feature))
      if (news.length === 0) return
      book.learn(news.map((feature) => contradiction({ feature, reason }, now())))
      if (suspects.length === 0) place()
    },
  }
}

function isAbout(error: unknown, slug: string, entitySet: string): error is SourceRefused | SourceContradicted {
  return (error instanceof SourceRefused || error instanceof SourceContradicted) && error.slug === slug && error.entitySet === entitySet
}

/** Half of the longest URL presumed to be taken; nothing where it is as short as is sensible. */
function shorterUrls(limit: number): readonly Lesson[] {
  return limit <= shortestUrlLimit ? [] : [{ kind: 'urlLimit', limit: Math.max(shortestUrlLimit, Math.floor(limit / 2)) }]
}

/**
 * Half of the keys, where a chain of them is what is suspected next: remotes that count the nodes of a filter refuse long chains and take
 * short ones. Nothing where the chain is as short as is sensible.
 */
function fewerKeys(error: SourceRefused, suspects: readonly Suspect[]): readonly Lesson[] {
  const next = error.features.map(groupOf).find((candidate) => !suspects.some(({ group }) => group === candidate))
  const limit = Math.floor(error.chainedKeys / 2)
  return error.status === 400 && next === 'filter:or' && limit >= shortestChain ? [{ kind: 'keyLimit', limit }] : []
}

/**
 * The first features of the refused request that have not been left out yet, with those of the same kind; undefined: nothing is left to
 * leave out.
 */
function nextSuspect(error: SourceRefused, suspects: readonly Suspect[]): Suspect | undefined {
  const groups = error.features.map(groupOf)
  const group = groups.find((candidate) => !suspects.some((suspect) => suspect.group === candidate))
  if (group === undefined) return undefined
  const features = error.features.filter((feature) => groupOf(feature) === group)
  return { group, features, why: `${error.status} to a request with ${features.join(', ')}: ${error.reason}` }
}

/** `filter:mul` of `filter:mul:Edm.Decimal`; orders are one group whatever they compare. */
const groupOf = (feature: Feature): string => (feature.startsWith('orderby') ? 'orderby' : feature.split(':', 2).join(':'))

const refusals = ({ features, why }: Suspect, since: Date): readonly Lesson[] =>
  features.map((feature) => ({ kind: 'fact', feature, fact: unsupported(why, since, refusalExpiryMs) }))

const contradiction = ({ feature, reason }: Pick<SourceContradicted, 'feature' | 'reason'>, since: Date): Lesson => ({
  kind: 'fact', feature, fact: unsupported(`an answer contradicts it: ${reason}`, since, contradictionExpiryMs),
})

const unsupported = (why: string, since: Date, expiryMs: number): Fact => ({
  trust: 'unsupported', origin: 'learnt', why, since, expires: new Date(since.getTime() + expiryMs),
})

function placementOf(remote: Remote): Placement {
  return Object.freeze({ remote, scan: scanOf(remote.plan) })
}

function scanOf(plan: Plan): RemoteScan | undefined {
  switch (plan.kind) {
    case 'remoteScan': return plan
    case 'filter': case 'sort': case 'limit': case 'expand': case 'semiJoin': case 'compute': case 'aggregate': return scanOf(plan.input)
    case 'remote': return scanOf(plan.plan)
    case 'concat': case 'transformation': case 'given': case 'scan': case 'constantRows': return undefined
  }
}

/** The error for a source that refuses whatever is left to be asked. */
export const sourceFailed = (error: SourceRefused): Error =>
  hubError('HUB_SOURCE_FAILED', { slug: error.slug, status: error.status, reason: error.reason }, { cause: error })

/** The error for a source that was read in part and then contradicted itself. */
export const sourceChanged = (error: SourceContradicted): Error =>
  hubError('HUB_SOURCE_CHANGED', { slug: error.slug, reason: error.reason }, { cause: error })
