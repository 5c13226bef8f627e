import { hubError } from '@tributary/errors'
import type { BaseType, Column } from '@tributary/plan'
import type { Cut } from './envelope-scanner.js'
import type { ODataScan } from './scan.js'

/** Types whose values a source may leave out for a reason of its own: streams are read by links, structures may be unknown to the type of a row. */
const MAY_BE_AWAY: ReadonlySet<BaseType> = new Set<BaseType>(['structured', 'Edm.Stream', 'Edm.Untyped', 'Edm.Geography', 'Edm.Geometry', 'null'])

const isAlways = ({ name, type, derived, dynamic, fields, expanded }: Column): boolean =>
  derived !== true && dynamic !== true && fields === undefined && expanded === undefined && !type.collection && !MAY_BE_AWAY.has(type.base) && name !== '*' && !name.includes('@')

/**
 * That a property which the contract declares has not gone from the source: an absent member means null only to a source that leaves out nulls. Of a source
 * that was seen to write nulls, and of a property that is never null, absence from all rows of a page is no value but a change.
 * @param sample some of the rows, parsed
 * @throws HUB_SOURCE_CHANGED
 */
export function requireMembers({ bytes, offsets }: Cut, sample: readonly Readonly<Record<string, unknown>>[], scan: ODataScan): void {
  const absent = sample.length === 0 ? [] : scan.columns.filter((column) => scan.declared?.has(column.name) === true && isAlways(column) && sample.every((row) => !(column.name in row)))
  if (absent.length === 0) return
  const saysNull = scan.saysNull === true || sample.some((row) => Object.entries(row).some(([name, value]) => value === null && !name.includes('@')))
  const text = bytes.subarray(offsets[0] ?? 0, offsets.at(-1) ?? 0)
  const lost = absent.find(({ name }) => (saysNull || scan.declared?.get(name)?.nullable === false) && !isNamed(text, name))
  if (lost === undefined) return
  throw hubError('HUB_SOURCE_CHANGED', { slug: scan.target.slug, reason: `its rows have no ${lost.name} any more, which its contract declares; read the contract again (POST /api/v1/services/${scan.target.slug}/refresh)` })
}

/** Whether the member stands anywhere in the rows, or something is said of it: that it may not be seen, for one. */
const isNamed = (text: Buffer, name: string): boolean => {
  const written = JSON.stringify(name).slice(0, -1)
  return text.includes(`${written}"`) || text.includes(`${written}@`)
}
