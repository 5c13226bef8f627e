import { addDecimals, comparatorOf, compile, type CutStep, decimalType, outputColumns, type Plan, type Value } from '@tributary/plan'
import { Decimal } from 'decimal.js'
import type { Execution } from '../execution.js'
import { keptRows } from '../kept-rows.js'
import type { Row } from '../page-rows.js'
import type { Replay } from '../replay.js'
import { pagesOfRows } from './rows-of.js'

/** The first rows, until they are as many, or add up to as much, as is asked for; sums are exact. */
export async function* cutRows(input: Plan, step: CutStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  if (step.unit === 'percent') yield* cutAtShare(input, step, execution)
  else yield* cutAtAmount(pagesOfRows(input, execution), input, step)
}

/** Tells from the rows given before whether another may be given. */
interface Cut {
  reached(): boolean
  take(row: Row): void
}

async function* cutAtAmount(pages: AsyncIterable<readonly Row[]>, input: Plan, step: CutStep): AsyncGenerator<readonly Row[]> {
  const columns = outputColumns(input)
  const amountOf = compile(step.amount, columns)
  const valueOf = compile(step.value, columns)
  let cut: Cut | undefined
  for await (const rows of pages) {
    const given: Row[] = []
    for (const row of rows) {
      cut ??= step.unit === 'count' ? countCut(amountOf(row)) : sumCut(amountOf(row), valueOf)
      if (cut.reached()) break
      cut.take(row)
      given.push(row)
    }
    yield given
    if (cut?.reached() === true) return
  }
}

function countCut(amount: Value): Cut {
  const most = Number(amount ?? 0)
  let given = 0
  return {
    reached: () => given >= most,
    take() {
      given += 1
    },
  }
}

const compareDecimals = comparatorOf(decimalType)

function sumCut(amount: Value, valueOf: (row: Row) => Value): Cut {
  const wanted = exactText(amount) ?? '0'
  const negative = compareDecimals(wanted, '0') < 0
  let sum = '0'
  return {
    reached: () => (negative ? compareDecimals(sum, wanted) <= 0 : compareDecimals(sum, wanted) >= 0),
    take(row) {
      const value = exactText(valueOf(row))
      if (value !== undefined) sum = addDecimals(sum, value)
    },
  }
}

/** The digits of a number; of null, NaN and the infinities, which no sum can be made of, undefined. */
function exactText(value: Value): string | undefined {
  if (value === null || value === undefined) return undefined
  const number = new Decimal(String(value).replace('INF', 'Infinity'))
  return number.isFinite() ? number.toFixed() : undefined
}

/** A share is known when all rows are: they are kept. */
async function* cutAtShare(input: Plan, step: CutStep, execution: Execution): AsyncGenerator<readonly Row[]> {
  const columns = outputColumns(input)
  const valueOf = compile(step.value, columns)
  const amountOf = compile(step.amount, columns)
  const kept = keptRows(execution, { operator: 'Cut', what: 'in one selection by a share of a sum' })
  let total = '0'
  let percent: string | undefined
  try {
    for await (const rows of pagesOfRows(input, execution)) {
      for (const row of rows) {
        percent ??= exactText(amountOf(row)) ?? '0'
        total = addDecimals(total, exactText(valueOf(row)) ?? '0')
      }
      await kept.add(rows)
    }
    yield* withinShare(kept, { total, percent: percent ?? '0', valueOf })
  } finally {
    await kept.close()
  }
}

interface Share {
  readonly total: string
  readonly percent: string
  readonly valueOf: (row: Row) => Value
}

/** The share of a total of nothing is never reached. */
async function* withinShare(kept: Replay, { total, percent, valueOf }: Share): AsyncGenerator<readonly Row[]> {
  const Exact = Decimal.clone({ precision: 1000 })
  const wanted = new Exact(percent).times(total)
  const way = compareDecimals(total, '0')
  let sum = '0'
  for await (const rows of kept.pages()) {
    const end = rows.findIndex((row) => {
      if (way !== 0 && compareDecimals(new Exact(sum).times(100).toFixed(), wanted.toFixed()) * way >= 0) return true
      sum = addDecimals(sum, exactText(valueOf(row)) ?? '0')
      return false
    })
    yield end < 0 ? rows : rows.slice(0, end)
    if (end >= 0) return
  }
}
