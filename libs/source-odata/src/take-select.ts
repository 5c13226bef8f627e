import type { Capabilities, ScanRequest } from '@tributary/source'
import type { Restrictions } from './restrictions.js'

/** Part of the URL that a list of columns may take. */
const SELECT_SHARE = 0.4

/**
 * The `$select` that is sent; undefined: all columns come. A remote that ignores it only sends more than we need.
 */
export function takeSelect(want: ScanRequest, able: Capabilities, declared: Restrictions): string | undefined {
  if (!declared.select || able.fact('select').trust === 'unsupported') return undefined
  // What only derived types have would need their names before it, which few remotes read.
  if (want.columns.some(({ name, derived }) => name === '*' || derived === true) || selectsAll(want)) return undefined
  const wanted = namesOf(want)
  if (wanted.size === 0) return undefined
  const text = [...wanted].join(',')
  return text.length > able.urlLimit * SELECT_SHARE ? undefined : text
}

/** Whether the columns are all the type has, so that nothing has to be selected. */
export function selectsAll(want: ScanRequest): boolean {
  const { model } = want.target
  const type = model.structured(want.entityType)
  const wanted = namesOf(want)
  return type !== undefined && (!type.open || wanted.has('*')) && model.properties(type).every(({ name }) => wanted.has(name))
}

/** The properties asked for; where none is, the first of the key stands for the row. */
function namesOf(want: ScanRequest): ReadonlySet<string> {
  // What is said of a property comes with it.
  const names = want.columns.map(({ name }) => name.split('@')[0] ?? '').filter((name) => name !== '')
  return new Set(names.length === 0 ? want.key.slice(0, 1) : names)
}
