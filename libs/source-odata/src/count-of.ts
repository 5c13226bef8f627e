import type { Envelope } from './envelope-scanner.js'

/** The number of rows the remote tells, as a number or as text. */
export function countOf(envelope: Envelope): number | undefined {
  const count = envelope['@odata.count'] ?? envelope['@count']
  const value = typeof count === 'string' && /^\d+$/.test(count) ? Number(count) : count
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
