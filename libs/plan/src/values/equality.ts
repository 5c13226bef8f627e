import type { StructuredValue, Value, ValueType } from '../value.js'
import { itemOf } from '../value-type.js'
import { canonicalJson, compareExact, presentComparator } from './compare.js'

/** Equality as `eq` means it: null equals only null, and NaN nothing. */
export const equalValues = (type: ValueType, a: Value, b: Value): boolean => equalityOf(type)(a, b)

/** `equalValues` of one type, to be kept where many values are compared. */
export function equalityOf(type: ValueType): (a: Value, b: Value) => boolean {
  if (type.collection) return orNull(collectionEquality(type))
  switch (type.base) {
    case 'Edm.String': case 'Edm.Boolean': return (a, b) => (a ?? null) === (b ?? null)
    case 'structured': return orNull((a, b) => equalStructures(type, a, b))
    case 'Edm.Double': case 'Edm.Single': {
      const compare = presentComparator(type)
      return orNull((a, b) => !isNaNValue(a) && !isNaNValue(b) && compare(a, b) === 0)
    }
    case 'Edm.Decimal': case 'Edm.Int64': case 'Edm.Int32': case 'Edm.Int16': case 'Edm.Byte': case 'Edm.SByte':
      return orNull((a, b) => (typeof a === 'number' && typeof b === 'number' ? a === b : !isNaNValue(a) && !isNaNValue(b) && compareExact(a, b) === 0))
    default: {
      const compare = presentComparator(type)
      return orNull((a, b) => compare(a, b) === 0)
    }
  }
}

/** NaN, also where a decimal is one. */
export const isNaNValue = (value: Value): boolean => value === 'NaN' || Number.isNaN(value)

const orNull = (equal: (a: Value, b: Value) => boolean) => (a: Value, b: Value): boolean =>
  a === null || a === undefined || b === null || b === undefined ? (a ?? null) === (b ?? null) : equal(a, b)

/** Collections with an order are equal item by item, others if they hold the same items equally often. */
function collectionEquality(type: ValueType): (a: Value, b: Value) => boolean {
  const item = itemOf(type)
  const equal = equalityOf(item)
  const inOrder = (a: readonly Value[], b: readonly Value[]): boolean => a.every((value, index) => equal(value, b[index]))
  return (a, b) => {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return inOrder(a, b) || (type.unordered === true && sameItems(a, b, equal))
  }
}

function sameItems(a: readonly Value[], b: readonly Value[], equal: (a: Value, b: Value) => boolean): boolean {
  const left = [...b]
  return a.every((value) => {
    const found = left.findIndex((other) => equal(value, other))
    if (found >= 0) left.splice(found, 1)
    return found >= 0
  })
}

/** Complex values are equal member by member, by the types of the members; one that is absent is null. What names another type is another value. */
function equalStructures(type: ValueType, a: Value, b: Value): boolean {
  const properties = type.properties?.()
  if (properties === undefined || !isStructure(a) || !isStructure(b)) return canonicalJson(a) === canonicalJson(b)
  if (namedType(a, type) !== namedType(b, type)) return false
  const names = new Set([...Object.keys(a), ...Object.keys(b)].filter((name) => !name.includes('@')))
  return [...names].every((name) => {
    const member = properties.get(name)
    return member === undefined ? canonicalJson(a[name]) === canonicalJson(b[name]) : equalValues(member, a[name], b[name])
  })
}

const isStructure = (value: Value): value is StructuredValue => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The type a value says it is of, without what stands before `#`; the declared one if it says nothing. */
export function namedType(value: StructuredValue, declared: ValueType): string {
  const named = value['@odata.type'] ?? value['@type']
  return typeof named === 'string' ? named.slice(named.lastIndexOf('#') + 1) : declared.name
}
