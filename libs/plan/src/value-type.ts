import type { BaseType, ValueType } from './value.js'

const primitives = new Map<string, ValueType>()

/** The type of single values of a primitive Edm type; the same frozen value every time. */
export function primitiveType(base: Exclude<BaseType, 'enum' | 'structured' | 'null'>): ValueType {
  const known = primitives.get(base)
  if (known !== undefined) return known
  const type = Object.freeze({ name: base, collection: false, base })
  primitives.set(base, type)
  return type
}

/** `Edm.Boolean`. */
export const booleanType: ValueType = primitiveType('Edm.Boolean')
/** `Edm.String`. */
export const stringType: ValueType = primitiveType('Edm.String')
/** `Edm.Int32`. */
export const int32Type: ValueType = primitiveType('Edm.Int32')
/** `Edm.Int64`. */
export const int64Type: ValueType = primitiveType('Edm.Int64')
/** `Edm.Decimal`. */
export const decimalType: ValueType = primitiveType('Edm.Decimal')
/** `Edm.Double`. */
export const doubleType: ValueType = primitiveType('Edm.Double')
/** `Edm.Date`. */
export const dateType: ValueType = primitiveType('Edm.Date')
/** `Edm.TimeOfDay`. */
export const timeOfDayType: ValueType = primitiveType('Edm.TimeOfDay')
/** `Edm.DateTimeOffset`. */
export const dateTimeOffsetType: ValueType = primitiveType('Edm.DateTimeOffset')
/** `Edm.Duration`. */
export const durationType: ValueType = primitiveType('Edm.Duration')
/** The type of the null literal: goes with every other type. */
export const nullType: ValueType = Object.freeze({ name: 'null', collection: false, base: 'null' })

/** An enumeration; `members` lets values be compared and tested with `has`. */
export const enumType = (name: string, members: ReadonlyMap<string, bigint>, more: Pick<ValueType, 'flags' | 'underlying'> = {}): ValueType =>
  Object.freeze({ name, collection: false, base: 'enum', members, ...more })

/** A complex or entity type; `properties` lets values be compared member by member. */
export const structuredType = (name: string, properties?: ValueType['properties']): ValueType =>
  Object.freeze({ name, collection: false, base: 'structured', ...(properties === undefined ? {} : { properties }) })

/** The type of values that say themselves what they are: undeclared properties, and what may be of several types. */
export const untypedType: ValueType = primitiveType('Edm.Untyped')

/** The type of collections of `item`. */
export const collectionOf = (item: ValueType): ValueType => Object.freeze({ ...item, collection: true })

/** The type of a collection's items. */
export function itemOf(type: ValueType): ValueType {
  if (!type.collection) return type
  const { unordered: _unordered, ...item } = type
  return Object.freeze({ ...item, collection: false })
}

const integers: ReadonlySet<BaseType> = new Set<BaseType>(['Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64'])

/** Byte, SByte, Int16, Int32, Int64. */
export const isInteger = (base: BaseType): boolean => integers.has(base)

/** Integers, Decimal, Single, Double. */
export const isNumeric = (base: BaseType): boolean =>
  integers.has(base) || base === 'Edm.Decimal' || base === 'Edm.Double' || base === 'Edm.Single'

/** Single and Double: binary floating point. */
export const isFloating = (base: BaseType): boolean => base === 'Edm.Double' || base === 'Edm.Single'

/**
 * The type two operands are compared by, or undefined if they cannot be compared: numeric promotion, null with everything,
 * otherwise the same type. @see OData URL Conventions 4.01 section 5.1.1.16
 */
export function promote(a: ValueType, b: ValueType): ValueType | undefined {
  if (a.collection !== b.collection) return a.base === 'null' ? b : b.base === 'null' ? a : undefined
  if (a.base === 'null') return b
  if (b.base === 'null') return a
  if (isNumeric(a.base) && isNumeric(b.base)) return numbersOf(a, b)
  if (a.base !== b.base) return undefined
  if (a.base === 'enum' || a.base === 'structured') return a.name === b.name ? commonCollection(a, b) : undefined
  return commonCollection(a, b)
}

/** Two collections have an order to be compared by only if both have one. */
const commonCollection = (a: ValueType, b: ValueType): ValueType => (a.unordered === b.unordered ? a : Object.freeze({ ...a, unordered: true }))

/** Of collections the collection. */
function numbersOf(a: ValueType, b: ValueType): ValueType {
  const common = promoteNumbers(a.base, b.base)
  if (!a.collection) return common
  const collection = collectionOf(common)
  return a.unordered === true || b.unordered === true ? Object.freeze({ ...collection, unordered: true }) : collection
}

function promoteNumbers(a: BaseType, b: BaseType): ValueType {
  const wide = (['Edm.Double', 'Edm.Single', 'Edm.Decimal', 'Edm.Int64'] as const).find((base) => a === base || b === base)
  return wide === undefined ? int32Type : primitiveType(wide)
}
