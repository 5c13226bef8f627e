import { hubError } from '@tributary/errors'
import type { QueryOptions } from './ast.js'
import { readExpression } from './expression-parser.js'
import { knownOptions, readOptionValue, unsupportedOptions, type Draft } from './option-values.js'
import {
  expect, expectEnd, look, scan, skipSpace, spanFrom, take, takeIdentifier, unexpected, unsupported, type Scanner, type Scope, type Session,
} from './scanner.js'
import { plainText, sourceText } from './source-text.js'

const nothing = (): Draft => ({ values: {}, aliases: new Map(), custom: [], spans: new Map() })

const frozen = ({ values, aliases, custom, spans }: Draft): QueryOptions => Object.freeze({ ...values, aliases, custom: Object.freeze(custom), spans })

/** Names of system query options by lower-case name without `$`. `$levels` only has a meaning inside `$expand`. */
const systemNames: ReadonlyMap<string, string> = new Map([...knownOptions, ...unsupportedOptions].map((name) => [name.slice(1), name]))

/**
 * Reads the query of a URL: system options with or without `$` in any case, parameter aliases, custom options.
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT, HUB_QUERY_UNKNOWN_OPTION, HUB_QUERY_DUPLICATE_OPTION, HUB_QUERY_UNSUPPORTED
 * @see OData URL Conventions 4.01, section 5
 */
export function readQuery(session: Session, query: string, scope: Scope): QueryOptions {
  const draft = nothing()
  for (let start = 0; start <= query.length; ) {
    const ampersand = query.indexOf('&', start)
    const end = ampersand < 0 ? query.length : ampersand
    if (end > start) readPair(session, { query, start, end }, { draft, scope })
    start = end + 1
  }
  return frozen(draft)
}

interface Pair {
  readonly query: string
  readonly start: number
  readonly end: number
}

interface Collecting {
  readonly draft: Draft
  readonly scope: Scope
}

function readPair(session: Session, { query, start, end }: Pair, { draft, scope }: Collecting): void {
  const equals = query.indexOf('=', start)
  const nameEnd = equals < 0 || equals > end ? end : equals
  const name = sourceText(query, { start, end: nameEnd, part: 'query option', plusIsSpace: true }).decoded
  const system = systemOption(name)
  const part = system ?? name
  if (system === undefined && !name.startsWith('@')) {
    const text = sourceText(query, { start: Math.min(nameEnd + 1, end), end, part, plusIsSpace: true })
    draft.custom.push(Object.freeze({ name, value: plainText(text, 0, text.decoded.length) }))
    return
  }
  const scanner = scan(session, query, { start: nameEnd, end, part, plusIsSpace: true })
  if (draft.spans.has(part)) throw hubError('HUB_QUERY_DUPLICATE_OPTION', { option: part }, { target: part })
  if (system !== undefined && unsupportedOptions.has(system)) throw unsupported(system)
  expect(scanner, '=')
  if (system === undefined) draft.aliases.set(aliasName(name), readExpression(scanner, scope))
  else Object.assign(draft.values, readOptionValue(system, scanner, scope))
  draft.spans.set(part, Object.freeze({ start, end }))
  expectEnd(scanner, 'an operator or the end of the option')
}

/** The canonical name of a system option; undefined for aliases and custom options. */
function systemOption(name: string): string | undefined {
  const dollar = name.startsWith('$')
  const known = systemNames.get((dollar ? name.slice(1) : name).toLowerCase())
  if (dollar && (known === undefined || known === '$levels')) throw unknownOption(name)
  return known === '$levels' ? undefined : known
}

const unknownOption = (option: string) =>
  hubError('HUB_QUERY_UNKNOWN_OPTION', { option, known: knownOptions.filter((name) => name !== '$levels').join(', ') }, { target: option })

function aliasName(name: string): string {
  if (!/^@[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*$/u.test(name)) throw unknownOption(name)
  return name.slice(1)
}

const optionName = /(\$?)([a-z]+)=/iy

/**
 * Reads `(option;option…)` as `$expand`, `$select` and `/$count` have it, the cursor on the opening parenthesis.
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT, HUB_QUERY_DUPLICATE_OPTION, HUB_QUERY_UNSUPPORTED
 */
export function readNestedOptions(scanner: Scanner, scope: Scope, allowed: ReadonlySet<string>): QueryOptions {
  const draft = nothing()
  expect(scanner, '(')
  do {
    skipSpace(scanner)
    readNestedOption(scanner, { draft, scope }, allowed)
    skipSpace(scanner)
  } while (take(scanner, ';'))
  expect(scanner, ')', "an operator, ';' or ')'")
  return frozen(draft)
}

function readNestedOption(scanner: Scanner, { draft, scope }: Collecting, allowed: ReadonlySet<string>): void {
  const from = scanner.at
  if (take(scanner, '@')) {
    const alias = takeIdentifier(scanner, 'the name of a parameter alias')
    expect(scanner, '=')
    once(draft, `@${alias}`)
    draft.aliases.set(alias, readExpression(scanner, scope))
    draft.spans.set(`@${alias}`, spanFrom(scanner, from))
    return
  }
  const match = look(scanner, optionName)
  const name = match === undefined ? undefined : systemNames.get(match[2]!.toLowerCase())
  if (name !== undefined && unsupportedOptions.has(name)) throw unsupported(name)
  if (match === undefined || name === undefined || !allowed.has(name)) throw unexpected(scanner, [...allowed].join(', '))
  once(draft, name)
  scanner.at += match[0].length
  Object.assign(draft.values, readOptionValue(name, scanner, scope))
  draft.spans.set(name, spanFrom(scanner, from))
}

function once(draft: Draft, option: string): void {
  if (draft.spans.has(option)) throw hubError('HUB_QUERY_DUPLICATE_OPTION', { option }, { target: option })
}
