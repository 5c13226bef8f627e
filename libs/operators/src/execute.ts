import type { Expand, Page, Plan, Remote } from '@tributary/plan'
import { SourceContradicted, SourceRefused } from '@tributary/source'
import { adaptivePlacement, sourceChanged, sourceFailed } from './adaptive-placement.js'
import { openConstantRows } from './constant-rows.js'
import type { Execution, ExecutionContext, RowStream } from './execution.js'
import { openExpand } from './expand.js'
import { openFilter } from './filter.js'
import { lanes } from './lanes.js'
import { openLimit } from './limit.js'
import { requestMeter } from './meter.js'
import { relatedRows } from './related-rows.js'
import { openRemote } from './remote.js'
import { openRemoteScan } from './remote-scan.js'
import { once, type RequestState } from './request-state.js'
import { openSort } from './sort.js'
import { isTop, openTop } from './top.js'

/**
 * Executes a placed plan: rows are pulled page by page, in bounded memory. Nothing is read before the first page is asked for; returning
 * the iterator, or aborting the context's signal, cancels every read.
 * @throws (while pages are read) HUB_SOURCE_*, HUB_JOIN_NOT_UNIQUE, HUB_LIMIT_EXCEEDED
 */
export function execute(plan: Plan, context: ExecutionContext): RowStream {
  const closing = new AbortController()
  const signal = AbortSignal.any([context.signal, closing.signal])
  const meter = requestMeter(context)
  const state: RequestState = {
    meter,
    lanes: once(() => lanes(context.limits.lanesPerSource)),
    placement: once((node: Remote) => adaptivePlacement(node, context)),
    related: once((node: Expand) => relatedRows(node, execution)),
  }
  const execution: Execution = { context, signal, state, open }
  const stream = open(plan, execution)
  return { columns: stream.columns, pages: closedAfter(stream, closing, signal), count: () => stream.count() }
}

function open(plan: Plan, execution: Execution): RowStream {
  switch (plan.kind) {
    case 'constantRows': return openConstantRows(plan)
    case 'filter': return openFilter(plan, execution)
    case 'sort': return openSort(plan, execution)
    case 'limit': return isTop(plan, execution.context.limits) ? openTop(plan, execution) : openLimit(plan, execution)
    case 'expand': return openExpand(plan, execution)
    case 'remote': return openRemote(plan, execution)
    case 'remoteScan': return openRemoteScan(plan, execution)
    case 'scan': throw new Error(`The scan of ${plan.target.endpoint}/${plan.target.entitySet} was not placed`)
  }
}

async function* closedAfter(stream: RowStream, closing: AbortController, signal: AbortSignal): AsyncGenerator<Page> {
  try {
    for await (const page of stream.pages) {
      signal.throwIfAborted()
      yield page
    }
  } catch (error) {
    // Refusals outside a fragment that could be placed anew.
    if (error instanceof SourceRefused) throw sourceFailed(error)
    throw error instanceof SourceContradicted ? sourceChanged(error) : error
  } finally {
    closing.abort()
  }
}
