import { isSourceFailure } from '@tributary/operators'
import { type Column, type ExpandedRow, isStored, type MissingPart, type RowsPage, storedRows, type Value, type ValueType, withRowsChanged } from '@tributary/plan'
import type { BoundRows } from '@tributary/planner'
import { toldType } from './present-alternatives.js'
import { rowIds } from './row-ids.js'
import { streamReader, type StreamText, type StreamWay } from './stream-text.js'

/** Rows with a place for their streams; whoever fills the places waits for `filling`. */
interface Prepared {
  readonly columns: readonly Column[]
  readonly row: (values: readonly Value[], filling: Promise<void>[]) => readonly Value[]
}

const text: ValueType = Object.freeze({ name: 'Edm.String', base: 'Edm.String', collection: false })

/** True where a stream is shown within the rows, or within those expanded of them. */
export const hasStreams = ({ streams, related }: BoundRows): boolean => streams !== undefined || [...related.values()].some(hasStreams)

/**
 * Puts the bytes of streams into the rows that `$expand` wants them in: each is read from its source, several at a time, every stream of a
 * page once. Undefined where none is wanted. `partial`: a stream that its source fails to give is left out, and said why.
 * @throws (while pages are made) HUB_LIMIT_REQUESTS, HUB_LIMIT_BYTES_BUFFERED, HUB_SOURCE_*
 * @see OData JSON Format 4.01, sections 9 and 10
 */
export function inlineStreams(way: StreamWay & { readonly partial?: boolean }, bound: BoundRows): ((page: RowsPage) => Promise<RowsPage>) | undefined {
  if (!hasStreams(bound)) return undefined
  return async ({ columns, rows }) => {
    const read = streamReader(way)
    const prepared = prepare({ root: way.root, read: way.partial === true ? orMissing(read) : read }, columns, bound)
    const filling: Promise<void>[] = []
    const made = rows.map((row) => prepared.row(row, filling))
    await settled(filling)
    return { kind: 'rows', columns: prepared.columns, rows: made }
  }
}

/** The first failure, once nothing is left that could still fail unheard. */
async function settled(filling: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(filling)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

interface Reading {
  readonly root: string
  readonly read: (address: string) => Promise<StreamText | MissingPart | undefined>
}

/** Where a client goes on without it, a stream that fails is missing; what the client does wrong, and limits, still fail. */
const orMissing = (read: (address: string) => Promise<StreamText | undefined>): Reading['read'] => async (address) => {
  try {
    return await read(address)
  } catch (error) {
    if (!isSourceFailure(error)) throw error
    return { missing: { code: error.code, message: error.message } }
  }
}

function prepare(reading: Reading, columns: readonly Column[], bound: BoundRows): Prepared {
  const own = ownStreams(reading, columns, bound)
  const inner = columns.map((column) => {
    const rows = bound.related.get(column.name)
    return column.expanded === undefined || rows === undefined || !hasStreams(rows) ? undefined : prepare(reading, column.expanded.columns, rows)
  })
  const shaped = columns.map((column, index) => (column.expanded === undefined || inner[index] === undefined ? column : { ...column, expanded: { ...column.expanded, columns: inner[index].columns } }))
  return {
    columns: [...shaped, ...own.columns],
    row: (values, filling) => {
      const made = values.map((value, index) => (inner[index] === undefined ? value : eachRow(value, inner[index].row, filling)))
      return own.fill(made, filling)
    },
  }
}

type Fill = Prepared['row']

/** Rows that are stored wait for their streams page by page, when they are read. */
function eachRow(value: Value, change: Fill, filling: Promise<void>[]): Value {
  if (Array.isArray(value)) return change(value as readonly Value[], filling) as Value
  if (isStored(value)) return storedRows(() => filledPages(value, change), value.count)
  return withRowsChanged(value, (rows) => rows.map((row) => change(row, filling)))
}

async function* filledPages(pages: AsyncIterable<readonly ExpandedRow[]>, change: Fill): AsyncGenerator<readonly ExpandedRow[]> {
  for await (const rows of pages) {
    const filling: Promise<void>[] = []
    const made = rows.map((row) => change(row, filling))
    await settled(filling)
    yield made
  }
}

interface OwnStreams {
  readonly columns: readonly Column[]
  readonly fill: (values: Value[], filling: Promise<void>[]) => readonly Value[]
}

async function fillOne(values: Value[], at: { readonly bytes: number; readonly media: number }, reading: ReturnType<Reading['read']>): Promise<void> {
  const stream = await reading
  if (stream !== undefined && 'missing' in stream) {
    values[at.bytes] = stream
    values[at.media] = undefined
    return
  }
  values[at.bytes] = stream?.json ?? 'null'
  values[at.media] = stream?.type ?? values[at.media]
}

/** A column for each stream, and one for its media type where the rows have none. */
function ownStreams({ root, read }: Reading, columns: readonly Column[], bound: BoundRows): OwnStreams {
  const idOf = bound.streams === undefined ? undefined : rowIds(root, bound, columns)
  if (bound.streams === undefined || idOf === undefined) return { columns: [], fill: (values) => values }
  const added: Column[] = []
  const placeOf = (column: Column): number => {
    const known = columns.findIndex(({ name }) => name === column.name)
    return known < 0 ? columns.length + added.push(column) - 1 : known
  }
  const typeAt = columns.findIndex(({ name }) => name === '@odata.type')
  const streams = bound.streams.map(({ name, path, types }) => ({
    path, types: types === undefined ? undefined : new Set(types), bytes: placeOf({ name, type: text, json: true }),
    media: placeOf({ name: `${name === '$value' ? '' : name}@odata.mediaContentType`, type: text }),
  }))
  return {
    columns: added,
    fill: (values, filling) => {
      const made: Value[] = [...values, ...added.map(() => undefined)]
      const id = idOf(values).slice(root.length)
      for (const { path, types, bytes, media } of streams) {
        if (types !== undefined && !types.has(toldType(values[typeAt]) ?? bound.entityType)) continue
        filling.push(fillOne(made, { bytes, media }, read(`${id}${path}`)))
      }
      return made
    },
  }
}
