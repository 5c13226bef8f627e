import type { Row } from './page-rows.js'

/** Reads one page ahead of whoever takes the rows, when told to. */
export interface PagePuller {
  /** Asks for the next page, unless one is on its way or the input has ended. */
  pull(): void
  /** The page on its way, if any; ends well even where reading fails. */
  pulling(): readonly Promise<void>[]
  /** Rows that have arrived since the last call. */
  taken(): readonly Row[]
  /** No page will arrive any more, and all rows were taken. */
  ended(): boolean
  /** @throws what reading failed with */
  check(): void
}

/** Reads `input`; nothing is read before the first `pull`. */
export function pagePuller(input: AsyncIterator<{ readonly rows: readonly Row[] }>): PagePuller {
  let arrived: readonly Row[] = []
  let pending: Promise<void> | undefined
  let failure: { readonly error: unknown } | undefined
  let done = false
  const read = async (): Promise<void> => {
    try {
      const next = await input.next()
      if (next.done === true) done = true
      else arrived = next.value.rows
    } catch (error) {
      failure = { error }
    } finally {
      pending = undefined
    }
  }
  return {
    pull() {
      if (!done && failure === undefined && arrived.length === 0) pending ??= read()
    },
    pulling: () => (pending === undefined ? [] : [pending]),
    taken() {
      const rows = arrived
      arrived = []
      return rows
    },
    ended: () => done && arrived.length === 0,
    check() {
      if (failure !== undefined) throw failure.error
    },
  }
}
