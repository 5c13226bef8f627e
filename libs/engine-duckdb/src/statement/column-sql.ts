import { isInteger, type ValueType } from '@tributary/plan'
import type { DecimalWidth, Dialect } from './dialect.js'

/** A value in SQL: what computes it, and what it is to us. */
export interface SqlValue {
  /** What is compared and computed with. */
  readonly sql: string
  readonly type: ValueType
  readonly form: Form
  /** What its text is to us; undefined: the text that a source gave is not known any more, so that it can be computed with and not be shown. */
  readonly shown: ShownForm | undefined
  /** The text that is shown, where equal values may be written in several ways: that of the source. Left out: the value's own. */
  readonly text?: string
  /** Of a quotient: what `sql`, the sum, is divided by. */
  readonly count?: string
}

/** What texts of a result stand for: themselves, an exact number, a number of few digits, a truth value, or a sum and a count. */
export type ShownForm = 'text' | 'exact' | 'number' | 'truth' | 'quotient'

/**
 * How a value stands in SQL: `exact`, what equal values share and whose order is theirs; `integer`, `decimal`, `double` and `boolean` as numbers
 * and truth; `quotient` as a sum and a count, which are divided by us alone.
 */
export type Form = 'exact' | 'integer' | 'decimal' | 'double' | 'boolean' | 'quotient'

/** What ends a statement that meets a value which is not written as it would have to be. */
export const declinedMark = 'tributary:declined'

/** Decimals are tried in 64 bits first. */
export const narrow: DecimalWidth = Object.freeze({ digits: 18, scale: 6 })
export const wide: DecimalWidth = Object.freeze({ digits: 38, scale: 12 })

/** What a statement is printed with. */
export interface Writing {
  readonly width: DecimalWidth
  readonly dialect: Dialect
}

/** How values of a type stand in SQL; undefined: their meaning there is not surely ours. */
export function formOf({ base, collection }: ValueType): Exclude<Form, 'quotient'> | undefined {
  if (collection) return undefined
  if (isInteger(base)) return 'integer'
  switch (base) {
    case 'Edm.Decimal': return 'decimal'
    case 'Edm.Double': return 'double'
    case 'Edm.Boolean': return 'boolean'
    case 'Edm.String': case 'Edm.Date': case 'Edm.DateTimeOffset': case 'Edm.TimeOfDay': case 'Edm.Guid': return 'exact'
    default: return undefined
  }
}

/** How a value of this form is shown that has no text of a source: Int64 is its text, smaller integers are numbers, sums of decimals are brought into their form. */
export function shownForm(form: Form, { base }: ValueType): ShownForm {
  switch (form) {
    case 'exact': return 'text'
    case 'boolean': return 'truth'
    case 'double': return 'number'
    case 'integer': return isInteger(base) && base !== 'Edm.Int64' ? 'number' : 'text'
    case 'decimal': return 'exact'
    case 'quotient': return 'quotient'
  }
}

/**
 * A text of a row as a value. A text that is not written plainly ends the statement: nothing is compared, added or rounded that is not
 * surely meant so.
 */
export function readValue(text: string, type: ValueType, writing: Writing): SqlValue | undefined {
  const form = formOf(type)
  if (form === undefined) return undefined
  const { dialect, width } = writing
  const shown = shownForm(form, type)
  switch (form) {
    case 'exact': return exactValue(text, type, writing)
    case 'integer': return { type, form, shown, sql: checked(text, [[`(${dialect.asText(dialect.integerOrNull(text))} = ${text})`, dialect.integer(text)]], dialect) }
    case 'boolean': return { type, form, shown, sql: checked(text, [[`(${text} IN ('true', 'false'))`, `(${text} = 'true')`]], dialect) }
    case 'decimal': return { type, form, shown: 'text', text, sql: checked(text, [[isDecimal(text, writing), dialect.decimal(text, width)]], dialect) }
    case 'double': return { type, form, shown, sql: checked(text, [[`coalesce(${dialect.isPlainDouble(dialect.doubleOrNull(text))}, false)`, dialect.double(text)]], dialect) }
  }
}

const dateTime = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`
const guid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}'

/** Whole microseconds are counted; texts of one length are as the times they name. */
function exactValue(text: string, type: ValueType, { dialect }: Writing): SqlValue {
  const { texts } = dialect
  const value = (sql: string, told?: string): SqlValue => ({ type, form: 'exact', shown: 'text', sql, ...(told === undefined ? {} : { text: told }) })
  switch (type.base) {
    case 'Edm.Date': return value(checked(text, [[dialect.isDate(text), text]], dialect))
    case 'Edm.Guid': return value(checked(text, [[texts.isLike(text, guid), texts.lowered(text)]], dialect), text)
    case 'Edm.TimeOfDay': return value(checked(text, [[texts.isLike(text, String.raw`([01]\d|2[0-3]):[0-5]\d:[0-5]\d`), text]], dialect))
    case 'Edm.DateTimeOffset': {
      const seconds = texts.part(text, 1, 19)
      const isMoment = dialect.isMoment(seconds)
      const moment = dialect.microseconds(seconds)
      return value(checked(text, [
        [`(${texts.length(text)} = 20 AND ${texts.endsWith(text, dialect.textLiteral('Z'))} AND ${isMoment})`, moment],
        [`(${texts.isLike(text, `${dateTime}Z`)} AND ${isMoment})`, moment],
        [`(${texts.isLike(text, String.raw`${dateTime}\.\d{6}Z`)} AND ${isMoment})`, `(${moment} + ${dialect.integer(texts.part(text, 21, 6))})`],
        [`(${texts.isLike(text, String.raw`${dateTime}\.\d{3}Z`)} AND ${isMoment})`, `(${moment} + 1000 * ${dialect.integer(texts.part(text, 21, 3))})`],
        [`(${texts.isLike(text, String.raw`${dateTime}[+-]\d\d:\d\d`)} AND ${isMoment})`, `(${moment} - ${offsetOf(text, dialect)})`],
      ], dialect), text)
    }
    default: return value(text)
  }
}

/** Microseconds of the offset at the end of `…+01:00`. */
function offsetOf(text: string, { texts, integer, textLiteral }: Dialect): string {
  const minutes = `(60 * ${integer(texts.part(text, 21, 2))} + ${integer(texts.part(text, 24, 2))})`
  return `(CASE WHEN ${texts.part(text, 20, 1)} = ${textLiteral('-')} THEN -60000000 ELSE 60000000 END * ${minutes})`
}

/** The value of the first condition that a text meets. */
const checked = (text: string, ways: readonly (readonly [string, string])[], { fails, textLiteral }: Dialect): string =>
  `CASE WHEN ${text} IS NULL THEN NULL ${ways.map(([condition, value]) => `WHEN ${condition} THEN ${value}`).join(' ')} ELSE ${fails(textLiteral(declinedMark))} END`

/** Without an exponent, with no more digits behind the point than there are, and too few in all to leave the range. */
function isDecimal(text: string, { width: { digits, scale }, dialect: { texts, textLiteral } }: Writing): string {
  const [length, point] = [texts.length(text), texts.position(text, textLiteral('.'))]
  return `(${length} <= ${digits - scale} AND NOT ${texts.contains(texts.lowered(text), textLiteral('e'))} AND (${point} = 0 OR ${length} - ${point} <= ${scale}))`
}
