import { hashKey, isNumeric, type BaseType, type Column, type Value } from '@tributary/plan'
import { Decimal } from 'decimal.js'
import { positionsOf, type Row } from './page-rows.js'

/** The values of one side's join columns, and the text that equal ones share. */
export interface JoinKey {
  readonly hash: string
  readonly values: Row
}

/** Takes the join key out of rows with these columns; undefined where a part is null (or not a number): such rows never join. */
export function joinKeys(columns: readonly Column[], names: readonly string[]): (row: Row) => JoinKey | undefined {
  const positions = positionsOf(columns, names)
  const types = positions.flatMap((position) => columns[position]?.type ?? [])
  return (row) => {
    const values = positions.map((position) => row[position])
    return values.some(neverJoins) ? undefined : { hash: hashKey(types, values), values }
  }
}

const neverJoins = (value: Value): boolean => value === null || value === undefined || Number.isNaN(value)

const ranges: Partial<Record<BaseType, readonly [bigint, bigint]>> = {
  'Edm.Byte': [0n, 255n],
  'Edm.SByte': [-128n, 127n],
  'Edm.Int16': [-32_768n, 32_767n],
  'Edm.Int32': [-2_147_483_648n, 2_147_483_647n],
  'Edm.Int64': [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
}

/**
 * The value as a column of type `to` carries it, where `from` is another type of number: Int64 and Decimal as text, the others as number.
 * Undefined: no value of that type equals it.
 */
export function asKeyOf(value: Value, from: BaseType, to: BaseType): Value {
  if (from === to || !isNumeric(from) || !isNumeric(to) || (typeof value !== 'number' && typeof value !== 'string')) return value
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
