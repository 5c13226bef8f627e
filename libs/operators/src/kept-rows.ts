import { rowsOfLines, rowText } from './carried-rows.js'
import type { RowLog } from './engine.js'
import type { Execution } from './execution.js'
import type { Row } from './page-rows.js'
import type { Replay } from './replay.js'
import { rowBytes } from './row-bytes.js'
import { spillBudget } from './spill-budget.js'

/** Rows that are kept in the order they came: in memory as far as one operator may hold them, beyond that on the embedded engine. */
export interface KeptRows extends Replay {
  /** @throws HUB_LIMIT_EXCEEDED, HUB_LIMIT_BYTES_BUFFERED where there is no engine, HUB_SPOOL_FULL */
  add(rows: readonly Row[]): Promise<void>
  /** All of them, as long as they are in memory. */
  held(): readonly Row[] | undefined
  close(): Promise<void>
}

/** Which operator keeps rows, and what they are for: `in one nest`. */
export interface Keeping {
  readonly operator: string
  readonly what: string
}

/** Nothing is kept yet. */
export function keptRows(execution: Pick<Execution, 'context' | 'state'>, { operator, what }: Keeping): KeptRows {
  const budget = spillBudget(execution, what)
  const held: (readonly Row[])[] = []
  let log: RowLog | undefined
  const spilled = async (): Promise<RowLog> => {
    const begun = await budget.spills(operator).log()
    for (const rows of held.splice(0)) await begun.add(rows.map(rowText))
    budget.release()
    return begun
  }
  return {
    async add(rows) {
      if (log === undefined && budget.holds(rows.length, rows.reduce((sum, row) => sum + rowBytes(row), 0))) held.push(rows)
      else {
        log ??= await spilled()
        await log.add(rows.map(rowText))
      }
    },
    held: () => (log === undefined ? held.flat() : undefined),
    async *pages() {
      yield* held
      if (log !== undefined) for await (const lines of log.read()) yield rowsOfLines(lines)
    },
    async close() {
      budget.release()
      held.length = 0
      await log?.close()
    },
  }
}
