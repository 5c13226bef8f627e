import { type BytesPage, type Column, isStored, type Page, type Value } from '@tributary/plan'
import type { RowLines } from './engine.js'
import { rowsPage, toRows, type Row } from './page-rows.js'

/**
 * Rows as lines of text, and back: bytes of a source stay as they are, values become JSON that keeps all of them apart. The first sign of a
 * line tells of which kind of page it is; rows of one kind leave in pages of that kind.
 */
export interface RowCarrier {
  /** The lines of a page's rows, in order. */
  lines(page: Page): readonly (string | Buffer)[]
  /** Pages of the rows in these lines. */
  pages(lines: RowLines): readonly Page[]
}

/** What the bytes of a page have in common beside their columns. */
type BytesKind = Pick<BytesPage, 'ieee754' | 'only' | 'slug' | 'columns' | 'renamed'>

/** Of values; those of bytes follow, as long as they are ASCII. */
const firstSign = 0x30
const mostKinds = 64

/** Carries rows with these columns. */
export function rowCarrier(columns: readonly Column[]): RowCarrier {
  const kinds: BytesKind[] = []
  return {
    lines(page) {
      const kind = page.kind === 'rows' ? -1 : kindOf(page, kinds)
      if (page.kind === 'rows' || kind >= mostKinds) return toRows(page, columns).rows.map((row) => `${String.fromCharCode(firstSign)}${rowText(row)}`)
      return byteLines(page, firstSign + 1 + kind)
    },
    pages: ({ bytes, offsets }) => {
      const pages: Page[] = []
      for (let start = 0; start < offsets.length;) {
        const sign = bytes[offsets[start] ?? 0] ?? 0
        let end = start + 2
        while (end < offsets.length && bytes[offsets[end] ?? 0] === sign) end += 2
        pages.push(pageOf(columns, { bytes, offsets: offsets.subarray(start, end) }, kinds[sign - firstSign - 1]))
        start = end
      }
      return pages
    },
  }
}

function kindOf(page: BytesPage, kinds: BytesKind[]): number {
  const known = kinds.findIndex((kind) => sameKind(kind, page))
  const { ieee754, only, slug, columns, renamed } = page
  return known >= 0 ? known : kinds.push({ ieee754, only, columns, ...(slug === undefined ? {} : { slug }), ...(renamed === undefined ? {} : { renamed }) }) - 1
}

const sameKind = (a: BytesKind, b: BytesKind): boolean => a.ieee754 === b.ieee754 && a.only === b.only && a.slug === b.slug && a.renamed === b.renamed && sameColumns(a.columns, b.columns)

const sameColumns = (a: readonly Column[], b: readonly Column[]): boolean => a === b || (a.length === b.length && a.every((column, index) => column === b[index]))

/** The rows with their sign before them; a line break can only stand between the parts of a row, where a blank is as good. */
function byteLines({ bytes, offsets }: BytesPage, sign: number): readonly Buffer[] {
  const start = offsets[0] ?? 0
  const end = offsets.at(-1) ?? start
  const copy = Buffer.allocUnsafe(end - start + (offsets.length >> 1))
  const lines: Buffer[] = []
  let at = 0
  for (let row = 0; row < offsets.length; row += 2) {
    const from = at
    copy[at++] = sign
    at += bytes.copy(copy, at, offsets[row] ?? 0, offsets[row + 1] ?? 0)
    lines.push(copy.subarray(from, at))
  }
  const whole = copy.subarray(0, at)
  for (const lineBreak of [0x0a, 0x0d]) {
    for (let found = whole.indexOf(lineBreak); found >= 0; found = whole.indexOf(lineBreak, found)) whole[found] = 0x20
  }
  return lines
}

/** Lines without their signs, separated as in an array, so that they parse as one text. */
function pageOf(columns: readonly Column[], { bytes, offsets }: RowLines, kind: BytesKind | undefined): Page {
  const rows = offsets.map((offset, index) => (index % 2 === 0 ? offset + 1 : offset))
  if (kind === undefined) {
    const texts = Array.from({ length: rows.length >> 1 }, (_, row) => bytes.toString('utf8', rows[2 * row], rows[2 * row + 1]))
    return rowsPage(columns, parseTexts(texts))
  }
  const start = rows[0] ?? 0
  const end = rows.at(-1) ?? start
  const text = Buffer.from(bytes.subarray(start, end))
  const moved = rows.map((offset) => offset - start)
  for (let row = 1; 2 * row < moved.length; row++) {
    text[(moved[2 * row] ?? 0) - 2] = 0x2c
    text[(moved[2 * row] ?? 0) - 1] = 0x20
  }
  const page: BytesPage = { kind: 'bytes', ...kind, bytes: text, offsets: moved }
  return page.columns === columns ? page : { ...page, columns }
}

/** A row where it arrived. */
export interface PlacedRow {
  readonly page: Page
  readonly position: number
}

/** Pages of these rows, in this order; the bytes of a source are copied and not parsed. */
export function gatherRows(columns: readonly Column[], rows: readonly PlacedRow[]): readonly Page[] {
  const pages: Page[] = []
  for (let start = 0; start < rows.length;) {
    const { page } = rows[start] as PlacedRow
    let end = start + 1
    while (end < rows.length && alike(page, (rows[end] as PlacedRow).page)) end += 1
    const run = rows.slice(start, end)
    pages.push(page.kind === 'bytes' ? gatherBytes(page, columns, run) : rowsPage(columns, run.map((row) => valuesAt(row))))
    start = end
  }
  return pages
}

const alike = (a: Page, b: Page): boolean => a === b || (a.kind === 'rows' ? b.kind === 'rows' : b.kind === 'bytes' && sameKind(a, b))

const valuesAt = ({ page, position }: PlacedRow): Row => (page.kind === 'rows' ? (page.rows[position] ?? []) : [])

/** The rows with a comma between them, so that they parse as one text. */
function gatherBytes(kind: BytesKind, columns: readonly Column[], rows: readonly PlacedRow[]): BytesPage {
  const spans = rows.flatMap(({ page, position }) => (page.kind === 'bytes' ? [[page.bytes, page.offsets[2 * position] ?? 0, page.offsets[2 * position + 1] ?? 0] as const] : []))
  const bytes = Buffer.allocUnsafe(spans.reduce((sum, [, from, to]) => sum + to - from + 1, 0))
  const offsets = new Int32Array(2 * spans.length)
  let at = 0
  for (const [row, [source, from, to]] of spans.entries()) {
    offsets[2 * row] = at
    at += source.copy(bytes, at, from, to)
    offsets[2 * row + 1] = at
    bytes[at++] = 0x2c
  }
  const { ieee754, only, slug, renamed } = kind
  return { kind: 'bytes', columns, ieee754, only, bytes, offsets, ...(slug === undefined ? {} : { slug }), ...(renamed === undefined ? {} : { renamed }) }
}

// ── Values as text ───────────────────────────────────────────────────────────────────────────────────────────────────

const mark = '{"~":'
/** What JSON has no word for: a value that was not selected, and numbers. A property cannot be called `~`. */
const marked: readonly Value[] = [undefined, Number.NaN, Infinity, -Infinity, -0]

const markOf = (value: unknown): number => (typeof value === 'number' && (value === 0 || !Number.isFinite(value)) ? marked.findIndex((special) => Object.is(special, value)) : -1)

const replacer = (_: string, value: unknown): unknown => {
  if (isStored(value as Value)) throw new Error('Rows that are stored already cannot be carried with others')
  const special = value === undefined ? 0 : markOf(value)
  return special < 0 ? value : { '~': special }
}

const isPlain = (value: Value): boolean => value !== undefined && (typeof value !== 'object' || value === null) && markOf(value) < 0

/** A row as JSON: nothing of it is lost. */
export const rowText = (row: Row): string => (row.every(isPlain) ? JSON.stringify(row) : JSON.stringify(row, replacer))

/** The rows of texts that `rowText` made. */
export const rowsOfTexts = (texts: readonly string[]): readonly Row[] => parseTexts(texts)

/** The rows of lines that are such texts. */
export const rowsOfLines = ({ bytes, offsets }: RowLines): readonly Row[] =>
  parseTexts(Array.from({ length: offsets.length >> 1 }, (_, row) => bytes.toString('utf8', offsets[2 * row], offsets[2 * row + 1])))

function parseTexts(texts: readonly string[]): readonly Row[] {
  const whole = `[${texts.join(',')}]`
  const parsed = JSON.parse(whole) as Value[][]
  if (whole.includes(mark)) for (const row of parsed) restore(row)
  return parsed
}

/** Puts the values back that JSON has no word for. */
function restore(within: Value[] | Record<string, Value>): void {
  for (const [name, value] of Object.entries(within)) {
    if (typeof value !== 'object' || value === null) continue
    const special = (value as Readonly<Record<string, unknown>>)['~']
    const target = within as Record<string, Value>
    if (typeof special === 'number' && !Array.isArray(value)) target[name] = marked[special]
    else restore(value as Value[])
  }
}

