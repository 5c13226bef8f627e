import { outputColumns, goesRowByRow, type BaseType, type Expand, type Fragment, type MissingPart, type Plan, type Remote } from '@tributary/plan'
import type { Execution } from './execution.js'
import { asKeyOf, isAskable, typesOf, type JoinKey } from './join-keys.js'
import { keyDispatch } from './key-dispatch.js'
import { keyQueue, type Sought } from './key-queue.js'
import type { LoneRows } from './lone-key.js'
import { offersOf } from './offers.js'
import { relatedOf } from './per-parent.js'
import { positionsOf, type Row } from './page-rows.js'
import { relatedCache, type Related } from './related-cache.js'
import type { InnerSide, RowsByKey } from './related-reader.js'
import { shapeOf, withoutExpands } from './related-shape.js'
import type { RelatedRows } from './sought-rows.js'

/** What one request knows of the inner side of `node`: nothing yet. */
export function relatedRows(node: Expand, execution: Execution): RelatedRows {
  const { context: { limits }, state: { meter: { memory } } } = execution
  const inner = innerSideOf(node)
  const ofRows = relatedOf(node, inner.core, shapeOf(node))
  const make = (rows: LoneRows, key: Row): Related => ('made' in rows ? rows.made : ofRows(rows, key))
  const tupleOf = remoteTuple(inner)
  const cache = relatedCache({ rows: limits.cacheRows, bytes: limits.cacheBytes, memory, what: `related by ${node.navigation.name}` })
  const sought = new Map<string, Sought>()
  const queue = keyQueue(limits.batchKeys)
  const offers = offersOf(node, inner.core, execution)
  let whole: RowsByKey | undefined
  let lost: MissingPart | undefined
  let asked = 0

  const deliver = (rows: RowsByKey, wanted: Iterable<Sought>): void => {
    for (const key of wanted) {
      const found = rows.get(key.hash) ?? []
      key.found = make(found, key.values)
      if ('length' in found) offers?.lookedUp(key, found.length)
      sought.delete(key.hash)
      cache.put(key.hash, key.found)
    }
  }
  const reads = keyDispatch(inner, execution, queue, {
    batch: (batch, rows) => deliver(rows, batch),
    whole(rows) {
      whole = rows
      deliver(rows, [...sought.values()])
    },
    lost(part) {
      lost = part
      for (const key of sought.values()) key.found = part
      sought.clear()
    },
  })
  const known = (key: JoinKey, tuple: Row | undefined): Related | undefined => {
    const kept = cache.get(key.hash)
    const related = kept === undefined ? lost : kept
    return related !== undefined || (whole === undefined && tuple !== undefined) ? related : make(whole?.get(key.hash) ?? [], key.values)
  }
  return {
    reads,
    none: make([], []),
    keysSought: () => asked,
    seek(key, from, offered) {
      const waiting = sought.get(key.hash)
      if (waiting !== undefined) return waiting
      const tuple = tupleOf(key.values, from)
      const found = known(key, tuple)
      if (found !== undefined) return { ...key, tuple: [], found }
      const { rows, ...doubt } = offers?.judge(key, offered) ?? {}
      const entry: Sought = { ...key, tuple: tuple ?? [], ...doubt }
      if (rows === undefined) {
        asked += 1
        sought.set(key.hash, entry)
        queue.add(entry)
      } else deliver(new Map([[key.hash, rows]]), [entry])
      return entry
    },
  }
}

/** What is read for an expand, and the remote in it that takes keys. */
export function innerSideOf(node: Expand): InnerSide {
  const { core } = withoutExpands(node)
  const from = typesOf(outputColumns(node.input), node.on.map((pair) => pair.from))
  const to = typesOf(outputColumns(core), node.on.map((pair) => pair.to))
  const askable = from.every((type, index) => isAskable(type.base, to[index]?.base ?? type.base))
  return { node, core, keyed: askable ? keyedRemote(core, node.on) : undefined }
}

/**
 * The remote whose rows the inner side consists of, if it takes the join columns as keys. A limit applies to all rows together: under
 * one, rows must not be read by keys.
 */
function keyedRemote(core: Plan, on: Expand['on']): Remote | undefined {
  switch (core.kind) {
    case 'filter': case 'sort': case 'expand': case 'compute': return keyedRemote(core.input, on)
    case 'remote': return takesKeys(core.fragment, on) ? core : undefined
    case 'transformation': return goesRowByRow(core) ? keyedRemote(core.inputs[0], on) : undefined
    case 'limit': case 'semiJoin': case 'aggregate': case 'concat': case 'given': case 'scan': case 'remoteScan': case 'constantRows': return undefined
  }
}

function takesKeys({ keys, skip, take, count }: Fragment, on: Expand['on']): boolean {
  return keys.length > 0 && skip === 0 && take === undefined && !count && keys.every((key) => on.some(({ to }) => to === key))
}

/** Turns the values of a join key into the remote's key tuple; undefined: no row can have such a key. */
function remoteTuple({ keyed, node }: InnerSide): (values: Row, from: readonly BaseType[]) => Row | undefined {
  if (keyed === undefined) return () => []
  const { scan, keys } = keyed.fragment
  const positions = keys.map((key) => node.on.findIndex(({ to }) => to === key))
  const types = positionsOf(scan.columns, keys).map((position) => scan.columns[position]?.type.base ?? 'Edm.Untyped')
  return (values, from) => {
    const tuple = positions.map((position, index) => asKeyOf(values[position], from[position] ?? 'Edm.Untyped', types[index] ?? 'Edm.Untyped'))
    return tuple.includes(undefined) ? undefined : tuple
  }
}
