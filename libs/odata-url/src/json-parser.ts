import type { Expression, JsonLiteral, List, Literal } from './ast.js'
import { expect, look, nested, node, skipSpace, spanFrom, take, unexpected, type Scanner, type Scope } from './scanner.js'
import { limitReached } from './limits.js'
import { plainText } from './source-text.js'

/** Where an array stands: right of `in` scalars make a list; anywhere else JSON stays JSON. */
export type ArrayUse = 'list' | 'value'

const jsonString = /"(?:[^"\\]|\\.)*"/uy
const jsonNumber = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?=[\s,\]}+]|$)/uy

/**
 * Reads an array or object. What is plain JSON becomes a JSON literal; arrays and objects that hold expressions keep them as nodes.
 * @throws HUB_QUERY_SYNTAX
 * @see OData URL Conventions 4.01, section 5.1.1.14.2
 */
export function readJson(scanner: Scanner, scope: Scope, use: ArrayUse = 'value'): JsonLiteral | List {
  return nested(scanner, () => (scanner.text[scanner.at] === '[' ? readArray(scanner, scope, use) : readObject(scanner, scope)))
}

/** Reads a string in double quotes as JSON has it. @throws HUB_QUERY_SYNTAX */
function readJsonString(scanner: Scanner): Literal {
  const from = scanner.at
  const match = look(scanner, jsonString)
  if (match === undefined) throw unexpected(scanner, 'a string in double quotes')
  scanner.at += match[0].length
  const text = parsedString(scanner, from)
  return node(scanner, { kind: 'literal' as const, type: 'Edm.String' as const, text, span: spanFrom(scanner, from) })
}

function parsedString(scanner: Scanner, from: number): string {
  try {
    return String(JSON.parse(plainText(scanner.source, from, scanner.at)))
  } catch (cause) {
    throw Object.assign(unexpected(scanner, 'a JSON string', from), { cause })
  }
}

function readArray(scanner: Scanner, scope: Scope, use: ArrayUse): JsonLiteral | List {
  const from = scanner.at
  const items: Expression[] = []
  let plain = true
  readItems(scanner, [']', "an operator, ',' or ']'"], () => {
    const start = scanner.at
    const item = readValue(scanner, scope)
    items.push(item)
    plain &&= isPlain(scanner, start, item)
    if (items.length > scanner.session.limits.listItems) throw limitReached(scanner.session.limits, 'listItems', scanner.source.part)
  })
  const span = spanFrom(scanner, from)
  if (plain && (use === 'value' || items.some((item) => item.kind === 'json'))) return node(scanner, { kind: 'json' as const, text: textFrom(scanner, from), span })
  return node(scanner, { kind: 'list' as const, items: Object.freeze(items), span })
}

function readObject(scanner: Scanner, scope: Scope): JsonLiteral {
  const from = scanner.at
  const members: { readonly name: string; readonly value: Expression }[] = []
  let plain = true
  readItems(scanner, ['}', "an operator, ',' or '}'"], () => {
    const name = readJsonString(scanner).text
    skipSpace(scanner)
    expect(scanner, ':')
    skipSpace(scanner)
    const start = scanner.at
    const value = readValue(scanner, scope)
    members.push(Object.freeze({ name, value }))
    plain &&= isPlain(scanner, start, value)
  })
  const span = spanFrom(scanner, from)
  const text = textFrom(scanner, from)
  if (plain) return node(scanner, { kind: 'json' as const, text, span })
  return node(scanner, { kind: 'json' as const, text, members: Object.freeze(members), span })
}

function readItems(scanner: Scanner, [close, expected]: readonly [close: string, expected: string], item: () => void): void {
  scanner.at++
  skipSpace(scanner)
  if (take(scanner, close)) return
  do {
    skipSpace(scanner)
    item()
    skipSpace(scanner)
  } while (take(scanner, ','))
  expect(scanner, close, expected)
}

function readValue(scanner: Scanner, scope: Scope): Expression {
  const unit = scanner.text[scanner.at]
  if (unit === '"') return readJsonString(scanner)
  const digits = look(scanner, jsonNumber)?.[0]
  if (digits === undefined) return scanner.session.grammar.expression(scanner, scope)
  const from = scanner.at
  const type = /[eE]/.test(digits) ? 'Edm.Double' : digits.includes('.') ? 'Edm.Decimal' : 'Edm.Int64'
  scanner.at += digits.length
  const text = digits
  const before = scanner.at
  skipSpace(scanner)
  const last = scanner.text[scanner.at]
  if (last === ',' || last === ']' || last === '}') {
    scanner.at = before
    return node(scanner, { kind: 'literal' as const, type, text, span: spanFrom(scanner, from) })
  }
  scanner.at = from
  return scanner.session.grammar.expression(scanner, scope)
}

const textFrom = (scanner: Scanner, from: number): string => plainText(scanner.source, from, scanner.at)

/** True for a value that is JSON as it stands. What it holds has been looked at already: nested values cost no more than flat ones. */
function isPlain(scanner: Scanner, from: number, value: Expression): boolean {
  if (value.kind === 'json') return value.members === undefined && scanner.text[from] !== '('
  return value.kind === 'literal' && isJson(textFrom(scanner, from))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}
