import { hubError } from '@tributary/errors'
import type { Position } from './warnings.js'
import { tooMany, type DocumentLimits } from './xml-tree.js'

/** A JSON value that knows where it begins. Numbers keep their text: a decimal is never a double. */
export type JsonNode =
  | { readonly kind: 'object'; readonly offset: number; readonly members: ReadonlyMap<string, JsonNode> }
  | { readonly kind: 'array'; readonly offset: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string' | 'number'; readonly offset: number; readonly text: string }
  | { readonly kind: 'boolean'; readonly offset: number; readonly value: boolean }
  | { readonly kind: 'null'; readonly offset: number }

/** An object with its members in document order. */
export type JsonObject = Extract<JsonNode, { readonly kind: 'object' }>

interface Scanner {
  readonly text: string
  readonly limits: Pick<DocumentLimits, 'maxDepth' | 'maxElements'>
  count: number
  at: number
}

/**
 * Parses a JSON text. A member given twice counts as malformed.
 * @throws HUB_CONTRACT_SYNTAX with line and column
 * @see RFC 8259
 */
export function parseJson(text: string, limits: Pick<DocumentLimits, 'maxDepth' | 'maxElements'>): JsonNode {
  const scanner: Scanner = { text, limits, count: 0, at: text.startsWith('\uFEFF') ? 1 : 0 }
  const node = value(scanner, 0)
  blanks(scanner)
  if (scanner.at < text.length) fail(scanner, `found ${found(scanner)} after the end of the document`)
  return node
}

/** Line and column of an offset, found when they are asked for: most positions never are. */
export function lazyPosition(text: string, offset: number): Position {
  return {
    get line() {
      return positionOf(text, offset).line
    },
    get column() {
      return positionOf(text, offset).column
    },
  }
}

/** Line and column of an offset, both from 1. */
export function positionOf(text: string, offset: number): Position {
  let line = 1
  let start = 0
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', next + 1)) {
    line += 1
    start = next + 1
  }
  return { line, column: offset - start + 1 }
}

function fail(scanner: Scanner, reason: string, offset = scanner.at): never {
  throw hubError('HUB_CONTRACT_SYNTAX', { ...positionOf(scanner.text, offset), reason })
}

function found({ text, at }: Scanner): string {
  const point = text.codePointAt(at)
  return point === undefined ? 'the end of the document' : `'${String.fromCodePoint(point)}'`
}

function blanks(scanner: Scanner): void {
  for (; scanner.at < scanner.text.length; scanner.at += 1) {
    const code = scanner.text.charCodeAt(scanner.at)
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
  }
}

function value(scanner: Scanner, depth: number): JsonNode {
  blanks(scanner)
  scanner.count += 1
  if (scanner.count > scanner.limits.maxElements) throw tooMany(scanner.limits)
  const offset = scanner.at
  switch (scanner.text[offset]) {
    case '{':
      return object(scanner, depth + 1)
    case '[':
      return array(scanner, depth + 1)
    case '"':
      return { kind: 'string', offset, text: string(scanner) }
    case 't':
      return literal(scanner, 'true', { kind: 'boolean', offset, value: true })
    case 'f':
      return literal(scanner, 'false', { kind: 'boolean', offset, value: false })
    case 'n':
      return literal(scanner, 'null', { kind: 'null', offset })
    default:
      return number(scanner)
  }
}

function literal(scanner: Scanner, word: string, node: JsonNode): JsonNode {
  if (!scanner.text.startsWith(word, scanner.at)) fail(scanner, `found ${found(scanner)} where a value was expected`)
  scanner.at += word.length
  return node
}

const numeral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** True for a text that is a JSON number as it stands. */
export const isJsonNumber = (text: string): boolean => /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)

function number(scanner: Scanner): JsonNode {
  const offset = scanner.at
  numeral.lastIndex = offset
  const text = numeral.exec(scanner.text)?.[0]
  if (text === undefined) return fail(scanner, `found ${found(scanner)} where a value was expected`)
  scanner.at += text.length
  return { kind: 'number', offset, text }
}

function string(scanner: Scanner): string {
  const { text } = scanner
  const start = scanner.at
  let escaped = false
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 34) {
      scanner.at = at + 1
      return escaped ? unescaped(scanner, start) : text.slice(start + 1, at)
    }
    if (code < 32) fail(scanner, 'a string holds a control character', at)
    if (code === 92) {
      escaped = true
      at += 1
    }
  }
  return fail(scanner, 'a string has no end', start)
}

function unescaped(scanner: Scanner, start: number): string {
  try {
    return JSON.parse(scanner.text.slice(start, scanner.at)) as string
  } catch (error) {
    throw hubError('HUB_CONTRACT_SYNTAX', { ...positionOf(scanner.text, start), reason: 'a string holds an escape JSON does not know' }, { cause: error })
  }
}

function expectCharacter(scanner: Scanner, character: string): void {
  blanks(scanner)
  if (scanner.text[scanner.at] !== character) fail(scanner, `found ${found(scanner)} where '${character}' was expected`)
  scanner.at += 1
}

/** True where another element follows, false where the bracket closes. */
function another(scanner: Scanner, close: string, isFirst: boolean): boolean {
  blanks(scanner)
  if (scanner.text[scanner.at] === close) {
    scanner.at += 1
    return false
  }
  if (!isFirst) expectCharacter(scanner, ',')
  return true
}

function entered(scanner: Scanner, depth: number): number {
  if (depth > scanner.limits.maxDepth) fail(scanner, `values are nested deeper than ${scanner.limits.maxDepth}`)
  const offset = scanner.at
  scanner.at += 1
  return offset
}

function object(scanner: Scanner, depth: number): JsonNode {
  const offset = entered(scanner, depth)
  const members = new Map<string, JsonNode>()
  while (another(scanner, '}', members.size === 0)) {
    blanks(scanner)
    const at = scanner.at
    if (scanner.text[at] !== '"') fail(scanner, `found ${found(scanner)} where a member's name was expected`)
    const name = string(scanner)
    if (members.has(name)) fail(scanner, `the member ${name} is given twice`, at)
    expectCharacter(scanner, ':')
    members.set(name, value(scanner, depth))
  }
  return { kind: 'object', offset, members }
}

function array(scanner: Scanner, depth: number): JsonNode {
  const offset = entered(scanner, depth)
  const items: JsonNode[] = []
  while (another(scanner, ']', items.length === 0)) items.push(value(scanner, depth))
  return { kind: 'array', offset, items }
}
