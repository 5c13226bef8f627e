import type { Column } from './page.js'
import type { BaseType, Value } from './value.js'

/** Makes the engine's value of what JSON.parse gave. */
export type Convert = (value: Exclude<Value, null | undefined>) => Value

/** How values of a column are made; undefined: they stay as JSON.parse gives them. */
export function converterOf(column: Column): Convert | undefined {
  const one = single(column)
  if (one === undefined || !column.type.collection) return one
  return (value) => (Array.isArray(value) ? (value as readonly Value[]).map((item) => (item === null || item === undefined ? null : one(item))) : value)
}

/** Numbers that are carried as their decimal text. */
export const EXACT: ReadonlySet<BaseType> = new Set<BaseType>(['Edm.Int64', 'Edm.Decimal'])
const FLOATING: ReadonlySet<BaseType> = new Set<BaseType>(['Edm.Double', 'Edm.Single'])
const INFINITIES: ReadonlyMap<string, number> = new Map([['INF', Infinity], ['-INF', -Infinity], ['NaN', NaN]])

const WHOLE: ReadonlySet<BaseType> = new Set<BaseType>(['Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32'])

/** Numbers that doubles hold, and that came as text because a column of the same name elsewhere in the row is exact; undefined for other columns. */
export const wholeNumber = ({ type }: Column): Convert | undefined =>
  (WHOLE.has(type.base) && !type.collection ? (value) => (typeof value === 'string' ? Number(value) : value) : undefined)

function single({ type, fields }: Column): Convert | undefined {
  if (EXACT.has(type.base)) return (value) => (typeof value === 'number' ? String(value) : value)
  if (FLOATING.has(type.base)) return (value) => (typeof value === 'string' ? (INFINITIES.get(value) ?? Number(value)) : value)
  if (fields === undefined) return undefined
  const converters = fields.flatMap((field) => {
    const convert = converterOf(field) ?? wholeNumber(field)
    return convert === undefined ? [] : [[field.name, convert] as const]
  })
  if (converters.length === 0) return undefined
  return (value) => {
    const object: Record<string, Value> = { ...(value as Readonly<Record<string, Value>>) }
    for (const [name, convert] of converters) {
      const inner = object[name]
      if (inner !== null && inner !== undefined) object[name] = convert(inner)
    }
    return object
  }
}

