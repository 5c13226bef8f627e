import type { Expand, Page, Plan, Remote } from '@tributary/plan'
import { linkedAbort, SourceContradicted, SourceRefused, type LinkedAbort } from '@tributary/source'
import { adaptivePlacement, sourceChanged, sourceFailed } from './adaptive-placement.js'
import { openAggregate } from './aggregate.js'
import { openCompute } from './compute.js'
import { openConcat } from './concat.js'
import { openConstantRows } from './constant-rows.js'
import type { EngineWork } from './engine.js'
import { enginePart } from './engine-part.js'
import { openPart } from './engine-rows.js'
import type { Execution } from './execution.js'
import type { ExecutionContext, RowStream } from './execution-context.js'
import { openExpand } from './expand.js'
import { openFilter } from './filter.js'
import { handedOn } from './handed-on.js'
import { lanes } from './lanes.js'
import { openLimit } from './limit.js'
import { requestMeter } from './meter.js'
import { pageLength } from './page-rows.js'
import { relatedRows } from './related-rows.js'
import { openRemote } from './remote.js'
import { openRemoteScan } from './remote-scan.js'
import { once, type RequestState } from './request-state.js'
import { openSemiJoin } from './semi-join.js'
import { openSort } from './sort.js'
import { isTop, openTop } from './top.js'
import { openGiven, openTransformation } from './transformation/transformation.js'
import { openWritten } from './written-rows.js'

/**
 * Executes a placed plan: rows are pulled page by page, in bounded memory. Nothing is read before the first page is asked for; returning
 * the iterator, or aborting the context's signal, cancels every read. A source that contradicts what it was trusted with makes the plan
 * start anew, with what that taught, as long as no row has left.
 * @throws (while pages are read) HUB_SOURCE_*, HUB_JOIN_NOT_UNIQUE, HUB_LIMIT_EXCEEDED
 */
export function execute(plan: Plan, context: ExecutionContext): RowStream {
  const shared: Omit<RequestState, 'related' | 'handedOn'> = {
    noticed: new Set(),
    meter: requestMeter(context),
    lanes: once(() => lanes(context.limits.lanesPerSource)),
    placement: once((node: Remote) => adaptivePlacement(node, context)),
  }
  const start = (): RowStream => attempt(plan, context, shared)
  const running: Running = { stream: start() }
  return { columns: running.stream.columns, pages: restarting(running, start, context.signal), count: () => running.stream.count() }
}

interface Running {
  stream: RowStream
}

/** Each start teaches one thing more; a source that contradicts itself in ever new ways is given up. */
const mostStarts = 5

async function* restarting(running: Running, start: () => RowStream, signal: AbortSignal): AsyncGenerator<Page> {
  let given = false
  for (let starts = 1; ; starts++) {
    try {
      for await (const page of running.stream.pages) {
        signal.throwIfAborted()
        given ||= pageLength(page) > 0
        yield page
      }
      return
    } catch (error) {
      if (error instanceof SourceRefused) throw sourceFailed(error)
      if (!(error instanceof SourceContradicted)) throw error
      if (given || starts === mostStarts) throw sourceChanged(error)
      running.stream = start()
    }
  }
}

/** The plan opened once, with a memory and a signal of its own: whatever is still being read ends with its pages. */
function attempt(plan: Plan, context: ExecutionContext, shared: Omit<RequestState, 'related' | 'handedOn'>): RowStream {
  const closing = linkedAbort(context.signal)
  const { signal } = closing
  const work = context.engine?.begin(signal)
  const handed: ReadonlySet<Plan> = work === undefined || context.stored !== true ? new Set() : handedOn(plan)
  const state: RequestState = { ...shared, handedOn: handed, related: once((node: Expand) => relatedRows(node, execution)), ...(work === undefined ? {} : { work }) }
  const execution: Execution = { context, signal, state, open }
  const stream = context.written === undefined ? open(plan, execution) : openWritten(plan, execution, context.written)
  return { ...stream, pages: closedAfter(stream.pages, closing, work) }
}

async function* closedAfter(pages: AsyncIterable<Page>, closing: LinkedAbort, work: EngineWork | undefined): AsyncGenerator<Page> {
  try {
    yield* pages
  } finally {
    closing.abort()
    closing.unlink()
    await work?.end()
  }
}

function open(plan: Plan, execution: Execution): RowStream {
  const part = enginePart(plan, execution)
  return part === undefined ? openNode(plan, execution) : openPart(part, execution)
}

function openNode(plan: Plan, execution: Execution): RowStream {
  switch (plan.kind) {
    case 'constantRows': return openConstantRows(plan)
    case 'filter': return openFilter(plan, execution)
    case 'sort': return openSort(plan, execution)
    case 'limit': return isTop(plan, execution) ? openTop(plan, execution) : openLimit(plan, execution)
    case 'expand': return openExpand(plan, execution)
    case 'semiJoin': return openSemiJoin(plan, execution)
    case 'compute': return openCompute(plan, execution)
    case 'aggregate': return openAggregate(plan, execution)
    case 'concat': return openConcat(plan, execution)
    case 'transformation': return openTransformation(plan, execution)
    case 'given': return openGiven(plan, execution)
    case 'remote': return openRemote(plan, execution)
    case 'remoteScan': return openRemoteScan(plan, execution)
    case 'scan': throw new Error(`The scan of ${plan.target.endpoint}/${plan.target.entitySet} was not placed`)
  }
}
