import { compilePredicate, outputColumns, type Expand, type Offered, type Plan, type Value } from '@tributary/plan'
import type { Execution } from './execution.js'
import { joinKeys, typesOf, type JoinKey } from './join-keys.js'
import type { Doubted, Sought } from './key-queue.js'
import { isRecord, offeredRow } from './offered-row.js'
import { offerTrust } from './offer-trust.js'
import type { Row } from './page-rows.js'
import { rowOrder } from './row-order.js'

/** What becomes of an offer. */
export interface Judgement {
  readonly rows?: readonly Row[]
  readonly doubted?: Doubted
}

const none: Judgement = Object.freeze({})

/** Related rows that came within the rows they belong to, each offer judged by itself. */
export interface Offers {
  /**
   * The offered rows, by the columns of the related plan, where they can be believed; without them the key is looked up. `doubted`: what has to be
   * compared with what it brings.
   */
  judge(key: JoinKey, offered: Offered | undefined): Judgement
  /** A key was looked up, and brought so many rows. */
  lookedUp(key: Pick<Sought, 'doubted'>, found: number): void
}

/**
 * The offers of an expand whose rows come with the rows of its input; undefined: there are none. Rows match by our own keys and are filtered
 * again. Whether *all* related rows came nobody says: a remote may cut each collection off. One that gave so many rows in one place has cut off none
 * that are fewer in another; the largest collections so far are compared with what their keys bring, unless the remote counts them and was seen to
 * count what it did not give. They count as rows that were read.
 * @throws (by `judge`) HUB_LIMIT_ROWS_READ
 */
export function offersOf(node: Expand, core: Plan, execution: Execution): Offers | undefined {
  const { inline } = node
  if (inline === undefined) return undefined
  const { inlined: { toMany, top, order, filter }, endpoint, limited } = inline
  const { context: { chosen }, state: { meter } } = execution
  const columns = outputColumns(core)
  const rowOf = offeredRow(node, inline, columns)
  const matches = filter === undefined ? (): boolean => true : compilePredicate(filter, columns)
  const keyOf = joinKeys(columns, node.on.map(({ to }) => to), typesOf(outputColumns(node.input), node.on.map(({ from }) => from)))
  const compare = order.length === 0 ? undefined : rowOrder(order, columns)
  const trust = offerTrust(inline, execution)
  if (inline.costs !== undefined) chosen?.({ navigation: node.navigation.name, source: endpoint, join: 'within rows', keys: inline.costs.keys, bindMs: Math.round(inline.costs.bindMs), inlineMs: Math.round(inline.costs.inlineMs) })

  const wrong = (why: string): Judgement => {
    trust.distrust(why)
    return none
  }
  const useless = (why: string): Judgement => {
    trust.useless(why)
    return none
  }
  const oneOf = (key: JoinKey, offered: Value): Judgement => {
    // No row, where a key names one: nobody knows whether there is none.
    if (offered === null) return none
    const row = isRecord(offered) ? rowOf(offered, key) : undefined
    if (row === undefined) return wrong('related rows came without what was asked for')
    meter.rows(1, endpoint)
    return keyOf(row)?.hash === key.hash ? { rows: [row].filter(matches) } : none
  }
  const manyOf = (key: JoinKey, { offered, count }: Offered): Judgement => {
    if (!Array.isArray(offered)) return offered === null ? none : wrong('related rows did not come')
    const rows = (offered as readonly Value[]).flatMap((value): readonly Row[] => {
      const row = isRecord(value) ? rowOf(value, key) : undefined
      return row === undefined ? [] : [row]
    })
    if (rows.length < offered.length) return wrong('related rows came without what was asked for')
    meter.rows(rows.length, endpoint)
    const wanted = rows.filter((row) => keyOf(row)?.hash === key.hash && matches(row))
    const cut = limited && rows.length === top
    if (limited && (wanted.length < rows.length || !isOrdered(rows, compare))) return wrong('related rows were filtered or ordered otherwise')
    const { length } = rows
    if (count !== undefined && count > length && !cut) return useless('fewer related rows came than were counted')
    if (cut || count === length || trust.isWhole(length)) return { rows: wanted }
    return { ...useless('as many related rows came with most rows as with any, so that there may be more'), doubted: { given: length, wanted: wanted.length } }
  }
  return {
    judge(key, offer) {
      if (offer === undefined || !trust.believed()) return none
      if (offer.more) return useless('most related rows came with a link to the rest')
      const judged = toMany ? manyOf(key, inline.counted ? offer : { offered: offer.offered, more: false }) : oneOf(key, offer.offered)
      if (judged.rows !== undefined) trust.taken()
      return judged
    },
    lookedUp({ doubted }, found) {
      if (doubted === undefined) return
      if (found === doubted.wanted) trust.verified(doubted.given)
      else trust.distrust(`${doubted.wanted} related rows came of ${found}`)
    },
  }
}

function isOrdered(rows: readonly Row[], compare: ((a: Row, b: Row) => number) | undefined): boolean {
  return compare === undefined || rows.every((row, index) => index === 0 || compare(rows[index - 1] ?? row, row) <= 0)
}
