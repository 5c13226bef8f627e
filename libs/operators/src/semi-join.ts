import { isHubError } from '@tributary/errors'
import { constantRows, expand, type Expand, type ExpandedRow, outputColumns, type Page, type Plan, type SemiJoin, withInput } from '@tributary/plan'
import { buildBudget } from './budget.js'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { joinKeys, typesOf } from './join-keys.js'
import { keysTaken } from './key-dispatch.js'
import { pageLength, pickRows, positionsOf, rowsPage, toRows, withColumns, type Row } from './page-rows.js'
import { rowsOf, type Related } from './related-cache.js'
import { innerSideOf } from './related-rows.js'
import { keyOrder, sortKeys } from './row-order.js'

/** Distinct keys by their text: the values of the join columns. */
type Keys = Map<string, Row>

/** Rows of a page that leaves a sort. */
const pageRows = 1000

/**
 * Reads the keys of the related side first, unless the input is the smaller side. Few of them: the rows of the input are asked for by these keys, or, where their source takes
 * none, read and kept by them. More than may be held: the rows of the input are read, and their keys looked up. Which way it is shows
 * while it runs; all give the same rows.
 */
export function openSemiJoin(node: SemiJoin, execution: Execution): RowStream {
  return { columns: outputColumns(node), pages: joined(node, execution), count: () => undefined }
}

async function* joined(node: SemiJoin, execution: Execution): AsyncGenerator<Page> {
  const few = await fewRows(node, execution)
  if (few !== undefined) {
    yield* lookedUp(node, few, execution)
    return
  }
  const keys = await readKeys(node, execution)
  if (keys === undefined && node.ways !== undefined) yield* lookedUp(node, node.ways.lookup, execution)
  else if (keys !== undefined && (keys.size > 0 || node.anti)) yield* kept(node, keys, execution)
}

/**
 * Where the input is filtered, its first page tells whether it is the selective side: if its rows fit one batch of keys, they are looked up,
 * and no other key is read. Undefined: there are more.
 */
async function fewRows({ input, ways }: SemiJoin, execution: Execution): Promise<Plan | undefined> {
  if (ways === undefined || !isFiltered(input)) return undefined
  const rows: Row[] = []
  const stream = execution.open(input, execution)
  for await (const page of stream.pages) {
    rows.push(...toRows(page, stream.columns).rows)
    if (rows.length > execution.context.limits.batchKeys) return undefined
  }
  return overRows(ways.lookup, constantRows(stream.columns, rows))
}

/** A look-up is a filter over an expand over the rows of the input. */
const overRows = (lookup: Plan, rows: Plan): Plan | undefined =>
  lookup.kind === 'filter' && lookup.input.kind === 'expand' ? withInput(lookup, withInput(lookup.input, rows)) : undefined

function isFiltered(plan: Plan): boolean {
  switch (plan.kind) {
    case 'remote': return plan.fragment.filter !== undefined
    case 'filter': case 'sort': case 'compute': return isFiltered(plan.input)
    case 'expand': case 'semiJoin': case 'limit': case 'aggregate': case 'concat': case 'transformation': case 'given': case 'scan': case 'remoteScan': case 'constantRows': return false
  }
}

/** The distinct keys of the related rows; undefined where they are more than may be held and there is another way. */
async function readKeys({ input, related, on, ways }: SemiJoin, execution: Execution): Promise<Keys | undefined> {
  const { limits } = execution.context
  const budget = buildBudget(limits, 'of keys in one semi-join', execution.state.meter.memory)
  const keys: Keys = new Map()
  const stream = execution.open(related, execution)
  const read = joinKeys(stream.columns, on.map(({ to }) => to), typesOf(outputColumns(input), on.map(({ from }) => from)))
  const columns = stream.columns
  for await (const page of stream.pages) {
    for (const row of toRows(page, columns).rows) {
      const key = read(row)
      if (key === undefined || keys.has(key.hash)) continue
      if (ways === undefined) budget.hold(key.values)
      else if (keys.size >= limits.semiJoinKeys) return undefined
      keys.set(key.hash, key.values)
    }
  }
  return keys
}

async function* lookedUp(node: SemiJoin, lookup: Plan, execution: Execution): AsyncGenerator<Page> {
  const columns = outputColumns(node)
  for await (const page of execution.open(lookup, execution).pages) yield withColumns(page, columns)
}

/** By keys as far as the source takes them and the rows of one key can be held; what is left is kept while all rows are read. */
async function* kept(node: SemiJoin, keys: Keys, execution: Execution): AsyncGenerator<Page> {
  const byKeys = node.ways?.byKeys
  if (byKeys !== undefined && keysTaken(innerSideOf(byKeys), execution) !== undefined) {
    const pages = node.ways === undefined || node.ways.order.length === 0 ? readByKeys(node, byKeys, keys, execution) : sortedByKeys(node, byKeys, keys, execution)
    try {
      yield* pages
      return
    } catch (error) {
      if (!isHubError(error) || error.code !== 'HUB_LIMIT_EXCEEDED') throw error
    }
  }
  yield* scanned(node, keys, execution)
}

/** The rows of the input that have one of the keys; a key is taken off the list when all its rows have left. */
async function* readByKeys(node: SemiJoin, byKeys: Expand, keys: Keys, execution: Execution): AsyncGenerator<Page> {
  const columns = outputColumns(node)
  const names = node.on.map(({ to }) => to)
  const { columns: keyColumns } = byKeys.input.kind === 'constantRows' ? byKeys.input : { columns: [] }
  const order = positionsOf(keyColumns, names)
  const asRow = (values: Row): Row => keyColumns.map((_, position) => values[order.indexOf(position)])
  const sought = [...keys]
  const stream = execution.open(expand(constantRows(keyColumns, sought.map(([, values]) => asRow(values))), byKeys), execution)
  let done = 0
  for await (const page of stream.pages) {
    const given = toRows(page, stream.columns).rows
    const rows = given.flatMap((row) => rowsOf(relatedOf(row)))
    if (rows.length > 0) yield toRows(rowsPage(byKeys.navigation.expanded?.columns ?? columns, rows), columns)
    for (const [hash] of sought.slice(done, done + given.length)) keys.delete(hash)
    done += given.length
  }
}

/** The last column of a key's row: only the expand puts a value there. */
const relatedOf = (row: Row): Related => (row.at(-1) ?? null) as ExpandedRow | null

/** @throws HUB_LIMIT_EXCEEDED, before any row has left, if there are more rows than one sort may hold */
async function* sortedByKeys(node: SemiJoin, byKeys: Expand, keys: Keys, execution: Execution): AsyncGenerator<Page> {
  const columns = outputColumns(node)
  const order = node.ways?.order ?? []
  const keyOf = sortKeys(order, columns)
  const compare = keyOrder(order)
  const budget = buildBudget(execution.context.limits, 'in one sort', execution.state.meter.memory)
  const held: { readonly row: Row; readonly key: Row }[] = []
  try {
    for await (const page of readByKeys(node, byKeys, new Map(keys), execution)) {
      for (const row of toRows(page, columns).rows) {
        budget.hold(row)
        held.push({ row, key: keyOf(row) })
      }
    }
    held.sort((a, b) => compare(a.key, b.key))
    for (let start = 0; start < held.length; start += pageRows) yield rowsPage(columns, held.slice(start, start + pageRows).map(({ row }) => row))
  } finally {
    budget.release()
  }
}

/** All rows of the input that have one of the keys, or with `anti` none of them. Bytes are parsed for the join columns only. */
async function* scanned({ input, related, on, anti }: SemiJoin, keys: Keys, execution: Execution): AsyncGenerator<Page> {
  const stream = execution.open(input, execution)
  const names = on.map(({ from }) => from)
  const read = stream.columns.filter(({ name }) => names.includes(name))
  const keyOf = joinKeys(read, names, typesOf(outputColumns(related), on.map(({ to }) => to)))
  for await (const page of stream.pages) {
    const positions: number[] = []
    toRows(page, read).rows.forEach((row, position) => {
      const key = keyOf(row)
      if ((key !== undefined && keys.has(key.hash)) !== anti) positions.push(position)
    })
    const found = pickRows(page, positions)
    if (pageLength(found) > 0) yield found
  }
}
