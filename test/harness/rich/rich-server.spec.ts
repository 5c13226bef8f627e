import { readCsdl } from '@tributary/edm'
import { startRichServer, type RichServer } from './rich-server.js'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

const part = (...lines: readonly string[]) => ['Content-Type: application/http', 'Content-ID: 1', '', ...lines]
const multipart = (...sets: readonly (readonly string[])[]) => ['--b', 'Content-Type: multipart/mixed; boundary=c', '', ...sets.flatMap((one) => ['--c', ...one]), '--c--', '--b--', ''].join('\r\n')

describe('the rich server', () => {
  let server: RichServer
  beforeAll(async () => {
    server = await startRichServer()
  })
  beforeEach(() => {
    server.behave({})
    server.reset()
  })
  afterAll(() => server.stop())

  async function ask(line: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const at = line.indexOf(' ')
    const response = await fetch(server.url + line.slice(at + 1), {
      method: line.slice(0, at), headers: { 'content-type': 'application/json', ...headers }, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: response.headers.get('content-type')?.includes('json') === true && text !== '' ? JSON.parse(text) as Answer['json'] : {} }
  }
  const rows = async (path: string) => (await ask(`GET ${path}`)).json['value'] as readonly Readonly<Record<string, unknown>>[]
  const codes = async (path: string) => (await rows(path)).map(({ Code }) => Code)

  it('has a contract without warnings', async () => {
    expect(readCsdl(server.metadata).warnings).toEqual([])
    expect((await ask('GET $metadata')).text).toBe(server.metadata)
    expect(((await ask('GET ')).json['value'] as readonly unknown[]).length).toBe(12)
  })

  it.each([
    ['Weight gt 1000', ['AMBER', 'CORAL', 'DAWN', 'EIDER']],
    ["Moored/Authority/Code eq 'BSH'", ['AMBER']],
    ['Calls/any(c:c/Loaded gt 300)', ['BRISK', 'CORAL', 'DAWN']],
    ['Calls/$count gt 2', ['AMBER', 'DAWN']],
    ["Needs has Port.Services'Water'", ['AMBER', 'CORAL']],
    ['isof(Port.Tug)', ['FORCE', 'HERON']],
    ["Port.Tug/Nickname eq 'Old Bull'", ['FORCE']],
    ["Log/any(l:l eq 'moored')", ['AMBER']],
    ['Lots/any(l:l/Weight lt 1)', ['AMBER']],
    ["Home/Address/City eq 'Turku'", ['CORAL']],
    ['Home eq null', ['BRISK', 'EIDER', 'FORCE', 'GÖTA', 'HERON']],
    ["Cargo in ('Grain','Steel')", ['AMBER', 'BRISK']],
    ["year(Built) eq 1998 and contains(tolower(Name),'amber')", ['AMBER']],
    ['Draught div 2 eq 2.1', ['AMBER']],
  ])('filters by %s', async (filter, expected) => {
    expect(await codes(`Vessels?$filter=${encodeURIComponent(filter)}`)).toEqual(expected)
  })

  it('orders, cuts, counts, searches and selects', async () => {
    const { json } = await ask('GET Vessels?$orderby=Home/Name desc,Name&$top=2&$skip=1&$count=true&$select=Code')
    expect(json['@odata.count']).toBe(8)
    expect((json['value'] as readonly Readonly<Record<string, unknown>>[]).map(({ Code }) => Code)).toEqual(['AMBER', 'DAWN'])
    expect(await codes('Vessels?$search=ferry NOT eider')).toEqual(['DAWN'])
    expect((await ask('GET Vessels/$count?$filter=Weight lt 100')).text).toBe('1')
  })

  it('keeps every digit', async () => {
    const { text } = await ask('GET Readings(0a1b2c3d-0000-4000-8000-000000000001)?$select=Large,Exact,Half')
    expect(text).toContain('"Large":9223372036854775807,"Exact":12345678901234567890.0123456789,"Half":0.1')
    const { json } = await ask('GET Readings(0a1b2c3d-0000-4000-8000-000000000002)?$select=Large,Half,Real', undefined, { accept: 'application/json;IEEE754Compatible=true' })
    expect(json).toMatchObject({ Large: '-9223372036854775808', Half: 'INF', Real: '-INF' })
  })

  it('expands, also within complex values and to a depth', async () => {
    const [amber] = await rows("Vessels?$filter=Code eq 'AMBER'&$expand=Home($select=Name),Calls($filter=Number gt 1;$count=true;$select=Number)&$select=Code")
    expect(amber).toMatchObject({ 'Code': 'AMBER', 'Home': { Name: 'Kiel' }, 'Calls@odata.count': 2, 'Calls': [{ Number: 2 }, { Number: 3 }] })
    expect((await rows('Harbours?$expand=Address/Authority&$select=Id'))[0]).toMatchObject({ Address: { Authority: { Code: 'BSH' } } })
    expect((await rows('Sailors?$expand=Pupils($levels=max)'))[0]).toMatchObject({ Pupils: [{ Id: 2, Pupils: [] }, { Pupils: [] }] })
  })

  it.each([
    ["Vessels('AMBER')/Home/Name/$value", 'Kiel'], ['Harbours(1)/Berths(1)/Vessel/Code/$value', 'AMBER'], ["Sailors(Papers='P-200')/Name/$value", 'Mate Birch'], ['Tides(2024-01-01)/Height/$value', '2.10'],
    ["Vessels('DAWN')/Port.Ferry/Passengers/$value", '420'], ["Calls(VesselCode='AMBER',Number=3)/Harbour/Id/$value", '1'], ['Photos(2)/$value', 'just text, Grüße'], ['Harbours(1)/Chart', '0123456789'], ['Vessels/Port.HeavierThan(weight=1000)/$count', '4'],
  ])('answers %s', async (path, text) => {
    expect((await ask(`GET ${path}`)).text).toBe(text)
  })

  it.each([
    ['Greeting()', "Ahoy, 'port'!"], ['LoadedAt(harbour=1)', 431.75], ['LoadedAt(harbour=1,since=2024-01-01)', 310.25], ["Vessels('AMBER')/Port.TotalLoaded()", 120.5], ['KindsSeen()', ['Grain', 'Steel', 'Vehicles', 'General']],
    ["Vessels('DAWN')/Port.Ferry/Port.Seats(decks=2)", 210], ['Harbours(1)/Port.IsOpen(at=12:00:00)', true],
  ])('computes %s', async (path, value) => {
    expect((await ask(`GET ${path}`)).json['value']).toEqual(value)
  })

  it('inserts, deep where asked, and says where', async () => {
    const made = await ask('POST Vessels', { 'Code': 'NEW', 'Name': 'New', 'Needs': 'Water, Fuel', 'Home@odata.bind': 'Harbours(2)', 'Calls': [{ Number: 5, Arrived: '2024-01-01T00:00:00Z' }] })
    expect([made.status, made.headers.get('location'), made.json['Needs'], made.json['Calls']]).toEqual([201, `${server.url}Vessels('NEW')`, 'Water,Fuel', [expect.objectContaining({ VesselCode: 'NEW' })]])
    expect((await ask("GET Vessels('NEW')/Home/Name/$value")).text).toBe('Turku')
    expect((await ask('POST Vessels', { Code: 'NEW', Name: 'Again', Needs: '0' })).status).toBe(409)
    expect((await ask('POST Vessels', { Code: 'X' })).status).toBe(400)
    expect((await ask('POST Sailors', { Id: 5, Name: 'S', Papers: 'Q' }, { prefer: 'return=minimal' })).headers.get('odata-entityid')).toBe(`${server.url}Sailors(5)`)
  })

  it('guards changes by ETags and merges complex values', async () => {
    expect((await ask('PATCH Harbours(1)', { Name: 'K' })).status).toBe(428)
    expect((await ask('PATCH Harbours(1)', { Name: 'K' }, { 'if-match': 'W/"9"' })).status).toBe(412)
    const patched = await ask('PATCH Harbours(1)', { Address: { City: 'Holtenau' } }, { 'if-match': 'W/"1"', 'prefer': 'return=representation' })
    expect([patched.status, patched.headers.get('etag'), patched.json['Address']]).toEqual([200, 'W/"2"', expect.objectContaining({ Street: 'Kai 4', City: 'Holtenau' })])
    expect((await ask('GET Harbours(1)', undefined, { 'if-none-match': 'W/"2"' })).status).toBe(304)
    const put = await ask('PUT Harbours(1)', { Name: 'Only', Address: { City: 'C' } }, { 'if-match': '*', 'prefer': 'return=representation' })
    expect([put.json['Opens'], put.json['Address']]).toEqual([null, { Street: null, City: 'C', Country: null, Position: null }])
  })

  it('upserts, deletes, and changes single values', async () => {
    expect((await ask("PUT Vessels('UPS')", { Name: 'U', Needs: '0' })).status).toBe(201)
    expect((await ask("PATCH Vessels('NO')", { Name: 'U', Needs: '0' }, { 'if-match': '*' })).status).toBe(412)
    expect((await ask("DELETE Vessels('UPS')", undefined, { 'if-match': '*' })).status).toBe(204)
    expect((await ask("GET Vessels('UPS')")).status).toBe(404)
    expect((await ask("PUT Vessels('AMBER')/Name", { value: 'Z' }, { 'if-match': '*' })).status).toBe(204)
    expect((await ask("DELETE Vessels('AMBER')/Cargo", undefined, { 'if-match': '*' })).status).toBe(204)
    expect((await ask("DELETE Vessels('AMBER')/Name", undefined, { 'if-match': '*' })).status).toBe(400)
    expect((await ask("GET Vessels('AMBER')")).json).toMatchObject({ Name: 'Z', Cargo: null })
    expect((await ask('PUT Tides(2024-01-01)/Height/$value', '9.99', { 'content-type': 'text/plain' })).status).toBe(204)
    expect((await ask('GET Tides(2024-01-01)/Height/$value')).text).toBe('9.99')
  })

  it('changes references, and what refers back follows', async () => {
    expect((await ask("POST Vessels('AMBER')/Crew/$ref", { '@odata.id': 'Sailors(-4)' })).status).toBe(204)
    expect((await ask("DELETE Vessels('AMBER')/Crew(2)/$ref")).status).toBe(204)
    expect((await ask("DELETE Vessels('AMBER')/Crew/$ref?$id=Sailors(1)")).status).toBe(204)
    expect(await rows("Vessels('AMBER')/Crew")).toMatchObject([{ Id: -4 }])
    expect(await rows('Sailors(-4)/Vessels')).toMatchObject([{ Code: 'AMBER' }])
    expect((await ask("PUT Vessels('AMBER')/Home/$ref", { '@odata.id': `${server.url}Harbours(3)` })).status).toBe(204)
    expect(await codes('Harbours(3)/Vessels')).toEqual(['AMBER'])
    expect((await ask("DELETE Vessels('AMBER')/Home/$ref")).status).toBe(204)
    expect((await ask("GET Vessels('AMBER')/Home")).status).toBe(204)
  })

  it('updates deep: nested entities, and deltas', async () => {
    await ask('PATCH Harbours(1)', { Berths: [{ Number: 2, Occupied: true }, { Number: 7, Occupied: false }], Pilotage: { Fee: 1 } }, { 'if-match': '*', 'odata-version': '4.01' })
    expect(await rows('Harbours(1)/Berths')).toMatchObject([{ Number: 2, Length: 80, Occupied: true }, { Number: 7 }])
    await ask('PATCH Harbours(1)', { 'Berths@delta': [{ '@removed': {}, 'Number': 2 }, { Number: 8, Occupied: true }] }, { 'if-match': '*', 'odata-version': '4.01' })
    expect(await rows('Harbours(1)/Berths')).toMatchObject([{ Number: 7 }, { Number: 8 }])
    expect((await ask('GET Harbours(1)/Pilotage/Fee/$value')).text).toBe('1')
  })

  it('keeps media and streams', async () => {
    const made = await ask('POST Photos', 'bytes', { 'content-type': 'image/gif' })
    expect([made.status, made.json['Id'], made.json['@odata.mediaContentType']]).toEqual([201, 3, 'image/gif'])
    expect((await ask('PUT Photos(3)/$value', 'more', { 'content-type': 'text/plain', 'if-match': '"m9"' })).status).toBe(412)
    expect((await ask('PUT Photos(3)/$value', 'more', { 'content-type': 'text/plain', 'if-match': '"m1"' })).headers.get('etag')).toBe('"m2"')
    expect((await ask('GET Photos(3)/$value', undefined, { range: 'bytes=1-2' })).text).toBe('or')
    expect((await ask('DELETE Harbours(1)/Chart')).status).toBe(204)
    expect((await ask('GET Harbours(1)/Chart')).status).toBe(204)
  })

  it('runs actions, by overload and guarded', async () => {
    expect((await ask("POST Vessels('AMBER')/Port.Rename", { name: 'R' })).status).toBe(428)
    expect((await ask("POST Vessels('AMBER')/Port.Rename", { name: 'R' }, { 'if-match': '*' })).json['Name']).toBe('R')
    expect((await ask("POST Vessels('AMBER')/Port.Load", { lots: [{ Label: 'x', Weight: 1.125, Marks: [] }] }, { 'if-match': '*' })).json['value']).toBe(12.125)
    expect((await ask('POST Announce', { text: 'a', times: 2 })).json['value']).toEqual(['a', 'a'])
    expect((await ask('POST ClearLogs')).status).toBe(204)
    expect((await ask('POST Sailors(2)/Port.Retire')).status).toBe(204)
    expect((await ask('GET Sailors(2)')).status).toBe(404)
    expect((await ask('POST Announce', { bogus: 1 })).status).toBe(400)
  })

  it('runs batches; a change set is whole or nothing', async () => {
    const made = await ask('POST $batch', multipart(part('POST Sailors HTTP/1.1', 'Content-Type: application/json', '', '{"Id":77,"Name":"B","Papers":"P"}'), part('PATCH $1 HTTP/1.1', 'Content-Type: application/json', '', '{"Rank":5}')), { 'content-type': 'multipart/mixed; boundary=b' })
    expect([made.status, made.text.match(/HTTP\/1\.1 \d+/g)]).toEqual([200, ['HTTP/1.1 201', 'HTTP/1.1 204']])
    expect((await ask('GET Sailors(77)/Rank/$value')).text).toBe('5')
    const json = await ask('POST $batch', { requests: [
      { id: '1', method: 'post', url: 'Sailors', atomicityGroup: 'g', body: { Id: 78, Name: 'C', Papers: 'Q' } }, { id: '2', method: 'post', url: 'Sailors', atomicityGroup: 'g', body: { Id: 77, Name: 'C', Papers: 'Q' } },
      { id: '3', method: 'get', url: 'Sailors(78)' }, { id: '4', method: 'get', url: 'Sailors(1)', dependsOn: ['g'] },
    ] })
    expect((json.json['responses'] as readonly Readonly<Record<string, unknown>>[]).map(({ id, status }) => [id, status])).toEqual([['1', 424], ['2', 409], ['3', 404], ['4', 424]])
  })

  it('does less where told', async () => {
    server.behave({ refuse: ['filter'], pageSize: 3 })
    expect((await ask('GET Vessels?$filter=Weight gt 1')).status).toBe(501)
    const first = await ask('GET Vessels?$select=Code')
    expect((first.json['value'] as readonly unknown[]).length).toBe(3)
    const next = String(first.json['@odata.nextLink'])
    expect(await codes(next.slice(server.url.length))).toEqual(['DAWN', 'EIDER', 'FORCE'])
    server.behave({ ignoreQueryOptions: true })
    expect((await rows('Vessels?$top=1&$select=Code')).length).toBe(8)
  })

  it('declares its writes as told', async () => {
    const forbidden = await startRichServer({ writes: 'forbidden' })
    const undeclared = await startRichServer({ writes: 'undeclared' })
    await Promise.all([forbidden.stop(), undeclared.stop()])
    expect([server, forbidden, undeclared].map(({ metadata }) => /Insertable" Bool="(\w+)"/.exec(metadata)?.[1])).toEqual(['true', 'false', undefined])
  })
})
