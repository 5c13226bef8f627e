import type { RowsPage } from '@tributary/plan'
import { dynamicTypes } from './dynamic-types.js'
import { fullMetadata } from './full-metadata.js'
import type { QueryRun } from './query-run.js'

/** Adds to rows what the metadata level asks for: everything, or what clients cannot compute. Undefined where there is nothing to say. */
export function toldRows(run: QueryRun): ((page: RowsPage) => RowsPage) | undefined {
  const { bound, style } = run
  if (bound.references === true || style.metadata === 'none') return undefined
  return style.metadata === 'full' ? fullMetadata(run, bound) : dynamicTypes(bound.columns, bound.visible)
}
