import { rowsOfLines, rowsOfTexts, rowText } from './carried-rows.js'
import type { RowKeeper, RowLines } from './engine.js'
import type { Execution } from './execution.js'
import type { InFlight } from './in-flight.js'
import type { KeyQueue, Sought } from './key-queue.js'
import { rowsOfLoneKey } from './lone-key.js'
import type { Row } from './page-rows.js'
import { BatchTooLarge, type InnerSide, keyedRows, type RowsByKey } from './related-reader.js'
import { rowBytes } from './row-bytes.js'
import { spillBudget, type SpillBudget } from './spill-budget.js'

/** An inner side that was read whole and lies beyond memory: its rows are looked up by their keys. */
export interface KeptWhole {
  /** @throws BatchTooLarge if the rows of several keys are more than may be held, HUB_LIMIT_EXCEEDED if those of one are */
  find(batch: readonly Sought[]): Promise<RowsByKey>
}

/** Keys of one look-up: each reads where they may be, so that few look-ups are better than many. */
const batchKeys = 5000

/** Keys that wait, and who gets their rows. */
export interface LookUps {
  readonly reads: InFlight
  readonly queue: KeyQueue
  readonly deliver: (batch: readonly Sought[], rows: RowsByKey) => void
}

/** Looks up the keys that wait, unless others are being looked up; with `partial` also where they are few. */
export function lookUp(rows: KeptWhole, { reads, queue, deliver }: LookUps, partial: boolean): void {
  queue.widen(batchKeys)
  const batch = reads.size > 0 ? undefined : queue.take((tuples) => tuples.length, partial)
  if (batch === undefined) return
  reads.start(async () => {
    try {
      deliver(batch, await rows.find(batch))
    } catch (error) {
      if (!(error instanceof BatchTooLarge)) throw error
      queue.narrow(batch.length >> 1)
      queue.putBack(batch)
    }
  })
}

/** Reads the whole inner side, into memory as far as it may be held, else to the embedded engine. */
export async function readKept(inner: InnerSide, execution: Execution): Promise<RowsByKey | KeptWhole> {
  const what = `of ${inner.node.navigation.name}, whose source takes no keys`
  const budget = spillBudget(execution, what)
  const groups = new Map<string, Row[]>()
  let keeper: RowKeeper | undefined
  try {
    for await (const rows of keyedRows(inner, execution)) {
      if (keeper === undefined && budget.holds(rows.length, rows.reduce((sum, { row }) => sum + rowBytes(row), 0))) hold(groups, rows)
      else {
        keeper ??= await kept(groups, budget)
        await keeper.add(rows.map(({ hash, row }) => ({ keys: [hash], row: rowText(row) })))
      }
    }
  } catch (error) {
    budget.release()
    throw error
  }
  return keeper === undefined ? groups : looking(keeper, inner, execution)
}

function hold(groups: Map<string, Row[]>, rows: readonly { readonly hash: string; readonly row: Row }[]): void {
  for (const { hash, row } of rows) {
    const group = groups.get(hash)
    if (group === undefined) groups.set(hash, [row])
    else group.push(row)
  }
}

async function kept(groups: Map<string, Row[]>, budget: SpillBudget): Promise<RowKeeper> {
  const keeper = await budget.spills('Expand').keeper()
  for (const [hash, rows] of groups) await keeper.add(rows.map((row) => ({ keys: [hash], row: rowText(row) })))
  groups.clear()
  budget.release()
  return keeper
}

function looking(keeper: RowKeeper, { node, core }: InnerSide, execution: Execution): KeptWhole {
  const { limits } = execution.context
  const lone = async (hash: string): Promise<RowsByKey> => new Map([[hash, await rowsOfLoneKey(node, core, pagesOf(keeper.rowsOf(hash)), execution)]])
  return {
    async find(batch) {
      const found = await keeper.find(batch.map(({ hash }) => hash), { rows: limits.buildRows, bytes: limits.buildBytes })
      const [first, ...others] = batch
      if (found === undefined && others.length > 0) throw new BatchTooLarge()
      if (found === undefined) return lone(first?.hash ?? '')
      return new Map([...found].map(([hash, rows]) => [hash, rowsOfTexts(rows)]))
    },
  }
}

async function* pagesOf(lines: AsyncIterable<RowLines>): AsyncGenerator<readonly Row[]> {
  for await (const some of lines) yield rowsOfLines(some)
}
