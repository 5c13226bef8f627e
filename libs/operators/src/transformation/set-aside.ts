import { rowsOfLines, rowText } from '../carried-rows.js'
import type { EngineWork, RowSorter } from '../engine.js'
import type { Row } from '../page-rows.js'

/** Rows of one group for which there is no room, by what tells them apart. */
export interface Aside {
  put(key: string, row: Row): void
  /** Those of one key behind one another, keys in the order in which they first came, some at a time; they are forgotten then. */
  drain(): AsyncGenerator<readonly AsideRow[]>
}

/** A row that was set aside: `first` tells that none of its key came before it. */
export interface AsideRow {
  readonly first: boolean
  readonly row: Row
}

/** Where rows are set aside. */
export interface AsideRows {
  aside(): Aside
  /** Writes what was put since the last time. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Nothing is set aside yet. @param work what it lies with, asked for when there is something */
export function asideRows(work: () => EngineWork): AsideRows {
  const waiting = new Set<() => Promise<void>>()
  const open = new Set<RowSorter>()
  const flush = async (): Promise<void> => {
    for (const write of waiting) {
      waiting.delete(write)
      await write()
    }
  }
  return {
    flush,
    async close() {
      for (const sorter of open) await sorter.close()
      open.clear()
    },
    aside() {
      let pending: Put[] = []
      let sorter: RowSorter | undefined
      const write = async (): Promise<void> => {
        sorter ??= await work().sorter([false], 'together')
        open.add(sorter)
        await sorter.add(pending.splice(0).map(({ key, row }) => ({ keys: [key], row: rowText([key, ...row]) })))
      }
      return {
        put(key, row) {
          if (pending.length === 0) waiting.add(write)
          pending.push({ key, row })
        },
        async *drain() {
          if (sorter === undefined) {
            waiting.delete(write)
            const few = pending
            pending = []
            yield inMemory(few)
            return
          }
          await flush()
          yield* together(sorter)
          await sorter.close()
          open.delete(sorter)
          sorter = undefined
        },
      }
    },
  }
}

interface Put {
  readonly key: string
  readonly row: Row
}

/** Those that were never written: no more than what came since the last time that anything was. */
const inMemory = (rows: readonly Put[]): readonly AsideRow[] =>
  [...Map.groupBy(rows, ({ key }) => key).values()].flatMap((same) => same.map(({ row }, index) => ({ first: index === 0, row })))

async function* together(sorter: RowSorter): AsyncGenerator<readonly AsideRow[]> {
  let last: string | undefined
  for await (const lines of sorter.sorted()) {
    yield rowsOfLines(lines).map(([key, ...row]) => {
      const first = key !== last
      last = String(key)
      return { first, row }
    })
  }
}
