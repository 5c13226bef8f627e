import type { Target } from '@tributary/source'

/** Headers of a request for rows: the version the contract is written in, exact numbers as strings, and pages of this size where any. */
export function readHeaders(target: Pick<Target, 'model'>, pageRows: number): Readonly<Record<string, string>> {
  return {
    accept: 'application/json;odata.metadata=minimal;IEEE754Compatible=true',
    ...versionHeaders(target),
    ...(pageRows > 0 ? { prefer: `odata.maxpagesize=${pageRows}` } : {}),
  }
}

/** The version of the protocol that requests to a source are written in: that of its contract. */
export function versionHeaders({ model }: Pick<Target, 'model'>): { readonly 'odata-version': string; readonly 'odata-maxversion': string } {
  const version = model.version === '4.01' ? '4.01' : '4.0'
  return { 'odata-version': version, 'odata-maxversion': version }
}
