import { serviceExposure } from '@tributary/catalog'
import { startRichServer, type Behaviour, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

type Row = Readonly<Record<string, unknown>>

const sources: readonly (readonly [string, Behaviour])[] = [
  ['honours everything', {}],
  ['refuses query options', { refuse: ['filter', 'orderby', 'select', 'top', 'skip', 'count', 'compute', 'expand'] }],
  ['ignores query options', { ignoreQueryOptions: true }],
]

describe.each(sources)('functions of a source that %s, in expressions', (_what, behaviour) => {
  let port: RichServer
  let door: DataDoor
  beforeAll(async () => {
    port = await startRichServer(behaviour)
    door = await openDoor({ environment: { TRIBUTARY_LIMIT_REQUESTS: '60' } })
    door.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpointOf('port', port.url, port.metadata)))
  })
  afterAll(async () => {
    await door.stop()
    await port.stop()
  })

  const rows = async (path: string): Promise<readonly Row[]> => (await door.json(encodeURI(`/odata/port/${path}`)))['value'] as readonly Row[]
  /** What the source itself says, asked alone. */
  const told = async (path: string): Promise<unknown> => {
    const response = await fetch(encodeURI(`${port.url}${path}`))
    return response.status === 204 ? null : ((await response.json()) as Row)['value']
  }
  const all = async (set: string): Promise<readonly Row[]> => ((await (await fetch(`${port.url}${set}`)).json()) as { readonly value: readonly Row[] }).value

  it('bound to each row decide, order and compute', async () => {
    const loaded = new Map<unknown, number>()
    for (const { Code } of await all('Vessels')) loaded.set(Code, Number(await told(`Vessels('${String(Code)}')/Port.TotalLoaded()`)))
    const computed = await rows('Vessels?$compute=Port.TotalLoaded() as Sum&$select=Code,Sum&$orderby=Port.TotalLoaded() desc,Code')
    expect(computed.map(({ Code, Sum }) => [Code, Number(Sum)])).toEqual([...loaded].toSorted(([a, x], [b, y]) => y - x || (String(a) < String(b) ? -1 : 1)))
    const kept = await rows('Vessels?$filter=Port.TotalLoaded() gt 100 and $it/Port.TotalLoaded() lt 1000&$select=Code')
    expect(kept.map(({ Code }) => Code).toSorted()).toEqual([...loaded].flatMap(([code, sum]) => (sum > 100 && sum < 1000 ? [code] : [])).toSorted())
    expect(kept.length).toBeGreaterThan(0)
  })

  it('are called with what rows have, once for each set of arguments; null gives null', async () => {
    port.requests.length = 0
    const found = await rows('Calls?$compute=Port.LoadedAt(harbour=HarbourId,since=2024-01-01) as Since&$select=VesselCode,Number,HarbourId,Since')
    const asked = port.requests.filter(({ url }) => url.startsWith('/port/LoadedAt('))
    const harbours = [...new Set(found.map(({ HarbourId }) => HarbourId).filter((id) => id !== null))]
    expect(asked.map(({ url }) => url).toSorted()).toEqual(harbours.map((id) => `/port/LoadedAt(harbour=${String(id)},since=2024-01-01)`).toSorted())
    for (const { HarbourId, Since } of found) expect(Since === null ? null : Number(Since)).toBe(HarbourId === null ? null : Number(await told(`LoadedAt(harbour=${String(HarbourId)},since=2024-01-01)`)))
    expect(new Set(found.map(({ Since }) => Since)).size).toBeGreaterThan(2)
  })

  it('without arguments of the rows are called once', async () => {
    port.requests.length = 0
    const grain = await rows('Vessels?$filter=Port.KindsSeen()/any(k:k eq Cargo) and Port.Greeting() ne null&$select=Code,Cargo')
    const kinds = await told('KindsSeen()') as readonly unknown[]
    expect(grain.map(({ Code }) => Code).toSorted()).toEqual((await all('Vessels')).flatMap(({ Code, Cargo }) => (kinds.includes(Cargo) ? [Code] : [])).toSorted())
    expect(port.requests.filter(({ url }) => /^\/port\/(KindsSeen|Greeting)\(\)/.test(url)).length).toBeLessThanOrEqual(3)
  })

  it('are bound to related rows, within any, and to rows of a derived type', async () => {
    const open = new Set((await rows('Harbours?$filter=Port.IsOpen(at=08:00:00)&$select=Id')).map(({ Id }) => Id))
    for (const { Id } of await all('Harbours')) expect(await told(`Harbours(${String(Id)})/Port.IsOpen(at=08:00:00)`) === true).toBe(open.has(Id))
    expect((await rows('Vessels?$filter=Home/Port.IsOpen(at=08:00:00)&$select=Code')).map(({ Code }) => Code).toSorted()).toEqual((await rows('Vessels?$filter=Home/Id in (1,2)&$select=Code')).map(({ Code }) => Code).toSorted())
    expect((await rows('Harbours?$filter=Vessels/any(v:v/Port.TotalLoaded() gt 20000)&$select=Id')).map(({ Id }) => Id)).toEqual([2])
    expect((await rows('Vessels?$filter=Port.Ferry/Port.Seats(decks=2) gt 100&$select=Code')).map(({ Code }) => Code)).toEqual(['DAWN'])
  })

  it('are bound to collections, and give entities from which the path goes on', async () => {
    const heaviest = new Map<unknown, unknown>()
    for (const { Id } of await all('Harbours')) {
      const response = await fetch(`${port.url}Harbours(${String(Id)})/Vessels/Port.Heaviest()`)
      heaviest.set(Id, response.status === 204 ? null : ((await response.json()) as Row)['Name'])
    }
    const computed = await rows('Harbours?$compute=Vessels/Port.Heaviest()/Name as Top&$select=Id,Top&$orderby=Id')
    expect(computed.map(({ Id, Top }) => [Id, Top])).toEqual([...heaviest].toSorted(([a], [b]) => Number(a) - Number(b)))
    expect((await rows("Harbours?$filter=Port.Guests()/any(g:g/Home/Name eq 'Turku')&$select=Id")).map(({ Id }) => Id)).toEqual([2])
    expect((await rows('Vessels?$filter=$root/NearestHarbour(lat=60,lon=22)/Vessels/any(v:v/Code eq $it/Code)&$select=Code')).map(({ Code }) => Code)).toEqual(['CORAL'])
    expect((await rows('Harbours?$filter=Calls/any(c:Port.LoadedAt(harbour=c/HarbourId) gt 5000)&$select=Id')).map(({ Id }) => Id)).toEqual([3])
    expect((await rows('Calls?$apply=aggregate(Number with max as Most)&$compute=Port.LoadedAt(harbour=3) as Loaded')).map(({ Loaded }) => Number(Loaded))).toEqual([Number(await told('LoadedAt(harbour=3)'))])
  })

  it('are shown by explain as the calls they are, and count among the requests of a query', async () => {
    const plan = await door.json(encodeURI("/odata/port/Calls?$filter=Port.LoadedAt(harbour=HarbourId) gt 100&explain=plan"))
    expect(plan['text']).toContain('LoadedAt(harbour)')
    const tight = await openDoor({ environment: { TRIBUTARY_LIMIT_REQUESTS: '4' } })
    tight.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpointOf('port', port.url, port.metadata)))
    const refused = await tight.get('/odata/port/Vessels?$filter=Port.TotalLoaded()%20gt%20100')
    expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining('HUB_LIMIT_REQUESTS')])
    await tight.stop()
  })

  it.each([
    ["Vessels?$filter=Port.Rename(name='x') eq null", 400, 'Port.Rename'],
    ['Vessels?$filter=Port.TotalLoaded(nope=1) eq null', 404, 'TotalLoaded(nope)'],
    ["Vessels?$filter=Port.TotalLoaded(since='x') eq null", 400, 'where Edm.Date'],
    ["Harbours?$filter=Vessels/$filter(Weight gt 1)/Port.Heaviest()/Code eq 'AMBER'", 501, 'Port.Heaviest of what has no address'],
    ['Harbours?$filter=Port.Normalised(address=Address)/City eq null', 501, 'A structured argument'],
    ['Harbours?$filter=Vessels/any(v:v/Home/Port.IsOpen(at=Opens))', 501, 'of another row'],
    ['Vessels?$filter=Port.Nothing() eq 1', 400, 'no function Port.Nothing'],
  ])('%s is refused', async (path, status, words) => {
    const response = await door.get(encodeURI(`/odata/port/${path}`))
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(words)])
  })
})

it('a function that its source refuses ends the answer by name', async () => {
  const port = await startRichServer({ refuse: ['functions'] })
  const door = await openDoor()
  door.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpointOf('port', port.url, port.metadata)))
  const response = await door.get('/odata/port/Vessels?$filter=Port.TotalLoaded()%20gt%20100')
  expect([response.status, await response.text()]).toEqual([501, expect.stringContaining('Port.TotalLoaded()')])
  await door.stop()
  await port.stop()
})
