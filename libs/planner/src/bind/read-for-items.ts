import { aroundName, type Column, column, columnsOf, compute, type ComputedColumn, type Expression, isClosed, outputColumns, type Plan, printExpression, renameColumns, replaceOutermost } from '@tributary/plan'
import { type BoundItems, itemColumn, type ItemsWithin, outerItem, wholeColumn } from '../bound-items.js'
import { unsupported } from './refusal.js'

/** Rows with the columns that what is asked of items reads of them. */
export interface ReadRows {
  readonly plan: Plan
  readonly visible: readonly Column[]
  readonly items: readonly ItemsWithin[]
  /** Names of columns that are read only. */
  readonly unshown: readonly string[]
}

/**
 * Keeps of rows what the options of their collections look at through `$it`: such columns are visible, and not shown. Of a complex
 * one that is shown in part there is a second, whole one; what is looked at of the row around is computed of it, for that is gone when items are chosen.
 * @throws HUB_QUERY_UNSUPPORTED for a look at related rows of the row around and at the item at once
 */
export function readForItems(plan: Plan, visible: readonly Column[], items: readonly ItemsWithin[]): ReadRows {
  const seen = ofRowAround(items)
  const all = new Map([...outputColumns(plan), ...seen.computed.map((one) => one.column)].map((one) => [one.name, one]))
  const shown = new Map(visible.map((one) => [one.name, one]))
  const read = [...new Set(seen.items.flatMap((one) => one.items.reads))].flatMap((name) => all.get(name) ?? [])
  const copies = new Map(read.filter(({ name, fields }) => shown.has(name) && shown.get(name)?.fields !== fields).map((one) => [one.name, Object.freeze({ ...one, name: `~whole/${one.name}` })]))
  const names = new Map([...copies].map(([name, copy]) => [name, copy.name]))
  const added = read.flatMap((one) => copies.get(one.name) ?? (shown.has(one.name) ? [] : [one]))
  const computed = [...seen.computed, ...[...copies].map(([name, copy]): ComputedColumn => ({ column: copy, expression: column(copy.type, name) }))]
  return {
    plan: computed.length === 0 ? plan : compute(plan, computed), visible: [...visible, ...added], unshown: added.map(({ name }) => name),
    items: names.size === 0 ? seen.items : seen.items.map((one) => ({ ...one, items: changed(one.items, (expression) => renameColumns(expression, names)) })),
  }
}

/** What is looked at of the row around, as columns of the row itself. */
function ofRowAround(items: readonly ItemsWithin[]): { readonly items: readonly ItemsWithin[]; readonly computed: readonly ComputedColumn[] } {
  if (!items.some((one) => one.items.reads.includes(aroundName))) return { items, computed: [] }
  const computed = new Map<string, ComputedColumn>()
  const lifted = (part: Expression): Expression | undefined => {
    const read = columnsOf(part)
    if (read.size !== 1 || !read.has(aroundName) || !isClosed(part) || part.type.base === 'structured') return undefined
    // No @ in it: columns of such names say something of others.
    const name = `~around/${printExpression(part)}`.replaceAll('@', '(at)')
    computed.set(name, { column: Object.freeze({ name, type: part.type }), expression: part })
    return column(part.type, name)
  }
  const over = (expression: Expression): Expression => {
    const replaced = replaceOutermost(expression, lifted)
    if (columnsOf(replaced).has(aroundName)) throw unsupported('A condition over rows related to $it that compares them with items of a collection of an expanded row', 'Expand those rows, and compare them yourself.')
    return replaced
  }
  return { items: items.map((one) => ({ ...one, items: changed(one.items, over) })), computed: [...computed.values()] }
}

/** The same choice with other expressions. */
function changed(asked: BoundItems, change: (expression: Expression) => Expression): BoundItems {
  const computed = asked.computed.map((one) => ({ ...one, expression: change(one.expression) }))
  const order = asked.order.map((key) => ({ ...key, expression: change(key.expression) }))
  const matching = asked.matching === undefined ? undefined : change(asked.matching)
  const items = asked.items.map((one) => ({ ...one, items: changed(one.items, change) }))
  return Object.freeze({ ...asked, computed, order, ...(matching === undefined ? {} : { matching }), items, reads: readsOf([...computed, ...order].map(({ expression }) => expression).concat(matching ?? []), items) })
}

/** Names of the row's columns that are read by expressions over its items, or by what is asked within these. */
export function readsOf(expressions: readonly Expression[], within: readonly ItemsWithin[]): readonly string[] {
  const own = expressions.flatMap((expression) => [...columnsOf(expression)])
  const inner = within.flatMap((one) => one.items.reads).filter((name) => name !== outerItem)
  return [...new Set([...own, ...inner])].filter((name) => name !== wholeColumn && name !== itemColumn)
}
