import { binary, column, inList, literal, parseRows, primitiveType, type BytesPage, type Value } from '@tributary/plan'
import { capabilitiesOf, type Accepted, type RemoteRequest, type ScanRequest, type SourcePage } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders, startODataServer, type Behaviour, type ODataServer } from '../../../test/harness/odata-server.js'
import { columnsOfSet, rowsOfSet, targetOf, wantAll } from './served.js'

const sets = customersAndOrders(120, 3_000)
const nothingKnown = capabilitiesOf(new Map())
const source = new ODataSource()
let server: ODataServer

beforeAll(async () => {
  server = await startODataServer({ sets })
})
afterAll(async () => {
  await source.close()
  await server.stop()
})

const observed: RemoteRequest[] = []
beforeEach(() => {
  server.behave({})
  server.requests.length = 0
  observed.length = 0
})

const want = (entitySet: string, wanted: Partial<ScanRequest> = {}): ScanRequest => wantAll(targetOf(server, sets), sets, entitySet, wanted)
const pagesOf = (scan: Accepted, signal = new AbortController().signal, keys?: readonly (readonly Value[])[]): AsyncIterable<SourcePage> =>
  source.read(scan, { signal, observe: (request) => observed.push(request), ...(keys === undefined ? {} : { keys }) })

async function rowsRead(request: ScanRequest, keys?: readonly (readonly Value[])[]): Promise<readonly (readonly Value[])[]> {
  const rows: (readonly Value[])[] = []
  for await (const { page } of pagesOf(source.accept(request, nothingKnown), undefined, keys)) rows.push(...parseRows(page as BytesPage).rows)
  return rows
}

describe('reading an OData source', () => {
  it.each<[string, Behaviour]>([
    ['in one response', {}],
    ['in pages with absolute next links', { pageSize: 700 }],
    ['in pages with relative next links', { pageSize: 1_000, nextLinks: 'relative' }],
    ['with exact numbers as JSON numbers', { pageSize: 999, ieee754: 'ignore' }],
    ['with the rows before the other members', { pageSize: 500, valueFirst: true }],
    ['gzipped', { pageSize: 1_500, encoding: 'gzip' }],
    ['by brotli', { encoding: 'br' }],
    ['with more columns than asked for', { select: 'ignore' }],
  ])('gives every row with every digit: %s', async (_, behaviour) => {
    server.behave(behaviour)
    expect(await rowsRead(want('Orders'))).toEqual(rowsOfSet(sets['Orders']!))
    expect(await rowsRead(want('Customers'))).toEqual(rowsOfSet(sets['Customers']!))
  })

  it('cuts a single response into pages and tells what it asked', async () => {
    const sizes: number[] = []
    for await (const { page } of pagesOf(source.accept(want('Orders'), nothingKnown))) sizes.push((page as BytesPage).offsets.length / 2)
    expect(sizes.length).toBeGreaterThan(1)
    expect(observed).toEqual([expect.objectContaining({ slug: 'crm', method: 'GET', url: `${server.url}Orders`, status: 200, rows: 3_000 })])
  })

  it('gives the first rows of a large response before the last are sent, and lets the remote wait for a slow reader', async () => {
    const many = { Orders: { ...sets['Orders']!, rows: Array.from({ length: 100_000 }, (_, index) => ({ ...sets['Orders']!.rows[index % 3_000], OrderID: index })) } }
    const large = await startODataServer({ sets: many })
    const accepted = source.accept(wantAll(targetOf(large, many), many, 'Orders'), nothingKnown)
    let rows = 0
    let sentAtFirst = 0
    for await (const { page } of pagesOf(accepted)) {
      rows += (page as BytesPage).offsets.length / 2
      if (sentAtFirst > 0) continue
      await new Promise((resolve) => void setTimeout(resolve, 200))
      sentAtFirst = large.rowsSent()
    }
    expect(rows).toBe(100_000)
    expect(sentAtFirst).toBeLessThan(100_000)
    await large.stop()
  })
})

/** The tokens of the customers found. */
const found = (wanted: Partial<ScanRequest>, keys?: readonly (readonly Value[])[]) => rowsRead(want('Customers', wanted), keys).then((rows) => rows.map((row) => row.at(-1)))

describe('guids of a remote that compares them as text', () => {
  const guidType = primitiveType('Edm.Guid')
  const token = column(guidType, 'Token')
  const known = String(sets['Customers']?.rows[10]?.['Token'])
  const upper = known.toUpperCase()
  beforeEach(() => server.behave({ guidsAsText: true }))

  it('are found by filters in either spelling', async () => {
    expect(upper).not.toBe(known)
    for (const text of [known, upper]) {
      expect(await found({ filter: binary('eq', token, literal(guidType, text)) })).toEqual([known])
      expect(await found({ filter: inList(token, [literal(guidType, text)]) })).toEqual([known])
    }
  })

  it('are found by keys in either spelling', async () => {
    const keys = columnsOfSet(sets['Customers']!).filter(({ name }) => name === 'Token')
    for (const text of [known, upper]) expect(await found({ keys }, [[text]])).toEqual([known])
    server.behave({ guidsAsText: true, in: 'refuse' })
    const chained = source.accept(want('Customers', { keys }), capabilitiesOf(new Map([['filter:in:Edm.Guid', { trust: 'unsupported', origin: 'learnt', why: 'so the test says', since: new Date(0) }]])))
    for await (const { page } of pagesOf(chained, undefined, [[upper]])) expect(parseRows(page as BytesPage).rows.map((row) => row.at(-1))).toEqual([known])
  })
})
