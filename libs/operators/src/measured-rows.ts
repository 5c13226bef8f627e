import { type Aggregate, columnsOf, compile, type Measure, type Value } from '@tributary/plan'
import type { Execution } from './execution.js'
import { toRows, type Row } from './page-rows.js'

/** The values of a row: what it is grouped by, and what is measured. */
export interface Measured {
  readonly values: Row
  readonly measured: Row
}

/** What an aggregation reads of its input, page by page; bytes are parsed for that only. */
export async function* measuredRows({ input, groups, measures }: Aggregate, execution: Execution): AsyncGenerator<readonly Measured[]> {
  const stream = execution.open(input, execution)
  const expressions = [...groups.map(({ expression }) => expression), ...measures.flatMap(({ expression, per }) => [...(expression === undefined ? [] : [expression]), ...(per === undefined ? [] : [per])])]
  const names = new Set(expressions.flatMap((expression) => [...columnsOf(expression)]))
  const read = names.has('*') ? stream.columns : stream.columns.filter(({ name }) => names.has(name))
  const groupOf = groups.map(({ expression }) => compile(expression, read))
  const measuredOf = measures.map((measure) => valueOf(measure, read))
  for await (const page of stream.pages) {
    yield toRows(page, read).rows.map((row) => ({ values: groupOf.map((value) => value(row)), measured: measuredOf.map((value) => value(row)) }))
  }
}

function valueOf({ expression, per }: Measure, read: Parameters<typeof compile>[1]): (row: Row) => Value {
  if (expression === undefined) return () => null
  const value = compile(expression, read)
  if (per === undefined) return value
  const count = compile(per, read)
  return (row) => [value(row), count(row)]
}
