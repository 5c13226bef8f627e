import { parseRows, rowTextColumn, type Column, type RowsPage, type TextForm, type Value } from '@tributary/plan'
import { narrowPage } from '@tributary/planner'
import { hasStreams } from './inline-streams.js'
import { presenter } from './present-rows.js'
import type { QueryRun } from './query-run.js'
import { toldRows } from './told-rows.js'

/**
 * How the rows of a collection are written, where they may pass as text: nothing is put into them (metadata, links), left out of them
 * (nulls, parts of complex values) or made of them (tables). Undefined: their values are needed.
 */
export function writtenForm(run: QueryRun): TextForm | undefined {
  const { bound, style, table } = run
  if (toldRows(run) !== undefined || presenter(run) !== undefined) return undefined
  if (hasStreams(bound.rows)) return undefined
  if (bound.shape !== 'collection' || bound.unwrap.length > 0 || table !== undefined) return undefined
  if (style.omit !== undefined || narrowPage(bound) !== undefined) return undefined
  const cursor = bound.paging.kind === 'keyset' ? bound.paging.cursor : []
  // What is written can be read again from the text of the one row whose values are needed.
  return { visible: bound.visible, ieee754: style.ieee754, parsed: cursor.filter((name) => !bound.visible.includes(name)) }
}

/** Values of a row's columns, parsed where the row carries them as text. */
export function valuesAt({ columns, rows }: RowsPage, row: number, wanted: readonly Column[], { ieee754 }: Pick<TextForm, 'ieee754'>): readonly Value[] {
  const values = rows[row] ?? []
  const text = values[columns.indexOf(rowTextColumn)]
  const bytes = Buffer.from(`{${typeof text === 'string' ? text : ''}}`, 'latin1')
  const [written = []] = parseRows({ kind: 'bytes', columns: wanted, bytes, offsets: Int32Array.of(0, bytes.length), ieee754, only: false }, wanted).rows
  return wanted.map((column, index) => values[columns.indexOf(column)] ?? written[index] ?? null)
}
