import type { Value } from '@tributary/plan'
import type { Row } from '../page-rows.js'
import type { ReachVisitor } from './reach.js'
import type { Aside } from './set-aside.js'
import type { MeasureRoom } from './state-room.js'

/** Takes what is reached: each time, or, where it has an identity, once. */
export interface OnceEach extends ReachVisitor {
  /** Takes what found no room, in the order in which it came. */
  settle(): Promise<void>
}

/**
 * Goes on with what is reached as long as there is room for what tells it apart; the rest is set aside.
 * @param payloadOf what of a value is needed to take it
 */
export function onceEach(room: MeasureRoom, payloadOf: (value: Value) => Row, take: (payload: Row) => void): OnceEach {
  const seen = new Set<string>()
  let aside: Aside | undefined
  /** Of what has no room: its identity, and which time something was reached. */
  let waiting: string | undefined
  let times = 0
  return {
    enter(identity) {
      waiting = undefined
      times += 1
      if (seen.has(identity)) return false
      if (room.holds([identity])) seen.add(identity)
      else {
        waiting = identity
        // Also what leads to no value counts as reached.
        aside ??= room.aside()
        aside.put(identity, [times])
      }
      return true
    },
    visit(value) {
      if (waiting === undefined) take(payloadOf(value))
      else (aside ??= room.aside()).put(waiting, [times, ...payloadOf(value)])
    },
    async settle() {
      if (aside === undefined) return
      let counting: Value
      for await (const rows of aside.drain()) {
        for (const { first, row: [time, ...payload] } of rows) {
          if (first) counting = time
          else if (time === counting) take(payload)
        }
        await room.flush()
      }
    },
  }
}
