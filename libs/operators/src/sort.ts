import { columnsOf, type OrderKey, type Page, type Sort } from '@tributary/plan'
import { gatherRows, type PlacedRow } from './carried-rows.js'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { pageBytes, pageLength, toRows, type Row } from './page-rows.js'
import { keyOrder, sortKeys } from './row-order.js'
import { spillBudget, type SpillBudget } from './spill-budget.js'
import { spilledSort, type SpilledSort } from './spilled-sort.js'

/** Rows of a page that leaves a sort. */
const pageRows = 1000

/**
 * Sorts its whole input: in memory within the limits of a build side, beyond them on the embedded engine, where there is one. Rows that are
 * equal by the keys keep their order; bytes are parsed for the keys only.
 */
export function openSort(node: Sort, execution: Execution): RowStream {
  const input = execution.open(node.input, execution)
  return { columns: input.columns, pages: sorted(input, node.keys, execution), count: () => input.count() }
}

/** The rows of `input` in the order of `keys`. @throws HUB_LIMIT_EXCEEDED, HUB_LIMIT_BYTES_BUFFERED, HUB_SPOOL_FULL */
export async function* sorted(input: Pick<RowStream, 'columns' | 'pages'>, keys: readonly OrderKey[], execution: Execution): AsyncGenerator<Page> {
  const budget = spillBudget(execution, 'in one sort')
  const held: Page[] = []
  let spilled: SpilledSort | undefined
  try {
    for await (const page of input.pages) {
      if (spilled === undefined && budget.holds(pageLength(page), pageBytes(page))) held.push(page)
      else {
        spilled ??= await spill(input, keys, { held, budget })
        await spilled.add(page)
      }
    }
    yield* spilled === undefined ? inMemory(held, input.columns, keys) : spilled.pages()
  } finally {
    budget.release()
    await spilled?.close()
  }
}

interface Overflow {
  readonly held: Page[]
  readonly budget: SpillBudget
}

/** What is held goes to the engine, and the rest will follow. */
async function spill({ columns }: Pick<RowStream, 'columns'>, keys: readonly OrderKey[], { held, budget }: Overflow): Promise<SpilledSort> {
  const large = await spilledSort(keys, columns, budget.spills('Sort'))
  for (const page of held.splice(0)) await large.add(page)
  budget.release()
  return large
}

interface Keyed extends PlacedRow {
  readonly key: Row
}

function* inMemory(pages: readonly Page[], columns: RowStream['columns'], keys: readonly OrderKey[]): Generator<Page> {
  const names = new Set(keys.flatMap(({ expression }) => [...columnsOf(expression)]))
  const read = names.has('*') ? columns : columns.filter(({ name }) => names.has(name))
  const keyOf = sortKeys(keys, read)
  const compare = keyOrder(keys)
  const rows: Keyed[] = pages.flatMap((page) => toRows(page, read).rows.map((row, position) => ({ page, position, key: keyOf(row) })))
  rows.sort((a, b) => compare(a.key, b.key))
  for (let start = 0; start < rows.length; start += pageRows) yield* gatherRows(columns, rows.slice(start, start + pageRows))
}
