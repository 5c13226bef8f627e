import { outputColumns, withoutOffer, type Column, type Expand, type RowsPage, type Value } from '@tributary/plan'
import { linkedAbort } from '@tributary/source'
import { bindJoin, type JoinStage } from './bind-join.js'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { offerIn } from './offered-value.js'
import { joinKeys, typesOf } from './join-keys.js'
import { positionsOf, toRows } from './page-rows.js'
import { shapeOf, withoutExpands } from './related-shape.js'
import type { Step } from './seekers.js'

/**
 * Adds a navigation column by batched bind joins. Nested expands follow as joins of their own over the rows of the whole stream, one level
 * after the other, so that the keys of every level are collected, de-duplicated and sent in full batches over the whole request.
 * @param open opens the input; as the execution does unless told
 */
export function openExpand(node: Expand, execution: Execution, open = execution.open): RowStream {
  const closing = linkedAbort(execution.signal)
  const scope: Execution = { ...execution, signal: closing.signal }
  const input = open(node.input, scope)
  const own = withoutOffer(input.columns, node.inline)
  const columns = [...own, node.navigation]
  const stages = stagesOf(node, { path: [], columns: own, position: own.length }, execution)
  const rows = node.inline === undefined ? parsed(input) : offering(input, own, node.inline.inlined.column)
  const pages = stages.reduce<AsyncGenerator<RowsPage>>((before, stage) => bindJoin(before, { ...stage, columns, closing }), rows)
  return { columns, pages, count: () => input.count() }
}

async function* parsed(input: RowStream): AsyncGenerator<RowsPage> {
  for await (const page of input.pages) yield toRows(page, input.columns)
}

/** Rows with what they offer in the place of the column that they get. */
async function* offering(input: RowStream, own: readonly Column[], column: string): AsyncGenerator<RowsPage> {
  const offer = offerIn(input.columns, column) ?? ((): Value => undefined)
  const positions = positionsOf(input.columns, own.map(({ name }) => name))
  for await (const page of input.pages) {
    const rows = toRows(page, input.columns).rows.map((row) => [...positions.map((position) => row[position]), offer(row)])
    yield { kind: 'rows', columns: own, rows }
  }
}

/** Rows that get a column: where they stand in the rows of the stream, their columns, and where the new one goes. */
interface Place {
  readonly path: readonly Step[]
  readonly columns: readonly Column[]
  readonly position: number
}

type Join = Omit<JoinStage, 'columns' | 'closing'>

/** Rows of types that lack the navigation seek nothing. */
function ofTypes(keyOf: Join['keyOf'], { on }: Expand, { columns }: Place): Join['keyOf'] {
  const types = on.flatMap(({ of = [] }) => of)
  const at = columns.findIndex(({ name }) => name === '@odata.type')
  if (types.length === 0 || at < 0) return keyOf
  return (row) => {
    const said = row[at]
    return typeof said === 'string' && types.includes(said.slice(said.lastIndexOf('#') + 1)) ? keyOf(row) : undefined
  }
}

/** The joins of an expand and of those nested in it, outer before inner. */
function stagesOf(node: Expand, place: Place, execution: Execution): readonly Join[] {
  const names = node.on.map(({ from }) => from)
  const own: Join = {
    related: execution.state.related(node),
    path: place.path,
    position: place.position,
    keyOf: ofTypes(joinKeys(place.columns, names, typesOf(outputColumns(withoutExpands(node).core), node.on.map(({ to }) => to))), node, place),
    from: positionsOf(place.columns, names).flatMap((position) => place.columns[position]?.type.base ?? []),
    limits: execution.context.limits,
    memory: execution.state.meter.memory,
    what: `in rows that wait for ${node.navigation.name}`,
  }
  const { columns } = shapeOf(node)
  const path = [...place.path, { position: place.position }]
  const nested = withoutExpands(node).nested.flatMap((inner) => {
    const [position = columns.length] = positionsOf(columns, [inner.navigation.name])
    return stagesOf(inner, { path, columns, position }, execution)
  })
  return [own, ...nested]
}
