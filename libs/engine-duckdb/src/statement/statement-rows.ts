import { EngineDeclined, JoinedTwice, type RowLines } from '@tributary/operators'
import { addDecimals, type Column, divideDecimals, type Plan, type Value } from '@tributary/plan'
import { declinedMark, narrow, type ShownForm, wide } from './column-sql.js'
import type { DecimalWidth } from './dialect.js'
import { Refused } from './refused.js'
import { notUniqueMark } from './join-sql.js'
import type { TableSql } from './names.js'
import { planSql, type RowPart } from './plan-sql.js'

/** Why a plan over these given rows cannot be given away; undefined: it can. */
export function refusalOf(plan: Plan, given: ReadonlyMap<Plan, readonly Column[]>): string | undefined {
  const tables = new Map([...given].map(([node, columns]): readonly [Plan, TableSql] => [node, { columns, quoted: (name) => name, rows: () => '' }]))
  if ([...given.values()].some(alikeNames)) return 'two columns differ in the case of their names only'
  try {
    planSql(plan, tables)
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.message
    throw error
  }
}

/** The database does not tell such names apart. */
const alikeNames = (columns: readonly Column[]): boolean => new Set(columns.map(({ name }) => name.toLowerCase())).size < columns.length

/** Gives the lines of a query's one column. */
export type LinesOf = (query: string) => AsyncIterable<RowLines>

/**
 * The rows of a plan, by its columns. Decimals are computed in 64 bits where they fit, and in 128 where not.
 * @throws EngineDeclined, JoinedTwice
 */
export async function* planRows(plan: Plan, tables: ReadonlyMap<Plan, TableSql>, linesOf: LinesOf): AsyncGenerator<readonly (readonly Value[])[]> {
  const lines = await firstLines(plan, tables, linesOf)
  for await (const { parts, found } of lines) yield found.map((texts) => valuesOf(texts[Symbol.iterator](), parts))
}

interface Found {
  readonly parts: readonly RowPart[]
  readonly found: readonly (readonly (string | null)[])[]
}

/** Errors of values arise before the first line: the order of the rows needs all of them. */
async function firstLines(plan: Plan, tables: ReadonlyMap<Plan, TableSql>, linesOf: LinesOf): Promise<AsyncGenerator<Found>> {
  for (const width of [narrow, wide]) {
    const rows = queried(plan, tables, width, linesOf)
    try {
      const first = await rows.next()
      return continued(first, rows)
    } catch (error) {
      meaningOf(error, width === wide)
    }
  }
  throw new EngineDeclined('no width is wide enough')
}

async function* continued(first: IteratorResult<Found>, rest: AsyncGenerator<Found>): AsyncGenerator<Found> {
  if (first.done === true) return
  yield first.value
  yield* rest
}

async function* queried(plan: Plan, tables: ReadonlyMap<Plan, TableSql>, width: DecimalWidth, linesOf: LinesOf): AsyncGenerator<Found> {
  const { sql, parts } = planSql(plan, tables, { width })
  for await (const { bytes, offsets } of linesOf(sql)) {
    const texts = Array.from({ length: offsets.length >> 1 }, (_, row) => bytes.toString('utf8', offsets[2 * row], offsets[2 * row + 1]))
    yield { parts, found: JSON.parse(`[${texts.join(',')}]`) as readonly (readonly (string | null)[])[] }
  }
}

/** What values can do to a statement; all else is as it is. */
const valueErrors = /Invalid Input Error|Conversion Error|Out of Range Error|Binder Error/

/** Returns if a wider type may do. */
function meaningOf(error: unknown, widest: boolean): void {
  const text = String(error)
  const [, navigation, key] = new RegExp(`${notUniqueMark}:([^:]*):(\\[.*\\])`).exec(text) ?? []
  if (navigation !== undefined && key !== undefined) throw new JoinedTwice(navigation, JSON.parse(key) as readonly (string | null)[])
  if (!valueErrors.test(text)) throw error
  if (widest) throw new EngineDeclined(text.includes(declinedMark) ? 'a value is not written plainly' : text)
}

function valuesOf(texts: Iterator<string | null>, parts: readonly RowPart[]): readonly Value[] {
  const next = (): string | null => texts.next().value ?? null
  return parts.map((part): Value => {
    if (typeof part !== 'string') return valuesOf(texts, part)
    const text = next()
    if (part !== 'quotient') return text === null ? null : valueOf(text, part)
    const count = next() ?? '0'
    return text === null ? null : divideDecimals(text, count)
  })
}

function valueOf(text: string, form: Exclude<ShownForm, 'quotient'>): Value {
  switch (form) {
    case 'text': return text
    case 'exact': return addDecimals('0', text)
    case 'number': return Number(text)
    case 'truth': return text === 'true'
  }
}
