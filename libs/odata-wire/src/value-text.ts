import type { WireColumn, WireShape } from './page.js'
import { controlColumnName, isControlColumn, isMemberTold, isOmitted, type JsonStyle } from './style.js'

/** Writes one value that is not undefined as JSON text. */
export type ValueText = (value: unknown) => string

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

const quoted = (value: unknown): string => JSON.stringify(value) ?? 'null'

/** Exact digits. Text that is no JSON number (the INF of a floating decimal) stays a string, so that it cannot break the JSON. */
const numberText: ValueText = (value) => {
  const text = String(value)
  return jsonNumber.test(text) ? text : JSON.stringify(text)
}

const numberString: ValueText = (value) => JSON.stringify(String(value))

/** Infinity and NaN are strings. @see OData JSON Format 4.01, section 7.1 */
const doubleText: ValueText = (value) => {
  if (typeof value !== 'number') return quoted(value)
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return Number.isNaN(value) ? '"NaN"' : value > 0 ? '"INF"' : '"-INF"'
}

/**
 * The fewest digits that are the same Single; a value that is none (a source told more digits) keeps its own.
 * @param value finite
 */
function shortSingle(value: number): number {
  if (value === 0 || Math.fround(value) !== value) return value
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number(value.toPrecision(9))
}

/** A single has the digits that tell it from other singles, not those of the double it is computed with. */
const singleText: ValueText = (value) => doubleText(typeof value === 'number' && Number.isFinite(value) ? shortSingle(value) : value)

function scalarText(base: string, style: JsonStyle): ValueText {
  switch (base) {
    case 'Edm.Int64':
    case 'Edm.Decimal':
      return style.ieee754 ? numberString : numberText
    case 'Edm.Double':
      return doubleText
    case 'Edm.Single':
      return singleText
    default:
      return quoted
  }
}

/** Makes the writer of expanded rows. */
export type RowsText = (shape: WireShape) => ValueText

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Declared properties by their type, undeclared ones of an open type as they are. */
function complexText(fields: readonly WireColumn[], style: JsonStyle, rows: RowsText | undefined): ValueText {
  const writers = new Map(fields.map((field) => [field.name, field.expanded === undefined || rows === undefined ? valueText(field, style, rows) : rows(field.expanded)]))
  const presets = new Map(fields.map((field) => [field.name, field.default]))
  return (value) => {
    if (!isObject(value)) return quoted(value)
    const members: string[] = []
    for (const [name, inner] of Object.entries(value)) {
      if (inner === undefined || isOmitted(style, presets.get(name), inner)) continue
      if (isControlColumn(name) && !isMemberTold(name, style)) continue
      const write = writers.get(name) ?? quoted
      members.push(`${JSON.stringify(controlColumnName(name, style))}:${inner === null ? 'null' : write(inner)}`)
    }
    return `{${members.join(',')}}`
  }
}

/** The writer of a column's values; for rows that are expanded within a complex value it asks `rows`. */
export function valueText(column: WireColumn, style: JsonStyle, rows?: RowsText): ValueText {
  if (column.json === true) return (value) => (typeof value === 'string' ? value : 'null')
  const single = column.fields === undefined ? scalarText(column.type.base, style) : complexText(column.fields, style, rows)
  const one: ValueText = (value) => (value === null || value === undefined ? 'null' : single(value))
  if (!column.type.collection) return one
  return (value) => (Array.isArray(value) ? `[${value.map(one).join(',')}]` : one(value))
}
