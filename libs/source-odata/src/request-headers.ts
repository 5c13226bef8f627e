import type { Target } from '@tributary/source'

/** Headers of a request for rows: the version the contract is written in, exact numbers as strings, and pages of this size where any. */
export function readHeaders(target: Pick<Target, 'model'>, pageRows: number): Readonly<Record<string, string>> {
  const version = target.model.version === '4.01' ? '4.01' : '4.0'
  return {
    accept: 'application/json;odata.metadata=minimal;IEEE754Compatible=true',
    'odata-version': version,
    'odata-maxversion': version,
    ...(pageRows > 0 ? { prefer: `odata.maxpagesize=${pageRows}` } : {}),
  }
}
