import { outputColumns, type Value } from '@tributary/plan'
import { type BoundQuery, optimize, unwrapRow } from '@tributary/planner'
import { bindUrl } from './exposure-of.js'

const unwrap = (url: string, cells: (bound: BoundQuery) => readonly Value[]): ReturnType<typeof unwrapRow> => {
  const bound = optimize(bindUrl(url))
  return unwrapRow(bound, outputColumns(bound.plan), cells(bound))
}

describe('the answer within the row a navigation path begins with', () => {
  // columns: Orders (ID, CustomerID, Customer)
  it('is the related row', () => {
    expect(unwrap('Orders(1)/Customer?$select=Name', () => [1, 'x', ['x', 'Ann']])).toEqual({ kind: 'rows', rows: [['x', 'Ann']] })
  })
  it('is null where a to-one leads to nothing', () => {
    expect(unwrap('Orders(1)/Customer?$select=Name', () => [1, null, null])).toEqual({ kind: 'null' })
  })
  it('is absent where a row on the way is missing', () => {
    expect(unwrap('Orders(1)/Customer/Orders', () => [1, null, null])).toEqual({ kind: 'absent' })
  })
  it('are the related rows with their count', () => {
    const orders = { rows: [[7], [8]], count: 9 }
    expect(unwrap("Customers('x')/Orders?$count=true&$top=2&$select=ID", () => ['x', orders])).toEqual({ kind: 'rows', ...orders })
  })
  it('is an empty collection where none is related', () => {
    expect(unwrap("Customers('x')/Orders", () => ['x', { rows: [] }])).toEqual({ kind: 'rows', rows: [] })
  })
  it('is absent where the one row asked for by key is not related', () => {
    expect(unwrap("Customers('x')/Orders(1)", () => ['x', { rows: [] }])).toEqual({ kind: 'absent' })
  })
  it('has the values of the bound columns', () => {
    const bound = optimize(bindUrl("Customers('x')/Orders?$select=ShipName&$orderby=Freight&$top=1"))
    expect(bound.columns.map(({ name }) => name)).toEqual(['ID', 'CustomerID', 'Freight', 'ShipName'])
    expect(bound.visible).toEqual(['ShipName'])
  })
})
