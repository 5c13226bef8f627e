import { evidenceSet, type MissingPart, type Plan, type Remote } from '@tributary/plan'
import type { Accepted, Source } from '@tributary/source'
import type { Execution } from './execution.js'
import { isHubError } from '@tributary/errors'
import { batchLedger } from './batch-ledger.js'
import { missingPart } from './missing-part.js'
import { joinChoice } from './join-choice.js'
import { inFlight } from './in-flight.js'
import type { KeyQueue, Sought } from './key-queue.js'
import { lookUp, readKept, type KeptWhole } from './kept-whole.js'
import { BatchTooLarge, readBatch, readWhole, type InnerSide, type RowsByKey } from './related-reader.js'
import { rowsOf } from './related-cache.js'
import { PlacedAnew } from './remote.js'
import { acceptedOf } from './accepted.js'
import type { KeyDispatch } from './sought-rows.js'

/** Who gets the rows that were read. */
export interface Delivery {
  batch(batch: readonly Sought[], rows: RowsByKey): void
  /** The whole inner side was read: no key has to be asked for any more. */
  whole(rows: RowsByKey): void
  /** The inner side cannot be read, and the request goes on without it. */
  lost(part: MissingPart): void
}

/**
 * Sends what waits in `queue` and gives the answers to `delivery`. Batches that have to be made anew go back into the queue: after the
 * fragment was placed anew, or with fewer keys where their rows are more than may be held.
 */
export function keyDispatch(inner: InnerSide, execution: Execution, queue: KeyQueue, delivery: Delivery): KeyDispatch {
  const reads = inFlight()
  const ledger = batchLedger(provenByProbes(inner, execution), execution.context.limits)
  let whole = false
  let kept: KeptWhole | undefined
  const choice = joinChoice(inner, execution, (read) => reads.start(read))
  const lose = (error: unknown): void => {
    delivery.lost(missingPart(error, inner, execution))
    whole = true
  }
  const readAll = (side: InnerSide): void => {
    whole = true
    reads.start(async () => {
      try {
        const rows = await wholeOrNone(side, execution, side !== inner)
        whole = rows instanceof Map
        if (rows === undefined) choice.giveUp()
        else if ('find' in rows) kept = rows
        else delivery.whole(rows)
      } catch (error) {
        lose(error)
      }
    })
  }
  const sendBatch = (keyed: Remote, batch: readonly Sought[]): void => {
    ledger.sent(batch.length)
    reads.start(() => inLane(inner, keyed, execution, async () => {
      try {
        const rows = await readBatch(inner, keyed, batch, execution)
        ledger.answered(batch.length, rowsIn(rows))
        delivery.batch(batch, rows)
      } catch (error) {
        if (error instanceof BatchTooLarge) queue.narrow(batch.length >> 1)
        else if (error instanceof PlacedAnew) ledger.placedAnew()
        else return lose(error)
        queue.putBack(batch)
      }
    }))
  }
  return {
    get inFlight() { return reads.size },
    settled: () => reads.settled(),
    check: () => reads.check(),
    saturated: () => reads.size >= ledger.width() && queue.size >= execution.context.limits.batchKeys,
    mayHurry: (quiet) => quiet || kept !== undefined || ledger.mayHurry(queue.size),
    send(partial) {
      if (whole) return
      if (kept !== undefined) return lookUp(kept, { reads, queue, deliver: delivery.batch }, partial)
      const side = choice.whole({ ...ledger.progress(), waiting: queue.size, ended: partial })
      if (side !== undefined) return readAll(side)
      while (queue.size > 0 && reads.size < ledger.width()) {
        const taken = keysTaken(inner, execution)
        if (taken === undefined) return readAll(inner)
        const batch = batchOf(taken, queue, partial)
        if (batch === undefined) return
        sendBatch(taken.keyed, batch)
      }
    },
  }
}

function batchOf({ accepted, fits }: KeysTaken, queue: KeyQueue, partial: boolean): readonly Sought[] | undefined {
  queue.widen(accepted.batchKeys ?? 0)
  return queue.take(fits, partial)
}

/** Undefined: it is more than may be held, and there is another way. Without one it goes on beyond memory. */
async function wholeOrNone(side: InnerSide, execution: Execution, otherWay: boolean): Promise<RowsByKey | KeptWhole | undefined> {
  if (!otherWay && execution.state.work !== undefined) return readKept(side, execution)
  try {
    return await readWhole(side, execution)
  } catch (error) {
    if (otherWay && isHubError(error) && error.code === 'HUB_LIMIT_EXCEEDED') return undefined
    throw error
  }
}

const rowsIn = (groups: RowsByKey): number => [...groups.values()].reduce((sum, rows) => sum + ('made' in rows ? rowsOf(rows.made).length : rows.length), 0)

interface KeysTaken {
  readonly keyed: Remote
  readonly accepted: Accepted
  readonly fits: (tuples: Parameters<Source['batchOf']>[1]) => number
}

/** How the inner side takes keys at present; undefined: it takes none. */
export function keysTaken({ keyed }: InnerSide, { state, context }: Execution): KeysTaken | undefined {
  const scan = keyed === undefined ? undefined : state.placement(keyed).current().scan
  if (keyed === undefined || scan === undefined) return undefined
  const accepted = acceptedOf(scan)
  if (accepted.keyForm === undefined) return undefined
  const { source } = context.endpoints.endpoint(scan.target.endpoint)
  return { keyed, accepted, fits: (tuples) => source.batchOf(accepted, tuples) }
}

/** Whether everything the keyed scan relies on has been proved, so that lanes may open at once. */
function provenByProbes(inner: InnerSide, execution: Execution): boolean {
  const taken = keysTaken(inner, execution)
  if (taken === undefined) return true
  const { target } = taken.keyed.fragment.scan
  const able = execution.context.endpoints.capabilities(target.endpoint, evidenceSet(target))
  return taken.accepted.relies.every((feature) => able.fact(feature).trust === 'exact')
}

/** Reads in one of the source's lanes. An inner side with expands of its own waits for their lanes and so must not hold one. */
function inLane(inner: InnerSide, keyed: Remote, { state }: Execution, read: () => Promise<void>): Promise<void> {
  return expands(inner.core) ? read() : state.lanes(keyed.fragment.scan.target.endpoint).run(read)
}

function expands(plan: Plan): boolean {
  switch (plan.kind) {
    case 'expand': case 'semiJoin': return true
    case 'filter': case 'sort': case 'limit': case 'compute': case 'aggregate': return expands(plan.input)
    case 'concat': case 'transformation': return plan.inputs.some(expands)
    case 'given': case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return false
  }
}
