import type { Literal, LiteralType } from './ast.js'
import { isGeoText } from './geo-literal.js'
import { isDigit, look, lookQualified, node, spanFrom, unexpected, type Scanner } from './scanner.js'
import { plainText } from './source-text.js'

const day = String.raw`-?(?:0\d{3}|[1-9]\d{3,})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`
const clock = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`
const number = String.raw`[+-]?\d+`

/** In the order in which they are tried: the longer form first. */
const forms: readonly (readonly [type: LiteralType, pattern: RegExp])[] = [
  ['Edm.Guid', /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iy],
  ['Edm.DateTimeOffset', new RegExp(String.raw`${day}T${clock}(?::(?:[0-5]\d|60)(?:\.\d{1,12})?)?(?:Z|[+-]${clock})`, 'iy')],
  ['Edm.Date', new RegExp(day, 'y')],
  ['Edm.TimeOfDay', new RegExp(String.raw`${clock}(?::[0-5]\d(?:\.\d{1,12})?)?`, 'y')],
  ['Edm.Double', new RegExp(String.raw`${number}(?:\.\d+)?e[+-]?\d+`, 'iy')],
  ['Edm.Decimal', new RegExp(String.raw`${number}\.\d+`, 'y')],
  ['Edm.Int64', new RegExp(number, 'y')],
  ['Edm.Double', /-INF/y],
]

/** What begins with a letter and is no word. */
const guids = forms.slice(0, 1)
/** A sign or a digit. */
const startsNumber = (unit: number): boolean => isDigit(unit) || unit === 0x2d || unit === 0x2b
const startsGuid = (unit: number): boolean => (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66
/** Digits before the first hyphen of a GUID. */
const guidHead = 8
const wordEnd = /[\p{L}\p{N}_.]/uy
/** Digits that go on like this are a date or a GUID gone wrong. */
const numberEnd = /[\p{L}\p{N}_.-]/uy
const dateAndTime = new RegExp(`${day}T`, 'iy')

const keywords: ReadonlyMap<string, readonly [type: LiteralType, text: string]> = new Map([
  ['true', ['Edm.Boolean', 'true']],
  ['false', ['Edm.Boolean', 'false']],
  ['null', ['null', '']],
])

const longestKeyword = 'false'.length

/**
 * Reads a primitive literal; undefined (and nothing read) where none begins here.
 * @throws HUB_QUERY_SYNTAX on a literal that begins and is malformed
 * @see OData ABNF 4.01, primitiveLiteral
 */
export function readLiteral(scanner: Scanner): Literal | undefined {
  const { text, at } = scanner
  if (text[at] === "'") return readString(scanner)
  const unit = text.charCodeAt(at)
  if (startsNumber(unit)) return readDigits(scanner) ?? readForm(scanner, forms) ?? readWord(scanner)
  return (startsGuid(unit) && text[at + guidHead] === '-' ? readForm(scanner, guids) : undefined) ?? readWord(scanner)
}

/** Reads a string in single quotes, a quote inside being doubled. @throws HUB_QUERY_SYNTAX where it is not closed */
export function readString(scanner: Scanner): Literal {
  const from = scanner.at
  const text = readQuoted(scanner)
  return node(scanner, { kind: 'literal' as const, type: 'Edm.String' as const, text, span: spanFrom(scanner, from) })
}

function readQuoted(scanner: Scanner): string {
  const from = scanner.at + 1
  let close = scanner.text.indexOf("'", from)
  while (close >= 0 && scanner.text[close + 1] === "'") close = scanner.text.indexOf("'", close + 2)
  if (close < 0) throw unexpected(scanner, "a closing '", scanner.text.length)
  scanner.at = close + 1
  const text = plainText(scanner.source, from, close)
  return text.includes("'") ? text.replaceAll("''", "'") : text
}

/** Digits and nothing that may belong to them: most numbers, told from the other forms without their patterns. */
function readDigits(scanner: Scanner): Literal | undefined {
  const { text, at: from } = scanner
  let end = from
  while (isDigit(text.charCodeAt(end))) end++
  if (end === from || (end < text.length && !endsDigits.has(text[end] ?? ''))) return undefined
  scanner.at = end
  return node(scanner, { kind: 'literal' as const, type: 'Edm.Int64' as const, text: text.slice(from, end), span: spanFrom(scanner, from) })
}

const endsDigits: ReadonlySet<string> = new Set([' ', ')', ',', ';'])

function readForm(scanner: Scanner, tried: typeof forms): Literal | undefined {
  const from = scanner.at
  for (const [type, pattern] of tried) {
    const match = type === 'Edm.TimeOfDay' && scanner.numberAt === from ? undefined : look(scanner, pattern)
    if (match === undefined) continue
    scanner.at += match[0].length
    if (look(scanner, type === 'Edm.Int64' ? numberEnd : wordEnd) !== undefined) {
      scanner.at = from
      if (type !== 'Edm.Int64') continue
      const zoneless = look(scanner, dateAndTime) !== undefined
      throw unexpected(scanner, zoneless ? 'a date and time with its zone, such as 2024-02-29T23:59:00Z' : 'a number, a date or a GUID')
    }
    const text = match[0].startsWith('+') ? match[0].slice(1) : match[0]
    return node(scanner, { kind: 'literal' as const, type, text, span: spanFrom(scanner, from) })
  }
  return undefined
}

function readWord(scanner: Scanner): Literal | undefined {
  const word = lookQualified(scanner)
  if (word === undefined) return undefined
  const from = scanner.at
  const next = scanner.text[from + word.length]
  if (next === "'") return readPrefixed(scanner, word)
  if (word.length > longestKeyword) return undefined
  const keyword = word === 'INF' || word === 'NaN' ? (['Edm.Double', word] as const) : keywords.get(word.toLowerCase())
  if (keyword === undefined || next === '(' || next === '/' || next === '=') return undefined
  scanner.at += word.length
  return node(scanner, { kind: 'literal' as const, type: keyword[0], text: keyword[1], span: spanFrom(scanner, from) })
}

/** What a literal's prefix means and what its quotes may hold. */
const prefixes: ReadonlyMap<string, readonly [type: LiteralType, valid: (text: string) => boolean, expected: string]> = new Map([
  ['duration', ['Edm.Duration', (text: string) => /^-?P(?=[\dT])(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/i.test(text), 'a duration such as P1DT2H']],
  ['binary', ['Edm.Binary', (text: string) => /^(?:[\w-]{4})*(?:[\w-][AQgw](?:==)?|[\w-]{2}[AEIMQUYcgkosw048]=?)?$/.test(text), 'base64url text']],
  ['geography', ['Edm.Geography', isGeoText, 'well-known text such as SRID=0;Point(1 2)']],
  ['geometry', ['Edm.Geometry', isGeoText, 'well-known text such as SRID=0;Point(1 2)']],
])

function readPrefixed(scanner: Scanner, prefix: string): Literal {
  const from = scanner.at
  const known = prefixes.get(prefix.toLowerCase())
  if (known === undefined) return readEnum(scanner, prefix)
  scanner.at += prefix.length
  const text = readQuoted(scanner)
  const [type, valid, expected] = known
  if (!valid(text)) throw unexpected(scanner, expected, from + prefix.length + 1)
  return node(scanner, { kind: 'literal' as const, type, text, span: spanFrom(scanner, from) })
}

const enumMembers = /^(?:[\p{L}_][\p{L}\p{N}\p{M}_]*|[+-]?\d+)(?:, *(?:[\p{L}_][\p{L}\p{N}\p{M}_]*|[+-]?\d+))*$/u

function readEnum(scanner: Scanner, enumType: string): Literal {
  const from = scanner.at
  if (!enumType.includes('.') && scanner.session.names.type(enumType) === undefined) {
    throw unexpected(scanner, 'duration, binary, geography, geometry or the qualified name of an enumeration before the quote')
  }
  scanner.at += enumType.length
  const open = scanner.at + 1
  readQuoted(scanner)
  // A raw plus is a sign here: members hold no spaces.
  const members = scanner.text.slice(open, scanner.at - 1)
  if (!enumMembers.test(members)) throw unexpected(scanner, 'members of the enumeration', open)
  const text = members.replaceAll(' ', '')
  return node(scanner, { kind: 'literal' as const, type: 'enum' as const, text, enumType, span: spanFrom(scanner, from) })
}
