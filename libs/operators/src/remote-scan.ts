import { columnsAtSource, evidenceSet, type BytesPage, type Column, type Page, type RemoteScan, resultRow } from '@tributary/plan'
import { expandedSet, type ReadContext } from '@tributary/source'
import { acceptedOf } from './accepted.js'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { pageLength, rowsPage, toRows, withColumns, type Row } from './page-rows.js'
import { retypedRows } from './type-names.js'

/**
 * Reads what a source accepted. Pages get the exposed column names; bytes stay untouched, and tell how columns are called in them.
 * The source's count is known from its first page on.
 */
export function openRemoteScan(node: RemoteScan, execution: Execution): RowStream {
  const told: Told = {}
  return { columns: node.columns, pages: scanned(node, execution, told), count: () => told.count }
}

const retyped = (rows: readonly Row[], retype: ((row: Row) => Row) | undefined): readonly Row[] => (retype === undefined ? rows : rows.map(retype))

interface Told {
  count?: number
}

async function* scanned(node: RemoteScan, execution: Execution, told: Told): AsyncGenerator<Page> {
  const { state, signal } = execution
  const { source } = execution.context.endpoints.endpoint(node.target.endpoint)
  const remoteColumns = node.results === undefined ? node.columns.map((column) => remoteColumn(node, column)) : columnsAtSource(node.columns, node.results)
  const renamed = node.columns.some(({ name }, index) => remoteColumns[index]?.name !== name) ? node.target.renamed : undefined
  const retype = node.results === undefined ? retypedRows(node.columns, node.target.typeNames) : resultRow(node.columns, node.results)
  signal.throwIfAborted()
  const accepted = acceptedOf(node)
  state.meter.reads(node.target.endpoint)
  for await (const { page, count } of source.read(accepted, readContext(node, execution))) {
    signal.throwIfAborted()
    if (accepted.counted && count !== undefined) told.count ??= count
    state.meter.rows(pageLength(page), node.target.endpoint)
    if (retype !== undefined || (renamed !== undefined && page.kind === 'rows')) yield rowsPage(node.columns, retyped(toRows(page, remoteColumns).rows, retype))
    else yield renamed !== undefined && page.kind === 'bytes' ? renamedBytes(page, remoteColumns, node.columns, renamed) : withColumns(page, node.columns)
  }
}

/** The page under our names, its text untouched. */
function renamedBytes(page: BytesPage, remoteColumns: readonly Column[], columns: readonly Column[], renamed: ReadonlyMap<string, string>): Page {
  const narrowed = withColumns(page, remoteColumns)
  return { ...page, columns, only: narrowed.kind === 'bytes' && narrowed.only, renamed }
}

function readContext(node: RemoteScan, { batch, context, signal, state }: Execution): ReadContext {
  return { signal, ...(context.scope === undefined ? {} : { scope: context.scope }), ...(context.languages === undefined ? {} : { languages: context.languages }), asker: context.asker ?? context.signal, observe: observerOf(node, context, state), ...(batch?.of === node ? { keys: batch.keys } : {}) }
}

/** What a request cost is told to whoever keeps averages. */
function observerOf({ target, inlines = [] }: RemoteScan, { endpoints }: Execution['context'], { meter }: Execution['state']): ReadContext['observe'] {
  const { costs } = endpoints
  if (costs === undefined) return meter.observe
  const entitySet = evidenceSet(target)
  // What each of several navigations adds nobody can tell.
  const noted = inlines.length === 0 ? entitySet : inlines.length === 1 ? expandedSet(entitySet, inlines[0]?.navigation ?? '') : undefined
  return (request) => {
    if (noted !== undefined) costs.note(target.endpoint, noted, request)
    meter.observe(request)
  }
}

function remoteColumn({ target }: RemoteScan, column: Column): Column {
  const name = target.renamed.get(column.name)
  return name === undefined || name === column.name ? column : { ...column, name }
}
