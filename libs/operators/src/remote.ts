import { outputColumns, type Page, type Remote } from '@tributary/plan'
import type { AdaptivePlacement } from './placement.js'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { pageLength, withColumns } from './page-rows.js'

/** Tells the bind join that its keys have to be batched again: the fragment was placed anew while a batch was read. */
export class PlacedAnew extends Error {
  constructor() {
    super('The fragment was placed anew')
    this.name = 'PlacedAnew'
  }
}

/**
 * Executes a placed fragment, and places it anew where the source refuses or contradicts what it was asked for and no row has left yet.
 * Of a batch of keys nothing counts before it is read completely (the bind join sees to that), so that any batch can be asked for again.
 */
export function openRemote(node: Remote, execution: Execution): RowStream {
  const columns = outputColumns(node)
  const reading: Reading = {}
  const placement = execution.state.placement(node)
  const pages = execution.batch?.of === node ? batchPages(placement, execution) : adaptivePages(placement, execution, reading)
  return { columns, pages: conforming(pages, node), count: () => reading.stream?.count() }
}

interface Reading {
  stream?: RowStream
}

async function* conforming(pages: AsyncGenerator<Page>, node: Remote): AsyncGenerator<Page> {
  const columns = outputColumns(node)
  for await (const page of pages) yield withColumns(page, columns)
}

async function* adaptivePages(placement: AdaptivePlacement, execution: Execution, reading: Reading): AsyncGenerator<Page> {
  let given = false
  for (let ended = false; !ended;) {
    const used = placement.current()
    const stream = execution.open(used.remote.plan, withoutBatch(execution))
    reading.stream = stream
    try {
      for await (const page of stream.pages) {
        placement.answered(used)
        given ||= pageLength(page) > 0
        yield page
      }
      placement.answered(used)
      ended = true
    } catch (error) {
      placement.failed(error, used, given)
    }
  }
}

async function* batchPages(placement: AdaptivePlacement, execution: Execution): AsyncGenerator<Page> {
  const used = placement.current()
  const keys = execution.batch?.keys ?? []
  if (used.scan === undefined) throw new PlacedAnew()
  try {
    const stream = execution.open(used.remote.plan, { ...execution, batch: { of: used.scan, keys } })
    for await (const page of stream.pages) {
      placement.answered(used)
      yield page
    }
    placement.answered(used)
  } catch (error) {
    placement.failed(error, used, false)
    throw new PlacedAnew()
  }
}

function withoutBatch({ batch: _batch, ...rest }: Execution): Execution {
  return rest
}
