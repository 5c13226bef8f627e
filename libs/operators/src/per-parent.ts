import { hubError } from '@tributary/errors'
import { outputColumns, type Expand, type Column, type ExpandedShape, type Plan } from '@tributary/plan'
import { projection, type Row } from './page-rows.js'
import type { Related } from './related-cache.js'
import { offerIn } from './offered-value.js'
import { rowOrder } from './row-order.js'

/** Makes an expanded value out of all rows related to one key; `keyText` names the key in errors. */
export type RelatedOf = (rows: readonly Row[], key: Row) => Related

/**
 * What the nested options make of the related rows: order, count, skip and take for a to-many navigation; for a to-one the row or null.
 * The rows come with the columns of `core` and get those of the navigation's shape.
 */
export function relatedOf(node: Expand, core: Plan, shape: ExpandedShape): RelatedOf {
  const columns = outputColumns(core)
  const shown = withOffers(node, columns, projection(columns, shape.columns), shape)
  return shape.toMany ? toMany(node, shown, core) : toOne(node, shown)
}

/** Rows that offer what is expanded of them in turn: the offer stands in the place of the column that they get. */
function withOffers({ related }: Expand, columns: readonly Column[], shown: (row: Row) => Row, shape: ExpandedShape): (row: Row) => Row {
  const offers = offersIn(related).flatMap(({ navigation, inline }) => {
    const offer = inline === undefined ? undefined : offerIn(columns, inline.inlined.column)
    return offer === undefined ? [] : [{ place: shape.columns.findIndex(({ name }) => name === navigation.name), offer }]
  })
  if (offers.length === 0) return shown
  return (row) => {
    const copy = [...shown(row)]
    for (const { place, offer } of offers) copy[place] = offer(row)
    return copy
  }
}

const offersIn = (plan: Plan): readonly Expand[] => (plan.kind === 'expand' ? [plan, ...offersIn(plan.input)] : [])

function toMany({ perParent }: Expand, shown: (row: Row) => Row, core: Plan): RelatedOf {
  const { order, skip, take, count } = perParent
  const compare = order.length === 0 ? undefined : rowOrder(order, outputColumns(core))
  return (rows) => {
    const ordered = compare === undefined ? rows : rows.toSorted(compare)
    const given = ordered.slice(skip, take === undefined ? undefined : skip + take).map(shown)
    return Object.freeze({ rows: given, ...(count ? { count: rows.length } : {}) })
  }
}

function toOne(node: Expand, shown: (row: Row) => Row): RelatedOf {
  return ([first, second], key) => {
    if (second !== undefined) throw notUnique(node, key)
    return first === undefined ? null : shown(first)
  }
}

/** The error for a to-one navigation that met two rows for a key. */
export const notUnique = ({ navigation, related }: Expand, key: Row): Error =>
  hubError('HUB_JOIN_NOT_UNIQUE', {
    relationship: navigation.name,
    target: targetOf(related) ?? navigation.type.name,
    key: key.map((part) => (typeof part === 'string' ? `'${part}'` : String(part))).join(','),
  })

function targetOf(plan: Plan): string | undefined {
  switch (plan.kind) {
    case 'filter': case 'sort': case 'limit': case 'expand': case 'semiJoin': case 'compute': case 'aggregate': return targetOf(plan.input)
    case 'remote': return targetOf(plan.fragment.scan)
    case 'scan': case 'remoteScan': return `${plan.target.endpoint}/${plan.target.entitySet}`
    case 'concat': case 'transformation': case 'given': case 'constantRows': return undefined
  }
}
