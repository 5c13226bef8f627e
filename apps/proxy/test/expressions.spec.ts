import { productExposure, serviceExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { type DataDoor, openDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

let server: RichServer
let door: DataDoor

beforeAll(async () => {
  server = await startRichServer()
  door = await openDoor()
  const endpoint = endpointOf('port', server.url, server.metadata)
  door.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpoint))
  door.catalog.put(productExposure({ slug: 'fleet', revision: 1, endpoints: new Map([['port', endpoint]]), definition: {
    name: 'Fleet',
    entities: [
      { name: 'Ships', service: 'port', entitySet: 'Vessels', select: ['Code', 'Moored', 'Needs', 'Cargo', 'Lots', 'Built'], rename: { Moored: 'Berth', Built: 'Launched' } },
      { name: 'Visits', service: 'port', entitySet: 'Calls' },
    ],
    relationships: [{ from: 'Visits', to: 'Ships', name: 'Ship', inverse: 'Visits', on: [{ from: 'VesselCode', to: 'Code' }] }],
  } }))
})

afterAll(async () => {
  await door.stop()
  await server.stop()
})

const path = (set: string, options: Readonly<Record<string, string>>): string =>
  `/odata/port/${set}?${Object.entries(options).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`

type Rows = readonly Readonly<Record<string, unknown>>[]

const rowsOf = async (set: string, options: Readonly<Record<string, string>>): Promise<Rows> => (await door.json(path(set, options)))['value'] as Rows

/** The keys of the rows a condition leaves, in order. */
const keys = async (set: string, $filter: string, key: string, aliases: Readonly<Record<string, string>> = {}): Promise<readonly unknown[]> =>
  (await rowsOf(set, { $filter, $orderby: key, ...aliases })).map((row) => row[key])

const refusal = async (set: string, options: Readonly<Record<string, string>>): Promise<readonly unknown[]> => {
  const response = await door.get(path(set, options))
  const { error } = await response.json() as { readonly error: { readonly code: string; readonly message: string } }
  return [response.status, error.code, error.message]
}

describe('derived types in conditions', () => {
  it.each<readonly [string, readonly string[]]>([
    ['Port.Ferry/Passengers gt 200', ['DAWN']],
    ['Port.Ferry/Passengers eq null', ['AMBER', 'BRISK', 'CORAL', 'FORCE', 'GÖTA', 'HERON']],
    ['Port.Tug/Pull eq 9007199254740993', ['FORCE']],
    ['not (Port.Ferry/Passengers gt 200)', ['AMBER', 'BRISK', 'CORAL', 'EIDER', 'FORCE', 'GÖTA', 'HERON']],
    ['isof(Port.Ferry)', ['DAWN', 'EIDER']],
    ['isof($it,Port.Tug)', ['FORCE', 'HERON']],
    ['not isof(Port.Vessel)', []],
    ["Moored/Port.QuayAddress/Door eq 7", ['CORAL']],
    ["isof(Moored,Port.QuayAddress)", ['CORAL']],
    ['isof(Moored,Port.Address)', ['AMBER', 'CORAL']],
    ['cast(Moored,Port.QuayAddress) ne null', ['CORAL']],
    ['Port.Vessel/Weight gt 3000', ['CORAL', 'DAWN']],
  ])('Vessels: %s', async (condition, expected) => expect(await keys('Vessels', condition, 'Code')).toEqual(expected))

  it.each<readonly [string, readonly unknown[]]>([
    ['Anchorages/Port.QuayAddress/any()', [1]],
    ["Anchorages/Port.QuayAddress/any(a:a/Quay eq 'North')", [1]],
    ["Anchorages/any(a:a/Port.QuayAddress/Quay eq 'North')", [1]],
    ["Anchorages/any(a:isof(a,Port.QuayAddress))", [1]],
    ['Address/Port.QuayAddress/Door gt 5', [2]],
    ['Anchorages/Port.QuayAddress/$count eq 1', [1]],
  ])('Harbours: %s', async (condition, expected) => expect(await keys('Harbours', condition, 'Id')).toEqual(expected))

  it.each<readonly [string, readonly unknown[]]>([
    ['Vessel/Port.Ferry/Passengers eq 420', [1, 2, 3]],
    ['isof(Vessel,Port.Tug)', [7]],
  ])('Calls: %s', async (condition, expected) => expect((await rowsOf('Calls', { $filter: condition, $orderby: 'Number' })).map(({ Number }) => Number)).toEqual(expected))

  it('orders by and computes with what only a derived type has', async () => {
    const rows = await rowsOf('Vessels', { $orderby: 'Port.Ferry/Passengers desc,Code', $top: '3', $select: 'Code' })
    expect(rows.map(({ Code }) => Code)).toEqual(['DAWN', 'EIDER', 'AMBER'])
    const computed = await rowsOf('Vessels', { $compute: 'Port.Ferry/Passengers add 1 as More', $select: 'Code,More', $filter: 'isof(Port.Ferry)', $orderby: 'Code' })
    expect(computed.map(({ Code, More }) => [Code, More])).toEqual([['DAWN', 421], ['EIDER', 181]])
  })

  it('tells which type has a property that is asked of its base', async () => {
    expect(await refusal('Vessels', { $filter: 'Passengers gt 1' })).toEqual([400, 'HUB_QUERY_INVALID', expect.stringContaining('Port.Ferry')])
    expect(await refusal('Vessels', { $filter: 'isof(Port.Harbour)' })).toEqual([400, 'HUB_QUERY_INVALID', expect.stringContaining('Port.Harbour does not derive')])
  })
})

describe('counts of filtered and searched collections', () => {
  it.each<readonly [string, readonly string[]]>([
    ['Calls/$count($filter=Loaded gt 100) ge 1', ['AMBER', 'BRISK', 'CORAL', 'DAWN']],
    ['Calls/$count($filter=Loaded gt 100) eq 2', ['DAWN']],
    ['Calls/$count($filter=Harbour/Id eq 1) eq 2', ['AMBER']],
    ["Log/$count($filter=$this eq 'sailed') eq 2", ['AMBER']],
    ['Log/$count($filter=contains($this,\'oo\');$search=moor) eq 1', ['AMBER']],
    ['Log/$count($search=sail OR laid) gt 0', ['AMBER', 'CORAL']],
    ["Lots/$count($filter=Weight lt 1 and Label ne $it/Code) eq 1", ['AMBER']],
    ["Lots/$filter(Kind eq 'Grain')/any(l:l/Weight gt 10)", ['AMBER']],
    ["Crew/$count($search=birch) eq 1", ['AMBER', 'DAWN']],
    ['Calls/$count($filter=Vessel/Calls/$count($filter=Number gt 2) gt 0) ge 3', ['AMBER', 'DAWN']],
  ])('Vessels: %s', async (condition, expected) => expect(await keys('Vessels', condition, 'Code')).toEqual(expected))
})

describe('structures and collections are compared by their values', () => {
  const compared: readonly (readonly [set: string, condition: string, expected: readonly unknown[], aliases?: Readonly<Record<string, string>>])[] = [
    ['Vessels', "Log eq ['sailed','moored','sailed']", ['AMBER']],
    ['Vessels', "Log eq ['sailed','sailed','moored']", ['AMBER']],
    ['Vessels', "Log eq ['sailed','moored']", []],
    ['Vessels', 'Log ne []', ['AMBER', 'CORAL', 'GÖTA']],
    ['Vessels', 'Lots eq @lots', ['AMBER'], { '@lots': '[{"Label":"A-2","Weight":0.75,"Kind":"General","Marks":[]},{"Label":"A-1","Weight":10.25,"Kind":"Grain","Marks":["dry"]}]' }],
    ['Vessels', 'Moored eq @a', ['AMBER'], { '@a': '{"Street":"Mole 1","City":"Kiel","Country":"DE","Position":{"type":"Point","coordinates":[10.13,54.32]}}' }],
    ['Vessels', 'Moored in [@a,@b]', ['AMBER'], { '@a': '{"City":"Kiel"}', '@b': '{"Street":"Mole 1","City":"Kiel","Country":"DE","Position":{"type":"Point","coordinates":[10.13,54.32]}}' }],
    ['Vessels', "[Code,Name] in [[\"BRISK\",\"Brisk\"],[\"HERON\",\"nobody\"]]", ['BRISK']],
    ['Vessels', "'moored' in Log", ['AMBER']],
    ['Vessels', "Cargo in Kinds", ['AMBER', 'BRISK']],
    ['Harbours', 'Remarks eq @r', [3], { '@r': '{"Text":null,"Grade":null}' }],
    ['Harbours', 'Remarks eq @r', [1], { '@r': '{"Text":"busy","Grade":4,"Pilot":"yes","Depthmark":12}' }],
  ]

  it.each(compared.map(([set, condition, expected, aliases = {}]) => ({ set, condition, expected, aliases })))('$set: $condition', async ({ set, condition, expected, aliases }) => {
    expect(await keys(set, condition, set === 'Vessels' ? 'Code' : 'Id', aliases)).toEqual(expected)
  })

  it('refuses members that the type does not have', async () => {
    expect(await refusal('Vessels', { $filter: 'Moored eq @a', '@a': '{"Town":"Kiel"}' })).toEqual([400, 'HUB_QUERY_UNKNOWN_PROPERTY', expect.stringContaining('Town')])
    expect(await refusal('Vessels', { $filter: 'Moored eq @a', '@a': '{"City":5}' })).toEqual([400, 'HUB_QUERY_TYPE', expect.stringContaining('5')])
  })

  it('compares rows by their keys', async () => {
    expect(await keys('Sailors', 'Pupils/any(p:p/Mentor eq $it)', 'Name')).toEqual(['Bosun Alder'])
    expect(await keys('Vessels', 'Home eq $root/Harbours(2)', 'Code')).toEqual(['CORAL'])
    expect(await keys('Vessels', 'Home ne null', 'Code')).toEqual(['AMBER', 'CORAL', 'DAWN'])
  })
})

describe('rows below $root', () => {
  it.each<readonly [string, string, readonly unknown[]]>([
    ['Vessels', "Built eq $root/Vessels('HERON')/Built", ['AMBER', 'HERON']],
    ['Vessels', "Weight gt $root/Vessels('DAWN')/Weight", ['CORAL']],
    ['Vessels', "Moored/City eq $root/Harbours(1)/Address/City", ['AMBER']],
    ['Vessels', "Code eq $root/Vessels('NOBODY')/Code", []],
    ['Vessels', "$root/Harbours/$count eq 4 and Code eq 'BRISK'", ['BRISK']],
    ['Vessels', "$root/Harbours/any(h:h/Address/City eq $it/Moored/City)", ['AMBER', 'CORAL']],
    ['Vessels', '$root/Office/Seat/City eq Moored/City', ['AMBER']],
    ['Vessels', "Built gt $root/Vessels('AMBER')/Built and Built lt $root/Vessels('BRISK')/Built", ['DAWN', 'FORCE']],
  ])('%s: %s', async (set, condition, expected) => expect(await keys(set, condition, 'Code')).toEqual(expected))

  it('may be used wherever expressions stand', async () => {
    const dear = "Loaded gt $root/Calls(VesselCode='AMBER',Number=1)/Loaded"
    const expanded = await rowsOf('Harbours', { $expand: `Calls($filter=${dear};$select=Number;$orderby=Number)`, $select: 'Id', $orderby: 'Id' })
    expect(expanded.map(({ Id, Calls }) => [Id, (Calls as Rows).map(({ Number: number }) => number)])).toEqual([[1, [1]], [2, [1]], [3, [1, 2]], [4, []]])
    expect((await rowsOf('Vessels', { $orderby: "Built eq $root/Vessels('HERON')/Built desc,Code", $top: '2', $select: 'Code' })).map(({ Code }) => Code)).toEqual(['AMBER', 'HERON'])
    expect(await keys('Vessels', `Calls/any(c:c/${dear})`, 'Code')).toEqual(['BRISK', 'CORAL', 'DAWN'])
    expect(await keys('Vessels', `Calls/$count($filter=${dear}) ge 2`, 'Code')).toEqual(['DAWN'])
    const computed = await rowsOf('Vessels', { $compute: "Weight sub $root/Vessels('HERON')/Weight as More", $select: 'Code,More', $filter: "Code in ('BRISK','HERON')", $orderby: 'Code' })
    expect(computed).toEqual([{ Code: 'BRISK', More: 904.875 }, { Code: 'HERON', More: 0 }].map((row) => expect.objectContaining(row)))
    expect(await rowsOf('Calls', { $apply: `filter(${dear})/aggregate($count as Dear)` })).toEqual([expect.objectContaining({ Dear: 4 })])
    expect(await keys('Vessels', "Built eq $root/Vessels(@k)/Built", 'Code', { '@k': "'HERON'" })).toEqual(['AMBER', 'HERON'])
    expect(await keys('Vessels', "$root/Vessels('DAWN')/Port.Ferry/Passengers eq 420 and Home/Id eq $root/Vessels('AMBER')/Home/Id", 'Code')).toEqual(['AMBER', 'DAWN'])
  })

  it('are read once', async () => {
    server.requests.length = 0
    await keys('Vessels', "Built eq $root/Vessels('HERON')/Built", 'Code')
    expect(server.requests.filter(({ url }) => url.includes('Vessels')).length).toBeLessThanOrEqual(4)
  })

  it('are refused by name where they cannot be read', async () => {
    expect((await refusal('Vessels', { $filter: "Code eq $root/Nobody('x')/Code" }))[0]).toBe(404)
  })

  it('may be what an import gives', async () => {
    expect(await keys('Vessels', '$root/Greeting() eq Code', 'Code')).toEqual([])
    expect(await keys('Vessels', 'contains($root/Greeting(),Name) or $root/Greeting() ne Code', 'Code')).toEqual(await keys('Vessels', 'true', 'Code'))
  })
})

describe('undeclared properties of open types', () => {
  it.each<readonly [string, string, readonly unknown[]]>([
    ['Vessels', "Port.Tug/Nickname eq 'Old Bull'", ['FORCE']],
    ['Vessels', 'Port.Tug/Winches gt 2.5', ['FORCE']],
    ['Vessels', 'Port.Tug/Winches mul 2 eq 6', ['FORCE']],
    ['Vessels', 'Port.Tug/Strong', ['FORCE']],
    ['Vessels', "contains(Port.Tug/Nickname,'Bull')", ['FORCE']],
    ['Vessels', 'Port.Tug/Nickname eq null and isof(Port.Tug)', ['HERON']],
    ['Vessels', "Port.Tug/Winches in (1,3,'x')", ['FORCE']],
    ['Vessels', "Port.Tug/Nickname gt 5", []],
    ['Harbours', 'Remarks/Depthmark ge 12', [1]],
    ['Harbours', "Remarks/Pilot eq 'yes'", [1]],
    ['Harbours', "Remarks/Nothing eq null", [1, 2, 3, 4]],
  ])('%s: %s', async (set, condition, expected) => expect(await keys(set, condition, set === 'Vessels' ? 'Code' : 'Id')).toEqual(expected))

  it('give an order', async () => {
    expect((await rowsOf('Harbours', { $orderby: 'Remarks/Depthmark desc,Id' })).map(({ Id }) => Id)).toEqual([1, 2, 3, 4])
  })
})

describe('navigations of complex values', () => {
  it.each<readonly [string, string, readonly unknown[]]>([
    ['Vessels', "Moored/Authority/Code eq 'BSH'", ['AMBER']],
    ['Vessels', 'Moored/Authority ne null', ['AMBER']],
    ['Vessels', "Moored/Authority/Mails/any(m:startswith(m,'chart'))", ['AMBER']],
    ['Harbours', "startswith(Address/Authority/Name,'Odd')", [2]],
  ])('%s: %s', async (set, condition, expected) => expect(await keys(set, condition, set === 'Vessels' ? 'Code' : 'Id')).toEqual(expected))

  it('may be expanded and filtered by in one request', async () => {
    const rows = await rowsOf('Vessels', { $filter: "Moored/Authority/Code eq 'BSH'", $expand: 'Moored/Authority($select=Code)', $select: 'Code' })
    expect(rows).toEqual([expect.objectContaining({ Code: 'AMBER', Moored: expect.objectContaining({ Authority: expect.objectContaining({ Code: 'BSH' }) }) })])
  })
})

const items = async (of: string, options: Readonly<Record<string, string>>): Promise<unknown> => (await door.json(path(of, options)))['value']

describe('one of several related rows, by its key', () => {
  it.each<readonly [string, string, readonly unknown[]]>([
    ['Vessels', 'Calls(2)/Loaded lt 300', ['AMBER', 'DAWN']],
    ['Vessels', "Calls(VesselCode='AMBER',Number=2)/Loaded lt 300", ['AMBER']],
    ['Vessels', 'Calls(3) ne null', ['AMBER', 'DAWN']],
    ['Vessels', 'Calls(@n)/Harbour/Id eq 3', ['DAWN']],
    ['Harbours', 'Vessels(\'CORAL\')/Weight gt 1', [2]],
    ['Harbours', 'Berths(2)/Length eq 80', [1]],
  ])('%s: %s', async (set, condition, expected) => expect(await keys(set, condition, set === 'Vessels' ? 'Code' : 'Id', { '@n': '2' })).toEqual(expected))
})

describe('items of collections', () => {
  it('are $it where the resource path leads to them, and $this', async () => {
    expect(await items("Vessels('AMBER')/Log", { $filter: "$it eq 'sailed'" })).toEqual(['sailed', 'sailed'])
    expect(await items("Vessels('AMBER')/Log", { $filter: "endswith($this,'ored')" })).toEqual(['moored'])
    expect(await items("Vessels('AMBER')/Log", { $orderby: '$it' })).toEqual(['moored', 'sailed', 'sailed'])
    expect(await items("Vessels('AMBER')/Lots", { $filter: "Weight gt 1 and Marks/any(m:m eq 'dry')", $select: 'Label' })).toEqual([{ Label: 'A-1' }])
  })
})

const ships = async ($filter: string, aliases: Readonly<Record<string, string>> = {}): Promise<readonly unknown[]> =>
  ((await door.json(path('Ships', { $filter, $orderby: 'Code', ...aliases }).replace('/port/', '/fleet/')))['value'] as Rows).map(({ Code }) => Code)

describe('data products, whose types have names of their own', () => {
  it.each<readonly [string, readonly unknown[]]>([
    ['Berth/fleet.port.QuayAddress/Door eq 7', ['CORAL']],
    ['isof(Berth,fleet.port.QuayAddress)', ['CORAL']],
    ["Cargo eq fleet.port.Cargo'Grain' or Needs has fleet.port.Services'Crane'", ['AMBER', 'BRISK', 'CORAL']],
    ['cast(Cargo,Edm.Int32) eq 5', ['DAWN', 'EIDER']],
    ["Lots/$count($filter=Kind eq 'Grain') eq 1", ['AMBER']],
    ['Visits/$count($filter=Loaded gt 100 and Ship/Launched lt 2000-01-01) ge 1', ['AMBER', 'CORAL']],
    ["Launched eq $root/Ships('HERON')/Launched", ['AMBER', 'HERON']],
    ['Visits/any(v:v/Ship/Berth/City eq $it/Berth/City and v/Loaded gt 1000)', ['CORAL']],
  ])('%s', async (condition, expected) => expect(await ships(condition)).toEqual(expected))

  it('compare complex values of renamed properties', async () => {
    expect(await ships('Berth eq @a', { '@a': '{"@odata.type":"#fleet.port.QuayAddress","City":"Turku","Country":"FI","Quay":"West","Door":7}' })).toEqual(['CORAL'])
    expect(await ships('Berth eq @a', { '@a': '{"City":"Turku","Country":"FI","Quay":"West","Door":7}' })).toEqual([])
  })
})

describe('casts, cases and geography', () => {
  it.each<readonly [string, string, readonly unknown[]]>([
    ['Vessels', "cast(Weight,Edm.String) eq '980'", ['BRISK']],
    ['Vessels', "cast('980',Edm.Decimal) eq Weight", ['BRISK']],
    ['Vessels', 'cast(Weight,Edm.Int16) eq null', []],
    ['Vessels', 'cast(Weight,Edm.Byte) eq 75', ['HERON']],
    ['Vessels', 'cast(Cargo,Edm.Int32) eq 5', ['DAWN', 'EIDER']],
    ['Vessels', "cast(5,Port.Cargo) eq Cargo", ['DAWN', 'EIDER']],
    ['Vessels', "case(Weight gt 10000:'heavy',Weight gt 1000:'medium',true:'light') eq 'medium'", ['AMBER', 'DAWN', 'EIDER']],
    ['Vessels', "case(Draught gt 10:1,Draught gt 4:0.5) eq 0.5", ['AMBER', 'DAWN', 'EIDER']],
    ['Vessels', "Needs has 'Water' and Needs has Port.Services'Power'", ['AMBER']],
    ['Vessels', 'geo.length(Port.Ferry/Route) gt 100000', ['DAWN']],
    ['Harbours', "geo.distance(Address/Position,geography'SRID=4326;Point(10.14 54.33)') lt 1", [1]],
    ['Harbours', 'geo.intersects(Address/Position,Area)', [1]],
    ['Harbours', "geo.intersects(Address/Position,geography'SRID=4326;Polygon((15 50,25 50,25 62,15 62,15 50))')", [2, 3]],
    ['Harbours', "Opens lt 09:00:00 and hour(Closes) ge 22", [1, 2]],
  ])('%s: %s', async (set, condition, expected) => expect(await keys(set, condition, set === 'Vessels' ? 'Code' : 'Id')).toEqual(expected))
})

describe('functions of rows', () => {
  it('may give rows to look at', async () => {
    const hosts = await keys('Harbours', 'Vessels/any()', 'Id')
    expect(hosts.length).toBeGreaterThan(0)
    expect(await keys('Harbours', 'Port.Guests()/any()', 'Id')).toEqual(hosts)
  })
})

describe('what stays refused is refused by name', () => {
  it.each<readonly [string, string, string]>([
    ['Vessels', '@Org.OData.Core.V1.Description eq null', 'annotation'],
  ])('%s: %s', async (set, condition, named) => expect(await refusal(set, { $filter: condition })).toEqual([501, 'HUB_QUERY_UNSUPPORTED', expect.stringContaining(named)]))
})
