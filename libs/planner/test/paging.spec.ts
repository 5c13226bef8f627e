import * as fc from 'fast-check'
import { comparatorOf, compilePredicate, type Plan, type Value, walk } from '@tributary/plan'
import { bindUrl } from './exposure-of.js'

type Row = readonly Value[]

/** The predicate by which the page after `last` is found. */
function afterRow(url: string, values: readonly Value[]): (row: Row) => boolean {
  const bound = bindUrl(url, { pageRows: 5, cursor: { kind: 'keyset', values, given: 5 } })
  const predicates: ((row: Row) => boolean)[] = []
  walk(bound.plan, (node: Plan) => {
    if (node.kind === 'filter') predicates.push(compilePredicate(node.predicate, bound.columns))
  })
  return (row) => predicates.length > 0 && predicates.every((keep) => keep(row))
}

describe('pages by keyset', () => {
  const number = fc.constantFrom<Value>(null, Number.NaN, -Infinity, -1, 0, 2, Infinity)
  const text = fc.constantFrom<Value>(null, '', 'a', 'B', 'é', '\uFFFD', '😀')
  const moment = fc.constantFrom<Value>(null, '2024-01-01T00:00:00Z', '2024-01-01T01:00:00+01:00', '2023-12-31T23:59:59.9999999Z')
  const table = fc.array(fc.tuple(number, text, moment), { maxLength: 40 })

  it.each([
    'Weight', 'Weight desc', 'ShipName', 'ShipName desc', 'OrderDate', 'OrderDate desc', 'Weight,ShipName desc', 'ShipName,OrderDate desc,Weight', 'ID desc',
  ])('$orderby=%s: each row comes once, in order, whatever its nulls and NaNs', (orderby) => {
    const url = `Orders?$orderby=${orderby}`
    const bound = bindUrl(url, { pageRows: 5 })
    const cursor = bound.paging.kind === 'keyset' ? bound.paging.cursor : []
    const position = new Map(bound.columns.map(({ name }, index) => [name, index]))
    const orders = bound.order.map(({ expression, descending }) => {
      const compare = comparatorOf(expression.type)
      const index = expression.kind === 'column' ? (position.get(expression.path[0]) ?? -1) : -1
      return (a: Row, b: Row): number => (descending ? -1 : 1) * compare(a[index], b[index])
    })
    const byOrder = (a: Row, b: Row): number => orders.map((order) => order(a, b)).find((difference) => difference !== 0) ?? 0

    fc.assert(fc.property(table, fc.integer({ min: 1, max: 5 }), (cells, pageRows) => {
      const rows = cells.map(([weight, shipName, orderDate], id): Row => bound.columns.map(({ name }) => ({ ID: id, Weight: weight, ShipName: shipName, OrderDate: orderDate })[name] ?? null))
      const expected = rows.toSorted(byOrder)
      const met: Row[] = []
      let page = expected.slice(0, pageRows)
      while (page.length > 0 && met.length <= rows.length) {
        met.push(...page)
        const last = page.at(-1) ?? []
        const keep = afterRow(url, cursor.map((name) => last[position.get(name) ?? -1]))
        page = rows.filter(keep).toSorted(byOrder).slice(0, pageRows)
      }
      expect(met).toEqual(expected)
    }), { numRuns: 60 })
  })
})
