import { ElementScan } from '@tributary/odata-wire'

/** The answer cannot be used; the message names why. */
export class InvalidAnswer extends Error {}

/** Whole rows cut out of a body: row `r` is `bytes[offsets[2r] … offsets[2r+1])`. */
export interface Cut {
  readonly bytes: Buffer
  readonly offsets: Int32Array
}

/** Members of the envelope beside `value`. */
export type Envelope = Readonly<Record<string, unknown>>

const QUOTE = 0x22, BACKSLASH = 0x5c, COMMA = 0x2c, COLON = 0x3a
const OPEN_OBJECT = 0x7b, CLOSE_OBJECT = 0x7d, OPEN_ARRAY = 0x5b, CLOSE_ARRAY = 0x5d
const isSpace = (sign: number): boolean => sign === 0x20 || sign === 0x0a || sign === 0x0d || sign === 0x09
/** What stands beside the rows is small; more of it is no collection. */
const LARGEST_ENVELOPE = 16 * 1024 * 1024

/**
 * Finds the rows of an OData collection in one pass over its bytes, as they arrive: depth and quotes are counted, nothing is parsed.
 * `value` may stand anywhere among the members at depth 1. Rows that are complete can be taken out at any time, so that a body of any
 * size needs no more memory than the rows not yet taken.
 */
export class EnvelopeScanner {
  private bytes: Buffer
  private length = 0
  private at = 0
  private offsets: number[] = []
  private readonly rows = new ElementScan()
  /** From where on what stands between two rows has not been looked at. */
  private gapStart = 0
  private depth = 0
  private quoted = false
  /** before: in the members before `value`; rows: within its array; after: in the members behind it. */
  private where: 'before' | 'rows' | 'after' = 'before'
  private stringStart = 0
  private lastString = ''
  private awaitsValue = false
  private head = ''
  private tailStart = 0
  private closed = false
  /** In the array, whether a row or a comma may come next. */
  private afterRow = false

  /** @param member the array among the envelope's members whose objects are the rows */
  constructor(expectedBytes = 0, private readonly member = 'value') {
    this.bytes = Buffer.allocUnsafe(Math.min(Math.max(expectedBytes + 1, 4_096), 2 * 1024 * 1024))
  }

  /** @throws InvalidAnswer */
  push(chunk: Buffer): void {
    if (this.length + chunk.length > this.bytes.length) this.grow(chunk.length)
    this.length += chunk.copy(this.bytes, this.length)
    while (this.at < this.length) {
      if (this.where === 'rows') this.scanRows()
      else this.scanMembers()
    }
  }

  /** Complete rows not yet taken. */
  get rowCount(): number {
    return this.offsets.length >> 1
  }

  /** Bytes held. */
  get size(): number {
    return this.length
  }

  /** Hands out the complete rows and keeps the rest. */
  take(): Cut {
    // A row that is not complete stays.
    const open = this.rows.isWithin ? this.offsets.pop() : undefined
    const offsets = this.offsets
    const start = offsets[0] ?? 0
    const end = offsets.at(-1) ?? start
    const keptFrom = this.where === 'rows' ? (open ?? this.at) : this.tailStart
    const cut = { bytes: this.bytes.subarray(start, end), offsets: shifted(offsets, start) }
    const rest = this.bytes.subarray(keptFrom, this.length)
    // Behind the end nothing follows that would need room.
    const next = Buffer.allocUnsafe(this.closed ? rest.length : Math.max(rest.length * 2, Math.min(this.bytes.length, 2 * 1024 * 1024)))
    rest.copy(next)
    this.bytes = next
    this.length = rest.length
    this.at -= keptFrom
    this.gapStart -= keptFrom
    this.tailStart -= keptFrom
    this.stringStart -= keptFrom
    this.offsets = open === undefined ? [] : [open - keptFrom]
    return cut
  }

  /** The members before `value`, as soon as it was reached. @throws InvalidAnswer */
  get headMembers(): Envelope | undefined {
    return this.where === 'before' ? undefined : membersOf(`${this.head}]}`)
  }

  /** All members beside `value`, at the end of the body. @throws InvalidAnswer if it is cut off or has no rows */
  end(): Envelope {
    if (this.length === 0 && this.where === 'before') throw new InvalidAnswer('the body is empty')
    if (!this.closed) throw new InvalidAnswer('the body ends in the middle')
    if (this.where === 'before') {
      const members = membersOf(this.bytes.toString('utf8', 0, this.length))
      if ('error' in members) return members
      throw new InvalidAnswer(`the body has no \`${this.member}\``)
    }
    return membersOf(`${this.head}]${this.bytes.toString('utf8', this.tailStart, this.length)}`)
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + needed))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }

  private scanRows(): void {
    const { bytes, length, offsets, rows } = this
    let index = offsets.length
    const end = rows.scan(bytes, this.at, length, offsets)
    for (; index < offsets.length; index++) {
      const edge = offsets[index] ?? 0
      if (index % 2 === 0) this.startRow(edge)
      else this.gapStart = offsets[index] = edge + 1
    }
    if (!rows.isWithin) this.betweenRows(end < 0 ? length : end)
    this.at = end < 0 ? length : end
    if (end >= 0) this.endRows(bytes[end] ?? 0)
  }

  private startRow(at: number): void {
    const separated = this.gapStart === at - 1 && this.bytes[this.gapStart] === COMMA && this.afterRow
    if (!separated) {
      this.betweenRows(at)
      if (this.afterRow) throw new InvalidAnswer(`\`${this.member}\` holds something other than objects`)
    }
    if (this.bytes[at] !== OPEN_OBJECT) throw new InvalidAnswer(`\`${this.member}\` holds something other than objects`)
    this.afterRow = true
  }

  /** What stands between rows, up to a place: white space, and a comma behind each row. */
  private betweenRows(to: number): void {
    for (let at = this.gapStart; at < to; at++) {
      const sign = this.bytes[at] ?? 0
      if (isSpace(sign)) continue
      if (sign !== COMMA || !this.afterRow) throw new InvalidAnswer(`\`${this.member}\` holds something other than objects`)
      this.afterRow = false
    }
    this.gapStart = to
  }

  private endRows(sign: number): void {
    if (sign !== CLOSE_ARRAY) throw new InvalidAnswer(`the brackets of \`${this.member}\` do not match`)
    this.at++
    this.tailStart = this.at
    this.where = 'after'
  }

  private scanMembers(): void {
    const { bytes, length } = this
    for (; this.at < length; this.at++) {
      const sign = bytes[this.at] ?? 0
      if (this.closed) {
        if (!isSpace(sign)) throw new InvalidAnswer('something follows the end of the body')
      } else if (this.quoted) this.withinString(sign)
      else if (this.memberSign(sign)) return
    }
    if (length > LARGEST_ENVELOPE && this.offsets.length === 0) throw new InvalidAnswer(`the body has no \`${this.member}\``)
  }

  private withinString(sign: number): void {
    if (sign === BACKSLASH) this.at++
    else if (sign === QUOTE) {
      this.quoted = false
      if (this.depth === 1) this.lastString = this.bytes.toString('utf8', this.stringStart, this.at)
    }
  }

  /** True: the rows begin. */
  private memberSign(sign: number): boolean {
    if (this.awaitsValue && !isSpace(sign)) {
      if (sign !== OPEN_ARRAY) throw new InvalidAnswer(`\`${this.member}\` is not an array`)
      if (this.where === 'after') throw new InvalidAnswer(`\`${this.member}\` stands twice`)
      this.at++
      this.head = this.bytes.toString('utf8', 0, this.at)
      this.where = 'rows'
      this.gapStart = this.at
      this.awaitsValue = false
      return true
    }
    if (sign === QUOTE) {
      this.quoted = true
      this.stringStart = this.at + 1
    } else if (sign === OPEN_OBJECT || sign === OPEN_ARRAY) {
      if (this.depth === 0 && sign !== OPEN_OBJECT) throw new InvalidAnswer('the body is not a JSON object')
      this.depth++
    } else if (sign === CLOSE_OBJECT || sign === CLOSE_ARRAY) this.closed = --this.depth === 0
    else if (sign === COLON && this.depth === 1) this.awaitsValue = this.lastString === this.member
    else if (this.depth === 0 && !isSpace(sign) && sign !== 0xef && sign !== 0xbb && sign !== 0xbf) throw new InvalidAnswer('the body is not JSON')
    return false
  }
}

/** A loop is ten times as fast as `Int32Array.from`. */
function shifted(offsets: readonly number[], start: number): Int32Array {
  const moved = new Int32Array(offsets.length)
  for (let index = 0; index < offsets.length; index++) moved[index] = (offsets[index] ?? 0) - start
  return moved
}

function membersOf(text: string): Envelope {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as Envelope
  } catch (error) {
    throw new InvalidAnswer('the body is not well-formed JSON', { cause: error })
  }
}
