import { evidenceSet, withInput, type Plan, type Remote } from '@tributary/plan'
import { isHubError } from '@tributary/errors'
import { estimates, type SetCosts } from '@tributary/source'
import { acceptedOf } from './accepted.js'
import type { JoinNotice } from './execution-context.js'
import type { Execution } from './execution.js'
import type { InnerSide } from './related-reader.js'

/** What the two ways of a join would cost from now on, in milliseconds. */
export interface JoinCosts {
  readonly bindMs: number
  readonly scanMs: number
}

/** What is known when a join is chosen. */
export interface JoinFigures {
  /** Keys that have still to be asked for, as far as one can tell. */
  readonly keys: number
  /** Keys of one request, and requests at a time. */
  readonly batchKeys: number
  readonly lanes: number
  readonly rowsPerKey: number
  /** Rows of the inner side. */
  readonly count: number
  readonly costs: SetCosts
}

/** Rows of a page where nothing is known of them. */
const usualPageRows = 1000

/** Rounds of batches with the rows they bring, against all pages one after the other with all rows. */
export function joinCosts({ keys, batchKeys, lanes, rowsPerKey, count, costs }: JoinFigures): JoinCosts {
  const { latencyMs, msPerRow } = costs
  const rounds = Math.ceil(Math.ceil(keys / batchKeys) / lanes)
  const pages = Math.max(1, Math.ceil(count / Math.max(usualPageRows, costs.pageRows)))
  return { bindMs: rounds * latencyMs + Math.min(count, keys * rowsPerKey) * msPerRow, scanMs: pages * latencyMs + count * msPerRow }
}

/** Decides, while keys are looked up, whether reading the whole inner side would be cheaper. */
export interface JoinChoice {
  /** How to read the whole inner side, if that is the cheaper way from now on; undefined: go on by keys. */
  whole(progress: JoinProgress): InnerSide | undefined
  /** Reading the whole was tried and is not possible. */
  giveUp(): void
}

/** How far the join has come. */
export interface JoinProgress {
  /** Keys waiting to be asked for. */
  readonly waiting: number
  readonly sent: number
  /** Keys whose rows have come, and how many rows. */
  readonly answered: number
  readonly rows: number
  /** Keys of the largest batch so far; 0: none was sent. */
  readonly batchKeys: number
  /** No more keys will come. */
  readonly ended: boolean
}

/** Batches are looked at as long as they fit so many rounds of the lanes: reading everything can hardly be faster. */
const roundsWithoutThought = 1

/**
 * The choice for one expand. Where so many keys wait that they need several rounds of requests, the source is asked for the number of its rows,
 * beside the batches that go on; from then on both ways are compared each time keys are sent. As many keys are expected to come as have come.
 * @param start runs the question for the number beside the other reads
 */
export function joinChoice(inner: InnerSide, execution: Execution, start: (read: () => Promise<void>) => void): JoinChoice {
  const { context } = execution
  const wholeSide = once(() => withoutKeys(inner, execution))
  const expected = { count: undefined as number | undefined, asked: false, given: false }
  return {
    whole(progress) {
      const { keyed } = inner
      const { waiting, sent, answered, rows, batchKeys, ended } = progress
      const lanes = context.limits.lanesPerSource
      // Links are followed from rows: there is no whole to read.
      if (keyed === undefined || keyed.fragment.scan.target.resource?.gaps !== undefined || expected.given || batchKeys === 0 || waiting === 0 || sent + waiting <= batchKeys * lanes * roundsWithoutThought) return undefined
      if (!expected.asked) {
        expected.asked = true
        start(async () => { expected.count = await countOf(keyed, execution) })
      }
      const { count } = expected
      if (count === undefined) return undefined
      const { endpoint } = keyed.fragment.scan.target
      const entitySet = evidenceSet(keyed.fragment.scan.target)
      const costs = context.endpoints.costs?.of(endpoint, entitySet)
      if (costs === undefined) return undefined
      const keys = waiting + (ended ? 0 : sent + waiting)
      const found = joinCosts({ keys, batchKeys, lanes, rowsPerKey: answered === 0 ? 1 : rows / answered, count, costs })
      const fits = count <= context.limits.buildRows && count * costs.bytesPerRow <= context.limits.buildBytes
      const side = found.scanMs < found.bindMs && fits ? wholeSide() : undefined
      notice(inner, execution, { join: side === undefined ? 'by keys' : 'whole', keys, count, ...rounded(found) })
      return side
    },
    giveUp() {
      expected.given = true
    },
  }
}

const rounded = ({ bindMs, scanMs }: JoinCosts): JoinCosts => ({ bindMs: Math.round(bindMs), scanMs: Math.round(scanMs) })

function notice({ node, keyed }: InnerSide, { context }: Execution, found: Omit<JoinNotice, 'navigation' | 'source'>): void {
  context.chosen?.({ navigation: node.navigation.name, source: keyed?.fragment.scan.target.endpoint ?? '', ...found })
}

function once<Result>(make: () => Result): () => Result {
  let made: { readonly result: Result } | undefined
  return () => (made ??= { result: make() }).result
}

/** The inner side placed without keys, so that its pages may be read beside each other; undefined where it may not be read whole. */
function withoutKeys({ node, core, keyed }: InnerSide, { context }: Execution): InnerSide | undefined {
  if (keyed === undefined) return undefined
  try {
    const all = context.place({ ...keyed.fragment, keys: [] }, context.endpoints)
    return { node, core: replaced(core, keyed, all), keyed: undefined }
  } catch (error) {
    if (isHubError(error) && error.code === 'HUB_QUERY_INVALID') return undefined
    throw error
  }
}

function replaced(plan: Plan, from: Remote, to: Remote): Plan {
  if (plan === from) return to
  return 'input' in plan ? withInput(plan, replaced(plan.input, from, to)) : plan
}

/** About how many rows the inner side has; undefined: its source cannot tell. */
async function countOf(keyed: Remote, execution: Execution): Promise<number | undefined> {
  const { context, signal, state } = execution
  const { scan } = state.placement(keyed).current()
  if (scan === undefined) return undefined
  const { source } = context.endpoints.endpoint(scan.target.endpoint)
  const able = context.endpoints.capabilities(scan.target.endpoint, evidenceSet(scan.target))
  if (!estimates(source) || able.fact('count').trust === 'unsupported') return undefined
  state.meter.reads(scan.target.endpoint)
  return source.estimate(acceptedOf(scan), { signal, asker: context.asker ?? context.signal, observe: state.meter.observe })
}
