import { aroundColumn, aroundName, type Column, compilePredicate, isStored, type NestedStep, outputColumns, type Plan, nestedRows as rowsShape, storedRows, type Value } from '@tributary/plan'
import { buildBudget } from '../budget.js'
import type { Execution, GivenRows } from '../execution.js'
import { keptRows } from '../kept-rows.js'
import { positionsOf, type Row } from '../page-rows.js'
import { heldRows, type Replay } from '../replay.js'
import { windowOf } from '../window.js'
import { asColumnValue, rowsInColumn } from './column-rows.js'
import { pagesOfRows, transformed } from './rows-of.js'

/** How the rows of a step are made: `mayStore` tells that what is made is only handed on. */
export interface Making {
  readonly execution: Execution
  readonly mayStore: boolean
}

/**
 * Adds to each row what the inner plan makes of the rows in one of its columns, be they held or stored.
 * @throws HUB_LIMIT_EXCEEDED if what is made has to be held and is more than one row may hold
 */
export async function* nestedRows(input: Plan, step: NestedStep, making: Making): AsyncGenerator<readonly Row[]> {
  const { from, name, each, page } = step
  const inputColumns = outputColumns(input)
  const [position = -1] = positionsOf(inputColumns, [from])
  const column = inputColumns[position]
  if (column === undefined) return
  const rowsIn = rowsInColumn(column)
  const around = rowAround(step, inputColumns)
  const columns = [...rowsShape(column).columns, ...around.columns]
  const toMany = column.type.collection
  const valueOf = async (row: Row): Promise<Value> => {
    const value = row[position]
    const given: GivenRows = isStored(value) ? { columns, pages: () => seenPages(value, (rows) => around.seenBy(row, rows)) } : { columns, ...heldRows(around.seenBy(row, rowsIn(value))) }
    if (!toMany) return asColumnValue(rowsIn(value).length === 0 ? [] : await allHeld(each, given, making.execution), false)
    const made = making.mayStore ? await allMade(each, given, making.execution) : await allHeld(each, given, making.execution)
    return page === undefined ? asValue(made) : pageOf(made, page)
  }
  const holds = step.only === undefined ? undefined : compilePredicate(step.only, inputColumns)
  for await (const rows of pagesOfRows(input, making.execution)) {
    const found: Row[] = []
    for (const row of rows) {
      // What is absent stays absent.
      const isAbsent = holds?.(row) === false || (name === from && row[position] === undefined)
      const value = isAbsent ? undefined : await valueOf(row)
      found.push(name === from ? row.with(position, value) : [...row, value])
    }
    yield found
  }
}

async function* seenPages(pages: AsyncIterable<readonly Row[]>, seenBy: (rows: readonly Row[]) => readonly Row[]): AsyncGenerator<readonly Row[]> {
  for await (const rows of pages) yield seenBy(rows)
}

interface Around {
  readonly columns: readonly Column[]
  readonly seenBy: (row: Row, given: readonly Row[]) => readonly Row[]
}

const unseen: Around = { columns: [], seenBy: (_row, given) => given }

/** How the rows that are made for a row see it, or the row that it sees. */
function rowAround(step: NestedStep, input: readonly Column[]): Around {
  const column = aroundColumn(step, input)
  if (column === undefined) return unseen
  const at = step.around?.kind === 'row' ? positionsOf(input, (column.expanded?.columns ?? []).map(({ name }) => name)) : undefined
  const [same = -1] = at === undefined ? positionsOf(input, [aroundName]) : []
  return {
    columns: [column],
    seenBy: (row, given) => {
      const seen: Value = at === undefined ? row[same] : at.map((position) => row[position])
      return given.map((one) => [...one, seen])
    },
  }
}

const what = 'made of the related rows of one row'

/** What is made of rows becomes the value of one row; the row around is no part of it. */
async function* madeRows(each: Plan, given: GivenRows, execution: Execution): AsyncGenerator<readonly Row[]> {
  const around = outputColumns(each).findIndex(({ name }) => name === aroundName)
  for await (const rows of transformed(each, given, execution)) yield around < 0 ? rows : rows.map((row) => row.with(around, undefined))
}

async function allHeld(each: Plan, given: GivenRows, execution: Execution): Promise<readonly Row[]> {
  const budget = buildBudget(execution.context.limits, what, execution.state.meter.memory)
  try {
    const all: Row[] = []
    for await (const rows of madeRows(each, given, execution)) {
      for (const row of rows) {
        budget.hold(row)
        all.push(row)
      }
    }
    return all
  } finally {
    budget.release()
  }
}

/** Rows beyond memory, and their number. */
interface Stored extends Replay {
  readonly total: number
}

async function allMade(each: Plan, given: GivenRows, execution: Execution): Promise<readonly Row[] | Stored> {
  const kept = keptRows(execution, { operator: 'Nested', what })
  let total = 0
  try {
    for await (const rows of madeRows(each, given, execution)) {
      total += rows.length
      await kept.add(rows)
    }
  } catch (error) {
    await kept.close()
    throw error
  }
  const held = kept.held()
  if (held === undefined) return { pages: () => kept.pages(), total }
  await kept.close()
  return held
}

const asValue = (made: readonly Row[] | Stored): Value => ('pages' in made ? storedRows(() => made.pages()) : asColumnValue(made, true))

function pageOf(made: readonly Row[] | Stored, { skip, take, count }: NonNullable<NestedStep['page']>): Value {
  if ('pages' in made) return storedRows(() => windowOf(made.pages(), { skip, take, change: (row) => row }), count ? made.total : undefined)
  return { rows: made.slice(skip, take === undefined ? undefined : skip + take), ...(count ? { count: made.length } : {}) }
}
