import type { Capabilities, ScanRequest } from '@tributary/source'
import type { Restrictions } from './restrictions.js'

/** Longest list of columns that is worth its place in the URL. */
const LONGEST_SELECT = 1_000

/**
 * The `$select` that is sent; undefined: all columns come. A remote that ignores it only sends more than we need.
 */
export function takeSelect(want: ScanRequest, able: Capabilities, declared: Restrictions): string | undefined {
  if (!declared.select || able.fact('select').trust === 'unsupported') return undefined
  const { model } = want.target
  const type = model.structured(want.entityType)
  if (type === undefined || want.columns.some(({ name }) => name === '*')) return undefined
  const names = want.columns.map(({ name }) => name).filter((name) => !name.startsWith('@'))
  const wanted = new Set(names.length === 0 ? want.key.slice(0, 1) : names)
  const all = model.properties(type)
  if (wanted.size === 0 || (!type.open && all.every(({ name }) => wanted.has(name)))) return undefined
  const text = [...wanted].join(',')
  return text.length > LONGEST_SELECT ? undefined : text
}
