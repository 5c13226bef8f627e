import type { Column, Value } from '@tributary/plan'
import type { Row } from './page-rows.js'

/**
 * Gives the types that values name the names they have here; what names a type that is not known here is left out, for a wrong name is worse
 * than none. Undefined where no value can name one.
 */
export function retypedRows(columns: readonly Column[], names: ReadonlyMap<string, string> | undefined): ((row: Row) => Row) | undefined {
  if (names === undefined) return undefined
  const mayName = columns.map(({ type, name }) => type.base === 'structured' || type.base === 'Edm.Untyped' || name.endsWith(annotation))
  if (!mayName.includes(true)) return undefined
  return (row) => row.map((value, index) => (mayName[index] !== true ? value : columns[index]?.name.endsWith(annotation) === true ? nameHere(value, names) : retyped(value, names)))
}

const annotation = '@odata.type'

function retyped(value: Value, names: ReadonlyMap<string, string>): Value {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: Value) => retyped(item, names))
  const entries = Object.entries(value).flatMap(([name, inner]): readonly (readonly [string, Value])[] => {
    if (!name.endsWith(annotation) && name !== '@type') return [[name, retyped(inner, names)]]
    const here = nameHere(inner, names)
    return here === undefined ? [] : [[name, here]]
  })
  return Object.fromEntries(entries)
}

/** `#Erp.Address`, `#Collection(Erp.Address)`, and the primitive types, which have no namespace or `Edm`. */
function nameHere(value: Value, names: ReadonlyMap<string, string>): Value {
  const [, collection, qualified] = /^#?(Collection\()?([^()]+)\)?$/.exec(String(value)) ?? []
  if (qualified === undefined) return undefined
  if (!qualified.includes('.') || qualified.startsWith('Edm.')) return value
  const here = names.get(qualified)
  return here === undefined ? undefined : collection === undefined ? `#${here}` : `#Collection(${here})`
}
