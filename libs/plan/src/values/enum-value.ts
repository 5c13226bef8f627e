import type { ValueType } from '../value.js'

/** The number of an enumeration's value text (`Red`, `Red,Blue`, `5`); undefined if the type's members do not tell. */
export function enumNumber(type: ValueType, text: string): bigint | undefined {
  const known = type.members?.get(text)
  if (known !== undefined) return known
  let total = 0n
  for (const part of text.split(',')) {
    const name = part.trim()
    const value = type.members?.get(name) ?? (/^-?\d+$/.test(name) ? BigInt(name) : undefined)
    if (value === undefined) return undefined
    total |= value
  }
  return total
}

/** True if all bits of `flags` are set in `value`. @see OData URL Conventions 4.01 section 5.1.1.1.9 */
export function enumHas(type: ValueType, value: string, flags: string): boolean {
  const have = enumNumber(type, value)
  const want = enumNumber(type, flags)
  if (have !== undefined && want !== undefined) return (have & want) === want
  const names = new Set(value.split(',').map((name) => name.trim()))
  return flags.split(',').every((name) => names.has(name.trim()))
}

/**
 * The text of an enumeration's value by its number: a member's name, the names of the members its bits are, or, where bits are left over, the
 * number itself. Undefined if the type has no such value.
 */
export function enumText(type: ValueType, value: bigint): string | undefined {
  const members = [...(type.members ?? [])]
  const named = members.find(([, number]) => number === value)?.[0]
  if (named !== undefined || type.flags !== true) return named
  let left = value
  const names: string[] = []
  for (const [name, bits] of members) {
    if (bits === 0n || (left & bits) !== bits) continue
    names.push(name)
    left &= ~bits
  }
  return left === 0n && names.length > 0 ? names.join(',') : String(value)
}
