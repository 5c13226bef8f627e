/**
 * What the formats need to know of rows: the part of a plan's pages and columns that decides how they are written. Values are as the
 * engine carries them (Int64 and Decimal as decimal text, doubles as numbers, complex values as objects, undefined: not selected).
 */
export interface WireColumn {
  readonly name: string
  /** What its member is called, where several columns hold forms of one. */
  readonly shownAs?: string
  /** `base` is the primitive type beneath (`Edm.Int64`), or `structured`. */
  readonly type: { readonly collection: boolean; readonly base: string }
  /** Values are JSON texts, written as they are. */
  readonly json?: true
  /** The value it has where nothing else is said; undefined: null. */
  readonly default?: unknown
  /** Of a complex column: its declared properties. */
  readonly fields?: readonly WireColumn[]
  /** Of an expanded navigation property: the shape of its rows. */
  readonly expanded?: WireShape
}

/** The rows of an expanded navigation property: all columns, and the names of those that are shown. */
export interface WireShape {
  readonly toMany: boolean
  readonly columns: readonly WireColumn[]
  readonly visible: readonly string[]
}

/** Positional values. */
export interface WireRows {
  readonly kind: 'rows'
  readonly columns: readonly WireColumn[]
  readonly rows: readonly (readonly unknown[])[]
}

/** Rows as UTF-8 JSON objects: row `r` is `bytes[offsets[2r] … offsets[2r+1])`. `only`: they hold the columns and nothing else. */
export interface WireBytes {
  readonly kind: 'bytes'
  readonly columns: readonly WireColumn[]
  readonly bytes: Buffer
  readonly offsets: Int32Array
  readonly ieee754: boolean
  readonly only: boolean
  /** Columns whose members have another name in the objects. */
  readonly renamed?: ReadonlyMap<string, string>
}

export type WirePage = WireRows | WireBytes

/** Number of rows of a page. */
export const rowCount = (page: WirePage): number => (page.kind === 'rows' ? page.rows.length : page.offsets.length >> 1)
