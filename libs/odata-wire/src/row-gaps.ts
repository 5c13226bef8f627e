/** Writes one row as a JSON object. */
export type RowText = (row: readonly unknown[]) => string

/** Expanded rows that are read by and by: too many to be held. With `count` their number, where it was asked for. */
export type StoredRows = AsyncIterable<readonly (readonly unknown[])[]> & { readonly count?: number }

/** Whether an expanded column's value is such rows. */
export const isStored = (value: unknown): value is StoredRows => typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** A place in the text of a row where rows belong, with a comma between them. */
export interface RowGap {
  readonly rows: StoredRows
  readonly write: RowText
}

/** Takes the gaps that texts of rows leave. */
export interface RowGaps {
  /** Notes a gap; what is given stands for it in the text. */
  leave(gap: RowGap): string
  /** Whether the text that was written last has any. */
  readonly left: boolean
  /** The text in pieces, with the gaps that were left in it since the last time. */
  pieces(text: string): readonly (string | RowGap)[]
}

/** No JSON text holds this character: within strings it is escaped. */
export const gapSign = '\u0000'

/** No gap is left yet. */
export function rowGaps(): RowGaps {
  let left: RowGap[] = []
  return {
    get left() { return left.length > 0 },
    leave(gap) {
      left.push(gap)
      return gapSign
    },
    pieces(text) {
      const gaps = left
      left = []
      const pieces = text.split(gapSign)
      if (pieces.length !== gaps.length + 1) throw new Error('The text of a row holds a character that JSON does not')
      return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [...gaps.slice(index - 1, index), piece]))
    },
  }
}

/** The texts that fill a gap, some at a time. */
export async function* gapTexts({ rows, write }: RowGap, gaps: RowGaps): AsyncGenerator<string> {
  let first = true
  for await (const page of rows) {
    for (const row of page) {
      const text = first ? write(row) : `,${write(row)}`
      for (const piece of gaps.left ? gaps.pieces(text) : [text]) {
        if (typeof piece === 'string') yield piece
        else yield* gapTexts(piece, gaps)
      }
      first = false
    }
  }
}
