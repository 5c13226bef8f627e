import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { jest } from '@jest/globals'
import type { DuckdbEngine, DuckdbOptions } from '@tributary/engine-duckdb'
import { engineIn, scratch, type Scratch } from './given-rows.js'

/** The engine of a block of tests, and the spool it keeps its rows in. */
export interface EngineFixture {
  readonly engine: DuckdbEngine
  readonly spool: Pick<Scratch, 'path'>
  /** The files that rows lie in. */
  lying(): Promise<readonly string[]>
}

/** A busy machine makes the database slow, which is no fault of it: nothing here is judged by how long it takes. */
const patienceMs = 600_000

/** Gives the tests of a file all the time they need. */
export const patient = (): void => void jest.setTimeout(patienceMs)

/** Opens an engine in a spool of its own before the tests of the block around, and removes both after them. */
export function engineFixture(options: Partial<DuckdbOptions> = {}): EngineFixture {
  patient()
  const opened: { spool?: Scratch; engine?: DuckdbEngine } = {}
  beforeAll(async () => {
    opened.spool = await scratch()
    opened.engine = await engineIn(opened.spool, options)
  })
  afterAll(async () => {
    await opened.engine?.close()
    await opened.spool?.remove()
  })
  const engine = (): DuckdbEngine => required(opened.engine)
  const spool = { get path() { return required(opened.spool).path } }
  return {
    spool,
    engine: {
      begin: (signal) => engine().begin(signal),
      refusal: (plan, given) => engine().refusal(plan, given),
      spooledBytes: () => engine().spooledBytes(),
      requests: () => engine().requests(),
      check: () => engine().check(),
      close: () => engine().close(),
    },
    lying: () => filesIn(spool.path),
  }
}

/** What rows lie in, of all owners: who they are is written beside them. */
export async function filesIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile() && entry.name !== 'owner.json').map((entry) => join(entry.parentPath, entry.name))
}

function required<Opened>(opened: Opened | undefined): Opened {
  if (opened === undefined) throw new Error('The engine is open while tests run')
  return opened
}
