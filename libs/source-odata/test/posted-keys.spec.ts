import { parseRows, stringType } from '@tributary/plan'
import { capabilitiesOf, SourceRefused, type Capabilities } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders, startODataServer, type ODataServer, type ServedSets } from '../../../test/harness/odata-server.js'
import { targetOf, wantAll } from './served.js'

const plain = customersAndOrders(3_000, 10)
const declared: ServedSets = { ...plain, Customers: { ...plain['Customers'], annotations: '<Annotation Term="Org.OData.Capabilities.V1.QuerySegmentSupported" Bool="true"/>' } as ServedSets[string] }
const nothingKnown = capabilitiesOf(new Map())
const refused: Capabilities = capabilitiesOf(new Map([['query-segment', { trust: 'unsupported', origin: 'learnt', why: '405', since: new Date(0) }]]))
const keys = Array.from({ length: 900 }, (_, index) => [`C${String(index).padStart(5, '0')}`])

describe('keys in the body of a request', () => {
  let server: ODataServer
  const source = new ODataSource()
  beforeEach(async () => {
    server = await startODataServer({ sets: declared, behaviour: { querySegment: 'honour' } })
  })
  afterEach(() => server.stop())
  afterAll(() => source.close())

  const accept = (sets: ServedSets, able = nothingKnown) => source.accept(wantAll(targetOf(server, sets), sets, 'Customers', { keys: [{ name: 'CustomerID', type: stringType }] }), able)

  async function read(able = nothingKnown): Promise<readonly unknown[]> {
    const found: unknown[] = []
    const scan = accept(declared, able)
    for await (const { page } of source.read(scan, { signal: new AbortController().signal, keys: keys.slice(0, source.batchOf(scan, keys)), observe: () => undefined })) {
      found.push(...(page.kind === 'bytes' ? parseRows(page) : page).rows.map(([id]) => id))
    }
    return found
  }

  it('are many times those of a URL, and bring the same rows, page by page', async () => {
    expect(accept(declared).taken).toEqual(['CustomerID by in, posted'])
    expect(source.batchOf(accept(declared), keys)).toBe(900)
    server.behave({ querySegment: 'honour', pageSize: 400 })
    expect(await read()).toEqual(keys.flat())
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET'])
    expect(server.requests[0]?.url).toBe('/odata/Customers/$query')
  })

  it('are sent only where the contract says that they may be', () => {
    expect(accept(plain).taken).toEqual(['CustomerID by in'])
    expect(source.batchOf(accept(plain), keys)).toBeLessThanOrEqual(200)
    expect(accept(declared, refused).taken).toEqual(['CustomerID by in'])
  })

  it('are suspected first where the remote refuses', async () => {
    server.behave({})
    const error = await read().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SourceRefused)
    expect(error).toMatchObject({ status: 405, features: expect.arrayContaining(['query-segment']) as unknown })
    expect((error as SourceRefused).features[0]).toBe('query-segment')
    expect((await read(refused)).length).toBeGreaterThan(100)
  })

  it('are sent again after a fault: nothing is changed by them', async () => {
    server.behave({ querySegment: 'honour', throttle: { status: 503, times: 1, retryAfter: '0' } })
    expect(await read()).toEqual(keys.flat())
  })
})
