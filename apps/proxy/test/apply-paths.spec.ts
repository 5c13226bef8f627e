import { serviceExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { type DataDoor, openDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

/** Paths of the aggregation extension over a model with derived types, complex values, and navigation within these; the rows are those of the harness' port. */

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

const url = (query: string): string => `/odata/port/${query}`.replaceAll(' ', '%20')
const plain = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(plain) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@')).map(([name, inner]) => [name, plain(inner)])) : value
const rows = async (query: string): Promise<unknown> => plain((await door.json(url(query)))['value'])
const told = async (query: string): Promise<string> => (await door.get(url(query))).text()
/** The one row of an aggregation of everything. */
const whole = async (set: string, aggregation: string): Promise<unknown> => (await rows(`${set}?$apply=aggregate(${aggregation})`) as readonly unknown[])[0]
/** The only value of each row, by the row's key. */
const byCode = async (query: string, name: string): Promise<unknown> => Object.fromEntries((await rows(query) as readonly Record<string, unknown>[]).filter((row) => row[name] !== null).map((row) => [row['Code'], row[name]]))

describe('what a path leads to is aggregated', () => {
  it.each<readonly [string, string, unknown]>([
    // casts of complex values, of items of collections, and of rows
    ['Vessels', 'Moored/Port.QuayAddress/Door with max as D', { D: 7 }],
    ['Vessels', 'Home/Anchorages/Port.QuayAddress/Quay with countdistinct as D,Home/Anchorages/City with countdistinct as C', { D: 1, C: 2 }],
    ['Vessels', 'Port.Tug/Nickname with countdistinct as N,Port.Ferry/Passengers with sum as P', { N: 1, P: 600 }],
    // navigation out of complex values: each entity once
    ['Vessels', 'Moored/Authority/Code with max as C,Moored/Authority/Mails with countdistinct as M', { C: 'BSH', M: 2 }],
    ['Vessels', 'Home/Address/Authority/$count as N,Home/$count as H', { N: 2, H: 2 }],
    ['Vessels', 'Moored/Port.QuayAddress/Authority/$count as N', { N: 0 }],
    // one of many, by its key
    ['Vessels', "Calls(VesselCode='AMBER',Number=1)/Loaded with sum as L", { L: 120.5 }],
    ['Vessels', 'Calls(Number=1)/Loaded with sum as L', { L: 21_430.874 }],
    // conditions on the way
    ['Vessels', 'Calls/$filter(Loaded gt 100)/Loaded with sum as L,Calls/$filter(Loaded gt 100)/$count as N', { L: 21_720.874, N: 5 }],
    ['Vessels', 'Calls/$filter(Harbour/Address/Country eq \'DE\')/Loaded with sum as L', { L: 431.75 }],
    ['Vessels', 'Lots/$filter(Weight gt 1)/Weight with sum as W,Lots/$count($filter=Weight gt 1) as N', { W: 10.25, N: 1 }],
    ['Harbours', 'Anchorages/$count($filter=Country ne null) as C,Anchorages/$count as A', { C: 2, A: 3 }],
    ['Harbours', 'Anchorages/$count($filter=City eq $it/Name) as C', { C: 2 }],
    ['Vessels', "Log/$count($filter=$this ne '') as C,Log/$count as A", { C: 5, A: 6 }],
    // search
    ['Vessels', '$count($search=ferry) as A,$count($search=ferry;$filter=Weight gt 3000) as B,$count($search=NOT ferry) as C', { A: 2, B: 1, C: 6 }],
    ['Vessels', 'Crew/$count($search=cedar) as A,Crew/$count as B', { A: 1, B: 3 }],
    ['Harbours', 'Anchorages/$count($search=lab) as A', { A: 1 }],
  ])('%s: %s', async (set, aggregation, expected) => expect(await whole(set, aggregation)).toEqual(expected))
})

describe('values that the function aggregate gives', () => {
  it.each<readonly [string, unknown]>([
    ['Calls/aggregate(Loaded with sum from HarbourId with max)', { AMBER: 120.5, BRISK: 999.999, CORAL: 20_000.125, DAWN: 310.25, FORCE: 1 }],
    ['Calls/aggregate(Loaded add $it/Weight with max from Harbour/Name with sum)', { AMBER: 2621.5, BRISK: 1979.999, CORAL: 40_000.25, DAWN: 7400.25, FORCE: 311 }],
    ['Calls/aggregate($count($filter=HarbourId eq 1) from HarbourId with max)', { AMBER: 2, BRISK: 0, CORAL: 0, DAWN: 1, FORCE: 1 }],
    ['Calls/aggregate(Harbour/Id add 1 with sum)', { AMBER: 7, BRISK: 3, CORAL: 4, DAWN: 6, FORCE: 2 }],
    ['Calls/$filter(HarbourId eq 1)/aggregate(Loaded with sum)', { AMBER: 120.5, DAWN: 310.25, FORCE: 1 }],
    ['Lots/aggregate(Weight mul 2 with sum)', { AMBER: 22 }],
    ['Lots/aggregate(Weight with max from Kind with sum)', { AMBER: 11 }],
    ['Home/Anchorages/aggregate(City with countdistinct)', { AMBER: 2, BRISK: 0, CORAL: 0, DAWN: 2, EIDER: 0, FORCE: 0, GÖTA: 0, HERON: 0 }],
  ])('%s', async (value, expected) => expect(await byCode(`Vessels?$compute=${value} as V&$select=Code,V`, 'V')).toEqual(expected))
})

describe('rows are grouped', () => {
  it('by the entity that a complex value leads to', async () => {
    const authority = { Code: 'BSH', Name: 'Hydrographic Agency', Mails: ['post@bsh.example', 'chart@bsh.example'] }
    expect(await rows('Vessels?$apply=groupby((Moored/Authority),aggregate($count as N))&$orderby=N')).toEqual([{ Moored: { Authority: authority }, N: 1 }, { Moored: { Authority: null }, N: 7 }])
    expect(await rows('Vessels?$apply=filter(Home ne null)/groupby((Home/Address/Authority),aggregate($count as N))&$orderby=N desc&$top=1')).toEqual([{ Home: { Address: { Authority: authority } }, N: 2 }])
  })

  it('by a complex value of a related row', async () => {
    expect(await rows("Vessels?$apply=groupby((Home/Remarks),aggregate($count as N))&$orderby=N")).toEqual([{ Home: { Remarks: { Text: 'busy', Grade: 4, Pilot: 'yes', Depthmark: 12 } }, N: 2 }, { Home: { Remarks: null }, N: 6 }])
  })

  it('in parts by complex values', async () => {
    expect(await rows('Vessels?$apply=groupby((Home/Name),aggregate(Calls/Loaded with sum from Moored with max as X))&$orderby=X')).toEqual([{ Home: { Name: 'Kiel' }, X: 600.25 }, { Home: { Name: null }, X: 1000.999 }, { Home: { Name: 'Turku' }, X: 20_000.125 }])
  })
})

describe('rows are nested and joined', () => {
  const laboe = { Street: null, City: 'Laboe', Country: 'DE', Position: null, Quay: 'North', Door: null }

  it('those of a type', async () => {
    expect(await rows('Harbours?$apply=addnested(Anchorages/Port.QuayAddress,identity as A)&$select=Id,A')).toEqual([{ Id: 1, A: [laboe] }, { Id: 2, A: [] }, { Id: 3, A: [] }, { Id: 4, A: [] }])
    expect(await rows('Harbours?$apply=join(Anchorages/Port.QuayAddress as A)&$select=Id,A')).toEqual([{ Id: 1, A: laboe }])
    expect(await rows('Harbours?$apply=addnested(Vessels/Port.Ferry,aggregate(Passengers with sum as P) as A)&$select=Id,A&$top=2')).toEqual([{ Id: 1, A: [{ P: 420 }] }, { Id: 2, A: [{ P: null }] }])
    expect(await rows('Harbours?$apply=outerjoin(Vessels/Port.Ferry as F,filter(Passengers gt 1))&$select=Id&$expand=F($select=Code)&$top=2')).toEqual([{ Id: 1, F: { Code: 'DAWN' } }, { Id: 2, F: null }])
    expect(await rows('Harbours?$apply=join(Vessels/Port.Ferry as F)/aggregate(F/Passengers with sum as P,F/Crew/$count as C)')).toEqual([{ P: 420, C: 2 }])
  })

  it('of rows of a type: others have nothing', async () => {
    expect(await rows("Vessels?$apply=addnested(Port.Ferry/Crew,aggregate($count as N) as A)&$select=Code&$expand=A&$filter=Code lt 'FORCE' and Code gt 'BRISK'")).toEqual([{ Code: 'CORAL' }, { Code: 'DAWN', A: [{ N: 2 }] }, { Code: 'EIDER', A: [{ N: 0 }] }])
    expect(await rows('Vessels?$apply=join(Port.Ferry/Crew as A)&$select=Code&$expand=A($select=Name)')).toEqual([{ Code: 'DAWN', A: { Name: 'Mate Birch' } }, { Code: 'DAWN', A: { Name: 'Deckhand Cedar' } }])
  })

  it('and lead on, after transformations of their own', async () => {
    expect(await rows("Harbours?$apply=join(Vessels as V,filter(Weight gt 1))/groupby((V/Home/Name),aggregate(V/Crew/$count as C))&$orderby=C")).toEqual([{ V: { Home: { Name: 'Turku' } }, C: 0 }, { V: { Home: { Name: 'Kiel' } }, C: 3 }])
    expect(await rows("Harbours?$apply=addnested(Vessels,filter(Weight gt 3000) as V)/aggregate(V/Crew/Name with max as M)")).toEqual([{ M: 'Mate Birch' }])
  })

  it('and say what they are', async () => {
    expect(await told('Harbours?$apply=addnested(Anchorages,identity as A)&$top=1&$select=A')).toContain('"A@odata.context":"#Collection(Port.Address)"')
    expect(await told('Harbours?$apply=addnested(Anchorages/Port.QuayAddress,aggregate($count as N) as A)&$top=1&$select=A')).toContain('"A@odata.context":"#Collection(Port.QuayAddress)(N)"')
    expect(await told('Harbours?$apply=join(Anchorages as A)&$top=1&$select=A')).toContain('"@odata.context":"#Port.Address"')
  })

  it('and grouped by as a whole', async () => {
    expect(await rows('Vessels?$apply=join(Lots as L)/groupby((L),aggregate($count as N))')).toEqual([{ L: { Label: 'A-1', Weight: 10.25, Kind: 'Grain', Marks: ['dry'] }, N: 1 }, { L: { Label: 'A-2', Weight: 0.75, Kind: 'General', Marks: [] }, N: 1 }])
    expect(await rows('Vessels?$apply=groupby((Home/Name,Cargo),aggregate($count as N))/groupby((Home),aggregate(N with sum as M))&$orderby=M desc')).toEqual([{ Home: { Name: null }, M: 5 }, { Home: { Name: 'Kiel' }, M: 2 }, { Home: { Name: 'Turku' }, M: 1 }])
  })
})

describe('what makes no sense is refused by name', () => {
  it.each<readonly [string, number, string]>([
    ['addnested(Home/Vessels,identity as X)', 400, 'The path goes on behind Home'],
    ['addnested(Lots/Port.Address,identity as X)', 400, 'Port.Address does not derive from Port.Lot'],
    ['join(Home as X)', 400, 'collection'],
  ])('%s', async (apply, status, words) => {
    const response = await door.get(url(`Vessels?$apply=${apply}`))
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(words)])
  })


  it.each<readonly [string, number, string]>([
    ['aggregate(Moored(1)/City with max as C)', 400, 'HUB_QUERY_SYNTAX'],
    ['aggregate(Moored/Port.Lot/Weight with max as C)', 400, 'Port.Lot does not derive from Port.Address'],
    ['aggregate(Calls/$count($filter=Loaded) as C)', 400, 'HUB_QUERY_TYPE'],
    ['aggregate(Home(1)/Name with max as C)', 400, 'which is a single row already'],
    ['aggregate(Home/Anchorages/Authority/Code with max as C)', 501, 'No request addresses what an item of a collection leads to'],
  ])('%s', async (apply, status, words) => {
    const response = await door.get(url(`Vessels?$apply=${apply}`))
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(words)])
  })
})
