import { openDuckdb, type DuckdbEngine } from '@tributary/engine-duckdb'
import type { EngineSettings, Log } from '@tributary/nest'

/** The engine, and from how many rows on it takes over. */
export interface EmbeddedEngine {
  readonly engine: DuckdbEngine
  readonly fromRows: number
}

/**
 * Opens the embedded engine, where it is wanted. Without it queries are answered all the same, within the limits of memory: a platform it
 * is not built for, or a spool that cannot be written, is told to the log and no reason not to start.
 */
export async function openEngine(settings: EngineSettings | undefined, log: Log): Promise<EmbeddedEngine | undefined> {
  if (settings === undefined) return undefined
  try {
    return { engine: await openDuckdb(settings), fromRows: settings.fromRows }
  } catch (error) {
    log.warn({ err: error }, 'The embedded engine cannot be used: sorts, groups and joins keep to the limits of memory.')
    return undefined
  }
}
