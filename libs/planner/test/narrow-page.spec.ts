import type { Page, Value } from '@tributary/plan'
import { narrowPage, optimize } from '@tributary/planner'
import { bindUrl } from './exposure-of.js'

const address = { '@odata.type': '#Shop.Address', 'Street': 's', 'City': 'Bern', 'Geo': { Lat: 1, Inner: { Lat: 2 } } }

const narrowed = (url: string, row: (name: string) => Value): unknown => {
  const bound = optimize(bindUrl(url))
  const page: Page = { kind: 'rows', columns: bound.columns, rows: [bound.columns.map(({ name }) => row(name))] }
  const narrow = narrowPage(bound)
  const given = narrow?.(page)
  return given?.kind === 'rows' ? given.rows[0]?.[bound.columns.findIndex(({ name }) => bound.visible.includes(name))] : narrow
}

const customer = (name: string): Value => (name === 'Orders' ? { rows: [['x', { City: 'Bern', Street: 's' }]], count: 4 } : 'x')

describe('complex values', () => {
  it('are left alone where they are shown whole', () => {
    expect(narrowed('Orders?$select=Address', () => address)).toBeUndefined()
    expect(narrowed('Orders?$expand=Lines', () => null)).toBeUndefined()
  })
  it('lose what is not selected, at any depth', () => {
    expect(narrowed('Orders?$select=Address/City', () => address)).toEqual({ '@odata.type': '#Shop.Address', 'City': 'Bern' })
    expect(narrowed('Orders?$select=Address/Geo/Lat', () => address)).toEqual({ '@odata.type': '#Shop.Address', 'Geo': { Lat: 1 } })
    expect(narrowed('Orders?$select=Address($select=City)', () => address)).toEqual({ '@odata.type': '#Shop.Address', 'City': 'Bern' })
    expect(narrowed('Orders?$select=Address/City', () => null)).toBeNull()
  })
  it('lose it in collections and in expanded rows', () => {
    expect(narrowed('Orders?$select=Stops/City', () => [address, null])).toEqual([{ '@odata.type': '#Shop.Address', 'City': 'Bern' }, null])
    expect(narrowed('Customers?$select=Orders&$expand=Orders($select=Address/City)', customer)).toEqual({ rows: [['x', { City: 'Bern' }]], count: 4 })
  })
  it('lose it in the rows a navigation path leads to', () => {
    expect(narrowed("Customers('x')/Orders?$select=Address/City", () => address)).toEqual({ '@odata.type': '#Shop.Address', 'City': 'Bern' })
  })
  it('are parsed for it where the page is bytes', () => {
    const bound = optimize(bindUrl('Orders?$select=Address/City'))
    const bytes = Buffer.from('{"Address":{"City":"Bern","Street":"s"}}')
    expect(narrowPage(bound)?.({ kind: 'bytes', columns: bound.columns, bytes, offsets: Int32Array.of(0, bytes.length), ieee754: true, only: true })).toMatchObject({ rows: [[{ City: 'Bern' }]] })
  })
})
