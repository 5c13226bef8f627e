import {
  type Column, column, columnsOf, compute, conjunction, expand, type Expression, expandedColumn, filter, orderKey, outputColumns, type Plan, sort, transformation, transformExpression,
} from '@tributary/plan'
import { keyOrder } from './bind-order.js'
import { withFollowed } from './followed-paths.js'
import type { RowScope } from './row-scope.js'
import { scanOf } from './scan-set.js'

/** A set of the cross join, and what is shown of its rows. */
export interface CrossMember {
  readonly scope: RowScope
  readonly shown: readonly string[]
  /** The rows with what is expanded of them. */
  readonly over: (rows: Plan) => Plan
  /** What follows `#` in the context URL of one of its rows. */
  readonly context: string
}

type Members = ReadonlyMap<string, CrossMember>

/**
 * One row for each way to take a row of every set, for which all conditions are true. Conditions over one set are on its own rows;
 * equalities between two join them, where they mean what a join does; the rest is left to a filter.
 * ```
 * $crossjoin(A,B) with A/x eq B/y and B/z gt 1      Unnest B
 *                                                   └ Expand ~B on ~A/x = y
 *                                              ⇒      ├ Compute ~A/x
 *                                                     │ └ Wrap as A
 *                                                     │   └ A
 *                                                     └ Filter z gt 1
 *                                                       └ B
 * ```
 */
export function joinedRows(members: Members, conditions: readonly Expression[]): Plan {
  const own = new Map([...members.keys()].map((name): [string, readonly Expression[]] => [name, conditions.filter((condition) => isOver(condition, name))]))
  const rest = conditions.filter((condition) => ![...own.values()].some((those) => those.includes(condition)))
  const joins = joinsOf(members, rest)
  const rowsOf = (name: string, { scope, over }: CrossMember): Plan => over((own.get(name) ?? []).map((condition) => ofOne(condition, name)).reduce<Plan>(filter, withFollowed(scanOf(scope), scope)))
  const base = [...members].filter(([name]) => !joins.has(name))
  let plan = multiplied(base.map(([name, member]) => ({ ...member, name, rows: inOrder(rowsOf(name, member), member.scope) })))
  for (const [name, join] of joins) {
    const member = members.get(name)
    if (member !== undefined) plan = joined(plan, { ...member, name, rows: rowsOf(name, member) }, join)
  }
  const left = conjunction(rest.filter((condition) => ![...joins.values()].some(({ used }) => used.includes(condition))))
  return left === undefined ? plan : filter(plan, left)
}

interface Member extends CrossMember {
  readonly name: string
  readonly rows: Plan
}

const inOrder = (rows: Plan, scope: RowScope): Plan => {
  const [first, ...more] = keyOrder([], scope)
  return first === undefined ? rows : sort(rows, [first, ...more])
}

/** Takes each of the rows held under the set's name. */
const taken = (plan: Plan, { name, shown, context }: Member, product: { readonly product?: string } = {}): Plan =>
  transformation([plan], { kind: 'unnest', from: `~${name}`, name, shown, context, outer: false, ...product })

/** Sets that no equality joins: the rows of the first go by, those of each other are held and go with each of them. */
function multiplied(members: readonly Member[]): Plan {
  const [first, ...more] = members
  if (first === undefined) throw new Error('A cross join begins with a set that none joins')
  const product = `$crossjoin(${members.map(({ name }) => name).join(',')})`
  const { name, shown, context, rows } = first
  return more.reduce<Plan>((plan, member) => {
    const held = transformation([member.rows], { kind: 'nest', parts: [{ name: `~${member.name}`, shown: member.shown, context: member.context }] })
    return taken(transformation([plan, held], { kind: 'attach' }), member, { product })
  }, transformation([rows], { kind: 'wrap', name, shown, context }))
}

/** The equalities that a set is joined by, each between a column of an earlier set and one of its own. */
interface Join {
  readonly pairs: readonly { readonly from: Extract<Expression, { kind: 'column' }>; readonly to: string }[]
  readonly used: readonly Expression[]
}

function joinsOf(members: Members, conditions: readonly Expression[]): ReadonlyMap<string, Join> {
  const joins = new Map<string, Join>()
  const before = new Set<string>()
  for (const [name, { scope }] of members) {
    const found = conditions.flatMap((condition) => {
      const pair = pairOf(condition, name, { before, members, scope })
      return pair === undefined ? [] : [{ ...pair, condition }]
    })
    if (found.length > 0) joins.set(name, { pairs: found.map(({ from, to }) => ({ from, to })), used: found.map(({ condition }) => condition) })
    before.add(name)
  }
  return joins
}

interface Joining {
  readonly before: ReadonlySet<string>
  readonly members: Members
  readonly scope: RowScope
}

/** Null equals null, and never joins: a pair needs a side that is never null. */
function pairOf(condition: Expression, name: string, { before, members, scope }: Joining): Join['pairs'][number] | undefined {
  if (condition.kind !== 'binary' || condition.operator !== 'eq') return undefined
  for (const [to, from] of [[condition.left, condition.right], [condition.right, condition.left]] as const) {
    if (to.kind !== 'column' || from.kind !== 'column' || to.path[0] !== name || !before.has(from.path[0])) continue
    const [, own, ...deeper] = to.path
    const other = members.get(from.path[0])?.scope
    if (own === undefined || deeper.length > 0 || from.path.length !== 2 || other === undefined || to.type.collection || to.type.base === 'structured' || own.startsWith('~')) continue
    if (isNeverNull(scope, own) || isNeverNull(other, from.path[1] ?? '')) return { from, to: own }
  }
  return undefined
}

const isNeverNull = ({ set, model, entityType }: RowScope, name: string): boolean =>
  set.key.includes(name) || model.property(entityType, name)?.type.nullable === false

function joined(plan: Plan, member: Member, { pairs }: Join): Plan {
  const { name, scope, rows } = member
  const before = outputColumns(plan).length
  const keys = pairs.map(({ from, to }, index) => ({ column: Object.freeze({ name: `~${before + index}`, type: from.type }), expression: from, to }))
  const [first, ...more] = keys.map(({ column: { name: key }, to }) => ({ from: key, to }))
  if (first === undefined) throw new Error('A set is joined by nothing')
  const columns = outputColumns(rows)
  const navigation: Column = expandedColumn(`~${name}`, scope.entityType.qualifiedName, { toMany: true, columns, visible: columns.map((one) => one.name) })
  const order = keyOrder([], scope).map(({ expression }) => orderKey(expression))
  const expanded = expand(compute(plan, keys), { navigation, on: [first, ...more], related: rows, perParent: { order, skip: 0, count: false } })
  return taken(expanded, member)
}

/** True if the condition reads one set only. */
const isOver = (condition: Expression, name: string): boolean => {
  const read = columnsOf(condition)
  return read.size === 1 && read.has(name)
}

/** The condition over the set's own rows. */
const ofOne = (condition: Expression, name: string): Expression =>
  transformExpression(condition, (part) => {
    if (part.kind !== 'column' || part.path[0] !== name) return part
    const [, first, ...rest] = part.path
    return first === undefined ? part : column(part.type, first, ...rest)
  })
