import type { Column, Page, Plan, Value } from '@tributary/plan'

/**
 * A relational engine that works beyond memory, for what one request may not hold: the port that `engine-duckdb` implements. Operators hand
 * it rows with keys that `sortTextOf` and `hashKey` made, so that it compares plain texts only and means what they mean; or, where it says that
 * it means the same as they do, a part of a plan with the rows of its inputs.
 */
export interface Engine {
  /** Begins the work for one request; aborting the signal ends whatever is under way. Nothing is kept once `end` was called. */
  begin(signal: AbortSignal): EngineWork
  /** Why a plan cannot be given away, the rows of the nodes in `given` with these columns being what it starts from; undefined: it can. */
  refusal(plan: Plan, given: ReadonlyMap<Plan, readonly Column[]>): string | undefined
}

/** What one request keeps with the engine. */
export interface EngineWork {
  /** Sorts rows: one direction per key. With `together` the last key is no order: rows that share it stand together, by the first of them. */
  sorter(descending: readonly boolean[], together?: 'together'): Promise<RowSorter>
  /** Keeps rows by one key, to be looked up again and again. */
  keeper(): Promise<RowKeeper>
  /** Keeps rows as they come, to be read again and again. */
  log(): Promise<RowLog>
  /** Takes the rows of one input of a plan, as they come. */
  table(columns: readonly Column[]): Promise<SpooledTable>
  /**
   * The rows of a plan that was not refused, by its columns and in its order, rows of inputs being in the order they were given.
   * @throws (before the first row) EngineDeclined, JoinedTwice
   */
  rows(plan: Plan, tables: ReadonlyMap<Plan, SpooledTable>): AsyncIterable<readonly (readonly Value[])[]>
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
  /**
   * The rows of these keys, those of one key in the order they came; undefined: there are more than `most` rows, or bytes, of them. No row can
   * be added any more.
   */
  find(keys: readonly string[], most: MostFound): Promise<ReadonlyMap<string, readonly string[]> | undefined>
  /** All rows of one key, however many, in the order they came. No row can be added any more. */
  rowsOf(key: string): AsyncIterable<RowLines>
}

/** What one look-up may bring. */
export interface MostFound {
  readonly rows: number
  readonly bytes: number
}

/** Rows on disk in the order they came. */
export interface RowLog {
  /** JSON without line breaks. @throws HUB_SPOOL_FULL */
  add(rows: readonly string[]): Promise<void>
  /** All rows, as often as they are asked for. No row can be added any more. */
  read(): AsyncIterable<RowLines>
  /** Forgets them. */
  close(): Promise<void>
}

/** Rows of one input of a plan. */
export interface SpooledTable {
  readonly columns: readonly Column[]
  /** @throws HUB_SPOOL_FULL */
  add(page: Page): Promise<void>
}

/** Rows as they were given, one after the other: row `r` is `bytes[offsets[2r] … offsets[2r+1])`. */
export interface RowLines {
  readonly bytes: Buffer
  readonly offsets: Int32Array
}

/** Says that the engine would not give what the operators give, for the values it met. */
export class EngineDeclined extends Error {
  constructor(reason: string) {
    super(`The embedded engine declines: ${reason}`)
    this.name = 'EngineDeclined'
  }
}

/** Says that a to-one navigation met two rows for a key that was sought. */
export class JoinedTwice extends Error {
  constructor(readonly navigation: string, readonly key: readonly (string | null)[]) {
    super(`${navigation} met two rows for one key`)
    this.name = 'JoinedTwice'
  }
}
