const digits = Symbol('digits')

/** A number by its text, written as it is. */
export interface RawNumber {
  readonly [digits]: string
}

/** What can be written as JSON; members that are undefined are left out. */
export type JsonValue = string | number | boolean | null | RawNumber | readonly JsonValue[] | JsonMembers

/** The members of an object, in the order they are written. */
export interface JsonMembers {
  readonly [name: string]: JsonValue | undefined
}

/** A number whose digits must not change. `text` has to be a JSON number. */
export const rawNumber = (text: string): RawNumber => ({ [digits]: text })

/** Members named after the values they are made of. Safe for every name, `__proto__` too. */
export const namedMembers = <V extends { readonly name: string }>(values: Iterable<V>, make: (value: V) => JsonValue): JsonMembers => Object.fromEntries(Array.from(values, (value) => [value.name, make(value)]))

/** JSON text, two blanks a level, a line end at the end. */
export const jsonText = (value: JsonValue): string => `${written(value, '')}\n`

const isRaw = (value: RawNumber | JsonMembers): value is RawNumber => digits in value

function written(value: JsonValue, indent: string): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const inner = `${indent}  `
  if (isList(value)) return value.length === 0 ? '[]' : `[\n${value.map((each) => inner + written(each, inner)).join(',\n')}\n${indent}]`
  if (isRaw(value)) return value[digits]
  const members = Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [`${inner}${JSON.stringify(name)}: ${written(member, inner)}`]))
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value)
