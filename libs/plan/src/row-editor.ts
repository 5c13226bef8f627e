import type { BytesPage } from './page.js'
import { EXACT } from './row-values.js'
import { isFlat } from './scan-columns.js'
import type { TextForm } from './text-form.js'

/**
 * Rows of a page with their members renamed, left out, and their numbers quoted or not, in one pass over their bytes; undefined for rows
 * that have to be parsed (nested values, members that no column names, names with escapes).
 */
export type RowEditor = (page: BytesPage) => BytesPage | undefined

/** One member of the objects, by what the text of its name is. */
interface Member {
  /** The name in quotes, as it stands in the source's rows. */
  readonly name: Buffer
  /** The name it is written under, in quotes and with its colon; undefined: it is left out. */
  readonly label: Buffer | undefined
  /** Its numbers have digits that a double would lose. */
  readonly exact: boolean
}

/** Members by the octets of their names, and the most bytes a row may gain. */
interface Edit {
  readonly members: ReadonlyMap<string, Member>
  readonly growth: number
  /** Nothing is changed: rows are written as they are. */
  readonly none: boolean
}

/** Compiles the edit that gives rows the form in which they are written; columns of `form.parsed` are not looked into. */
export function rowEditor(form: Pick<TextForm, 'visible' | 'ieee754'>): RowEditor {
  let known: { readonly of: BytesPage['columns']; readonly renamed: BytesPage['renamed']; readonly text: boolean; readonly edit: Edit | undefined } | undefined
  return (page) => {
    if (known?.of !== page.columns || known.renamed !== page.renamed || known.text !== page.ieee754) known = { of: page.columns, renamed: page.renamed, text: page.ieee754, edit: editOf(page, form) }
    const { edit } = known
    if (edit === undefined || !page.only || page.offsets.length === 0) return undefined
    return edit.none ? page : edited(page, edit, form)
  }
}

function editOf({ columns, renamed, ieee754 }: BytesPage, form: Pick<TextForm, 'visible' | 'ieee754'>): Edit | undefined {
  if (!columns.every(isFlat)) return undefined
  const shown = new Set(form.visible)
  const members = columns.map(({ name, type }): Member => ({
    name: Buffer.from(JSON.stringify(renamed?.get(name) ?? name)),
    label: shown.has(name) ? Buffer.from(`${JSON.stringify(name)}:`) : undefined,
    exact: ieee754 !== form.ieee754 && EXACT.has(type.base),
  }))
  const growths = members.map(({ name, label, exact }) => (label === undefined ? 0 : Math.max(0, label.length - name.length - 1)) + (exact ? quotes : 0))
  const none = members.every(({ name, label, exact }) => !exact && label !== undefined && label.length === name.length + 1 && label.indexOf(name) === 0)
  return { members: new Map(members.map((member) => [member.name.toString('latin1'), member])), growth: growths.reduce((sum, one) => sum + one, 1), none }
}

const sign = { openBrace: 0x7b, closeBrace: 0x7d, openBracket: 0x5b, colon: 0x3a, comma: 0x2c, quote: 0x22, backslash: 0x5c, minus: 0x2d, plus: 0x2b, dot: 0x2e, zero: 0x30, nine: 0x39 } as const
/** Bytes of the quotes around a number. */
const quotes = 2
/** Most that stands around a member: its comma and quotes, the brace behind it, and the next row's comma. */
const around = 5

/** Rows on their way from one buffer to another. */
interface Work {
  readonly bytes: Buffer
  readonly out: Buffer
  /** Place in `out`. */
  at: number
  readonly members: Edit['members']
  /** The members of the row before, in their order: most rows of a page are alike. */
  readonly order: Member[]
  /** Numbers of exact members are written in quotes; else they lose them. */
  readonly quoting: boolean
}

function edited(page: BytesPage, { members, growth }: Edit, { ieee754, visible }: Pick<TextForm, 'visible' | 'ieee754'>): BytesPage | undefined {
  const { bytes, offsets } = page
  const out = Buffer.allocUnsafe((offsets.at(-1) ?? 0) - (offsets[0] ?? 0) + growth * (offsets.length >> 1) + around)
  const work: Work = { bytes, out, at: 0, members, order: [], quoting: ieee754 }
  const places = new Int32Array(offsets.length)
  for (let row = 0; row < offsets.length; row += 2) {
    if (row > 0) out[work.at++] = sign.comma
    places[row] = work.at
    if (!editRow(work, offsets[row] ?? 0, offsets[row + 1] ?? 0)) return undefined
    places[row + 1] = work.at
  }
  const shown = new Set(visible)
  const { renamed: _written, ...rest } = page
  return Object.freeze({ ...rest, columns: page.columns.filter(({ name }) => shown.has(name)), bytes: out.subarray(0, work.at), offsets: places, ieee754 })
}

/** False for a row that is not as flat as its columns. */
function editRow(work: Work, from: number, to: number): boolean {
  const { bytes, out } = work
  if (bytes[from] !== sign.openBrace) return false
  out[work.at++] = sign.openBrace
  const begin = work.at
  let at = afterSpace(bytes, from + 1)
  for (let index = 0; bytes[at] !== sign.closeBrace; index++) {
    const member = memberAt(work, at, index)
    if (member === undefined) return false
    const colon = afterSpace(bytes, at + member.name.length)
    if (bytes[colon] !== sign.colon) return false
    const start = afterSpace(bytes, colon + 1)
    const end = tokenEnd(bytes, start, to)
    if (end < 0 || !writeMember(work, member, { start, end, first: work.at === begin })) return false
    at = afterSpace(bytes, end)
    if (bytes[at] === sign.comma) {
      at = afterSpace(bytes, at + 1)
      if (bytes[at] === sign.closeBrace) return false
    } else if (bytes[at] !== sign.closeBrace) return false
  }
  out[work.at++] = sign.closeBrace
  return at === to - 1
}

/** The member whose name stands at `at`, most likely the one that stood in its place before. */
function memberAt({ bytes, members, order }: Work, at: number, index: number): Member | undefined {
  const expected = order[index]
  if (expected !== undefined && standsAt(bytes, at, expected.name)) return expected
  const end = bytes.indexOf(sign.quote, at + 1)
  const member = end < 0 ? undefined : members.get(bytes.toString('latin1', at, end + 1))
  if (member !== undefined) order[index] = member
  return member
}

function standsAt(bytes: Buffer, at: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false
  return true
}

/** False where there is no room: a row holds a member more than once. */
function writeMember(work: Work, { label, exact }: Member, { start, end, first }: { readonly start: number; readonly end: number; readonly first: boolean }): boolean {
  if (label === undefined) return true
  const { bytes, out } = work
  if (work.at + label.length + (end - start) + around > out.length) return false
  if (!first) out[work.at++] = sign.comma
  copy(label, 0, label.length, work)
  const isText = bytes[start] === sign.quote
  if (exact && work.quoting && !isText && beginsNumber(bytes[start])) {
    out[work.at++] = sign.quote
    copy(bytes, start, end, work)
    out[work.at++] = sign.quote
  } else if (exact && !work.quoting && isText && isNumber(bytes, start + 1, end - 1)) copy(bytes, start + 1, end - 1, work)
  else copy(bytes, start, end, work)
  return true
}

/** Shorter runs are copied faster than a call out of the engine takes. */
const shortRun = 40

function copy(from: Buffer, start: number, end: number, work: Work): void {
  const { out } = work
  let { at } = work
  if (end - start > shortRun) at += from.copy(out, at, start, end)
  else for (let i = start; i < end; i++) out[at++] = from[i] as number
  work.at = at
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

function afterSpace(bytes: Buffer, at: number): number {
  let i = at
  while (isSpace(bytes[i])) i++
  return i
}

/** Place after the string, number or word that begins at `at`; -1 for anything else, and for what does not end before `to`. */
function tokenEnd(bytes: Buffer, at: number, to: number): number {
  if (bytes[at] === sign.quote) {
    for (let i = at + 1; i < to; i++) {
      if (bytes[i] === sign.quote) return i + 1
      if (bytes[i] === sign.backslash) i++
    }
    return -1
  }
  for (let i = at; i < to; i++) {
    const byte = bytes[i]
    if (byte === sign.comma || byte === sign.closeBrace || isSpace(byte)) return i > at ? i : -1
    if (byte === sign.quote || byte === sign.openBrace || byte === sign.openBracket) return -1
  }
  return -1
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= sign.zero && byte <= sign.nine
const beginsNumber = (byte: number | undefined): boolean => byte === sign.minus || isDigit(byte)

function afterDigits(bytes: Buffer, at: number): number {
  let i = at
  while (isDigit(bytes[i])) i++
  return i
}

/** Whether what lies between the places is a number as JSON has it: `INF` and the like stay strings. */
function isNumber(bytes: Buffer, from: number, to: number): boolean {
  const whole = bytes[from] === sign.minus ? from + 1 : from
  let at = bytes[whole] === sign.zero ? whole + 1 : afterDigits(bytes, whole)
  if (at === whole) return false
  if (bytes[at] === sign.dot) {
    const fraction = at + 1
    at = afterDigits(bytes, fraction)
    if (at === fraction) return false
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const signed = at + 1
    const digits = bytes[signed] === sign.plus || bytes[signed] === sign.minus ? signed + 1 : signed
    at = afterDigits(bytes, digits)
    if (at === digits) return false
  }
  return at === to
}
