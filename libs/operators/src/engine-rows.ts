import { type Column, hashKey, isInteger, outputColumns, type Page, type Plan } from '@tributary/plan'
import { EngineDeclined, type EngineWork, JoinedTwice, type SpooledTable } from './engine.js'
import type { EnginePart } from './engine-part.js'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { pageBytes, pageLength, positionsOf, rowsPage, toRows } from './page-rows.js'
import { notUnique } from './per-parent.js'
import { mostHeld } from './spill-budget.js'

/** The rows of a part of a plan: as the operators make them, or the engine, where they are many. */
export const openPart = (part: EnginePart, execution: Execution): RowStream => ({ columns: outputColumns(part.node), pages: onEngine(part, execution), count: () => undefined })

/**
 * Reads the first rows and decides: few are joined and grouped in memory, as they come. With more of them, related rows are read as a whole,
 * if they are not too many for the keys seen, and all goes to the engine.
 */
async function* onEngine(part: EnginePart, execution: Execution): AsyncGenerator<Page> {
  const { work } = execution.state
  const stream = execution.open(part.driving, execution)
  const pages = stream.pages[Symbol.asyncIterator]()
  const first: Page[] = []
  try {
    const more = await readFirst(pages, first, execution)
    const tables = more && work !== undefined ? await otherTables(part, first, { work, execution }) : undefined
    if (work === undefined || tables === undefined) {
      yield* inMemory(part, replaying(part.driving, { ...stream, pages: chained(first, pages) }, execution))
      return
    }
    execution.context.notice?.({ operator: operatorOf(part.node), tier: 'embedded engine', why: `more than ${mostHeld(execution)} rows to join and group` })
    const table = await work.table(stream.columns)
    for await (const page of chained(first, pages)) await table.add(page)
    tables.set(part.driving, table)
    yield* fromEngine(part, { work, tables, execution })
  } finally {
    await pages.return?.()
  }
}

/** Reads until there are more rows, or bytes, than may be held; false: there are not. */
async function readFirst(pages: AsyncIterator<Page>, first: Page[], execution: Execution): Promise<boolean> {
  const most = mostHeld(execution)
  let rows = 0
  let bytes = 0
  while (rows <= most && bytes <= execution.context.limits.lookAheadBytes) {
    const next = await pages.next()
    if (next.done === true) return false
    first.push(next.value)
    rows += pageLength(next.value)
    bytes += pageBytes(next.value)
  }
  return true
}

async function* chained(first: Page[], rest: AsyncIterator<Page>): AsyncGenerator<Page> {
  yield* first.splice(0)
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

/** An execution in which a node gives rows that are being read already. */
function replaying(node: Plan, stream: RowStream, execution: Execution): Execution {
  let given = false
  return {
    ...execution,
    open(plan, inner) {
      if (plan !== node || given) return execution.open(plan, inner)
      given = true
      return stream
    },
  }
}

interface Working {
  readonly work: EngineWork
  readonly execution: Execution
}

/** Reading all rows pays as long as they are not more than so many times those that keys would find. */
const rowsPerKey = 5
const leastKeys = 1000

/** The rows of all inputs but the first, unless one that keys would find has too many. */
async function otherTables({ others, driving }: EnginePart, first: readonly Page[], working: Working): Promise<Map<Plan, SpooledTable> | undefined> {
  const tables = new Map<Plan, SpooledTable>()
  let keys = 0
  for (const { expand, leaf } of others) {
    if (tables.has(leaf) || leaf === driving) continue
    // Rows that are related to related ones are sought by as many keys as these have rows.
    const from = expand?.on.map((pair) => pair.from) ?? []
    keys = from.length > 0 && outputColumns(driving).some(({ name }) => name === from[0]) ? distinctKeys(first, outputColumns(driving), from) : Math.max(keys, leastKeys)
    const most = expand === undefined ? Infinity : rowsPerKey * Math.max(leastKeys, keys)
    const count = most === Infinity ? undefined : await countOf(leaf, working.execution)
    const table = count !== undefined && count > most ? undefined : await spooled(leaf, most, working)
    if (table === undefined) return undefined
    tables.set(leaf, table)
  }
  return tables
}

function distinctKeys(pages: readonly Page[], columns: readonly Column[], names: readonly string[]): number {
  const read = positionsOf(columns, names).flatMap((position) => columns[position] ?? [])
  const types = read.map(({ type }) => type)
  return new Set(pages.flatMap((page) => toRows(page, read).rows.map((row) => hashKey(types, row)))).size
}

/** The number of rows, where a source tells it without being read. */
async function countOf(leaf: Plan, execution: Execution): Promise<number | undefined> {
  if (leaf.kind !== 'remote') return undefined
  const { context } = execution
  const counting = context.place({ ...leaf.fragment, keys: [], order: [], skip: 0, take: 0, count: true }, context.endpoints)
  if (counting.plan.kind !== 'remoteScan' || counting.plan.counted !== true) return undefined
  const stream = execution.open(counting, execution)
  for await (const page of stream.pages) if (pageLength(page) > 0) return undefined
  return stream.count()
}

/** All rows of a leaf; undefined if there are more than `most`. */
async function spooled(leaf: Plan, most: number, { work, execution }: Working): Promise<SpooledTable | undefined> {
  const stream = execution.open(leaf, execution)
  const table = await work.table(stream.columns)
  let rows = 0
  for await (const page of stream.pages) {
    rows += pageLength(page)
    if (rows > most) return undefined
    await table.add(page)
  }
  return table
}

interface Querying extends Working {
  readonly tables: ReadonlyMap<Plan, SpooledTable>
}

/** What the engine's values do not allow is done in memory, from the beginning. */
async function* fromEngine(part: EnginePart, { work, tables, execution }: Querying): AsyncGenerator<Page> {
  const { node } = part
  const columns = outputColumns(node)
  try {
    for await (const rows of work.rows(node, tables)) yield rowsPage(columns, rows)
    return
  } catch (error) {
    if (error instanceof JoinedTwice) throw twice(part, error)
    if (!(error instanceof EngineDeclined)) throw error
    execution.context.notice?.({ operator: operatorOf(node), tier: 'memory', why: error.message })
  }
  yield* inMemory(part, execution)
}

const inMemory = ({ node }: EnginePart, execution: Execution): AsyncIterable<Page> => {
  const within: Execution = { ...execution, inMemory: true }
  return within.open(node, within).pages
}

/** What explain calls a part. */
const operatorOf = ({ kind }: Plan): string => `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`

function twice({ others }: EnginePart, error: JoinedTwice): Error {
  const met = others.find(({ expand }) => expand?.navigation.name === error.navigation)?.expand
  if (met === undefined) return error
  const related = outputColumns(met.related)
  const key = met.on.map(({ to }, index) => {
    const base = related.find(({ name }) => name === to)?.type.base ?? 'Edm.Untyped'
    const part = error.key[index] ?? null
    return part !== null && isInteger(base) && base !== 'Edm.Int64' ? Number(part) : part
  })
  return notUnique(met, key)
}
