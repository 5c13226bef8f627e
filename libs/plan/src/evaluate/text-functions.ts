import { hubError } from '@tributary/errors'
import { RE2JS } from 're2js'
import type { Value } from '../value.js'

/** The string functions of OData over values that are not null. Positions and lengths count Unicode code points. */

/** True where UTF-16 units and code points are the same. */
const isBasic = (text: string): boolean => !/[\uD800-\uDFFF]/.test(text)

/** Number of code points. */
export const lengthOf = (text: string): number => (isBasic(text) ? text.length : [...text].length)

/** Position of the first occurrence, -1 if there is none. */
export function indexOf(text: string, part: string): number {
  const index = text.indexOf(part)
  return index <= 0 || isBasic(text) ? index : lengthOf(text.slice(0, index))
}

/** @throws HUB_QUERY_INVALID for a negative number of characters or items */
export function requireCount(count: number): number {
  if (count < 0) throw hubError('HUB_QUERY_INVALID', { what: `substring is asked for ${count} characters or items.`, hint: 'Their number cannot be negative.' })
  return count
}

/** The code units of Unicode's White_Space. */
const isSpace = (unit: number): boolean =>
  unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0x85 || unit === 0xa0 || unit === 0x1680 || (unit >= 0x2000 && unit <= 0x200a) ||
  unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f || unit === 0x3000

/** Without white space at its ends, as Unicode defines it. */
export function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isSpace(text.charCodeAt(from))) from += 1
  while (to > from && isSpace(text.charCodeAt(to - 1))) to -= 1
  return text.slice(from, to)
}

/**
 * From `start` (negative: from the end), at most `count` characters; beyond the ends, what there is.
 * @throws HUB_QUERY_INVALID if `count` is negative
 * @see OData URL Conventions 4.01 section 5.1.1.7.5
 */
export function substringOf(text: string, start: number, count?: number): string {
  const characters = isBasic(text) ? text : [...text]
  const from = start < 0 ? Math.max(0, characters.length + start) : start
  const to = count === undefined ? characters.length : from + requireCount(count)
  const part = characters.slice(from, to)
  return typeof part === 'string' ? part : part.join('')
}

const maxPatterns = 256
const patterns = new Map<string, RE2JS>()

/** A regular expression in linear time; patterns are kept compiled. @throws HUB_QUERY_INVALID if the pattern is none */
export function matchesPattern(text: string, pattern: string): boolean {
  return compilePattern(pattern).matcher(text).find()
}

/** @throws HUB_QUERY_INVALID if the pattern is none that can be matched in linear time */
export function compilePattern(pattern: string): RE2JS {
  const known = patterns.get(pattern)
  if (known !== undefined) return known
  try {
    const compiled = RE2JS.compile(pattern)
    if (patterns.size >= maxPatterns) patterns.clear()
    patterns.set(pattern, compiled)
    return compiled
  } catch (cause) {
    const hint = 'Back references and look-around are not possible: patterns are matched in linear time.'
    throw hubError('HUB_QUERY_INVALID', { what: `The pattern '${pattern.slice(0, 60)}' cannot be used.`, hint }, { cause })
  }
}

/** True if every item of `part` stands in `whole` (as often as in `part`). */
export function hasSubset(whole: readonly Value[], part: readonly Value[], key: (value: Value) => string): boolean {
  const counts = new Map<string, number>()
  for (const item of whole) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return part.every((item) => {
    const left = (counts.get(key(item)) ?? 0) - 1
    counts.set(key(item), left)
    return left >= 0
  })
}

/** True if the items of `part` stand in `whole` in their order, others between them allowed. */
export function hasSubsequence(whole: readonly Value[], part: readonly Value[], key: (value: Value) => string): boolean {
  let met = 0
  for (const item of whole) {
    if (met < part.length && key(item) === key(part[met])) met += 1
  }
  return met === part.length
}
