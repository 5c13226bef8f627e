import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { readCsdl } from '@tributary/edm'
import { binary, column, literal, parseRows, primitiveType, type Column, type RemoteResource, type Value } from '@tributary/plan'
import { capabilitiesOf, SourceRefused, type Accepted, type Fact, type ScanRequest } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { answerBatch } from '../../../test/harness/odata-server-batch.js'
import { openConnection } from './served.js'

const contract = `<?xml version="1.0"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
  <Schema Namespace="Trips" xmlns="http://docs.oasis-open.org/odata/ns/edm">
    <EntityType Name="Trip"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Int32" Nullable="false"/><Property Name="Name" Type="Edm.String"/><Property Name="Budget" Type="Edm.Decimal" Scale="variable"/></EntityType>
    <EntityContainer Name="C"><Singleton Name="Me" Type="Trips.Trip"/></EntityContainer>
  </Schema></edmx:DataServices></edmx:Edmx>`

const source = new ODataSource()
let server: Server
let url: string
let asked: string[] = []
let answers: Readonly<Record<string, readonly [status: number, body?: unknown]>> = {}

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.method === 'POST') {
      asked.push('$batch')
      return void answerBatch(request, response, { url, obedience: 'honour' })
    }
    const path = decodeURIComponent((request.url ?? '').slice('/svc/'.length))
    asked.push(path)
    const [status, body] = answers[path] ?? [404, { error: { code: 'x', message: `nothing at ${path}` } }]
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/svc/`
})
afterAll(async () => {
  await source.close()
  server.close()
})
beforeEach(() => {
  asked = []
})

const nothingKnown = capabilitiesOf(new Map())
const columns: readonly Column[] = [{ name: 'Id', type: primitiveType('Edm.Int32') }, { name: 'Name', type: primitiveType('Edm.String') }, { name: 'Budget', type: primitiveType('Edm.Decimal') }]
const want = (resource: RemoteResource, wanted: Partial<ScanRequest> = {}): ScanRequest => ({
  target: { slug: 'trips', url, model: readCsdl(contract), connection: openConnection }, entitySet: '', entityType: 'Trips.Trip', resource, columns, key: ['Id'], order: [], skip: 0, count: false, keys: [], pageRows: 0, ...wanted,
})
async function read(accepted: Accepted, keys?: readonly (readonly Value[])[]): Promise<readonly (readonly Value[])[]> {
  const rows: (readonly Value[])[] = []
  const signal = new AbortController().signal
  for await (const { page } of source.read(accepted, { signal, observe: () => undefined, ...(keys === undefined ? {} : { keys }) })) rows.push(...(page.kind === 'rows' ? page : parseRows(page)).rows)
  return rows
}
const rowsOf = (request: ScanRequest, keys?: readonly (readonly Value[])[]) => read(source.accept(request, nothingKnown), keys)
const name = column(primitiveType('Edm.String'), 'Name')
const gaps = (after: string) => [{ key: [{ name: 'UserName', column: '~0' }], after }]

describe('a resource addressed by its path', () => {
  it('is read as a single entity, with every digit, or as none', async () => {
    answers = { 'Me': [200, `\uFEFF{"@odata.context":"$metadata#Me","Id":1,"Name":"a \\"}\\" b","Budget":0.12345678901234567890}`], 'None': [204], 'Null': [200, { '@odata.context': 'x', 'value': null }] }
    expect(await rowsOf(want({ path: 'Me', single: true }))).toEqual([[1, 'a "}" b', '0.12345678901234567890']])
    for (const path of ['None', 'Null', 'Missing']) expect(await rowsOf(want({ path, single: true }))).toEqual([])
  })

  it('is read as a collection, next links followed', async () => {
    answers = {
      "People('x')/Trips": [200, { 'value': [{ Id: 1, Name: 'A' }], '@odata.nextLink': `${url}People('x')/Trips?$skip=1` }],
      "People('x')/Trips?$skip=1": [200, { value: [{ Id: 2, Name: 'B' }] }],
    }
    expect(await rowsOf(want({ path: "People('x')/Trips", single: false }))).toEqual([[1, 'A', null], [2, 'B', null]])
  })

  it('takes a filter as a superset at most, and neither order nor limit, whatever is proven of sets', () => {
    const exact: Fact = { trust: 'exact', origin: 'probed', why: 'it was', since: new Date(0) }
    const able = capabilitiesOf(new Map(['filter', 'filter:eq:Edm.String', 'orderby', 'orderby:Edm.String', 'top', 'count'].map((feature) => [feature, exact])))
    const filter = binary('eq', name, literal(primitiveType('Edm.String'), 'A'))
    const accepted = source.accept(want({ path: 'Trips', single: false }, { filter, order: [{ expression: name, descending: false }], top: 3, count: true }), able)
    expect(accepted).toMatchObject({ trust: 'inexact', residual: filter, ordered: false, limited: false, counted: false, taken: ['Trips', "$filter=Name eq 'A'"] })
    expect(source.accept(want({ path: 'Me', single: true }, { filter }), able)).toMatchObject({ trust: 'exact', residual: filter, taken: ['Me'] })
  })

  it('is placed anew when its options are refused, and refused by name when its path is', async () => {
    answers = { 'Trips?$select=Id': [400, {}], 'Bad': [501, {}], 'Trips?$filter=true eq Name': [200, {}] }
    const narrow = want({ path: 'Trips', single: false }, { columns: columns.slice(0, 1) })
    await expect(rowsOf(narrow)).rejects.toMatchObject({ name: 'SourceRefused', features: ['select'], entitySet: '' } satisfies Partial<SourceRefused>)
    await expect(rowsOf(want({ path: 'Bad', single: false }))).rejects.toMatchObject({ code: 'HUB_QUERY_UNSUPPORTED' })
    await expect(rowsOf(want({ path: 'Gone', single: false }))).rejects.toMatchObject({ code: 'HUB_RESOURCE_NOT_FOUND' })
    await expect(rowsOf(want({ path: 'Bad', single: true }))).rejects.toMatchObject({ code: 'HUB_QUERY_UNSUPPORTED' })
  })

  it('with gaps is read once for each key, and its rows carry the key', async () => {
    answers = { "People('o''x')/Trips(7)/Stops": [200, { value: [{ Id: 1, Name: 'A' }, { Id: 2, Name: 'B' }] }], "People('y')/Trips(8)/Stops": [200, { value: [] }] }
    const person: Column = { name: '~0', type: primitiveType('Edm.String') }
    const trip: Column = { name: '~1', type: primitiveType('Edm.Int32') }
    const resource: RemoteResource = { path: 'People', single: false, gaps: [{ key: [{ name: 'UserName', column: '~0' }], after: '/Trips' }, { key: [{ name: 'Id', column: '~1' }], after: '/Stops' }] }
    const request = want(resource, { columns: [person, ...columns.slice(0, 2), trip], keys: [person, trip] })
    const accepted = source.accept(request, capabilitiesOf(new Map([['select', { trust: 'unsupported', origin: 'learnt', why: '', since: new Date(0) }]])))
    expect([accepted.keyForm, source.batchOf(accepted, [['a', 1], ['b', 2]])]).toEqual(['in', 1])
    expect(await read(accepted, [["o'x", 7], ['y', 8], [null, 1]])).toEqual([["o'x", 1, 'A', 7], ["o'x", 2, 'B', 7]])
    expect(asked).toEqual(["People('o''x')/Trips(7)/Stops", "People('y')/Trips(8)/Stops"])
    await expect(read(accepted, [['z', 9]])).rejects.toMatchObject({ code: 'HUB_QUERY_UNSUPPORTED', message: expect.stringContaining("People('z')/Trips(9)/Stops") })
  })

  it('is cut off with an error, not with fewer rows', async () => {
    answers = { 'Me': [200, '{"Id":1'], 'Array': [200, '[1]'] }
    for (const path of ['Me', 'Array']) await expect(rowsOf(want({ path, single: true }))).rejects.toMatchObject({ code: 'HUB_SOURCE_INVALID' })
  })

  it('is asked for under many keys in one request where the source takes batches', async () => {
    answers = {
      "People('a')/Trips": [200, { value: [{ Id: 1, Name: 'x', Budget: null }], '@odata.nextLink': 'Trips?$skiptoken=1' }],
      "People('a')/Trips?$skiptoken=1": [200, { value: [{ Id: 2, Name: 'y', Budget: 1.50 }] }],
      "People('b')/Trips": [200, { value: [] }],
      "People('c')/Trips": [200, { value: [{ Id: 3, Name: 'z', Budget: '2.50' }] }],
      "People('a')/Boss": [200, { Id: 9, Name: 'boss', Budget: null }], "People('b')/Boss": [204],
    }
    const batches = capabilitiesOf(new Map<string, Fact>([['batch', { trust: 'exact', origin: 'probed', why: 'seen', since: new Date(0) }]]))
    const linked: Partial<ScanRequest> = { columns: [...columns, { name: '~0', type: primitiveType('Edm.String') }], keys: [{ name: '~0', type: primitiveType('Edm.String') }] }
    const trips = source.accept(want({ path: 'People', single: false, gaps: gaps('/Trips') }, linked), batches)
    expect(source.batchOf(trips, [['a'], ['b'], ['c']])).toBe(3)
    expect((await read(trips, [['a'], ['b'], ['c']])).toSorted()).toEqual([[1, 'x', null, 'a'], [2, 'y', '1.5', 'a'], [3, 'z', '2.50', 'c']])
    expect(asked[0]).toBe('$batch')
    expect(asked.filter((path) => path.startsWith('People')).length).toBe(4)
    const bosses = source.accept(want({ path: 'People', single: true, gaps: gaps('/Boss') }, linked), batches)
    expect(await read(bosses, [['a'], ['b'], ['missing']])).toEqual([[9, 'boss', null, 'a']])
    await expect(read(trips, [['a'], ['missing']])).rejects.toMatchObject({ code: 'HUB_QUERY_UNSUPPORTED' })
  })
})
