import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Row } from './odata-server-language.js'
import type { ServedProperty } from './odata-server-contract.js'

/** Writes a row as JSON; Int64 and Decimal as strings where `ieee754`, as numbers with all their digits otherwise. */
export function writeRow(row: Row, properties: readonly ServedProperty[], ieee754: boolean, more: readonly string[] = []): string {
  return `{${[...properties.map(({ name, type }) => `${JSON.stringify(name)}:${writeValue(row[name], type, ieee754)}`), ...more].join(',')}}`
}

function writeValue(value: unknown, type: string, ieee754: boolean): string {
  if (value === null || value === undefined) return 'null'
  if (type === 'Edm.Int64' || type === 'Edm.Decimal') return ieee754 ? `"${String(value)}"` : String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${Number.isNaN(value) ? 'NaN' : value > 0 ? 'INF' : '-INF'}"`
  return JSON.stringify(value)
}

/** Listens to no more than one end: a large answer is written in many pieces. */
export async function drainedOrClosed(response: ServerResponse): Promise<void> {
  const met = new AbortController()
  await Promise.race(['drain', 'close'].map((event) => once(response, event, { signal: met.signal }).catch(() => undefined)))
  met.abort()
}
