import { identifier, textLiteral } from '../sql-text.js'
import type { Dialect, TextSql } from './dialect.js'

const call = (name: string) => (...operands: readonly string[]): string => `${name}(${operands.join(', ')})`

/**
 * DuckDB's SQL. What it takes care of: comparisons of text are of bytes (`default_collation` is binary), casts of text to moments drop the offset, so that
 * moments are given without one, and `-0.0 = 0.0`.
 */
export const duckdbDialect: Dialect = Object.freeze<Dialect>({
  identifier,
  textLiteral,
  integer: (value) => `CAST(${value} AS BIGINT)`,
  integerOrNull: (text) => `TRY_CAST(${text} AS BIGINT)`,
  decimal: (value, { digits, scale }) => `CAST(${value} AS DECIMAL(${digits}, ${scale}))`,
  double: (value) => `CAST(${value} AS DOUBLE)`,
  doubleOrNull: (text) => `TRY_CAST(${text} AS DOUBLE)`,
  isPlainDouble: (value) => `(isfinite(${value}) AND NOT (${value} = 0 AND signbit(${value})))`,
  isDate: (text) => `(strlen(${text}) = 10 AND TRY_CAST(${text} AS DATE) IS NOT NULL)`,
  isMoment: (text) => `(TRY_CAST(${text} AS TIMESTAMP) IS NOT NULL AND substr(${text}, 11, 1) = 'T' AND substr(${text}, 12, 2) < '24')`,
  microseconds: (text) => `epoch_us(CAST(${text} AS TIMESTAMP))`,
  asText: (value) => `CAST(${value} AS VARCHAR)`,
  fails: (message) => `error(${message})`,
  same: (a, b) => `(${a} IS NOT DISTINCT FROM ${b})`,
  texts: Object.freeze<TextSql>({
    contains: call('contains'),
    startsWith: call('starts_with'),
    endsWith: call('ends_with'),
    length: call('length'),
    position: call('strpos'),
    part: (text, from, count) => `substr(${text}, ${[from, ...(count === undefined ? [] : [count])].join(', ')})`,
    concatenated: (a, b) => `(${a} || ${b})`,
    trimmed: (text, characters) => `trim(${text}, ${textLiteral(characters)})`,
    lowered: call('lower'),
    isLike: (text, pattern) => `regexp_full_match(${text}, ${textLiteral(pattern)})`,
  }),
  rounded: Object.freeze({ round: call('round'), floor: call('floor'), ceiling: call('ceil') }),
  any: call('any_value'),
  textOfExtreme: (extreme, { text, value, number }) =>
    `arg_${extreme}(CASE WHEN ${value} IS NULL THEN NULL ELSE ${text} END, {'v': ${value}, 'n': ${extreme === 'min' ? '' : '-'}${number}})`,
  ordered: (value, descending) => `${value} ${descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`,
  arrayOf: (texts) => `CAST(to_json([${texts.join(', ')}]) AS VARCHAR)`,
})
