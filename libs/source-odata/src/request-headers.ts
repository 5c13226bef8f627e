import { annotationsName, type Column } from '@tributary/plan'
import type { Target } from '@tributary/source'

/**
 * Headers of a request for rows: exact numbers as strings, and pages of this size where any. Rows are asked for as 4.0 writes them, whatever
 * more the source knows, so that what they say of themselves has one name.
 */
export function readHeaders(pageRows: number, columns: readonly Column[] = []): Readonly<Record<string, string>> {
  const prefer = [...(pageRows > 0 ? [`odata.maxpagesize=${pageRows}`] : []), ...(columns.some(({ name }) => name === annotationsName) ? ['odata.include-annotations="*"'] : [])]
  return {
    accept: 'application/json;odata.metadata=minimal;IEEE754Compatible=true',
    'odata-version': '4.0',
    'odata-maxversion': '4.0',
    ...(prefer.length === 0 ? {} : { prefer: prefer.join(', ') }),
  }
}

/** The version of the protocol that requests to a source are written in: that of its contract. */
export function versionHeaders({ model }: Pick<Target, 'model'>): { readonly 'odata-version': string; readonly 'odata-maxversion': string } {
  const version = model.version === '4.01' ? '4.01' : '4.0'
  return { 'odata-version': version, 'odata-maxversion': version }
}
