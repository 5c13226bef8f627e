import { exceptionTerm, exceptionText, type MissingReason } from './exceptions.js'
import { rowCount, type WireBytes, type WirePage, type WireRows } from './page.js'
import { adjoins, rowBytes, rowWriters } from './page-rows.js'
import { gapTexts, rowGaps, type RowGap, type RowGaps } from './row-gaps.js'
import { carriesMembers, rowOctets } from './row-octets.js'
import { controlName, type JsonStyle } from './style.js'

/** Bytes gathered before a chunk leaves; at the end of a page, less is enough: the next page may be long in coming. */
const chunkBytes = 64 * 1024
const pageEndBytes = 8 * 1024

/** Where a row stands. */
export interface RowPlace<P extends WirePage = WirePage> {
  readonly page: P
  readonly row: number
}

/** What has been written when the rows end. */
export interface Written<P extends WirePage = WirePage> {
  readonly rows: number
  /** Bytes of the rows' text. */
  readonly bytes: number
  /** True if there was at least one more row that did not fit. */
  readonly more: boolean
  /** The last row written. */
  readonly last?: RowPlace<P>
}

/** How a collection is written. */
export interface CollectionOptions<P extends WirePage = WirePage> {
  readonly style: JsonStyle
  /** Context URL; left out for `metadata=none`. */
  readonly context: string
  /** Columns that are shown, in order. */
  readonly visible: readonly string[]
  /** A page ends after so many rows; undefined: never. */
  readonly maxRows?: number
  /** A page ends with the row that reaches so many bytes; undefined: never. */
  readonly maxBytes?: number
  /** The number of all rows, where asked for: called before the first row (undefined: not known yet) and then once more after the last. */
  readonly count?: () => number | undefined
  /** Why the rows end before their end; asked for after the last row. */
  readonly exception?: () => MissingReason | undefined
  /** Called after the last row. */
  readonly nextLink: (written: Written<P>) => string | undefined
}

/** Gathers text and bytes into chunks of reasonable size. */
class ChunkBuffer {
  private texts: string[] = []
  private textLength = 0
  private encoding: 'utf8' | 'latin1' = 'utf8'
  private readonly chunks: Buffer[] = []
  private size = 0

  /** @param encoding `latin1`: each character is a byte of UTF-8 already */
  text(text: string, encoding: 'utf8' | 'latin1' = 'utf8'): void {
    if (encoding !== this.encoding) this.settle()
    this.encoding = encoding
    this.texts.push(text)
    this.textLength += text.length
  }

  bytes(bytes: Buffer): void {
    this.settle()
    this.chunks.push(bytes)
    this.size += bytes.length
  }

  get length(): number {
    return this.size + this.textLength
  }

  take(): Buffer {
    this.settle()
    const whole = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks, this.size)
    this.chunks.length = 0
    this.size = 0
    return whole
  }

  private settle(): void {
    if (this.texts.length === 0) return
    const bytes = Buffer.from(this.texts.join(''), this.encoding)
    this.texts = []
    this.textLength = 0
    this.chunks.push(bytes)
    this.size += bytes.length
  }
}

/** The state of one answer while its rows are written. */
class CollectionText<P extends WirePage> {
  readonly out = new ChunkBuffer()
  rows = 0
  bytes = 0
  more = false
  last?: RowPlace<P>
  private counted = false
  private readonly gaps = rowGaps()
  private readonly writers

  constructor(private readonly options: CollectionOptions<P>) {
    this.writers = rowWriters(options.visible, options.style, this.gaps)
  }

  begin(): void {
    const { style, context } = this.options
    const head = style.metadata === 'none' ? '' : `"${controlName('context', style)}":${JSON.stringify(context)},`
    this.out.text(`{${head}${this.countText()}"value":[`)
  }

  end(): void {
    const link = this.options.nextLink(this)
    const count = this.counted ? '' : this.countText().replace(/,$/, '')
    this.out.text(`]${count === '' ? '' : `,${count}`}`)
    const exception = this.options.exception?.()
    if (exception !== undefined) this.out.text(`,"${exceptionTerm}":${exceptionText(exception, link)}`)
    if (link !== undefined) this.out.text(`,"${controlName('nextLink', this.options.style)}":${JSON.stringify(link)}`)
    this.out.text('}')
  }

  /** Writes the rows of a page that fit, and gives chunks as they fill; a gap has to be filled before it goes on. */
  page(page: P): Generator<Buffer | RowGap> {
    const form: WirePage = page
    if (form.kind === 'bytes') return this.slices(page, form)
    return carriesMembers(form.columns) ? this.octets(page, form) : this.texts(page, form)
  }

  /** Fills a gap, and gives chunks as they fill. */
  async *fill(gap: RowGap): AsyncGenerator<Buffer> {
    for await (const text of gapTexts(gap, this.gaps)) {
      this.out.text(text)
      this.bytes += Buffer.byteLength(text)
      if (this.out.length >= chunkBytes) yield this.out.take()
    }
  }

  private *texts(page: P, { columns, rows }: WireRows): Generator<Buffer | RowGap> {
    const write = this.writers(columns)
    for (const [index, row] of rows.entries()) {
      if (this.isFull()) return
      const text = write(row)
      if (this.rows > 0) this.out.text(',')
      if (this.gaps.left) yield* this.pieces(text, 'utf8')
      else this.out.text(text)
      this.note(page, index, 1, Buffer.byteLength(text))
      if (this.out.length >= chunkBytes) yield this.out.take()
    }
  }

  private *octets(page: P, { columns, rows }: WireRows): Generator<Buffer | RowGap> {
    const write = rowOctets(columns, this.options.visible, this.options.style, this.gaps)
    for (const [index, row] of rows.entries()) {
      if (this.isFull()) return
      const text = write(row)
      if (this.rows > 0) this.out.text(',', 'latin1')
      if (this.gaps.left) yield* this.pieces(text, 'latin1')
      else this.out.text(text, 'latin1')
      this.note(page, index, 1, text.length)
      if (this.out.length >= chunkBytes) yield this.out.take()
    }
  }

  private *pieces(text: string, encoding: 'utf8' | 'latin1'): Generator<RowGap> {
    for (const piece of this.gaps.pieces(text)) {
      if (typeof piece === 'string') this.out.text(piece, encoding)
      else yield piece
    }
  }

  private *slices(page: P, form: WireBytes): Generator<Buffer> {
    const total = rowCount(form)
    let row = 0
    while (row < total) {
      if (this.isFull()) return
      const first = row
      const start = form.offsets[2 * row] as number
      let end = form.offsets[2 * row + 1] as number
      while (row + 1 < total && this.fits(row + 1 - first, end - start) && end - start < chunkBytes && adjoins(form, row)) end = form.offsets[2 * ++row + 1] as number
      if (this.rows > 0) this.out.text(',')
      this.out.bytes(form.bytes.subarray(start, end))
      this.note(page, row, row + 1 - first, end - start)
      row++
      if (this.out.length >= chunkBytes) yield this.out.take()
    }
  }

  private note(page: P, row: number, rows: number, bytes: number): void {
    this.rows += rows
    this.bytes += bytes
    this.last = { page, row }
  }

  private fits(rows: number, bytes: number): boolean {
    const { maxRows, maxBytes } = this.options
    return (maxRows === undefined || this.rows + rows < maxRows) && (maxBytes === undefined || this.bytes + bytes < maxBytes)
  }

  /** True if the page is full; asked only when there is a row more. */
  private isFull(): boolean {
    this.more = !this.fits(0, 0)
    return this.more
  }

  private countText(): string {
    const count = this.options.count?.()
    if (count === undefined) return ''
    this.counted = true
    return `"${controlName('count', this.options.style)}":${this.options.style.ieee754 ? `"${count}"` : count},`
  }
}

/**
 * Writes pages of rows as one collection in JSON. The first chunk leaves with the first row (or with the end, where there is none), so
 * that a failure before it can still become another answer; a failure later breaks off the JSON.
 * Pages of bytes leave as they are: give only those that `writableAsTheyAre` allows. `pages` is closed when the page is full.
 * @see OData JSON Format 4.01, sections 4 and 13
 */
export async function* writeCollection<P extends WirePage>(pages: AsyncIterable<P>, options: CollectionOptions<P>): AsyncGenerator<Buffer, void, undefined> {
  const text = new CollectionText<P>(options)
  let begun = false
  for await (const page of pages) {
    if (rowCount(page) === 0) continue
    const first = !begun
    begun = true
    if (first) text.begin()
    for (const part of text.page(page)) {
      if (Buffer.isBuffer(part)) yield part
      else yield* text.fill(part)
    }
    // A full page of counted rows goes on being read, unwritten, until the number is known.
    if (text.more && (options.count === undefined || options.count() !== undefined)) break
    if (first || text.out.length >= pageEndBytes) yield text.out.take()
  }
  if (!begun) text.begin()
  text.end()
  yield text.out.take()
}

/**
 * One row's JSON, in chunks where rows that are stored belong into it. A page of bytes must be one that `writableAsTheyAre` allows.
 */
export function rowJson({ page, row }: RowPlace, visible: readonly string[], style: JsonStyle): Buffer | AsyncIterable<Buffer> {
  if (page.kind === 'bytes') return rowBytes(page, row)
  const gaps = rowGaps()
  const text = rowWriters(visible, style, gaps)(page.columns)(page.rows[row] ?? [])
  return gaps.left ? filled(gaps.pieces(text), gaps) : Buffer.from(text)
}

async function* filled(pieces: readonly (string | RowGap)[], gaps: RowGaps): AsyncGenerator<Buffer> {
  const out = new ChunkBuffer()
  for (const piece of pieces) {
    for await (const text of typeof piece === 'string' ? [piece] : gapTexts(piece, gaps)) {
      out.text(text)
      if (out.length >= chunkBytes) yield out.take()
    }
  }
  yield out.take()
}
