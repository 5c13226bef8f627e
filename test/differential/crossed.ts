import * as fc from 'fast-check'
import type { Row } from '../harness/odata-server.js'
import { rowText } from './apply-reference.js'
import type { Field } from './applied.js'
import { print, type Expression, type Start } from './expression.js'
import type { Model, ModelSet } from './model.js'
import { predicates } from './predicates.js'
import { joinText, kindOf, read } from './values.js'

/** `$crossjoin` of two sets: by equal columns, and what each row has to be. */
export interface Crossed {
  readonly left: string
  readonly right: string
  readonly on: readonly { readonly from: string; readonly to: string }[]
  /** Of rows of the left set, said as if it were asked for alone. */
  readonly condition?: Expression
  readonly select: readonly (readonly [set: string, property: string])[]
  readonly count: boolean
}

/** The expression with every path from the row beginning with the name of its set. */
function below(set: string, expression: Expression): Expression {
  const start = (from: Start): Start => (from.variable === undefined ? { through: [set, ...from.through] } : from)
  const inner = (one: Expression): Expression => below(set, one)
  switch (expression.node) {
    case 'literal': return expression
    case 'property': case 'count': case 'related': case 'marks': return { ...expression, from: start(expression.from) }
    case 'lambda': return { ...expression, from: start(expression.from), ...(expression.body === undefined ? {} : { body: inner(expression.body) }) }
    case 'binary': return { ...expression, left: inner(expression.left), right: inner(expression.right) }
    case 'not': case 'negate': case 'in': case 'has': case 'typed': return { ...expression, operand: inner(expression.operand) }
    case 'computed': return { ...expression, expression: inner(expression.expression) }
    case 'call': return { ...expression, given: expression.given.map(inner) }
  }
}

export const crossedPath = ({ left, right }: Crossed): string => `$crossjoin(${left},${right})`

export function crossedTexts({ left, right, on, condition, select, count }: Crossed): readonly string[] {
  const equal = on.map(({ from, to }) => `${left}/${from} eq ${right}/${to}`)
  return [
    `$filter=${[...equal, ...(condition === undefined ? [] : [`(${print(below(left, condition))})`])].join(' and ')}`,
    `$select=${select.map((path) => path.join('/')).join(',')}`, ...(count ? ['$count=true'] : []),
  ]
}

export const crossedFields = ({ select }: Crossed, model: Model): readonly Field[] => select.map(([set, name]) => ({ path: [set, name], kind: kindOf(model.set(set).typeOf(name)) }))

/** Equal for rows that join: `eq` is true of two nulls. */
const keyOf = (set: ModelSet, names: readonly string[], row: Row): string => JSON.stringify(names.map((name) => {
  const value = read(kindOf(set.typeOf(name)), row[name])
  return value === null ? null : joinText(kindOf(set.typeOf(name)), value)
}))

/** Every row of the one beside every row of the other, where all that is asked for holds. */
export function crossedTable(crossed: Crossed, model: Model, holds: (condition: Expression, set: ModelSet, row: Row) => boolean): { readonly kind: 'table'; readonly rows: readonly string[]; readonly count?: number } {
  const [left, right] = [model.set(crossed.left), model.set(crossed.right)]
  const rows = left.rows.filter((row) => crossed.condition === undefined || holds(crossed.condition, left, row)).flatMap((row) => {
    const key = keyOf(left, crossed.on.map(({ from }) => from), row)
    return right.rows.filter((other) => keyOf(right, crossed.on.map(({ to }) => to), other) === key).map((other) => ({ [left.name]: row, [right.name]: other }))
  })
  const texts = rows.map((row) => rowText(crossedFields(crossed, model), ({ path: [set = '', name = ''], kind }) => read(kind, row[set]?.[name])))
  return { kind: 'table', rows: texts, ...(crossed.count ? { count: rows.length } : {}) }
}

/** Joins along what relates two sets, written as the standard's ad-hoc join. Undefined where no two sets are related. */
export function crossedQueries(model: Model): fc.Arbitrary<Crossed> | undefined {
  const pairs = model.sets.flatMap((set) => set.navigations.filter(({ target, unique }) => target !== set.name && unique).map(({ target, on }) => ({ left: set, right: model.set(target), on })))
  // A text and a number join along a navigation only: `eq` is not defined for them.
  const comparable = pairs.filter(({ left, right, on }) => on.every(({ from, to }) => (left.typeOf(from) === 'Edm.String') === (right.typeOf(to) === 'Edm.String')))
  if (comparable.length === 0) return undefined
  return fc.constantFrom(...comparable).chain(({ left, right, on }) => {
    const columns = [left, right].flatMap((set) => set.properties.map(({ name }) => [set.name, name] as const))
    return fc.record({
      condition: fc.option(predicates({ model, set: left, depth: 0 }), { nil: undefined }), count: fc.boolean(),
      select: fc.uniqueArray(fc.constantFrom(...columns), { minLength: 1, maxLength: 4, selector: (path) => path.join('/') }),
    }).map(({ condition, ...rest }): Crossed => ({ left: left.name, right: right.name, on, ...rest, ...(condition === undefined ? {} : { condition }) }))
  })
}
