import type { BytesPage, Page, Value } from '@tributary/plan'
import { adjoins, rowBytes, rowCount, rowsOf, rowWriters, writableAsTheyAre } from './page-rows.js'
import { controlName, type JsonStyle } from './style.js'

/** Bytes gathered before a chunk leaves; at the end of a page, less is enough: the next page may be long in coming. */
const chunkBytes = 64 * 1024
const pageEndBytes = 8 * 1024

/** Where a row stands. */
export interface RowPlace {
  readonly page: Page
  readonly row: number
}

/** What has been written when the rows end. */
export interface Written {
  readonly rows: number
  /** Bytes of the rows' text. */
  readonly bytes: number
  /** True if there was at least one more row that did not fit. */
  readonly more: boolean
  /** The last row written. */
  readonly last?: RowPlace
}

/** How a collection is written. */
export interface CollectionOptions {
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
  /** Called after the last row. */
  readonly nextLink: (written: Written) => string | undefined
}

/** Gathers text and bytes into chunks of reasonable size. */
class ChunkBuffer {
  private texts: string[] = []
  private textLength = 0
  private readonly chunks: Buffer[] = []
  private size = 0

  text(text: string): void {
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
    const bytes = Buffer.from(this.texts.join(''))
    this.texts = []
    this.textLength = 0
    this.chunks.push(bytes)
    this.size += bytes.length
  }
}

/** The state of one answer while its rows are written. */
class CollectionText {
  readonly out = new ChunkBuffer()
  rows = 0
  bytes = 0
  more = false
  last?: RowPlace
  private counted = false
  private readonly writers

  constructor(private readonly options: CollectionOptions) {
    this.writers = rowWriters(options.visible, options.style)
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
    if (link !== undefined) this.out.text(`,"${controlName('nextLink', this.options.style)}":${JSON.stringify(link)}`)
    this.out.text('}')
  }

  /** Writes the rows of a page that fit, and gives chunks as they fill. */
  *page(page: Page): Generator<Buffer> {
    if (page.kind === 'bytes' && writableAsTheyAre(page, this.options.visible, this.options.style)) yield* this.slices(page)
    else yield* this.texts(page, rowsOf(page))
  }

  private *texts(page: Page, rows: readonly (readonly Value[])[]): Generator<Buffer> {
    const write = this.writers(page.columns)
    for (const [index, row] of rows.entries()) {
      if (this.isFull()) return
      const text = write(row)
      this.out.text(this.rows === 0 ? text : `,${text}`)
      this.note(page, index, 1, Buffer.byteLength(text))
      if (this.out.length >= chunkBytes) yield this.out.take()
    }
  }

  private *slices(page: BytesPage): Generator<Buffer> {
    const total = rowCount(page)
    let row = 0
    while (row < total) {
      if (this.isFull()) return
      const first = row
      const start = page.offsets[2 * row] as number
      let end = page.offsets[2 * row + 1] as number
      while (row + 1 < total && this.fits(row + 1 - first, end - start) && end - start < chunkBytes && adjoins(page, row)) end = page.offsets[2 * ++row + 1] as number
      if (this.rows > 0) this.out.text(',')
      this.out.bytes(page.bytes.subarray(start, end))
      this.note(page, row, row + 1 - first, end - start)
      row++
      if (this.out.length >= chunkBytes) yield this.out.take()
    }
  }

  private note(page: Page, row: number, rows: number, bytes: number): void {
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
 * Rows of a `BytesPage` that are what the client asked for leave as they are; `pages` is closed when the page is full.
 * @see OData JSON Format 4.01, sections 4 and 13
 */
export async function* writeCollection(pages: AsyncIterable<Page>, options: CollectionOptions): AsyncGenerator<Buffer, void, undefined> {
  const text = new CollectionText(options)
  let begun = false
  for await (const page of pages) {
    if (rowCount(page) === 0) continue
    if (!begun) text.begin()
    yield* text.page(page)
    if (text.more) break
    if (!begun || text.out.length >= pageEndBytes) yield text.out.take()
    begun = true
  }
  if (!begun) text.begin()
  text.end()
  yield text.out.take()
}

/** The bytes of one row, as they are where they can be. */
export function rowJson({ page, row }: RowPlace, visible: readonly string[], style: JsonStyle): Buffer {
  if (page.kind === 'bytes' && writableAsTheyAre(page, visible, style)) return rowBytes(page, row)
  const [values = []] = page.kind === 'rows' ? [page.rows[row]] : rowsOf({ ...page, offsets: page.offsets.subarray(2 * row, 2 * row + 2) })
  return Buffer.from(rowWriters(visible, style)(page.columns)(values))
}
