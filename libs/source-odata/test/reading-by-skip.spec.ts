import { column, decimalType, int32Type, orderKey, parseRows, type BytesPage, type Value } from '@tributary/plan'
import { capabilitiesOf, type Capabilities, type ScanRequest } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders, startODataServer, type Behaviour, type ODataServer } from '../../../test/harness/odata-server.js'
import { rowsOfSet, targetOf, wantAll } from './served.js'

const sets = customersAndOrders(20, 3_000)
const nothingKnown = capabilitiesOf(new Map())
const proven: Capabilities = { ...nothingKnown, fact: () => ({ trust: 'exact', origin: 'probed', why: 'so the test says', since: new Date(0) }) }
const without = (feature: string): Capabilities => ({ ...proven, fact: (asked) => ({ ...proven.fact(asked), trust: asked === feature ? 'inexact' : 'exact' }) })
const source = new ODataSource()
let server: ODataServer

beforeAll(async () => {
  server = await startODataServer({ sets })
})
afterAll(async () => {
  await source.close()
  await server.stop()
})
beforeEach(() => server.requests.splice(0))

async function read(behaviour: Behaviour, able: Capabilities, options: { readonly wanted?: Partial<ScanRequest>; readonly most?: number } = {}): Promise<readonly (readonly Value[])[]> {
  server.behave(behaviour)
  const rows: (readonly Value[])[] = []
  const scan = source.accept(wantAll(targetOf(server, sets), sets, 'Orders', options.wanted ?? {}), able)
  for await (const { page } of source.read(scan, { signal: new AbortController().signal, observe: () => undefined })) {
    rows.push(...parseRows(page as BytesPage).rows)
    if (rows.length >= (options.most ?? Infinity)) break
  }
  return rows
}

const all = rowsOfSet(sets['Orders']!)
const skipped = (): readonly string[] => server.requests.flatMap(({ options }) => (options['$skip'] === undefined ? [] : [options['$skip']]))

describe('pages read beside each other', () => {
  it.each<[string, Behaviour]>([
    ['pages that divide the rows', { pageSize: 100 }],
    ['pages that do not', { pageSize: 130 }],
    ['relative next links', { pageSize: 100, nextLinks: 'relative' }],
    ['the count behind the rows', { pageSize: 100, valueFirst: true }],
    ['$top ignored', { pageSize: 100, top: 'ignore' }],
    ['a count that is too low', { pageSize: 100, countError: -950 }],
  ])('give every row once, in order: %s', async (_, behaviour) => {
    expect(await read({ ...behaviour, latencyMs: 2 }, proven)).toEqual(all)
    expect(skipped().length).toBeGreaterThan(10)
    expect(server.inFlight().most).toBeGreaterThan(3)
  })

  it('keep an order that is wanted, if the key makes it total', async () => {
    const order = [orderKey(column(decimalType, 'Freight'), true), orderKey(column(int32Type, 'OrderID'))]
    const rows = await read({ pageSize: 200, latencyMs: 2 }, proven, { wanted: { order } })
    expect(rows.map(([id]) => id).toSorted()).toEqual(all.map(([id]) => id).toSorted())
    expect(skipped().length).toBeGreaterThan(5)
    await read({ pageSize: 200, latencyMs: 2 }, proven, { wanted: { order: order.slice(0, 1) } })
    expect(server.requests.filter(({ options }) => options['$orderby'] === 'Freight desc' && options['$skip'] !== undefined)).toEqual([])
  })

  it.each(['skip', 'top', 'count', 'orderby:Edm.Int32'])('are not asked for where %s is not proven', async (feature) => {
    expect(await read({ pageSize: 300 }, without(feature))).toEqual(all)
    expect(skipped()).toEqual([])
  })

  it('are not asked for where the key is not among the columns, by which they are verified', async () => {
    const columns = wantAll(targetOf(server, sets), sets, 'Orders').columns.slice(1, 3)
    await read({ pageSize: 300 }, proven, { wanted: { columns } })
    expect(skipped()).toEqual([])
  })

  it('are not asked for by a reader who stops', async () => {
    await read({ pageSize: 100 }, proven, { most: 100 })
    expect(server.requests.length).toBeLessThanOrEqual(2)
    expect(skipped()).toEqual([])
  })

  it('go on one after the other where nothing was counted', async () => {
    expect(await read({ pageSize: 300, count: 'refuse', latencyMs: 1 }, proven)).toEqual(all)
    expect(skipped()).toEqual([])
  })

  it.each<[string, Behaviour, string]>([
    ['ignored', { skip: 'ignore' }, 'skip'],
    ['refused', { skip: 'refuse' }, 'skip'],
    ['counted too high', { countError: 500 }, 'skip'],
  ])('end in a contradiction, never in other rows, where $skip is %s', async (_, behaviour, feature) => {
    await expect(read({ latencyMs: 1, pageSize: 100, ...behaviour }, proven)).rejects.toMatchObject({ name: 'SourceContradicted', feature })
  })
})
