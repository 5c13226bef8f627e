import { readCompute } from './aggregate-parser.js'
import type { Expression, QueryOptions, Span, TemporalBound } from './ast.js'
import { readExpand } from './expand-parser.js'
import { readExpression } from './expression-parser.js'
import { readOrderBy } from './order-parser.js'
import { look, takeWord, unexpected, type Scanner, type Scope } from './scanner.js'
import { readSearch } from './search-parser.js'
import { readSelect } from './select-parser.js'

/** Query options while they are collected. */
export interface Draft {
  values: Partial<Omit<QueryOptions, 'aliases' | 'custom' | 'spans'>>
  readonly aliases: Map<string, Expression>
  readonly custom: { readonly name: string; readonly value: string }[]
  readonly spans: Map<string, Span>
}

type ReadValue = (scanner: Scanner, scope: Scope) => Draft['values']

/** How each system query option's value is read, the cursor behind the `=`. */
const readers: ReadonlyMap<string, ReadValue> = new Map<string, ReadValue>([
  ['$filter', (scanner, scope) => ({ filter: readExpression(scanner, scope) })],
  ['$select', (scanner, scope) => ({ select: readSelect(scanner, scope) })],
  ['$expand', (scanner, scope) => ({ expand: readExpand(scanner, scope) })],
  ['$orderby', (scanner, scope) => ({ orderby: readOrderBy(scanner, scope) })],
  ['$top', (scanner) => ({ top: readNumber(scanner) })],
  ['$skip', (scanner) => ({ skip: readNumber(scanner) })],
  ['$count', (scanner) => ({ count: readBoolean(scanner) })],
  ['$search', (scanner) => ({ search: readSearch(scanner) })],
  ['$levels', (scanner) => ({ levels: readLevels(scanner) })],
  ['$format', (scanner) => ({ format: readFormat(scanner) })],
  ['$skiptoken', (scanner) => ({ skiptoken: readToken(scanner) })],
  ['$apply', (scanner, scope) => ({ apply: scanner.session.grammar.apply(scanner, scope) })],
  ['$compute', (scanner, scope) => ({ compute: readCompute(scanner, scope) })],
  ['$deltatoken', (scanner) => ({ deltatoken: readToken(scanner) })],
  ['$index', (scanner) => ({ index: readIndex(scanner) })],
  ['$schemaversion', (scanner) => ({ schemaversion: takeMatch(scanner, /\*|[\w.~-]+/y, '* or a version') })],
  ['$id', (scanner) => ({ id: readToken(scanner) })],
  ['$at', (scanner, scope) => ({ at: readTemporalBound(scanner, scope) })],
  ['$from', (scanner, scope) => ({ from: readTemporalBound(scanner, scope) })],
  ['$to', (scanner, scope) => ({ to: readTemporalBound(scanner, scope) })],
  ['$toInclusive', (scanner, scope) => ({ toInclusive: readTemporalBound(scanner, scope) })],
])

/** The system query options that are understood, in canonical spelling. */
export const knownOptions: readonly string[] = Object.freeze([...readers.keys()])

/** Options that are only known with their `$`: without it they are custom options. @see OData Extension for Temporal Data 4.0 */
export const dollarOptions: ReadonlySet<string> = new Set(['$at', '$from', '$to', '$toInclusive'])

/** Reads the value of a known option, the cursor behind the `=`. @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT */
export const readOptionValue = (name: string, scanner: Scanner, scope: Scope): Draft['values'] => readers.get(name)?.(scanner, scope) ?? {}

/** More rows than a safe integer counts do not exist: a larger number means as much. */
function readNumber(scanner: Scanner): number {
  const digits = takeMatch(scanner, /\d+/y, 'a non-negative integer')
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER)
}

const readBoolean = (scanner: Scanner): boolean => takeMatch(scanner, /(?:true|false)/iy, 'true or false').toLowerCase() === 'true'

function readLevels(scanner: Scanner): number | 'max' {
  const levels = takeMatch(scanner, /(?:max|[1-9]\d*)/iy, 'max or a positive integer')
  return levels.toLowerCase() === 'max' ? 'max' : Math.min(Number(levels), Number.MAX_SAFE_INTEGER)
}

function readIndex(scanner: Scanner): number {
  const index = Number(takeMatch(scanner, /-?\d+/y, 'an integer'))
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(index, Number.MAX_SAFE_INTEGER))
}

/** `min` and `max` by themselves are no properties here. */
function readTemporalBound(scanner: Scanner, scope: Scope): TemporalBound {
  for (const bound of ['min', 'max'] as const) if (takeWord(scanner, bound)) return bound
  return readExpression(scanner, scope)
}

const readFormat = (scanner: Scanner): string =>
  takeMatch(scanner, /[\w!#$&^.+-]+(?:\/[\w!#$&^.+*-]+(?:[ \t]*;[ \t]*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"]*"))*)?/y, 'json, xml or a media type')

const readToken = (scanner: Scanner): string => takeMatch(scanner, /.+/suy, 'a token')

function takeMatch(scanner: Scanner, pattern: RegExp, expected: string): string {
  const match = look(scanner, pattern)
  if (match === undefined) throw unexpected(scanner, expected)
  scanner.at += match[0].length
  return match[0]
}
