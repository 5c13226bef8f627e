import { hubError, type HubError } from '@tributary/errors'
import type { AggregateExpression, ApplyExpression, Expression, QueryOptions, Span } from './ast.js'
import { isLetter } from './letters.js'
import { limitReached, type ParseLimits } from './limits.js'
import type { Names, TypeHandle } from './names.js'
import { isRaw, rawOffset, sourceText, type SourceText, type Stretch } from './source-text.js'

/** What names mean where an expression stands. */
export interface Scope {
  /** The instance that paths without a root begin at. */
  readonly type: TypeHandle | undefined
  /** `$it`: the instance the resource path addresses. */
  readonly it: TypeHandle | undefined
  /** `$this`: the instance of the innermost collection. */
  readonly current: TypeHandle | undefined
  readonly variables: ReadonlyMap<string, TypeHandle | undefined>
}

/** The rules that call one another in a circle, handed down so that the files need not. */
export interface Grammar {
  expression(scanner: Scanner, scope: Scope): Expression
  /** `(option;option…)`, the cursor on the opening parenthesis. */
  nestedOptions(scanner: Scanner, scope: Scope, allowed: ReadonlySet<string>): QueryOptions
  /** What is aggregated and how, without a name for it. */
  aggregate(scanner: Scanner, scope: Scope): AggregateExpression
  /** A sequence of set transformations. */
  apply(scanner: Scanner, scope: Scope): ApplyExpression
}

/** One parse: what is shared by all its scanners. */
export interface Session {
  readonly names: Names
  readonly limits: ParseLimits
  readonly grammar: Grammar
  nodes: number
  nesting: number
}

/** A cursor over one decoded text. */
export interface Scanner {
  readonly session: Session
  readonly source: SourceText
  readonly text: string
  at: number
  /** The qualified name looked at last, and where: rules that try one after the other look at the same. */
  name: string | undefined
  nameAt: number
  /** Where digits are a number although a colon and more digits follow: `case(X gt 10:20)`. */
  numberAt: number | undefined
}

/** A scanner at the beginning of a stretch of a raw URL. */
export function scan(session: Session, raw: string, stretch: Stretch): Scanner {
  const source = sourceText(raw, stretch)
  return { session, source, text: source.decoded, at: 0, name: undefined, nameAt: -1, numberAt: undefined }
}

const noVariables: Scope['variables'] = new Map()

/** The scope of an option of a resource of this type. */
export const scopeOf = (type: TypeHandle | undefined): Scope => {
  const element = elementOf(type)
  return { type: element, it: element, current: element, variables: noVariables }
}

/** The root of paths that begin with a member. */
export const implicitRoot = Object.freeze({ kind: 'implicit' as const })

/** A member of a collection, or the type itself. */
export const elementOf = (type: TypeHandle | undefined): TypeHandle | undefined =>
  type?.collection === true ? Object.freeze({ ...type, collection: false }) : type

/** Raw range from a decoded index to the cursor. */
export const spanFrom = ({ source, at }: Scanner, from: number): Span =>
  Object.freeze({ start: rawOffset(source, from), end: rawOffset(source, at) })

/** Freezes a node and counts it. @throws HUB_QUERY_LIMIT */
export function node<N extends object>(scanner: Scanner, value: N): Readonly<N> {
  const { session } = scanner
  if (++session.nodes > session.limits.nodes) throw limitReached(session.limits, 'nodes', scanner.source.part)
  return Object.freeze(value)
}

/** Runs a rule that recurses. @throws HUB_QUERY_LIMIT */
export function nested<T>(scanner: Scanner, rule: () => T): T {
  const { session } = scanner
  if (++session.nesting > session.limits.nesting) throw limitReached(session.limits, 'nesting', scanner.source.part)
  const result = rule()
  session.nesting--
  return result
}

/** The error at a place: what is there, and what could be. */
export function unexpected(scanner: Scanner, expected: string, at = scanner.at): HubError {
  const { part } = scanner.source
  return hubError('HUB_QUERY_SYNTAX', { part, position: rawOffset(scanner.source, at), found: foundAt(scanner, at), expected }, { target: part })
}

/** The refusal of something the standard has and this project does not yet execute. */
export const unsupported = (what: string, hint = ''): HubError => hubError('HUB_QUERY_UNSUPPORTED', { what, hint }, { target: what })

/** True for a blank, a tab, and a raw plus where it is a space. */
export const isSpaceAt = ({ text, source }: Scanner, at: number): boolean => {
  const unit = text.charCodeAt(at)
  return unit === blank || unit === tab || (unit === plus && source.plusIsSpace && isRaw(source, at))
}

const [blank, tab, plus] = [0x20, 0x09, 0x2b]

/** Skips white space; true if there was any. */
export function skipSpace(scanner: Scanner): boolean {
  const from = scanner.at
  while (isSpaceAt(scanner, scanner.at)) scanner.at++
  return scanner.at > from
}

/** True where nothing is left. */
export const atEnd = (scanner: Scanner): boolean => scanner.at >= scanner.text.length

/** Takes the characters if they stand here. */
export function take(scanner: Scanner, characters: string): boolean {
  const { text, at } = scanner
  // Most are one character, which is compared faster by itself.
  if (characters.length === 1 ? text[at] !== characters : !text.startsWith(characters, at)) return false
  scanner.at += characters.length
  return true
}

/** @throws HUB_QUERY_SYNTAX */
export function expect(scanner: Scanner, character: string, expected = `'${character}'`): void {
  if (!take(scanner, character)) throw unexpected(scanner, expected)
}

/** @throws HUB_QUERY_SYNTAX where text is left over */
export function expectEnd(scanner: Scanner, expected: string): void {
  if (atEnd(scanner)) return
  const from = scanner.at
  skipSpace(scanner)
  throw unexpected(scanner, expected, atEnd(scanner) ? from : scanner.at)
}

/** What a sticky pattern matches here, without moving. */
export function look(scanner: Scanner, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = scanner.at
  return pattern.exec(scanner.text) ?? undefined
}

const identifierPattern = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*/uy
const qualifiedPattern = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*(?:\.[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*)*/uy

/** The identifier that stands here, without moving. */
export const lookIdentifier = (scanner: Scanner): string | undefined => {
  const end = asciiNameEnd(scanner.text, scanner.at)
  return end === undefined ? look(scanner, identifierPattern)?.[0] : nameBefore(scanner, end)
}

/** The identifier, qualified or not, that stands here, without moving. */
export const lookQualified = (scanner: Scanner): string | undefined => {
  if (scanner.nameAt === scanner.at) return scanner.name
  const end = asciiNameEnd(scanner.text, scanner.at)
  scanner.name = end === undefined || scanner.text[end] === '.' ? look(scanner, qualifiedPattern)?.[0] : nameBefore(scanner, end)
  scanner.nameAt = scanner.at
  return scanner.name
}

const nameBefore = ({ text, at }: Scanner, end: number): string | undefined => (end === at ? undefined : text.slice(at, end))

/** Where a name ends that is written in ASCII, as most are; undefined: it is not. */
function asciiNameEnd(text: string, at: number): number | undefined {
  let end = at
  for (let unit = text.charCodeAt(end); isLetterOrUnderscore(unit) || (end > at && isDigit(unit)); unit = text.charCodeAt(end)) end++
  return text.charCodeAt(end) > 0x7f ? undefined : end
}

const isLetterOrUnderscore = (unit: number): boolean => isLetter(unit) || unit === 0x5f
export const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39

/** @throws HUB_QUERY_SYNTAX */
export function takeIdentifier(scanner: Scanner, expected: string): string {
  const name = lookIdentifier(scanner)
  if (name === undefined) throw unexpected(scanner, expected)
  scanner.at += name.length
  return name
}

/** @throws HUB_QUERY_SYNTAX */
export function takeQualified(scanner: Scanner, expected: string): string {
  const name = lookQualified(scanner)
  if (name === undefined) throw unexpected(scanner, expected)
  scanner.at += name.length
  return name
}

/** Takes a word in any case that ends here. */
export function takeWord(scanner: Scanner, word: string): boolean {
  if (lookQualified(scanner)?.toLowerCase() !== word) return false
  scanner.at += word.length
  return true
}

/** White space, a word in any case, and white space; nothing is read otherwise. */
export function takeKeyword(scanner: Scanner, word: string): boolean {
  const from = scanner.at
  if (skipSpace(scanner) && takeWord(scanner, word) && skipSpace(scanner)) return true
  scanner.at = from
  return false
}

/** The error behind white space: what is there instead of a word. */
export function unexpectedNext(scanner: Scanner, expected: string): HubError {
  const from = scanner.at
  skipSpace(scanner)
  return unexpected(scanner, expected, atEnd(scanner) ? from : scanner.at)
}

/** Reads an item and further ones after commas, white space about each. */
export function separated<T>(scanner: Scanner, item: () => T): readonly T[] {
  const items: T[] = []
  do {
    skipSpace(scanner)
    items.push(item())
  } while (takeComma(scanner))
  return Object.freeze(items)
}

/** A comma with white space before it; without one nothing is read. */
export function takeComma(scanner: Scanner): boolean {
  const from = scanner.at
  skipSpace(scanner)
  if (take(scanner, ',')) return true
  scanner.at = from
  return false
}

/** A comma with white space about it; without one nothing is read. */
export function takeSeparator(scanner: Scanner): boolean {
  if (!takeComma(scanner)) return false
  skipSpace(scanner)
  return true
}

const foundLength = 16

function foundAt({ text }: Scanner, at: number): string {
  if (at >= text.length) return 'the end'
  const rest = text.slice(at, at + foundLength)
  const word = /^(?:[\p{L}\p{N}_.$@]+|.)/su.exec(rest)?.[0] ?? rest
  return `'${word}'`
}
