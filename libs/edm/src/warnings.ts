import type { ModelWarning } from './model.js'

/** Where something stands in a document. Both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Collects what was skipped or repaired; the same message is kept once, at its first place. */
export interface Warnings {
  warn(position: Position, message: string): void
  readonly list: readonly ModelWarning[]
}

const most = 500

/** An empty collection of warnings; it stops growing at 500 and then says how many more there were. */
export function warnings(): Warnings {
  const first = new Map<string, ModelWarning>()
  let dropped = 0
  return {
    warn(position, message) {
      if (first.has(message)) return
      if (first.size >= most) dropped += 1
      else first.set(message, Object.freeze({ line: position.line, column: position.column, message }))
    },
    get list() {
      const list = [...first.values()]
      if (dropped > 0) list.push({ line: 0, column: 0, message: `${dropped} further warnings are left out` })
      return Object.freeze(list)
    },
  }
}
