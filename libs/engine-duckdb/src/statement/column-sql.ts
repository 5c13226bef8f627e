import { isInteger, type BaseType, type ValueType } from '@tributary/plan'

/** A value in SQL: what computes it, and what it is to us. */
export interface SqlValue {
  readonly sql: string
  readonly type: ValueType
  readonly form: Form
  /** What its text is to us; undefined: the text that a source gave is not known any more, so that it can be computed with and not be shown. */
  readonly shown: ShownForm | undefined
  /** Of a quotient: what `sql`, the sum, is divided by. */
  readonly count?: string
}

/** What texts of a result stand for: themselves, an exact number, a number of few digits, a truth value, or a sum and a count. */
export type ShownForm = 'text' | 'exact' | 'number' | 'truth' | 'quotient'

/**
 * How a value stands in SQL: `exact`, text that equal values share and whose order is theirs; `integer`, `decimal` and `boolean` as numbers
 * and truth; `quotient` as a sum and a count, which are divided by us alone.
 */
export type Form = 'exact' | 'integer' | 'decimal' | 'boolean' | 'quotient'

/** What ends a statement that meets a value which is not written as it would have to be. */
export const declinedMark = 'tributary:declined'

/** Digits of a decimal behind the point, and all of them: the narrow one is computed in 64 bits. */
export interface DecimalWidth {
  readonly digits: number
  readonly scale: number
}

export const narrow: DecimalWidth = Object.freeze({ digits: 18, scale: 6 })
export const wide: DecimalWidth = Object.freeze({ digits: 38, scale: 12 })

/** How values of a type stand in SQL; undefined: their meaning there is not surely ours. */
export function formOf({ base, collection }: ValueType): Exclude<Form, 'quotient'> | undefined {
  if (collection) return undefined
  if (isInteger(base)) return 'integer'
  if (base === 'Edm.Decimal') return 'decimal'
  if (base === 'Edm.Boolean') return 'boolean'
  return base in plain ? 'exact' : undefined
}

/** How a value of this form is shown: Int64 is its text, smaller integers are numbers. */
export function shownForm(form: Form, { base }: ValueType): ShownForm | undefined {
  switch (form) {
    case 'exact': return 'text'
    case 'boolean': return 'truth'
    case 'integer': return isInteger(base) && base !== 'Edm.Int64' ? 'number' : 'text'
    case 'decimal': return undefined
    case 'quotient': return 'quotient'
  }
}

/** Whether a text is written in the one way in which equal texts are equal values, and the order of texts is that of the values. */
const plain: Partial<Record<BaseType, (text: string) => string>> = {
  'Edm.String': () => 'true',
  'Edm.Date': (text) => `(strlen(${text}) = 10 AND TRY_CAST(${text} AS DATE) IS NOT NULL)`,
  'Edm.DateTimeOffset': (text) => `(strlen(${text}) = 20 AND ends_with(${text}, 'Z') AND TRY_CAST(${text} AS TIMESTAMP) IS NOT NULL)`,
  'Edm.Guid': (text) => `(strlen(${text}) = 36 AND ${text} = lower(${text}))`,
}

/**
 * A text of a row as a value. A text that is not written plainly ends the statement: nothing is compared, added or rounded that is not
 * surely meant so.
 */
export function readValue(text: string, type: ValueType, width: DecimalWidth): SqlValue | undefined {
  const form = formOf(type)
  if (form === undefined) return undefined
  const shown = shownForm(form, type)
  switch (form) {
    case 'exact': {
      const isPlain = plain[type.base]?.(text) ?? 'false'
      return { type, form, shown, sql: isPlain === 'true' ? text : checked(text, isPlain, text) }
    }
    case 'integer': return { type, form, shown, sql: checked(text, `(CAST(TRY_CAST(${text} AS BIGINT) AS VARCHAR) = ${text})`, `CAST(${text} AS BIGINT)`) }
    case 'boolean': return { type, form, shown, sql: checked(text, `(${text} IN ('true', 'false'))`, `(${text} = 'true')`) }
    case 'decimal': return { type, form, shown, sql: checked(text, isDecimal(text, width), `CAST(${text} AS DECIMAL(${width.digits}, ${width.scale}))`) }
  }
}

const checked = (text: string, condition: string, value: string): string => `CASE WHEN ${text} IS NULL THEN NULL WHEN ${condition} THEN ${value} ELSE error('${declinedMark}') END`

/** Without an exponent, with no more digits behind the point than there are, and too few in all to leave the range. */
const isDecimal = (text: string, { digits, scale }: DecimalWidth): string =>
  `(strlen(${text}) <= ${digits - scale} AND NOT contains(lower(${text}), 'e') AND (strpos(${text}, '.') = 0 OR strlen(${text}) - strpos(${text}, '.') <= ${scale}))`
