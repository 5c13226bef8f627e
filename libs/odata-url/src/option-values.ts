import type { OrderItem, QueryOptions, Span } from './ast.js'
import { readExpand } from './expand-parser.js'
import { readExpression } from './expression-parser.js'
import { look, node, skipSpace, spanFrom, unexpected, type Scanner, type Scope } from './scanner.js'
import { readSearch } from './search-parser.js'
import { readSelect, takeComma } from './select-parser.js'

/** Query options while they are collected. */
export interface Draft {
  values: Partial<Omit<QueryOptions, 'aliases' | 'custom' | 'spans'>>
  readonly aliases: Map<string, import('./ast.js').Expression>
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
])

/** The system query options that are understood, in canonical spelling. */
export const knownOptions: readonly string[] = Object.freeze([...readers.keys()])

/** Options of the standard that are refused by name until they are executed. */
export const unsupportedOptions: ReadonlySet<string> = new Set(['$apply', '$compute', '$deltatoken', '$index', '$schemaversion', '$id'])

/** Reads the value of a known option, the cursor behind the `=`. @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT, HUB_QUERY_UNSUPPORTED */
export const readOptionValue = (name: string, scanner: Scanner, scope: Scope): Draft['values'] => readers.get(name)?.(scanner, scope) ?? {}

/** Reads the items of `$orderby`. @throws HUB_QUERY_SYNTAX @see OData URL Conventions 4.01, section 5.1.5 */
export function readOrderBy(scanner: Scanner, scope: Scope): readonly OrderItem[] {
  const items: OrderItem[] = []
  do {
    skipSpace(scanner)
    const from = scanner.at
    const expression = readExpression(scanner, scope)
    const descending = readDirection(scanner)
    items.push(node(scanner, { expression, descending, span: spanFrom(scanner, from) }))
  } while (takeComma(scanner))
  return Object.freeze(items)
}

function readDirection(scanner: Scanner): boolean {
  const from = scanner.at
  const word = skipSpace(scanner) ? look(scanner, /(?:asc|desc)(?![\p{L}\p{N}_])/iuy)?.[0] : undefined
  if (word === undefined) scanner.at = from
  else scanner.at += word.length
  return word?.toLowerCase() === 'desc'
}

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

const readFormat = (scanner: Scanner): string =>
  takeMatch(scanner, /[\w!#$&^.+-]+(?:\/[\w!#$&^.+*-]+(?:[ \t]*;[ \t]*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"]*"))*)?/y, 'json, xml or a media type')

const readToken = (scanner: Scanner): string => takeMatch(scanner, /.+/suy, 'a token')

function takeMatch(scanner: Scanner, pattern: RegExp, expected: string): string {
  const match = look(scanner, pattern)
  if (match === undefined) throw unexpected(scanner, expected)
  scanner.at += match[0].length
  return match[0]
}
