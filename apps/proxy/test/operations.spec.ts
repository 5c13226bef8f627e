import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serviceExposure } from '@tributary/catalog'
import { endpointOf } from './exposures.js'

type Json = Readonly<Record<string, unknown>>

describe('operations', () => {
  let port: RichServer
  let door: DataDoor
  beforeAll(async () => {
    port = await startRichServer()
    door = await openDoor()
    const endpoint = endpointOf('port', port.url, port.metadata)
    door.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpoint))
  })
  afterAll(async () => {
    await door.stop()
    await port.stop()
  })
  beforeEach(() => port.reset())
  /** What was sent to the source but for the hub's own probes of sets. */
  const calls = () => port.requests.filter(({ method, url }) => method !== 'GET' || (url.split('?')[0] ?? '').includes('('))

  const exact = { accept: 'application/json;IEEE754Compatible=true', 'odata-maxversion': '4.01' }
  const ours = (path: string, init: RequestInit = {}, headers: Readonly<Record<string, string>> = {}) => door.get(`/odata/port/${path}`, { ...exact, ...headers }, init)
  const theirs = (path: string, init: RequestInit = {}) => fetch(`${port.url}${path}`, { ...init, headers: { ...exact, ...init.headers } })
  /** What an answer tells, its control information left out. */
  const content = async (response: Response): Promise<unknown> => {
    const text = await response.text()
    return response.headers.get('content-type')?.includes('json') === true ? told(JSON.parse(text)) : text
  }
  const told = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(told)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@')).map(([name, inner]) => [name, told(inner)]))
  }
  const post = (path: string, body?: Json, headers: Readonly<Record<string, string>> = {}) =>
    ours(path, { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers })

  describe('functions', () => {
    it.each([
      'Greeting()', 'KindsSeen()', 'KindsSeen()/$count', 'Greeting()/$value',
      'LoadedAt(harbour=1)', 'LoadedAt(harbour=1,since=2024-01-01)', 'LoadedAt(harbour=@h,since=@d)?@h=2&@d=2020-02-02',
      'NearestHarbour(lat=60.4,lon=22)', 'NearestHarbour(lat=60.4,lon=22)?$select=Name,Opens', 'NearestHarbour(lat=60.4,lon=22)/Name', 'NearestHarbour(lat=60.4,lon=22)/Name/$value', 'NearestHarbour(lat=60.4,lon=22)/Address/City',
      'NearestHarbour(lat=60.4,lon=22)/Calls?$orderby=VesselCode desc', 'NearestHarbour(lat=60.4,lon=22)?$expand=Calls($select=Number;$orderby=Number desc)&$select=Id',
      'CallsOf(codes=@c)?@c=["AMBER","DAWN"]', 'CallsOf(codes=@c)?@c=["AMBER","DAWN"]&$filter=HarbourId eq 1&$orderby=Arrived desc&$count=true', 'CallsOf(codes=@c)/$count?@c=["AMBER","DAWN"]',
      'CallsOf(codes=@c)?@c=["DAWN"]&$skip=1&$top=1', "CallsOf(codes=@c)(VesselCode='DAWN',Number=2)?@c=[\"DAWN\"]", 'CallsOf(codes=@c)?@c=[]',
      'Normalised(address=@a)?@a={"City":" bern ","Street":"a/b %26 c"}', 'Normalised(address=@a)/City?@a={"City":" bern "}',
      "Vessels('AMBER')/Port.TotalLoaded()", "Vessels('AMBER')/Port.TotalLoaded(since=2024-01-01)", "Vessels('DAWN')/Port.TotalLoaded()", "Vessels('DAWN')/Port.Ferry/Port.TotalLoaded()",
      'Vessels/Port.Heaviest()', 'Vessels/Port.Heaviest()/Code', "Vessels/Port.HeavierThan(weight=900.5)?$orderby=Name&$select=Code", "Vessels/Port.HeavierThan(weight=900.5)/$count", "Harbours(1)/Port.IsOpen(at=12:00:00)",
    ])('answer as the source itself does: %s', async (path) => {
      const [here, there] = await Promise.all([ours(path), theirs(path)])
      expect([here.status, there.status]).toEqual([200, 200])
      expect(await content(here)).toEqual(await content(there))
    })

    it.each([['ignores', { ignoreQueryOptions: true }], ['refuses', { refuse: ['filter', 'select', 'orderby', 'top', 'count', 'expand'] }], ['pages', { pageSize: 2 }], ['turns round', { reversed: true }]] as const)('answer alike where the source %s query options', async (_, behaviour) => {
      const paths = ['Vessels/Port.HeavierThan(weight=100)?$filter=contains(Name,\'r\')&$orderby=Weight desc&$select=Code,Weight&$count=true', 'CallsOf(codes=@c)?@c=["AMBER","DAWN"]&$filter=HarbourId eq 1&$orderby=Number,VesselCode&$top=2', 'Harbours(1)/Port.Guests()/$count?$filter=Weight gt 1000']
      const expected = await Promise.all(paths.map(async (path) => content(await theirs(path))))
      port.behave(behaviour)
      expect(await Promise.all(paths.map(async (path) => content(await ours(path))))).toEqual(expected)
      port.behave({})
    })

    it.each([
      ['Greeting', 'Greeting()'], ['KindsSeen', 'KindsSeen()'], ['LoadedAt?harbour=1', 'LoadedAt(harbour=1)'], ['LoadedAt?since=2024-01-01&harbour=1', 'LoadedAt(harbour=1,since=2024-01-01)'],
      ["LoadedAt(since='2024-01-01',harbour=1)", 'LoadedAt(harbour=1,since=2024-01-01)'], ["Vessels('AMBER')/Port.TotalLoaded", "Vessels('AMBER')/Port.TotalLoaded()"],
    ])('may be called as 4.01 has it, whatever the source understands: %s', async (path, plain) => {
      port.requests.length = 0
      const here = await ours(path)
      expect(here.status).toBe(200)
      expect(decodeURIComponent(port.requests.at(-1)?.url ?? '')).toBe(`/port/${plain}`)
      expect(await content(here)).toEqual(await content(await theirs(plain)))
    })

    it.each([
      ['Vessels/Port.Ferry/Port.Heaviest()', 'Vessels/$entity'], ["Vessels/Port.HeavierThan(weight=1)?$select=Code", 'Vessels(Code)'], ['Harbours(1)/Port.Guests()', 'Vessels'],
      ['NearestHarbour(lat=1,lon=2)', 'Harbours/$entity'], ['CallsOf(codes=@c)?@c=[]', 'Calls'], ['KindsSeen()', 'Collection(Port.Cargo)'],
    ])('say to which set their entities belong: %s', async (path, context) => {
      expect((await (await ours(path)).json() as Json)['@context']).toBe(`${door.origin}/odata/port/$metadata#${context}`)
    })

    it('come in the order of their source, page by page', async () => {
      const all = (await content(await theirs('Vessels/Port.HeavierThan(weight=0)?$select=Code')) as { readonly value: readonly Json[] }).value
      const pages: Json[] = []
      for (let next: string | undefined = 'Vessels/Port.HeavierThan(weight=0)?$select=Code'; next !== undefined;) {
        const body: Json = await (await (next.startsWith('http') ? door.get(next, { ...exact, prefer: 'maxpagesize=3' }) : ours(next, {}, { prefer: 'maxpagesize=3' }))).json() as Json
        pages.push(...(body['value'] as readonly Json[]))
        next = body['@nextLink'] as string | undefined
      }
      expect(told(pages)).toEqual(all)
      expect(all.length).toBeGreaterThan(3)
    })

    it.each<[string, number, string, string]>([
      ['LoadedAt(harbor=1)', 404, 'HUB_RESOURCE_NOT_FOUND', 'Did you mean harbour?'],
      ['LoadedAt(since=2024-01-01)', 404, 'HUB_RESOURCE_NOT_FOUND', 'LoadedAt(harbour=…,since=…)'],
      ['NearestHarbour(lat=1)', 404, 'HUB_RESOURCE_NOT_FOUND', 'It lacks the parameter lon.'],
      ["LoadedAt(harbour='one')", 400, 'HUB_QUERY_TYPE', 'Edm.Int32'],
      ['CallsOf(codes=@c)?@c={"a":1}', 400, 'HUB_QUERY_TYPE', 'a JSON array'],
      ["Vessels('AMBER')/Port.IsOpen(at=12:00:00)", 404, 'HUB_RESOURCE_NOT_FOUND', 'bound to Port.Harbour'],
      ['Vessels/Port.Nothing()', 404, 'HUB_RESOURCE_NOT_FOUND', 'Port.Nothing'],
      ['Nothing()', 404, 'HUB_RESOURCE_NOT_FOUND', 'Nothing'],
    ])('are refused by name: %s', async (path, status, code, text) => {
      const response = await ours(path)
      expect([response.status, (await response.json() as { readonly error: Json }).error]).toEqual([status, expect.objectContaining({ code, message: expect.stringContaining(text) as unknown })])
      expect(calls()).toEqual([])
    })

    it('are called by GET', async () => {
      const response = await post('Greeting()')
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
      const head = await ours('Greeting()', { method: 'HEAD' })
      expect([head.status, await head.text()]).toEqual([200, ''])
      const options = await ours('Greeting()', { method: 'OPTIONS' })
      expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
    })
  })

  describe('actions', () => {
    it('change what they are bound to, and give what they return', async () => {
      const renamed = await post("Vessels('AMBER')/Port.Rename", { name: 'Amber II' }, { 'if-match': '*' })
      expect([renamed.status, await content(renamed)]).toEqual([200, expect.objectContaining({ Code: 'AMBER', Name: 'Amber II' })])
      expect(await content(await theirs("Vessels('AMBER')/Name"))).toEqual({ value: 'Amber II' })
      const loaded = await post("Vessels('AMBER')/Port.Load", { lots: [{ Label: 'x', Weight: '9007199254740993.125', Kind: 'Steel', Marks: [] }] }, { 'content-type': 'application/json;IEEE754Compatible=true', 'if-match': '*' })
      expect([loaded.status, await content(loaded)]).toEqual([200, { value: '9007199254741004.125' }])
    })

    it('are imported, with and without parameters and results', async () => {
      const announced = await post('Announce', { text: 'Ahoy', times: 2 })
      expect(await content(announced)).toEqual({ value: ['Ahoy', 'Ahoy'] })
      const nothing = await post('ClearLogs')
      expect([nothing.status, await nothing.text()]).toEqual([204, ''])
      expect(port.requests.at(-1)).toMatchObject({ method: 'POST', url: '/port/ClearLogs', body: '' })
      const found = await post('Found', { name: 'New', address: { City: 'Bern' } })
      const body = await found.json() as Json
      expect([found.status, told(body), body['@context']]).toEqual([200, expect.objectContaining({ Name: 'New' }), `${door.origin}/odata/port/$metadata#Harbours/$entity`])
    })

    it('are bound to collections', async () => {
      const closed = await post('Harbours/Port.CloseAll', { at: '20:00:00' })
      const { value } = await content(closed) as { readonly value: readonly Json[] }
      expect(value.map(({ Closes }) => Closes)).toEqual(['20:00:00', '20:00:00', '20:00:00', '20:00:00'])
    })

    it('go with the entity tag they are conditional on', async () => {
      await (await ours("Vessels('AMBER')/Port.TotalLoaded()", {}, { 'if-match': 'W/"98"' })).text()
      expect(port.requests.at(-1)?.headers['if-match']).toBe('W/"98"')
      const refused = await post("Vessels('AMBER')/Port.Rename", { name: 'x' }, { 'if-match': 'W/"99"' })
      expect([refused.status, (await refused.json() as { readonly error: Json }).error['code']]).toEqual([412, expect.any(String)])
      expect(port.requests.at(-1)?.headers['if-match']).toBe('W/"99"')
    })

    it.each<[string, Json | undefined, Readonly<Record<string, string>>, number, string]>([
      ["Vessels('AMBER')/Port.Rename", { nam: 'x' }, {}, 400, 'has no parameter nam; it takes name'],
      ["Vessels('AMBER')/Port.Load", { lot: [] }, {}, 400, 'has no parameter lot; it takes lots'],
      ['ClearLogs', { a: 1, b: 2 }, {}, 400, 'has no parameters a, b; it takes none'],
      ["Vessels('AMBER')/Port.Rename", { name: 'x' }, { 'content-type': 'text/plain' }, 415, 'application/json'],
      ["Vessels('AMBER')/Port.Rename(name='x')", undefined, {}, 400, 'in the body'],
      ['Harbours/Port.Rename', { name: 'x' }, {}, 404, 'bound to Port.Vessel'],
    ])('are refused by name before anything is sent: %s', async (path, body, headers, ...[status, text]) => {
      const response = await post(path, body, headers)
      expect([response.status, (await response.json() as { readonly error: Json }).error['message']]).toEqual([status, expect.stringContaining(text)])
      expect(calls()).toEqual([])
    })

    it('are called by POST', async () => {
      const response = await ours('ClearLogs')
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
      const options = await ours('ClearLogs', { method: 'OPTIONS' })
      expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, OPTIONS'])
    })

    it('keep what the source says of a failure', async () => {
      const response = await post("Vessels('NOBODY')/Port.Rename", { name: 'x' }, { 'if-match': '*' })
      expect(response.status).toBe(404)
      await response.text()
    })
  })

  it('are not called by who asks how they would be answered; rows are explained', async () => {
    for (const [path, init] of [['Greeting()?explain=plan', {}], ["Vessels('AMBER')/Port.Rename?explain=plan", { method: 'POST', body: '{"name":"x"}' }], ["Vessels('AMBER')?explain=analyze", { method: 'DELETE' }]] as const) {
      const response = await ours(path, init, { 'content-type': 'application/json', 'if-match': '*' })
      expect([path, response.status, (await response.json() as { readonly error: Json }).error['message']]).toEqual([path, 501, expect.stringContaining('with explain')])
    }
    expect(calls()).toEqual([])
    const explained = await (await ours('Vessels/Port.HeavierThan(weight=1)?$top=1&explain=plan')).json() as Json
    expect(explained['text']).toContain('Vessels/Port.HeavierThan(weight=1)')
  })

  it('are told of with full metadata, those of the entity’s own type', async () => {
    const [amber, dawn] = await Promise.all(["Vessels('AMBER')", "Vessels('DAWN')"].map(async (path) => await (await ours(path, {}, { accept: 'application/json;metadata=full' })).json() as Json))
    const root = `${door.origin}/odata/port/`
    const named = (entity: Json | undefined) => Object.keys(entity ?? {}).filter((name) => name.startsWith('#'))
    expect(named(amber)).toEqual(['#Port.TotalLoaded', '#Port.TotalLoaded(since)', '#Port.Rename', '#Port.Load', '#Port.Retire'])
    expect(amber?.['#Port.Rename']).toEqual({ title: 'Rename', target: `${root}Vessels('AMBER')/Port.Rename` })
    expect(named(dawn)).toEqual(expect.arrayContaining(['#Port.Seats(decks)', '#Port.Rename']))
    const renamed = await door.get(String((dawn?.['#Port.Rename'] as Json | undefined)?.['target']), { 'content-type': 'application/json', 'if-match': '*' }, { method: 'POST', body: '{"name":"Dawn II"}' })
    expect([renamed.status, (await renamed.json() as Json)['Name']]).toEqual([200, 'Dawn II'])
    const plain = await (await ours("Vessels('AMBER')?$select=Code,Port.Rename,Port.*")).json() as Json
    expect(told(plain)).toEqual({ Code: 'AMBER' })
  })

  it('that change something are told of only where they may be called', async () => {
    const readers = await openDoor({ connection: { writes: 'refused' } })
    readers.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpointOf('port', port.url, port.metadata)))
    const entity = await readers.json("/odata/port/Vessels('AMBER')", { accept: 'application/json;metadata=full' })
    expect(Object.keys(entity).filter((name) => name.startsWith('#'))).toEqual(['#Port.TotalLoaded', '#Port.TotalLoaded(since)'])
    const refused = await readers.get("/odata/port/Vessels('AMBER')/Port.Rename", { 'content-type': 'application/json' }, { method: 'POST', body: '{"name":"x"}' })
    expect([refused.status, (await refused.json() as { readonly error: Json }).error['code']]).toEqual([405, 'HUB_CHANGE_NOT_ALLOWED'])
    await readers.stop()
  })
})

describe('values that a function gives', () => {
  it('are paged by their source, through links of ours', async () => {
    const contract = `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="Talk" xmlns="http://docs.oasis-open.org/odata/ns/edm">
      <Function Name="Words"><Parameter Name="of" Type="Edm.String"/><ReturnType Type="Collection(Edm.String)"/></Function>
      <EntityContainer Name="C"><FunctionImport Name="Words" Function="Talk.Words"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`
    const urls: string[] = []
    const server = createServer(({ url = '' }, response) => {
      urls.push(url)
      const first = !url.includes('skiptoken')
      const root = rootOf()
      response.writeHead(200, { 'content-type': 'application/json', 'odata-version': '4.0' })
      response.end(JSON.stringify({ '@odata.context': `${root}$metadata#Collection(Edm.String)`, 'value': first ? ['a', 'b'] : ['c'], ...(first ? { '@odata.nextLink': `${root}Words(of='x%2Fy')?$skiptoken=2` } : {}) }))
    }).listen(0, '127.0.0.1')
    const rootOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/talk/`
    await once(server, 'listening')
    const door = await openDoor()
    door.catalog.put(serviceExposure({ slug: 'talk', name: 'Talk', revision: 1 }, endpointOf('talk', rootOf(), contract)))
    const first = await door.json("/odata/talk/Words(of='x%2Fy')?$top=5&$filter=$it%20ne%20'z'")
    expect(first).toEqual({ '@odata.context': `${door.origin}/odata/talk/$metadata#Collection(Edm.String)`, 'value': ['a', 'b'], '@odata.nextLink': expect.stringContaining(`${door.origin}/odata/talk/Words(of='x%2Fy')?$skiptoken=r.`) })
    expect(await door.json(String(first['@odata.nextLink']))).toMatchObject({ value: ['c'] })
    expect(urls).toEqual(["/talk/Words(of='x%2Fy')?$top=5&$filter=$it%20ne%20%27z%27", "/talk/Words(of='x%2Fy')?$skiptoken=2"])
    await door.stop()
    server.close()
  })
})
