import { hashKey, isNumeric, type BaseType, type Column, type Value, type ValueType } from '@tributary/plan'
import { Decimal } from 'decimal.js'
import { positionsOf, type Row } from './page-rows.js'

/** The values of one side's join columns, and the text that equal ones share. */
export interface JoinKey {
  readonly hash: string
  readonly values: Row
}

/**
 * Takes the join key out of rows with these columns; undefined where a part is null (or not a number): such rows never join. Text that joins
 * numbers or guids counts as the value it is written of, and never joins where it is not written as that value is.
 * @param partners types of the other side's columns, in the order of `names`
 */
export function joinKeys(columns: readonly Column[], names: readonly string[], partners: readonly ValueType[]): (row: Row) => JoinKey | undefined {
  const positions = positionsOf(columns, names)
  const own = typesOf(columns, names)
  const types = own.map((type, index) => (isTextOf(type, partners[index]) ? (partners[index] ?? type) : type))
  const unlike = types.some((type, index) => type !== own[index])
  return (row) => {
    const values = positions.map((position) => row[position])
    if (values.some(neverJoins)) return undefined
    const compared = unlike ? values.map((value, index) => (types[index] === own[index] ? value : valueOfText(value, types[index]?.base ?? 'Edm.String'))) : values
    return unlike && compared.includes(undefined) ? undefined : { hash: hashKey(types, compared), values }
  }
}

/** The types of columns by their names. */
export const typesOf = (columns: readonly Column[], names: readonly string[]): readonly ValueType[] => positionsOf(columns, names).flatMap((position) => columns[position]?.type ?? [])

/** Whether values of the one type are written as text by the other side. */
const isTextOf = (type: ValueType, partner: ValueType | undefined): boolean =>
  type.base === 'Edm.String' && partner !== undefined && (partner.base === 'Edm.Guid' || isNumeric(partner.base))

const integerText = /^(?:0|-?[1-9]\d*)$/
const guidText = /^(\{)?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(\})?$/i

/** The number, or guid, that a text is written of; undefined: none, or not as it is written: with leading zeros, a plus sign, blanks. */
function valueOfText(value: Value, base: BaseType): Value {
  if (typeof value !== 'string') return undefined
  if (base !== 'Edm.Guid') return integerText.test(value) ? value : undefined
  const [, open, guid, close] = guidText.exec(value) ?? []
  return (open === undefined) === (close === undefined) ? guid?.toLowerCase() : undefined
}

const neverJoins = (value: Value): boolean => value === null || value === undefined || Number.isNaN(value)

const ranges: Partial<Record<BaseType, readonly [bigint, bigint]>> = {
  'Edm.Byte': [0n, 255n],
  'Edm.SByte': [-128n, 127n],
  'Edm.Int16': [-32_768n, 32_767n],
  'Edm.Int32': [-2_147_483_648n, 2_147_483_647n],
  'Edm.Int64': [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
}

/** Guids may be written as text in several ways: which of them a source holds cannot be known, so it cannot be asked for them. */
export const isAskable = (from: BaseType, to: BaseType): boolean => !(from === 'Edm.Guid' && to === 'Edm.String')

/**
 * The value as a column of type `to` carries it, where `from` is another type: numbers among each other, and numbers and guids that one of
 * the sides writes as text; Int64 and Decimal as text, the other numbers as number. Undefined: no value of that type equals it.
 */
export function asKeyOf(value: Value, from: BaseType, to: BaseType): Value {
  if (from === 'Edm.String' && to === 'Edm.Guid') return valueOfText(value, to)
  if (from === 'Edm.String' && isNumeric(to)) return numberAs(valueOfText(value, to), to)
  if (isNumeric(from) && to === 'Edm.String') return integralText(value)
  if (from === to || !isNumeric(from) || !isNumeric(to)) return value
  return numberAs(value, to)
}

/** The text of a number without a fraction; undefined: it has one. */
function integralText(value: Value): Value {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  const number = new Decimal(value)
  return number.isInteger() ? BigInt(number.toFixed()).toString() : undefined
}

function numberAs(value: Value, to: BaseType): Value {
  if (typeof value !== 'number' && typeof value !== 'string') return value
  if (to === 'Edm.Double' || to === 'Edm.Single') return Number(value)
  const number = new Decimal(value)
  if (!number.isFinite()) return undefined
  if (to === 'Edm.Decimal') return number.toFixed()
  if (!number.isInteger()) return undefined
  const integer = BigInt(number.toFixed())
  const [lowest, highest] = ranges[to] ?? [integer, integer]
  if (integer < lowest || integer > highest) return undefined
  return to === 'Edm.Int64' ? String(integer) : Number(integer)
}

/** What remains of a key's text for a source that compares without case, accents or trailing blanks. */
export const looseHash = (hash: string): string => hash.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().trimEnd()
