import type { BaseType, Column, RowsPage } from '@tributary/plan'
import type { LinkedAbort } from '@tributary/source'
import type { ExecutionLimits } from './execution-limits.js'
import type { JoinKey } from './join-keys.js'
import type { Memory } from './meter.js'
import type { Sought } from './key-queue.js'
import { offeredAt } from './offered-value.js'
import { pagePuller, type PagePuller } from './page-puller.js'
import { rowsPage, type Row } from './page-rows.js'
import { rowBytes } from './row-bytes.js'
import { rowsAt, withValuesAt, type Step } from './seekers.js'
import type { KeyDispatch, RelatedRows } from './sought-rows.js'

/** One expand over a stream of rows. */
export interface JoinStage {
  readonly related: RelatedRows
  /** Where, within a row of the stream, the rows stand that get the new column: empty for the row itself. */
  readonly path: readonly Step[]
  /** Where the new column stands in those rows. */
  readonly position: number
  readonly keyOf: (row: Row) => JoinKey | undefined
  /** Types of the seeking columns. */
  readonly from: readonly BaseType[]
  readonly columns: readonly Column[]
  /** What may be held while keys are collected. */
  readonly limits: Pick<ExecutionLimits, 'lookAheadRows' | 'lookAheadBytes'>
  /** Aborted when no more rows are wanted: cancels a page that is being read ahead, so that closing the input does not wait for it. */
  readonly closing: LinkedAbort
  /** What the request may hold; `what` names the rows that wait, for errors. */
  readonly memory: Memory
  readonly what: string
}

/** A row of the stream and the keys its parts seek; undefined: never joins. */
interface Waiting {
  readonly row: Row
  readonly seeks: readonly (Sought | undefined)[]
}

/** After this many rows without a new key, keys are taken to be exhausted. */
const quietRows = 2000

/**
 * Adds an expanded column to rows as they stream by: keys of rows ahead are collected into full batches, several batches are read at
 * a time, and rows leave in their order as soon as what they wait for has arrived. Holds no more rows than the look-ahead (and the
 * page that reached it).
 */
export async function* bindJoin(input: AsyncGenerator<RowsPage>, stage: JoinStage): AsyncGenerator<RowsPage> {
  const { reads } = stage.related
  const waiting: Waiting[] = []
  const keys = { seen: 0, quietRows: 0 }
  const room = waitingRoom(stage)
  const source = pagePuller(input)
  try {
    while (!(source.ended() && waiting.length === 0)) {
      source.check()
      reads.check()
      for (const row of source.taken()) {
        waiting.push(seek(row, stage))
        keys.quietRows = stage.related.keysSought() === keys.seen ? keys.quietRows + 1 : 0
        keys.seen = stage.related.keysSought()
      }
      const held = waiting.length >= room.rows(waiting)
      if (!held && !reads.saturated()) source.pull()
      reads.send(source.ended())
      const ready = leaving(waiting, stage)
      if (ready.length > 0) yield rowsPage(stage.columns, ready)
      else await nextArrival(source, reads, { blocked: waiting.length > 0, held, quiet: keys.quietRows >= quietRows })
    }
  } finally {
    room.close()
    stage.closing.abort()
    stage.closing.unlink()
    await input.return(undefined)
  }
}

/** How many rows may wait, judged by the size of the first. */
interface WaitingRoom {
  /** Counts those that wait as held by the request. @throws HUB_LIMIT_BYTES_BUFFERED */
  rows(waiting: readonly Waiting[]): number
  close(): void
}

/** Fewer rows wait where the request holds much already: half of what is left is for them. */
function waitingRoom({ limits, memory, what }: Pick<JoinStage, 'limits' | 'memory' | 'what'>): WaitingRoom {
  let held = 0
  const holds = (bytes: number): void => {
    const more = bytes - held
    held = bytes
    if (more < 0) memory.release(-more)
    else memory.hold(more, what)
  }
  return {
    rows(waiting) {
      const [first] = waiting
      if (first === undefined) {
        holds(0)
        return limits.lookAheadRows
      }
      const size = rowBytes(first.row)
      holds(size * waiting.length)
      return Math.max(1, Math.min(limits.lookAheadRows, Math.ceil(limits.lookAheadBytes / size), Math.floor((held + Math.max(0, memory.left())) / 2 / size)))
    },
    close: () => holds(0),
  }
}

interface Progress {
  /** Rows wait for keys that were not read. */
  readonly blocked: boolean
  /** No more rows may be held. */
  readonly held: boolean
  /** The rows read lately brought no new key. */
  readonly quiet: boolean
}

/** Waits for a page or an answer. If nothing is under way, what was collected is sent, full or not, where rows must or may leave. */
async function nextArrival(source: PagePuller, reads: KeyDispatch, { blocked, held, quiet }: Progress): Promise<void> {
  if (blocked && reads.inFlight === 0 && (held || reads.mayHurry(quiet))) reads.send(true)
  await Promise.race([...source.pulling(), ...(reads.inFlight > 0 ? [reads.settled()] : [])])
}

const seek = (row: Row, stage: JoinStage): Waiting =>
  ({ row, seeks: stage.path.length === 0 ? [soughtBy(row, stage)] : rowsAt(row, stage.path).map((inner) => soughtBy(inner, stage)) })

function soughtBy(row: Row, { position, keyOf, from, related }: JoinStage): Sought | undefined {
  const key = keyOf(row)
  return key === undefined ? undefined : related.seek(key, from, offeredAt(row[position]))
}

/** Removes the leading rows that wait for nothing any more, and gives them their new column. */
function leaving(waiting: Waiting[], stage: JoinStage): readonly Row[] {
  const blocked = waiting.findIndex(({ seeks }) => seeks.some((sought) => sought !== undefined && sought.found === undefined))
  return waiting.splice(0, blocked < 0 ? waiting.length : blocked).map(({ row, seeks }) => {
    const values = seeks.map((sought) => sought?.found ?? (sought === undefined ? stage.related.none : null))
    return withValuesAt(row, stage.path, stage.position, values.values())
  })
}
