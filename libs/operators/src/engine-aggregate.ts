import { type Aggregate, type Column, type Expand, hashKey, isInteger, outputColumns, type Page, type Plan } from '@tributary/plan'
import { EngineDeclined, type EngineWork, JoinedTwice, type SpooledTable } from './engine.js'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { pageBytes, pageLength, positionsOf, toRows, type Row } from './page-rows.js'
import { notUnique } from './per-parent.js'
import { mostHeld } from './spill-budget.js'

/** A part of a plan that the engine can do as a whole: an aggregation over rows and what they are joined with. */
export interface EnginePart {
  readonly node: Aggregate
  /** What the rows that are grouped come from. */
  readonly driving: Plan
  /** The to-one expands of the part, and what their related rows come from. */
  readonly joins: readonly Join[]
}

interface Join {
  readonly expand: Expand
  readonly leaf: Plan
}

/** How the part is done otherwise; and how rows of the engine's become those of the aggregation. */
export interface OtherWay {
  inMemory(execution: Execution): AsyncIterable<Page>
  page(rows: readonly Row[]): Page
}

/** The part that begins with `node`, if it joins, there is an engine, and the engine means the same as we do. */
export function enginePart(node: Aggregate, { context: { engine }, state: { work } }: Execution): EnginePart | undefined {
  if (engine === undefined || work === undefined) return undefined
  const joins: Join[] = []
  const driving = leafOf(node.input, joins)
  const given = new Map([driving, ...joins.map(({ leaf }) => leaf)].map((leaf): readonly [Plan, readonly Column[]] => [leaf, outputColumns(leaf)]))
  return joins.length === 0 || engine.refusal(node, given) !== undefined ? undefined : { node, driving, joins }
}

function leafOf(plan: Plan, joins: Join[]): Plan {
  if (plan.kind === 'filter' || plan.kind === 'compute') return leafOf(plan.input, joins)
  if (plan.kind !== 'expand' || !isPlain(plan)) return plan
  const leaf = leafOf(plan.input, joins)
  joins.push({ expand: plan, leaf: leafOf(plan.related, joins) })
  return leaf
}

const isPlain = ({ navigation, perParent: { order, skip, take, count } }: Expand): boolean =>
  navigation.expanded?.toMany === false && order.length === 0 && skip === 0 && take === undefined && !count

/**
 * Reads the first rows and decides: few are joined and grouped in memory, as they come. With more of them, related rows are read as a whole,
 * if they are not too many for the keys seen, and all goes to the engine.
 */
export async function* onEngine(part: EnginePart, execution: Execution, other: OtherWay): AsyncGenerator<Page> {
  const { work } = execution.state
  const stream = execution.open(part.driving, execution)
  const pages = stream.pages[Symbol.asyncIterator]()
  const first: Page[] = []
  try {
    const more = await readFirst(pages, first, execution)
    const tables = more && work !== undefined ? await relatedTables(part, first, { work, execution }) : undefined
    if (work === undefined || tables === undefined) {
      yield* other.inMemory(replaying(part.driving, { ...stream, pages: chained(first, pages) }, execution))
      return
    }
    execution.context.notice?.({ operator: 'Aggregate', tier: 'embedded engine', why: `more than ${mostHeld(execution)} rows to join and group` })
    const table = await work.table(stream.columns)
    for await (const page of chained(first, pages)) await table.add(page)
    tables.set(part.driving, table)
    yield* grouped(part, { work, tables, other, execution })
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
  return { ...execution, open: (plan, inner) => (plan === node ? stream : execution.open(plan, inner)) }
}

interface Working {
  readonly work: EngineWork
  readonly execution: Execution
}

/** Reading all rows pays as long as they are not more than so many times those that keys would find. */
const rowsPerKey = 5
const leastKeys = 1000

/** The related rows of every join, unless one of them has too many. */
async function relatedTables({ joins, driving }: EnginePart, first: readonly Page[], working: Working): Promise<Map<Plan, SpooledTable> | undefined> {
  const tables = new Map<Plan, SpooledTable>()
  let keys = 0
  for (const { expand, leaf } of joins) {
    // Rows that are related to related ones are sought by as many keys as these have rows.
    const from = expand.on.map((pair) => pair.from)
    keys = outputColumns(driving).some(({ name }) => name === from[0]) ? distinctKeys(first, outputColumns(driving), from) : Math.max(keys, leastKeys)
    const most = rowsPerKey * Math.max(leastKeys, keys)
    const count = await countOf(leaf, working.execution)
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

interface Grouping extends Working {
  readonly tables: ReadonlyMap<Plan, SpooledTable>
  readonly other: OtherWay
}

/** What the engine's values do not allow is done in memory, from the beginning. */
async function* grouped({ node, joins }: EnginePart, { work, tables, other, execution }: Grouping): AsyncGenerator<Page> {
  try {
    for await (const rows of work.groups(node, tables)) yield other.page(rows)
    return
  } catch (error) {
    if (error instanceof JoinedTwice) throw twice(joins, error)
    if (!(error instanceof EngineDeclined)) throw error
    execution.context.notice?.({ operator: 'Aggregate', tier: 'memory', why: error.message })
  }
  yield* other.inMemory(execution)
}

function twice(joins: readonly Join[], error: JoinedTwice): Error {
  const met = joins.find(({ expand }) => expand.navigation.name === error.navigation)
  if (met === undefined) return error
  const related = outputColumns(met.expand.related)
  const key = met.expand.on.map(({ to }, index) => {
    const base = related.find(({ name }) => name === to)?.type.base ?? 'Edm.Untyped'
    const part = error.key[index] ?? null
    return part !== null && isInteger(base) && base !== 'Edm.Int64' ? Number(part) : part
  })
  return notUnique(met.expand, key)
}
