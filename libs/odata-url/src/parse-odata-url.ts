import { readAggregate, readCompute } from './aggregate-parser.js'
import { readApply } from './apply-parser.js'
import type { ApplyExpression, ComputeItem, ExpandItem, Expression, ODataUrl, OrderItem, QueryOptions, Resource, SearchExpression, SelectItem } from './ast.js'
import { readExpand } from './expand-parser.js'
import { readExpression } from './expression-parser.js'
import { defaultLimits, limitReached, type ParseLimits } from './limits.js'
import type { Names, TypeHandle } from './names.js'
import { readOrderBy } from './order-parser.js'
import { readNestedOptions, readQuery } from './options.js'
import { readResource } from './path-parser.js'
import { expectEnd, nested, scan, scopeOf, type Grammar, type Scanner, type Scope, type Session } from './scanner.js'
import { readSearch } from './search-parser.js'
import { readSelect } from './select-parser.js'
import { checkSystemResource } from './system-resources.js'

const grammar: Grammar = Object.freeze({
  expression: (scanner: Scanner, scope: Scope) => nested(scanner, () => readExpression(scanner, scope)),
  nestedOptions: readNestedOptions,
  aggregate: readAggregate,
  apply: (scanner: Scanner, scope: Scope) => nested(scanner, () => readApply(scanner, scope)),
})

function sessionOf(names: Names, limits: Partial<ParseLimits>): Session {
  return { names, limits: { ...defaultLimits, ...limits }, grammar, nodes: 0, nesting: 0 }
}

/**
 * Parses an OData URL below a service root. Names decide structure only: a name the model does not have becomes an `unknown` node.
 *
 * A raw `+` is read as a space in the query (form encoding, as most clients and servers have it; a client that means a plus sends
 * `%2B`), except where a sign stands in a number, a date-time or an enumeration, and in `$format` and `$skiptoken`. In the path it is a plus.
 * @param path relative to the service root, percent-encoded, without leading slash: `Orders(10248)/Customer`; spans count from its beginning
 * @param query what follows the `?`, percent-encoded, without it; spans count from its beginning
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT, HUB_QUERY_UNKNOWN_OPTION, HUB_QUERY_DUPLICATE_OPTION, HUB_QUERY_UNSUPPORTED, HUB_RESOURCE_NOT_FOUND
 * @see OData URL Conventions 4.01
 */
export function parseODataUrl(path: string, query: string, names: Names, limits: Partial<ParseLimits> = {}): ODataUrl {
  const session = sessionOf(names, limits)
  checkLength(session, path)
  checkLength(session, query)
  const { resource, type, parameters } = readResource(session, path)
  const options = readQuery(session, query, { scope: scopeOf(type), parameters })
  checkSystemResource(resource, options, query)
  return Object.freeze({ resource, options })
}

/** Parses a resource path alone. @throws as {@link parseODataUrl} */
export function parseResourcePath(path: string, names: Names, limits: Partial<ParseLimits> = {}): Resource {
  const session = sessionOf(names, limits)
  checkLength(session, path)
  return readResource(session, path).resource
}

/** The type of what a resource path addresses; undefined: it has none, or none that the names tell. @throws as {@link parseODataUrl} */
export function typeOfResource(path: string, names: Names, limits: Partial<ParseLimits> = {}): TypeHandle | undefined {
  const session = sessionOf(names, limits)
  checkLength(session, path)
  return readResource(session, path).type
}

/** Parses a query whose resource has this type. @throws as {@link parseODataUrl} */
export function parseQueryOptions(query: string, names: Names, type?: TypeHandle, limits: Partial<ParseLimits> = {}): QueryOptions {
  const session = sessionOf(names, limits)
  checkLength(session, query)
  return readQuery(session, query, { scope: scopeOf(type), parameters: [] })
}

type Rule<T> = (scanner: Scanner, scope: Scope) => T

/** Makes a parser of one rule over the percent-encoded value of one option. */
const rule =
  <T>(part: string, read: Rule<T>) =>
  (text: string, names: Names, type?: TypeHandle, limits: Partial<ParseLimits> = {}): T => {
    const session = sessionOf(names, limits)
    checkLength(session, text)
    const scanner = scan(session, text, { start: 0, end: text.length, part, plusIsSpace: true })
    const result = read(scanner, scopeOf(type))
    expectEnd(scanner, 'an operator or the end')
    return result
  }

type ParseRule<T> = (text: string, names: Names, type?: TypeHandle, limits?: Partial<ParseLimits>) => T

/** Parses the percent-encoded value of `$filter` (or any expression) against a type. @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT */
export const parseFilter: ParseRule<Expression> = rule('$filter', readExpression)
/** Parses the value of `$expand`. @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT */
export const parseExpand: ParseRule<readonly ExpandItem[]> = rule('$expand', readExpand)
/** Parses the value of `$select`. @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT */
export const parseSelect: ParseRule<readonly SelectItem[]> = rule('$select', readSelect)
/** Parses the value of `$orderby`. @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT */
export const parseOrderBy: ParseRule<readonly OrderItem[]> = rule('$orderby', readOrderBy)
/** Parses the value of `$search`. @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT */
export const parseSearch: ParseRule<SearchExpression> = rule('$search', readSearch)

/** Parses the value of `$apply`. @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT */
export const parseApply: ParseRule<ApplyExpression> = rule('$apply', readApply)
/** Parses the value of `$compute`. @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT */
export const parseCompute: ParseRule<readonly ComputeItem[]> = rule('$compute', readCompute)

function checkLength({ limits }: Session, text: string): void {
  if (text.length > limits.urlLength) throw limitReached(limits, 'urlLength')
}
