import type { StructuredValue, Value, ValueType } from '../value.js'
import { isNumeric, itemOf, untypedType } from '../value-type.js'
import { canonicalJson } from './compare.js'
import { canonicalNumber, decimalText } from './decimal-text.js'
import { durationSeconds } from './duration.js'
import { enumNumber } from './enum-value.js'
import { namedType } from './equality.js'
import { daysOf, instantOf, instantOfTime, parseDate } from './instant.js'

/**
 * A text that two tuples share exactly if their values are equal by `eq`: 1 as Int32, Int64 and Decimal are one key, the string `1` is
 * another; guids without case, date-times by instant, strings ordinally. Null has a key of its own: joins leave such tuples out
 * before they ask (null never joins).
 */
export function hashKey(types: readonly ValueType[], values: readonly Value[]): string {
  if (types.length === 1) return hashPart(types[0], values[0])
  let key = ''
  for (let index = 0; index < types.length; index++) {
    const part = hashPart(types[index], values[index])
    key += `${part.length}:${part}`
  }
  return key
}

function hashPart(type: ValueType | undefined, value: Value): string {
  if (value === null || value === undefined || type === undefined) return 'z'
  if (type.collection) return hashCollection(type, value)
  if (type.base === 'Edm.String') return `s${String(value)}`
  if (isNumeric(type.base)) return `n${canonicalNumber(type.base === 'Edm.Single' ? Math.fround(Number(value)) : value)}`
  switch (type.base) {
    case 'Edm.Guid': return `g${String(value).toLowerCase()}`
    case 'Edm.DateTimeOffset': return hashInstant('t', instantOf(String(value)))
    case 'Edm.TimeOfDay': return hashInstant('h', instantOfTime(String(value)))
    case 'Edm.Date': return `d${daysOf(parseDate(String(value)))}`
    case 'Edm.Duration': return `p${decimalText(durationSeconds(String(value)))}`
    case 'Edm.Binary': return `b${Buffer.from(String(value), 'base64url').toString('base64url')}`
    case 'Edm.Boolean': return `l${String(value)}`
    case 'enum': return `e${String(enumNumber(type, String(value)) ?? value)}`
    case 'structured': return hashStructure(type, value)
    default: return `j${canonicalJson(value)}`
  }
}

function hashCollection(type: ValueType, value: Value): string {
  if (!Array.isArray(value)) return `c${canonicalJson(value)}`
  const item = itemOf(type)
  const parts = value.map((inner: Value) => hashPart(item, inner))
  return `c${(type.unordered === true ? parts.toSorted() : parts).map((part) => `${part.length}:${part}`).join('')}`
}

function hashStructure(type: ValueType, value: Value): string {
  const properties = type.properties?.()
  if (properties === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return `j${canonicalJson(value)}`
  const structure = value as StructuredValue
  const members = Object.keys(structure).filter((name) => !name.includes('@') && structure[name] !== null && structure[name] !== undefined).toSorted()
  return `o${namedType(structure, type)}${members.map((name) => hashMember(name, hashPart(properties.get(name) ?? untypedType, structure[name]))).join('')}`
}

const hashMember = (name: string, part: string): string => `,${name}=${part.length}:${part}`

const hashInstant = (tag: string, { seconds, fraction }: { seconds: number; fraction: string }): string => `${tag}${seconds}.${fraction}`
