import { hubError } from '@tributary/errors'
import type { Expression, QueryOptions } from './ast.js'
import { readExpression } from './expression-parser.js'
import { dollarOptions, knownOptions, readOptionValue, type Draft } from './option-values.js'
import {
  expect, expectEnd, look, scan, skipSpace, spanFrom, take, takeIdentifier, unexpected, type Scanner, type Scope, type Session,
} from './scanner.js'
import { plainText, sourceText } from './source-text.js'

const nothing = (): Draft => ({ values: {}, aliases: new Map(), custom: [], spans: new Map() })

const frozen = ({ values, aliases, custom, spans }: Draft): QueryOptions => Object.freeze({ ...values, aliases, custom: Object.freeze(custom), spans })

/** Names of system query options by lower-case name without `$`. `$levels` only has a meaning inside `$expand`. */
const systemNames: ReadonlyMap<string, string> = new Map(knownOptions.map((name) => [name.slice(1).toLowerCase(), name]))

/** What the names of a query mean: on an instance, and as implicit aliases of an operation's parameters. */
export interface QueryScope {
  readonly scope: Scope
  readonly parameters: readonly string[]
}

/**
 * Reads the query of a URL: system options with or without `$` in any case, parameter aliases, custom options.
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT, HUB_QUERY_UNKNOWN_OPTION, HUB_QUERY_DUPLICATE_OPTION
 * @see OData URL Conventions 4.01, section 5
 */
export function readQuery(session: Session, query: string, { scope, parameters }: QueryScope): QueryOptions {
  const draft = { ...nothing(), parameters: new Map<string, Expression>() }
  for (let start = 0; start <= query.length; ) {
    const ampersand = query.indexOf('&', start)
    const end = ampersand < 0 ? query.length : ampersand
    if (end > start) readPair(session, { query, start, end }, { draft, scope, parameters })
    start = end + 1
  }
  return frozen(draft.parameters.size === 0 ? draft : { ...draft, values: { ...draft.values, parameters: draft.parameters } })
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

interface CollectingQuery extends QueryScope {
  readonly draft: Draft & { readonly parameters: Map<string, Expression> }
}

function readPair(session: Session, { query, start, end }: Pair, { draft, scope, parameters }: CollectingQuery): void {
  const equals = query.indexOf('=', start)
  const nameEnd = equals < 0 || equals > end ? end : equals
  const name = sourceText(query, { start, end: nameEnd, part: 'query option', plusIsSpace: true }).decoded
  const system = systemOption(name)
  const part = system ?? name
  const parameter = system === undefined && parameters.includes(name)
  if (system === undefined && !parameter && !name.startsWith('@')) {
    const text = sourceText(query, { start: Math.min(nameEnd + 1, end), end, part, plusIsSpace: true })
    draft.custom.push(Object.freeze({ name, value: plainText(text, 0, text.decoded.length) }))
    return
  }
  const scanner = scan(session, query, { start: nameEnd, end, part, plusIsSpace: true })
  if (draft.spans.has(part)) throw hubError('HUB_QUERY_DUPLICATE_OPTION', { option: part }, { target: part })
  expect(scanner, '=')
  if (parameter) draft.parameters.set(name, readExpression(scanner, scope))
  else if (system === undefined) draft.aliases.set(aliasName(name), readExpression(scanner, scope))
  else Object.assign(draft.values, readOptionValue(system, scanner, scope))
  draft.spans.set(part, Object.freeze({ start, end }))
  skipSpace(scanner)
  expectEnd(scanner, 'an operator or the end of the option')
}

/** The canonical name of a system option; undefined for aliases and custom options. */
function systemOption(name: string): string | undefined {
  const dollar = name.startsWith('$')
  const known = systemNames.get((dollar ? name.slice(1) : name).toLowerCase())
  if (dollar && (known === undefined || known === '$levels')) throw unknownOption(name)
  // `from` without its `$` is anybody's option.
  return known === '$levels' || (known !== undefined && !dollar && dollarOptions.has(known)) ? undefined : known
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
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT, HUB_QUERY_DUPLICATE_OPTION
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
  const dollarMissing = match?.[1] === '' && name !== undefined && dollarOptions.has(name)
  if (match === undefined || name === undefined || dollarMissing || !allowed.has(name)) throw unexpected(scanner, [...allowed].join(', '))
  once(draft, name)
  scanner.at += match[0].length
  Object.assign(draft.values, readOptionValue(name, scanner, scope))
  draft.spans.set(name, spanFrom(scanner, from))
}

function once(draft: Draft, option: string): void {
  if (draft.spans.has(option)) throw hubError('HUB_QUERY_DUPLICATE_OPTION', { option }, { target: option })
}
