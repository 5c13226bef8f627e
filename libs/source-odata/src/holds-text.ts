import type { Column } from '@tributary/plan'
import type { Cut } from './envelope-scanner.js'

/** Rows looked at per page. */
const SAMPLE = 8

const isExact = ({ type }: Column): boolean => type.base === 'Edm.Int64' || type.base === 'Edm.Decimal'

/** Some rows of the cut, spread over it, parsed. */
export function sampleRows({ bytes, offsets }: Cut): readonly Readonly<Record<string, unknown>>[] {
  const count = offsets.length >> 1
  const step = Math.max(1, Math.floor(count / SAMPLE))
  const rows: Readonly<Record<string, unknown>>[] = []
  for (let row = 0; row < count; row += step) rows.push(JSON.parse(bytes.toString('utf8', offsets[2 * row], offsets[2 * row + 1])) as Readonly<Record<string, unknown>>)
  return rows
}

/** Whether Int64 and Decimal really stand as strings in the rows; what the content type says counts only where all of them are null. */
export function holdsExactAsText(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly Column[], says: boolean): boolean {
  const kinds = new Set<string>()
  noteKinds(rows, columns, kinds)
  return kinds.has('number') ? false : kinds.has('string') || says
}

/** How exact numbers stand in the rows, and in rows within them. */
function noteKinds(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly Column[], kinds: Set<string>): void {
  for (const column of columns) {
    const { fields, name, type } = column
    if (fields !== undefined) {
      const inner = rows.map((row) => row[name]).flatMap((value: unknown) => (Array.isArray(value) ? value.slice(0, SAMPLE) : [value]) as readonly unknown[])
      noteKinds(inner.filter((value) => typeof value === 'object' && value !== null) as readonly Readonly<Record<string, unknown>>[], fields, kinds)
    } else if (isExact(column) && !type.collection) {
      for (const row of rows) if (row[name] !== null && row[name] !== undefined) kinds.add(typeof row[name])
    }
  }
}

/** Whether the rows hold the columns and nothing beside; what is said of them may be missing. */
export const holdsOnly = (rows: readonly Readonly<Record<string, unknown>>[], columns: readonly Column[]): boolean => {
  const names = new Set(columns.map(({ name }) => name))
  const properties = [...names].filter((name) => !name.includes('@'))
  return rows.every((row) => properties.every((name) => name in row) && Object.keys(row).every((key) => names.has(key)))
}
