import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckdb, type DuckdbEngine, type DuckdbOptions } from '@tributary/engine-duckdb'
import { defaultLimits, execute, type Engine, type ExecutionContext, type ExecutionLimits } from '@tributary/operators'
import { isStored, outputColumns, parseRows, type Page, type Plan, type Value } from '@tributary/plan'
import { endpointsOf, readOf, type Pages } from './paged-source.js'

/** A directory that is gone after the test. */
export interface Scratch {
  readonly path: string
  remove(): Promise<void>
}

export async function scratch(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), 'tributary-spool-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** An engine in a directory of its own. */
export async function engineIn(spool: Scratch, options: Partial<DuckdbOptions> = {}): Promise<DuckdbEngine> {
  return openDuckdb({ spoolDirectory: spool.path, spoolBytes: 2e9, memoryBytes: 200e6, ...options })
}

export interface RunOptions {
  readonly engine?: Engine
  /** What the sets of the endpoint `paged` hold. */
  readonly sets?: Readonly<Record<string, Pages>>
  readonly limits?: Partial<ExecutionLimits>
  readonly signal?: AbortSignal
  readonly notice?: NonNullable<ExecutionContext['notice']>
  /** Whether values may be rows that are stored. */
  readonly stored?: boolean
}

/** The pages of a plan. */
export function pagesOf(plan: Plan, { engine, sets = {}, limits = {}, signal = new AbortController().signal, notice, stored = false }: RunOptions = {}): AsyncIterable<Page> {
  const context: ExecutionContext = {
    endpoints: endpointsOf(sets), place: ({ scan, keys: [key] }) => readOf(scan.target.entitySet, scan.columns, key), signal, stored, observe: () => undefined,
    limits: { ...defaultLimits, ...limits }, ...(engine === undefined ? {} : { engine }), ...(notice === undefined ? {} : { notice }),
  }
  return execute(plan, context).pages
}

/** All rows of a plan. */
export async function rowsOf(plan: Plan, options: RunOptions = {}): Promise<readonly (readonly Value[])[]> {
  const rows: (readonly Value[])[] = []
  const columns = outputColumns(plan)
  for await (const page of pagesOf(plan, options)) {
    for (const row of (page.kind === 'rows' ? page : parseRows(page, columns)).rows) rows.push(await Promise.all(row.map(whole)))
  }
  return rows
}

/** A value whose rows, if they are stored, have been read. */
async function whole(value: Value): Promise<Value> {
  if (!isStored(value)) return value
  const rows: (readonly Value[])[] = []
  for await (const page of value) rows.push(...page)
  return { rows, ...(value.count === undefined ? {} : { count: value.count }) }
}
