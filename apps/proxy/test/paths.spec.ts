import { serviceExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

let server: RichServer
let door: DataDoor

beforeAll(async () => {
  server = await startRichServer()
  door = await openDoor()
  door.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpointOf('port', server.url, server.metadata)))
})
afterAll(async () => {
  await door.stop()
  await server.stop()
})
beforeEach(() => server.behave({}))

interface Answered {
  readonly status: number
  readonly body: unknown
}

const version = { 'odata-maxversion': '4.0' }

async function answered(response: Response, root: string): Promise<Answered> {
  const text = (await response.text()).replaceAll(root, 'root/')
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== ''
  const body: unknown = isJson ? JSON.parse(text) : text
  return { status: response.status, body: response.ok ? body : 'error' }
}

const fromSource = async (path: string): Promise<Answered> => answered(await fetch(encodeURI(`${server.url}${path}`), { headers: version }), server.url)
const fromHub = async (path: string): Promise<Answered> => answered(await door.get(encodeURI(`/odata/port/${path}`), version), `${door.origin}/odata/port/`)

describe('reads through the hub as from the source itself', () => {
  it.each([
    'Office', 'Flagship', 'Office/Title', 'Office/Seat', 'Office/Seat/City', 'Office/Seat/City/$value', 'Office/Lead', 'Office/Notices', 'Office/Notices(1)', 'Office/Notices(1)/Words', 'Office/Notices(2)/Words', 'Office/Notices(9)', 'Office/Notices/$count',
    'Office?$select=Title', 'Office?$expand=Lead', 'Office?$expand=Notices($orderby=Number desc)', 'Office?$select=Id&$expand=Notices($select=Words;$filter=Number eq 1)',
    'Flagship/Crew', 'Flagship/Home', 'Flagship/Port.Ferry', 'Flagship/Port.Tug',
    'Harbours(1)/Berths', 'Harbours(1)/Berths(2)', 'Harbours(1)/Berths(2)/Length', 'Harbours(1)/Berths(1)/Vessel', 'Harbours(1)/Berths(2)/Vessel', 'Harbours(4)/Berths', 'Harbours(9)/Berths', 'Harbours(1)/Berths?$filter=Occupied&$orderby=Number desc&$top=1&$count=true',
    'Harbours(1)/Pilotage', 'Harbours(3)/Pilotage', 'Harbours(1)/Pilotage/Fee', 'Harbours(1)/Berths/$count', 'Harbours(1)/Berths/$count?$filter=Occupied',
    'Harbours?$expand=Berths', 'Harbours?$expand=Pilotage', 'Harbours(1)?$expand=Berths($expand=Vessel($select=Name);$select=Number)', 'Harbours?$select=Name&$expand=Berths($count=true;$top=1;$orderby=Number)',
    'Vessels?$expand=Home', 'Vessels?$expand=Crew($select=Name)', 'Harbours?$expand=Vessels($select=Code)&$select=Id', "Vessels('AMBER')/Home", "Vessels('AMBER')/Crew", "Vessels('HERON')/Home", "Vessels('AMBER')/Home/Calls", "Calls(VesselCode='AMBER',Number=1)/Vessel/Home", "Vessels('AMBER')/Calls",
    "Vessels('AMBER')/Moored/Authority", 'Harbours(1)/Address/Authority', 'Harbours?$expand=Address/Authority', "Vessels?$select=Code&$expand=Moored/Authority($select=Name)",
    'Vessels/Port.Ferry', "Vessels/Port.Ferry('DAWN')", "Vessels('DAWN')/Port.Ferry", "Vessels('AMBER')/Port.Ferry", "Vessels('DAWN')/Port.Ferry/Sister", 'Vessels/Port.Ferry?$filter=Passengers gt 200&$select=Code,Passengers', 'Vessels/Port.Ferry/$count', 'Vessels/Port.Tug?$count=true&$top=1',
    'Vessels/Port.Ferry?$expand=Sister($select=Name)', 'Vessels?$expand=Port.Ferry/Sister($select=Code)&$select=Code', 'Harbours?$expand=Vessels/Port.Ferry($select=Code)&$select=Id', 'Vessels?$select=Code,Port.Ferry/Passengers,Port.Tug/Pull', 'Harbours(1)/Vessels/Port.Ferry',
    'Vessels/$ref', "Vessels('AMBER')/Home/$ref", "Vessels('HERON')/Home/$ref", "Vessels('AMBER')/Calls/$ref", 'Harbours(1)/Berths/$ref', 'Office/Notices/$ref', 'Office/Lead/$ref', 'Harbours?$select=Id&$expand=Berths/$ref', 'Vessels?$select=Code&$expand=Calls/$count', 'Vessels?$select=Code&$expand=Home/$ref,Calls/$ref', "Vessels('AMBER')?$expand=Calls/$count($filter=Number gt 1)&$select=Code", 'Vessels?$select=Code&$expand=Calls/$ref($filter=Number gt 1;$orderby=Number desc)', 'Calls/$ref?$filter=Number gt 1&$orderby=Number desc,VesselCode&$top=2',
    "Vessels('AMBER')?$expand=*", 'Calls?$expand=*/$ref&$select=Number', 'Sailors?$expand=Pupils($levels=2;$select=Name;$orderby=Id)&$select=Name&$orderby=Id',
    "Vessels('AMBER')/Log", "Vessels('AMBER')/Log/$count", "Vessels('AMBER')/Log/0", "Vessels('AMBER')/Log/-1", "Vessels('AMBER')/Log/7", "Vessels('AMBER')/Log?$top=1", "Vessels('AMBER')/Log?$filter=contains($this,'s')&$orderby=$this desc&$count=true", "Vessels('AMBER')/Log/$count?$filter=startswith($this,'s')",
    "Vessels('AMBER')/Lots", "Vessels('AMBER')/Lots?$filter=Weight gt 10&$select=Label&$orderby=Weight desc", "Vessels('AMBER')/Lots/0", "Vessels('AMBER')/Kinds", "Vessels('GÖTA')/Kinds", 'Harbours(1)/Anchorages', 'Harbours(1)/Anchorages?$skip=1&$count=true', "Vessels?$select=Code,Log($filter=startswith($this,'s');$count=true)", "Vessels?$select=Code,Lots($orderby=Weight desc;$top=1;$select=Label)", "Vessels?$select=Moored($select=City)", 'Vessels?$select=Code,Lots/Marks',
    "Vessels('AMBER')/Moored", "Vessels('BRISK')/Moored", "Vessels('AMBER')/Draught", "Vessels('GÖTA')/Draught", "Vessels('GÖTA')/Draught/$value", "Vessels('AMBER')/Needs/$value", "Vessels('AMBER')/Weight/$value", "Vessels('NONE')/Draught", "Vessels('NONE')", "Vessels('AMBER')/Built/$value", "Vessels('AMBER')/Cargo", "Vessels('CORAL')/Moored/Port.QuayAddress/Quay", "Vessels('CORAL')/Moored/Port.QuayAddress", "Vessels('AMBER')/Moored/Port.QuayAddress",
    ...['Flag', 'Tiny', 'Octet', 'Small', 'Whole', 'Large', 'Exact', 'Open', 'Real', 'Text', 'Raw', 'Day', 'Clock', 'At', 'Took', 'Other', 'Kind'].map((name) => `Readings(0a1b2c3d-0000-4000-8000-000000000001)/${name}/$value`),
    "Vessels('BRISK')/Moored/City", "Vessels('FORCE')/Port.Tug/Nickname", "Vessels('FORCE')/Port.Tug/Winches/$value", "Vessels('FORCE')/Port.Tug/Unheard", "Vessels('HERON')/Port.Tug/Pull", 'Harbours(1)/Remarks/Grade', 'Harbours(1)/Anchorages/Port.QuayAddress', 'Harbours(1)/Anchorages/0/City',
    "Vessels('AMBER')/Nope", 'Vessels/Nope', "Vessels('AMBER')/Moored/Nope", 'Vessels/$count?$top=2', "Vessels('AMBER')/Log/$count?$top=1", "$entity/Port.Ferry?$id=Vessels('DAWN')", "$entity/Port.Tug?$id=Vessels('DAWN')", "Harbours(1)/Remarks/Pilot", "Vessels/Port.Tug?$select=Code,Nickname", "Vessels?$select=Port.Tug/Nickname,Code&$filter=Code in ('FORCE','AMBER')", 'Harbours(2)', 'Photos(2)', "Vessels('AMBER')/Home/Name", "Vessels('AMBER')/Moored/Authority/Name", 'Harbours(1)/Berths(1)/Vessel/Name', 'Vessels?$select=Nope', 'Harbours?$select=Remarks/Pilot', 'Harbours?$select=Remarks/Grade', 'Office/Lead/Name',
    "Sailors(Papers='P-100')", "Sailors(Papers='P-100')/Vessels", "Vessels/$filter(@f)?@f=Weight gt 1000", "Vessels/$filter(Weight gt 1000)/$count", "Vessels/$filter(Weight gt 1000)('AMBER')", "Vessels/$filter(Weight gt 1000)('BRISK')", "Vessels/$filter(Weight gt 1000)?$filter=startswith(Code,'A')&$select=Code",
  ])('%s', async (path) => expect(await fromHub(path)).toEqual(await fromSource(path)))
})

const raw = async (response: Response) => ({
  status: response.status, bytes: Buffer.from(await response.arrayBuffer()).toString('base64'),
  headers: ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag'].map((name) => response.headers.get(name)),
})

describe('what is told of rows', () => {
  it('is their version, by which they are read again only if they changed', async () => {
    for (const path of ["Vessels('AMBER')", "Vessels('AMBER')/Moored", "Vessels('AMBER')/Name", "Vessels('AMBER')/Name/$value", "Vessels('AMBER')/Home"]) {
      const first = await door.get(`/odata/port/${path}`)
      await first.text()
      const again = await door.get(`/odata/port/${path}`, { 'if-none-match': String(first.headers.get('etag')) })
      expect([path, first.status, first.headers.get('etag'), again.status, await again.text()]).toEqual([path, 200, 'W/"1"', 304, ''])
    }
  })
  it('is all of it where everything is asked for, whatever is selected', async () => {
    const root = `${door.origin}/odata/port/`
    const full = (path: string) => door.json(encodeURI(`/odata/port/${path}`), { accept: 'application/json;odata.metadata=full' })
    const harbour = await full('Harbours(1)?$select=Name&$expand=Berths($select=Length;$top=1;$orderby=Number;$expand=Vessel($select=Name))')
    expect(harbour).toMatchObject({
      '@odata.id': `${root}Harbours(1)`, 'Name': 'Kiel',
      'Berths': [{ '@odata.id': `${root}Harbours(1)/Berths(1)`, '@odata.type': '#Port.Berth', 'Vessel': { '@odata.id': `${root}Vessels('AMBER')`, 'Name': 'Amber Tide' } }],
    })
    expect(Object.keys(harbour)).not.toContain('Id')
    expect((await full("Vessels('AMBER')/Calls?$select=Stay&$top=1"))['value']).toMatchObject([{ '@odata.id': `${root}Calls(VesselCode='AMBER',Number=1)` }])
    expect(await full('Office/Notices(1)?$select=Words')).toMatchObject({ '@odata.id': `${root}Office/Notices(1)`, 'Words': 'Fog' })
  })
  it('is nothing but the reference, and not less, where nothing else is asked for', async () => {
    expect(await door.json("/odata/port/Vessels('AMBER')/Crew/$ref", { accept: 'application/json;odata.metadata=none' })).toEqual({ value: [1, 2].map((id) => ({ '@odata.id': `${door.origin}/odata/port/Sailors(${id})` })) })
  })
})

describe('streams', () => {
  it.each<[path: string, headers: Readonly<Record<string, string>>, method?: string]>([
    ['Photos(1)/$value', {}], ['Photos(1)/$value', { range: 'bytes=1-3' }], ['Photos(1)/$value', { range: 'bytes=99-' }], ['Photos(1)/$value', { 'if-none-match': '"m1"' }], ['Photos(1)/$value', {}, 'HEAD'],
    ['Photos(2)/$value', { 'accept': 'text/plain', 'accept-encoding': 'gzip' }], ['Photos(1)/Thumbnail', {}], ['Photos(2)/Thumbnail', {}], ['Harbours(1)/Chart', { range: 'bytes=2-4' }], ['Harbours(2)/Chart', {}],
  ])('pass %s with %j', async (path, headers, method = 'GET') => {
    const hub = await raw(await door.get(`/odata/port/${path}`, headers, { method }))
    expect(hub).toEqual(await raw(await fetch(`${server.url}${path}`, { headers, method })))
  })
  it('that are none are refused', async () => {
    expect((await door.get("/odata/port/Vessels('AMBER')/$value")).status).toBe(400)
    expect((await door.get('/odata/port/Photos(9)/$value')).status).toBe(404)
    expect((await door.get('/odata/port/Harbours(9)/Chart')).status).toBe(404)
  })
  it('are linked to where everything is told', async () => {
    const photo = await door.json('/odata/port/Photos(1)?$format=application/json;odata.metadata=full')
    const id = `${door.origin}/odata/port/Photos(1)`
    expect(photo).toMatchObject({
      '@odata.mediaReadLink': `${id}/$value`, '@odata.mediaContentType': 'image/png', 'Thumbnail@odata.mediaReadLink': `${id}/Thumbnail`, 'Thumbnail@odata.mediaContentType': 'image/svg+xml', 'Of@odata.navigationLink': `${id}/Of`,
    })
    expect(Object.keys(await door.json('/odata/port/Photos(1)?$select=Title'))).toEqual(['@odata.context', '@odata.mediaContentType', '@odata.mediaEtag', 'Title'])
  })
})

const ids = (body: Readonly<Record<string, unknown>>) => (body['value'] as readonly Readonly<Record<string, string>>[]).map((row) => String(row['@odata.id']).replace(`${door.origin}/odata/port/`, ''))

const idsOfSet = async (path: string) => ids(await door.json(encodeURI(`/odata/port/${path}`)))

const names = (body: Readonly<Record<string, unknown>>) => (body['value'] as readonly Readonly<Record<string, unknown>>[]).map(({ Name }) => Name)

it('what the contract says of properties may be asked in expressions', async () => {
  expect(await idsOfSet("Calls?$filter=Number/@Org.OData.Core.V1.Computed&$select=Number").catch((error: unknown) => String(error))).toContain('HUB_QUERY_UNSUPPORTED')
  const found = await door.json(encodeURI("/odata/port/Vessels?$filter=Revision/@Org.OData.Core.V1.Computed and Code lt 'C'&$select=Code"))
  expect((found['value'] as readonly Readonly<Record<string, unknown>>[]).map(({ Code }) => Code)).toEqual(['AMBER', 'BRISK'])
})

describe('$all', () => {
  it('gives the entities of every set and the singletons, each with its type and id, in pages', async () => {
    const sets = ['Vessels', 'Harbours', 'Calls', 'Readings', 'Tides', 'Sailors', 'Photos', 'Authorities']
    const expected = [...(await Promise.all(sets.map((set) => idsOfSet(`${set}/$ref`)))).flat(), 'Office', 'Flagship']
    const whole = await door.json('/odata/port/$all?$count=true')
    expect([whole['@odata.context'], whole['@odata.count'], ids(whole)]).toEqual([`${door.origin}/odata/port/$metadata#Collection(Edm.EntityType)`, expected.length, expected])
    expect((whole['value'] as readonly Readonly<Record<string, unknown>>[]).at(-1)).toMatchObject({ '@odata.type': '#Port.Ferry', 'Name': 'Flag of Kiel' })
    const paged: string[] = []
    for (let next: string | undefined = '/odata/port/$all?$top=20&$skip=3'; next !== undefined;) {
      const page: Readonly<Record<string, unknown>> = await door.json(next, { prefer: 'maxpagesize=6' })
      paged.push(...ids(page))
      next = page['@odata.nextLink'] as string | undefined
    }
    expect(paged).toEqual(expected.slice(3, 23))
  })
  it('gives those that a condition over their own types leaves, singletons among them', async () => {
    expect(await idsOfSet("$all?$filter=isof(Port.Ferry) or Port.Sailor/Rank eq 3")).toEqual(["Vessels('DAWN')", "Vessels('EIDER')", 'Sailors(1)', 'Flagship'])
    expect(await idsOfSet("$all?$filter=Port.Ferry/Passengers gt 400 or Port.Office/Lead/Name eq 'Bosun Alder'")).toEqual(["Vessels('DAWN')", 'Office', 'Flagship'])
    expect(await idsOfSet("$all?$filter=Name eq 'Kiel' or Title eq 'At sea'")).toEqual(['Harbours(1)', 'Photos(1)'])
    expect(await idsOfSet("$all?$filter=Port.Harbour/Vessels/any(v:v/Port.Ferry/Passengers gt 1) and $it/Port.Harbour/Id lt 9")).toEqual(['Harbours(1)'])
    expect(await idsOfSet('$all?$search=kiel')).toEqual(['Harbours(1)', 'Flagship'])
    const counted = await door.json(encodeURI("/odata/port/$all?$filter=Name ne null&$count=true&$top=1"))
    expect(counted['@odata.count']).toBe(8 + 4 + 4 + 2 + 1)
  })
  it('gives them in one order, page by page', async () => {
    const sets = await Promise.all(['Vessels', 'Harbours', 'Sailors', 'Authorities', 'Flagship'].map(async (set) => door.json(`/odata/port/${set}?$select=Name`)))
    const expected = sets.flatMap((body) => ('value' in body ? names(body) : [body['Name']])).map(String).toSorted()
    const path = encodeURI('/odata/port/$all?$filter=Name ne null&$select=Name&$orderby=Name')
    expect(names(await door.json(path))).toEqual(expected)
    expect(names(await door.json(`${path}%20desc&$top=3&$skip=2`))).toEqual(expected.toReversed().slice(2, 5))
    const paged: unknown[] = []
    for (let next: string | undefined = path; next !== undefined;) {
      const page: Readonly<Record<string, unknown>> = await door.json(next, { prefer: 'maxpagesize=4' })
      expect((page['value'] as readonly unknown[]).length).toBeLessThanOrEqual(4)
      paged.push(...names(page))
      next = page['@odata.nextLink'] as string | undefined
    }
    expect(paged).toEqual(expected)
    expect(await idsOfSet('$all/Port.Call?$orderby=Number desc,VesselCode&$top=3')).toEqual(["Calls(VesselCode='FORCE',Number=7)", "Calls(VesselCode='AMBER',Number=3)", "Calls(VesselCode='DAWN',Number=3)"])
  })
  it('shows and expands of each what its type has', async () => {
    const shown = await door.json(encodeURI("/odata/port/$all?$filter=isof(Port.Photo) or isof(Port.Office) or Port.Tide/Day eq 2024-01-01&$select=Title&$expand=Of($select=Code),Port.Office/Lead($select=Name)"))
    expect(shown['value']).toEqual([
      { '@odata.type': '#Port.Tide', '@odata.id': `${door.origin}/odata/port/Tides(2024-01-01)` },
      { '@odata.type': '#Port.Photo', '@odata.id': `${door.origin}/odata/port/Photos(1)`, '@odata.mediaContentType': 'image/png', '@odata.mediaEtag': '"m1"', 'Title': 'At sea', 'Of': expect.objectContaining({ Code: 'AMBER' }) },
      { '@odata.type': '#Port.Photo', '@odata.id': `${door.origin}/odata/port/Photos(2)`, '@odata.mediaContentType': 'text/plain;charset=utf-8', '@odata.mediaEtag': '"m1"', 'Title': null, 'Of': null },
      expect.objectContaining({ '@odata.type': '#Port.Office', 'Title': 'Harbour Master', 'Lead': { Name: 'Bosun Alder' } }),
    ])
  })
  it('gives those of one type, filtered', async () => {
    expect(await idsOfSet("$all/Port.Ferry?$select=Name")).toEqual(["Vessels('DAWN')", "Vessels('EIDER')", 'Flagship'])
    expect(await idsOfSet("$all/Port.Call?$filter=Number gt 2")).toEqual(["Calls(VesselCode='AMBER',Number=3)", "Calls(VesselCode='DAWN',Number=3)", "Calls(VesselCode='FORCE',Number=7)"])
    expect(await idsOfSet('$all/Port.Vessel?$filter=Weight ge 3000')).toEqual(["Vessels('CORAL')", "Vessels('DAWN')", 'Flagship'])
    for (const [path, status] of [['$all?$apply=identity', 501], ['$all/Port.Address', 400], ['$all?$filter=Nope eq 1', 400], ['$all/Port.Call?$filter=Nope eq 1', 400], ['$all?$orderby=Nope', 400]] as const) {
      const response = await door.get(`/odata/port/${path}`)
      await response.text()
      expect([path, response.status]).toEqual([path, status])
    }
  })
})
