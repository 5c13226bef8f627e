import { comparatorOf, promote, type RowsPage, type Value, type ValueType } from '@tributary/plan'

/** Pages of one part of an answer, in the part's own order, with what each row is ordered by. */
export interface OrderedRows {
  readonly page: RowsPage
  /** For each row, in the order of `MergeKey`s. */
  readonly keys: readonly (readonly Value[])[]
}

/** What the rows of one part are ordered by. */
export interface PartKey {
  readonly type: ValueType
  readonly descending: boolean
}

interface Head {
  readonly at: number
  readonly page: RowsPage
  readonly keys: readonly (readonly Value[])[]
  row: number
}

/**
 * The rows of several ordered parts in one order, those of earlier parts first where they are equal; at most `take`, without the first `skip`.
 * Values of types that cannot be compared are in the order boolean, number, text, as undeclared ones are.
 */
export async function* mergeRows(parts: readonly AsyncIterable<OrderedRows>[], keys: readonly (readonly PartKey[])[], { skip, take }: { readonly skip: number; readonly take: number }): AsyncGenerator<RowsPage> {
  const streams = parts.map((part) => part[Symbol.asyncIterator]())
  const next = async (at: number): Promise<Head | undefined> => {
    for (;;) {
      const found = await streams[at]?.next()
      if (found === undefined || found.done === true) return undefined
      if (found.value.page.rows.length > 0) return { at, ...found.value, row: 0 }
    }
  }
  try {
    let heads = (await Promise.all(parts.map((_, at) => next(at)))).flatMap((head) => head ?? [])
    for (let given = 0; given < skip + take && heads.length > 0; given++) {
      const least = heads.reduce((best, head) => (precedes(head, best, keys) ? head : best))
      const row = least.page.rows[least.row]
      if (given >= skip && row !== undefined) yield { kind: 'rows', columns: least.page.columns, rows: [row] }
      least.row += 1
      if (least.row < least.page.rows.length) continue
      const following = await next(least.at)
      heads = heads.flatMap((head) => (head !== least ? [head] : following === undefined ? [] : [following]))
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return?.()))
  }
}

function precedes(a: Head, b: Head, keys: readonly (readonly PartKey[])[]): boolean {
  const [ours, theirs] = [keys[a.at] ?? [], keys[b.at] ?? []]
  for (const [index, { type, descending }] of ours.entries()) {
    const other = theirs[index]
    const order = other === undefined ? 0 : compareAcross([a.keys[a.row]?.[index], type], [b.keys[b.row]?.[index], other.type])
    if (order !== 0) return (descending ? -order : order) < 0
  }
  return a.at < b.at
}

type Typed = readonly [value: Value, type: ValueType]

function compareAcross([a, ours]: Typed, [b, theirs]: Typed): number {
  const common = promote(ours, theirs)
  if (common !== undefined || a === null || a === undefined || b === null || b === undefined) return comparatorOf(common ?? ours)(a, b)
  return kindOf(ours) - kindOf(theirs) || comparatorOf({ name: 'Edm.String', base: 'Edm.String', collection: false })(String(a), String(b))
}

const numbers: ReadonlySet<string> = new Set(['Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Single', 'Edm.Double'])

const kindOf = ({ base }: ValueType): number => (base === 'Edm.Boolean' ? 0 : numbers.has(base) ? 1 : 2)
