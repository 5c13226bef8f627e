import type { Column, Expand, InlineOffer, StructuredValue, Value } from '@tributary/plan'
import type { JoinKey } from './join-keys.js'
import type { Row } from './page-rows.js'

/** Makes a related row of what stands within another; undefined: a member that was asked for is missing. */
export function offeredRow({ on }: Expand, { inlined: { target, columns: read } }: InlineOffer, columns: readonly Column[]): (record: StructuredValue, key: JoinKey) => Row | undefined {
  const wanted = new Set(read.map(({ name }) => name))
  const values = columns.map(({ name }): ((record: StructuredValue, key: JoinKey) => Value) => {
    const member = target.renamed.get(name) ?? name
    const short = member.replace('@odata.', '@')
    if (wanted.has(name)) return (record) => record[member] ?? record[short]
    const joined = on.findIndex(({ to }) => to === name)
    // What a row offers in turn is not asked for within others.
    return joined < 0 ? () => null : (_, key) => key.values[joined]
  })
  return (record, key) => {
    const row = values.map((value) => value(record, key))
    // What rows are not said to be of another type is of the one that is expected.
    return row.some((value, index) => value === undefined && columns[index]?.name !== '@odata.type') ? undefined : row
  }
}

/** Whether a value is an object. */
export const isRecord = (value: Value): value is StructuredValue => typeof value === 'object' && value !== null && !Array.isArray(value)
