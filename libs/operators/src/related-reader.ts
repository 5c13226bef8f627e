import { outputColumns, type Expand, type Plan, type Remote } from '@tributary/plan'
import type { AdaptivePlacement } from './placement.js'
import { buildBudget } from './budget.js'
import type { Execution } from './execution.js'
import { joinKeys, looseHash, typesOf } from './join-keys.js'
import type { Sought } from './key-queue.js'
import { rowsOfLoneKey, type LoneRows } from './lone-key.js'
import { toRows, type Row } from './page-rows.js'
import { acceptedOf } from './accepted.js'

/** Rows by the text of their join key, or what those of a lone one are already. */
export type RowsByKey = ReadonlyMap<string, LoneRows>

/** The inner side of an expand: what is read for it, without the expands on top of it, and the remote in it that takes keys. */
export interface InnerSide {
  readonly node: Expand
  readonly core: Plan
  readonly keyed: Remote | undefined
}

/** Tells the bind join that fewer keys should be asked for at a time: more rows are related to these than may be held. */
export class BatchTooLarge extends Error {
  constructor() {
    super('More rows are related to one batch of keys than may be held')
    this.name = 'BatchTooLarge'
  }
}

/**
 * Reads the rows of one batch of keys. Rows are matched by our own key, so that a source which gives more than it was asked for does no
 * harm; one that gives rows of quite other keys is not relied upon for the next batch.
 * @throws PlacedAnew if the keys have to be batched again, BatchTooLarge if there are several and fewer should be asked for;
 * HUB_LIMIT_EXCEEDED if one key alone has too many rows
 */
export async function readBatch(inner: InnerSide, keyed: Remote, batch: readonly Sought[], execution: Execution): Promise<RowsByKey> {
  const placement = execution.state.placement(keyed)
  const { scan } = placement.current()
  const foreign = foreignKeys(batch)
  const read = { ...execution, batch: { of: keyed, keys: batch.map(({ tuple }) => tuple) } }
  const mistrust = (): void => {
    if (foreign.seen && scan !== undefined) mistrustKeys(placement, acceptedOf(scan).keyForm, acceptedOf(scan).relies)
  }
  const [lone, ...others] = batch
  if (lone !== undefined && others.length === 0) {
    const found = await readLoneKey(inner, lone, read, foreign)
    mistrust()
    return found
  }
  const groups = new Map<string, Row[]>(batch.map(({ hash }) => [hash, []]))
  const budget = buildBudget(execution.context.limits, `of ${inner.node.navigation.name} related to several keys`, execution.state.meter.memory)
  // What was found is bounded by the memory of the bind join from then on.
  await eachRow(inner, read, (hash, row) => {
    const group = groups.get(hash)
    if (group === undefined) foreign.look(hash)
    else if (!budget.fits(row)) throw new BatchTooLarge()
    group?.push(row)
  }).finally(() => budget.release())
  mistrust()
  return groups
}

async function readLoneKey(inner: InnerSide, { hash: wanted }: Sought, execution: Execution, foreign: ForeignKeys): Promise<RowsByKey> {
  const ofKey = async function* (): AsyncGenerator<readonly Row[]> {
    for await (const rows of keyedRows(inner, execution)) {
      yield rows.flatMap(({ hash, row }) => {
        if (hash === wanted) return [row]
        foreign.look(hash)
        return []
      })
    }
  }
  return new Map([[wanted, await rowsOfLoneKey(inner.node, inner.core, ofKey(), execution)]])
}

/** Reads the whole inner side: for a source that takes no keys. @throws HUB_LIMIT_EXCEEDED */
export async function readWhole(inner: InnerSide, execution: Execution): Promise<RowsByKey> {
  const groups = new Map<string, Row[]>()
  const budget = buildBudget(execution.context.limits, `of ${inner.node.navigation.name}, whose source takes no keys`, execution.state.meter.memory)
  try {
    await eachRow(inner, execution, (hash, row) => {
      budget.hold(row)
      const group = groups.get(hash)
      if (group === undefined) groups.set(hash, [row])
      else group.push(row)
    })
  } catch (error) {
    budget.release()
    throw error
  }
  return groups
}

/** Visits the rows that can join. */
async function eachRow(inner: InnerSide, execution: Execution, visit: (hash: string, row: Row) => void): Promise<void> {
  for await (const rows of keyedRows(inner, execution)) for (const { hash, row } of rows) visit(hash, row)
}

/** The rows that can join, page by page, each with the text of its key. */
export async function* keyedRows({ node, core }: InnerSide, execution: Execution): AsyncGenerator<readonly { readonly hash: string; readonly row: Row }[]> {
  const columns = outputColumns(core)
  const keyOf = joinKeys(columns, node.on.map(({ to }) => to), typesOf(outputColumns(node.input), node.on.map(({ from }) => from)))
  for await (const page of execution.open(core, execution).pages) {
    yield toRows(page, columns).rows.flatMap((row) => {
      const key = keyOf(row)
      return key === undefined ? [] : [{ hash: key.hash, row }]
    })
  }
}

/** Tells rows nobody asked for, not even by the standards of a source that compares without case or accents. */
interface ForeignKeys {
  readonly seen: boolean
  look(hash: string): void
}

function foreignKeys(batch: readonly Sought[]): ForeignKeys {
  let loose: ReadonlySet<string> | undefined
  let seen = false
  return {
    get seen() { return seen },
    look(hash) {
      loose ??= new Set(batch.map((sought) => looseHash(sought.hash)))
      seen ||= !loose.has(looseHash(hash))
    },
  }
}

function mistrustKeys(placement: AdaptivePlacement, form: 'in' | 'or' | undefined, relies: readonly string[]): void {
  const general = form === 'in' ? 'filter:in' : 'filter:eq'
  const used = relies.filter((feature) => feature.startsWith(general))
  placement.mistrust(used.length > 0 ? used : [general], 'rows of other keys than those asked for')
}
