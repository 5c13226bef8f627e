import type { Value } from '@tributary/plan'

/** Roughly what a row occupies in memory, in bytes: what budgets of sorts and joins count. */
export function rowBytes(row: readonly Value[]): number {
  let bytes = 16
  for (const value of row) bytes += valueBytes(value)
  return bytes
}

function valueBytes(value: Value): number {
  if (typeof value === 'string') return 24 + value.length
  if (typeof value !== 'object' || value === null) return 8
  if (Array.isArray(value)) return rowBytes(value)
  let bytes = 32
  for (const [name, item] of Object.entries(value)) bytes += name.length + valueBytes(item)
  return bytes
}
