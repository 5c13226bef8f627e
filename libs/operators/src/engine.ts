/**
 * A relational engine that works beyond memory, for what one request may not hold: the port that `engine-duckdb` implements. Operators hand
 * it rows with keys that `sortTextOf` and `hashKey` made, so that it compares plain texts only and means what they mean.
 */
export interface Engine {
  /** Begins the work for one request; aborting the signal ends whatever is under way. Nothing is kept once `end` was called. */
  begin(signal: AbortSignal): EngineWork
}

/** What one request keeps with the engine. */
export interface EngineWork {
  /** Sorts rows: one direction per key. */
  sorter(descending: readonly boolean[]): Promise<RowSorter>
  /** Keeps rows by one key, to be looked up again and again. */
  keeper(): Promise<RowKeeper>
  end(): Promise<void>
}

/** A row as one line of text, and its keys. Null sorts lowest. */
export interface KeyedRow {
  readonly keys: readonly (string | null)[]
  /** JSON without line breaks. */
  readonly row: string | Buffer
}

/** Rows being sorted on disk. */
export interface RowSorter {
  /** @throws HUB_SPOOL_FULL */
  add(rows: readonly KeyedRow[]): Promise<void>
  /** All rows by their keys, in the order of code points; rows of equal keys as they came. */
  sorted(): AsyncIterable<RowLines>
  /** Forgets them. */
  close(): Promise<void>
}

/** Rows being kept on disk, by one key that is not null. */
export interface RowKeeper {
  /** @throws HUB_SPOOL_FULL */
  add(rows: readonly KeyedRow[]): Promise<void>
  /** The rows of these keys, those of one key in the order they came. No row can be added any more. */
  find(keys: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
}

/** Rows as they were given, one after the other: row `r` is `bytes[offsets[2r] … offsets[2r+1])`. */
export interface RowLines {
  readonly bytes: Buffer
  readonly offsets: Int32Array
}
