import { productExposure, serviceExposure, type Endpoint, type SealedConnection } from '@tributary/catalog'
import { readCsdl } from '@tributary/edm'
import { exposureFromWire, exposureToWire, exposureWire } from '@tributary/nest'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { openDoor, type DataDoor } from './data-door.js'

type Json = Readonly<Record<string, unknown>>

/** Vessels whose names are exchanged, and some of whose properties are hidden. */
const ships = { name: 'Ships', service: 'port', entitySet: 'Vessels', select: ['Code', 'Name', 'Weight', 'Cargo', 'Moored', 'Lots'], rename: { Code: 'Id', Name: 'Label', Weight: 'Name' } }

const jsonOf = async (response: Response): Promise<Json> => await response.json() as Json
const posting = (body: Json): [RequestInit, Readonly<Record<string, string>>] => [{ method: 'POST', body: JSON.stringify(body) }, { 'content-type': 'application/json', 'if-match': '*' }]
/** What was sent last to the call of an operation; the hub's own probes of sets are between. */
const last = (server: RichServer, operation: string): { readonly url: string; readonly body: string } => {
  const found = server.requests.findLast(({ url }) => url.includes(operation))
  return { url: decodeURIComponent(found?.url ?? ''), body: String(found?.body ?? '') }
}
const told = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(told)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@')).map(([name, inner]) => [name, told(inner)]))
}
const endpointOf = (slug: string, server: RichServer): Endpoint => ({ slug, kind: 'odata', url: server.url, model: readCsdl(server.metadata), connection: 'open' as SealedConnection, identity: slug })
const operationsIn = (text: string, namespace: string) => readCsdl(text).schemas.get(namespace)?.operations
/** What an answer tells, its control information left out. */
const content = async (response: Response) => (response.headers.get('content-type')?.includes('json') === true ? told(await response.json()) : response.text())

describe('operations in a data product', () => {
  let port: RichServer
  let dock: RichServer
  let door: DataDoor

  beforeAll(async () => {
    [port, dock] = [await startRichServer(), await startRichServer()]
    door = await openDoor()
    const endpoints = new Map([['port', endpointOf('port', port)], ['dock', endpointOf('dock', dock)]])
    const definition = {
      name: 'Fleet',
      entities: [
        ships,
        { name: 'Havens', service: 'port', entitySet: 'Harbours', rename: { Id: 'Number', Name: 'Title' } },
        { name: 'Calls', service: 'port', entitySet: 'Calls' },
        { name: 'Boats', service: 'dock', entitySet: 'Vessels', rename: { Passengers: 'Guests' } },
        { name: 'LoadedAt', service: 'dock', entitySet: 'Sailors' },
      ],
      relationships: [{ from: 'Ships', to: 'Boats', name: 'Twin', on: [{ from: 'Id', to: 'Code' }], multiplicity: '0..1' as const }],
    }
    door.catalog.put(productExposure({ slug: 'fleet', definition, endpoints, revision: 1 }))
    door.catalog.put(productExposure({ slug: 'quiet', definition: { ...definition, operations: 'none' }, endpoints, revision: 1 }))
    door.catalog.put(productExposure({ slug: 'bound', definition: { ...definition, operations: 'bound' }, endpoints, revision: 1 }))
    door.catalog.put(productExposure({ slug: 'twice', definition: { name: 'Twice', entities: [ships, { name: 'Vessels', service: 'port', entitySet: 'Vessels' }], relationships: [] }, endpoints: new Map([['port', endpointOf('port', port)]]), revision: 1 }))
    for (const [slug, endpoint] of endpoints) door.catalog.put(serviceExposure({ slug, name: slug, revision: 1 }, endpoint))
  })
  afterAll(async () => {
    await door.stop()
    await port.stop()
    await dock.stop()
  })
  beforeEach(() => {
    port.reset()
    dock.reset()
  })

  const exact = { accept: 'application/json;IEEE754Compatible=true', 'odata-maxversion': '4.01' }
  const ours = (path: string, init: RequestInit = {}, headers: Readonly<Record<string, string>> = {}) => door.get(`/odata/fleet/${path}`, { ...exact, ...headers }, init)
  const theirs = (server: RichServer, path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, { ...init, headers: { ...exact, ...init.headers } })
  const metadata = async (slug: string) => readCsdl(await (await door.get(`/odata/${slug}/$metadata`)).text())
  /** Whether there are several bound, any unbound, any imported. */
  const published = async (slug: string) => {
    const model = await metadata(slug)
    const all = [...model.schemas.values()].flatMap(({ operations }) => [...operations.values()].flat())
    return [all.filter(({ bound }) => bound).length > 5, all.some(({ bound }) => !bound), (model.container?.operationImports.size ?? 0) > 0]
  }
  const names: Readonly<Record<string, string>> = { Code: 'Id', Name: 'Label', Weight: 'Name' }
  const asShip = (vessel: Json): Json => Object.fromEntries(Object.entries(vessel).filter(([name]) => ships.select.includes(name)).map(([name, value]) => [names[name] ?? name, value]))

  describe('in $metadata', () => {
    it('are in the schemas of their services, bound to what the product exposes', async () => {
      const model = await metadata('fleet')
      const signatures = (namespace: string) => [...(model.schemas.get(namespace)?.operations.values() ?? [])].flat().map(({ name, bound, parameters, returnType }) => `${name}(${parameters.map(({ type }, index) => (bound && index === 0 ? `${type.collection ? '*' : ''}${type.name}` : type.name)).join(',')})${returnType === undefined ? '' : ` ${returnType.collection ? '*' : ''}${returnType.name}`}`)
      expect(signatures('fleet.port')).toEqual(expect.arrayContaining([
        'TotalLoaded(fleet.port.Vessel,Edm.Date) fleet.port.Tonnes', 'Heaviest(*fleet.port.Vessel) fleet.port.Vessel', 'Guests(fleet.port.Harbour) *fleet.port.Vessel', 'Rename(fleet.port.Vessel,Edm.String) fleet.port.Vessel',
        'CloseAll(*fleet.port.Harbour,Edm.TimeOfDay) *fleet.port.Harbour', 'Greeting() Edm.String', 'Summed(fleet.port.Lot) fleet.port.Lot',
      ]))
      // Ships have no derived types, and sailors are not exposed from there.
      expect(signatures('fleet.port').filter((one) => /^(?:Seats|Retire)/.test(one))).toEqual(['Retire(fleet.port.Vessel)'])
      expect(signatures('fleet.dock')).toEqual(expect.arrayContaining(['Seats(fleet.dock.Ferry,Edm.Int16) Edm.Int32', 'Retire(fleet.dock.Sailor)', 'Retire(fleet.dock.Vessel)']))
      expect(signatures('fleet.dock').filter((one) => /Harbour|Call\b/.test(one))).toEqual([])
      expect(model.operations('fleet.port.Heaviest')[0]).toMatchObject({ composable: true, entitySetPath: 'of' })
    })

    it('are imported under names of their own: what is taken is called after its service', async () => {
      const imports = [...((await metadata('fleet')).container?.operationImports.values() ?? [])].map(({ name, operation, entitySet }) => [name, operation, entitySet])
      expect(imports).toEqual(expect.arrayContaining([
        ['Greeting', 'fleet.port.Greeting', undefined], ['dock_Greeting', 'fleet.dock.Greeting', undefined], ['NearestHarbour', 'fleet.port.NearestHarbour', 'Havens'], ['port_LoadedAt', 'fleet.port.LoadedAt', undefined],
      ]))
      expect(imports.filter(([name]) => name === 'dock_NearestHarbour' || name === 'LoadedAt')).toEqual([])
    })

    it('are as many as the author of the product wants', async () => {
      expect([await published('fleet'), await published('bound'), await published('quiet')]).toEqual([[true, true, true], [true, false, false], [false, false, false]])
      expect((await door.get("/odata/quiet/Ships('AMBER')/quiet.port.TotalLoaded()")).status).toBe(404)
      expect(port.requests.filter(({ url }) => url.includes('TotalLoaded'))).toEqual([])
    })

    it('is the same each time, in XML and JSON', async () => {
      const xml = await (await door.get('/odata/fleet/$metadata')).text()
      expect(await (await door.get('/odata/fleet/$metadata')).text()).toBe(xml)
      const json = await (await door.get('/odata/fleet/$metadata?$format=json')).text()
      for (const namespace of ['fleet.port', 'fleet.dock']) expect(operationsIn(json, namespace)).toEqual(operationsIn(xml, namespace))
      expect(readCsdl(json).container?.operationImports).toEqual(readCsdl(xml).container?.operationImports)
    })

    it('of a type that is there twice is bound to both', async () => {
      const model = await metadata('twice')
      expect(model.operations('twice.port.Rename').map(({ parameters, returnType }) => [parameters[0]?.type.name, returnType?.name])).toEqual([['twice.port.Vessel', 'twice.port.Vessel'], ['twice.port.Vessels_Vessel', 'twice.port.Vessels_Vessel']])
      expect(told(await jsonOf(await door.get("/odata/twice/Vessels/twice.port.Heaviest()?$select=Code", exact)))).toEqual(told(await jsonOf(await theirs(port, 'Vessels/Port.Heaviest()?$select=Code'))))
    })
  })

  it('are told by a catalog elsewhere as they are told here', async () => {
    const exposure = await door.catalog.exposure('fleet')
    if (exposure === undefined) throw new Error('there is no fleet')
    const aliased = { ...exposure, sets: new Map([...exposure.sets].map(([name, set]) => [name, { ...set, keyAliases: new Map([['Id', 'Key']]) }])) }
    const told = exposureFromWire(exposureWire.parse(JSON.parse(JSON.stringify(exposureToWire(aliased)))))
    expect(told.named).toEqual(exposure.named)
    expect(told.sets).toEqual(aliased.sets)
    expect([...(told.named?.get('port')?.operations ?? [])]).toContainEqual(['fleet.port.Rename', 'Port.Rename'])
  })

  describe('functions', () => {
    it.each([
      ['Greeting()', 'port', 'Greeting()'], ['dock_Greeting()', 'dock', 'Greeting()'], ['KindsSeen()', 'port', 'KindsSeen()'], ['KindsSeen()/$count', 'port', 'KindsSeen()/$count'],
      ['port_LoadedAt(harbour=1)', 'port', 'LoadedAt(harbour=1)'], ['port_LoadedAt(harbour=@h,since=@d)?@h=1&@d=2024-01-01', 'port', 'LoadedAt(harbour=1,since=2024-01-01)'], ['port_LoadedAt?harbour=1', 'port', 'LoadedAt(harbour=1)'],
      ["Ships('AMBER')/fleet.port.TotalLoaded()", 'port', "Vessels('AMBER')/Port.TotalLoaded()"], ["Ships('AMBER')/fleet.port.TotalLoaded(since=2024-01-01)", 'port', "Vessels('AMBER')/Port.TotalLoaded(since=2024-01-01)"],
      ['Havens(1)/fleet.port.IsOpen(at=12:00:00)', 'port', 'Harbours(1)/Port.IsOpen(at=12:00:00)'],
      ["Boats('DAWN')/fleet.dock.Ferry/fleet.dock.Seats(decks=2)", 'dock', "Vessels('DAWN')/Port.Ferry/Port.Seats(decks=2)"],
    ] as const)('give values as their source does: %s', async (path, source, remote) => {
      const [here, there] = [await ours(path), await theirs(source === 'port' ? port : dock, remote)]
      expect([here.status, there.status]).toEqual([200, 200])
      expect(await content(here)).toEqual(await content(there))
    })

    it('give entities in the names of the product, without what is hidden', async () => {
      const heaviest = await jsonOf(await ours('Ships/fleet.port.Heaviest()'))
      expect(told(heaviest)).toEqual(asShip(told(await jsonOf(await theirs(port, 'Vessels/Port.Heaviest()'))) as Json))
      expect(heaviest['@context']).toBe(`${door.origin}/odata/fleet/$metadata#Ships/$entity`)
      const nearest = await jsonOf(await ours('NearestHarbour(lat=60.4,lon=22)?$select=Title,Number'))
      const harbour = await jsonOf(await theirs(port, 'NearestHarbour(lat=60.4,lon=22)'))
      expect(told(nearest)).toEqual({ Number: harbour['Id'], Title: harbour['Name'] })
    })

    it('are composed, and their rows take options and relationships', async () => {
      const heavy = (await jsonOf(await theirs(port, "Vessels/Port.HeavierThan(weight=100)?$filter=Weight lt 9000&$orderby=Name desc&$select=Code,Weight")))['value'] as readonly Json[]
      const path = 'Ships/fleet.port.HeavierThan(weight=100)?$filter=Name lt 9000&$orderby=Label desc&$select=Id,Name&$count=true'
      const here = await jsonOf(await ours(path))
      expect([here['@count'], told(here['value'])]).toEqual([String(heavy.length), heavy.map((one) => told({ Id: one['Code'], Name: one['Weight'] }))])
      expect(heavy.length).toBeGreaterThan(1)
      const twins = (await jsonOf(await ours('Ships/fleet.port.HeavierThan(weight=100)?$select=Id&$expand=Twin($select=Code)&$filter=Twin ne null')))['value'] as readonly { readonly Id: string; readonly Twin: Json }[]
      expect(twins.length).toBeGreaterThan(1)
      expect(twins.every((one) => one.Twin['Code'] === one.Id)).toBe(true)
      expect(await (await ours('Ships/fleet.port.HeavierThan(weight=100)/$count')).text()).toBe(await (await theirs(port, 'Vessels/Port.HeavierThan(weight=100)/$count')).text())
      const sums = await jsonOf(await ours('Ships/fleet.port.HeavierThan(weight=0)?$apply=groupby((Cargo),aggregate($count as N))&$orderby=Cargo'))
      expect((sums['value'] as readonly Json[]).length).toBeGreaterThan(1)
      const guests = await jsonOf(await ours('Havens(1)/fleet.port.Guests()?$select=Label&$orderby=Label'))
      expect((guests['value'] as readonly Json[]).map((one) => one['Label'])).toEqual(((await jsonOf(await theirs(port, 'Harbours(1)/Port.Guests()?$select=Name&$orderby=Name')))['value'] as readonly Json[]).map((one) => one['Name']))
    })

    it('take structured arguments in the product’s names', async () => {
      const path = `Normalised(address=@a)?@a=${encodeURIComponent('{"@odata.type":"#fleet.port.Address","City":" bern "}')}`
      const here = await jsonOf(await ours(path))
      expect(told(here)).toMatchObject({ City: 'BERN', Country: 'XX' })
      expect(here['@context']).toBe(`${door.origin}/odata/fleet/$metadata#fleet.port.Address`)
      expect(last(port, 'Normalised').url).toContain('"@odata.type":"#Port.Address"')
      const wrong = await ours('Normalised(address=@a)?@a={"Town":"x"}')
      expect([wrong.status, ((await jsonOf(wrong))['error'] as Json)['code']]).toEqual([400, 'HUB_QUERY_UNKNOWN_PROPERTY'])
    })

    it('stand in expressions, for each row and of any source', async () => {
      const loaded = (await jsonOf(await ours("Ships?$filter=fleet.port.TotalLoaded() gt 0&$select=Id&$orderby=Id")))['value'] as readonly Json[]
      const expected = (await jsonOf(await theirs(port, 'Vessels?$filter=Port.TotalLoaded() gt 0&$select=Code&$orderby=Code')))
      const all = ((await jsonOf(await theirs(port, 'Vessels?$select=Code&$orderby=Code')))['value'] as readonly Json[]).map((one) => String(one['Code']))
      const totals = await Promise.all(all.map(async (code) => Number((await jsonOf(await theirs(port, `Vessels('${code}')/Port.TotalLoaded()`)))['value'])))
      expect(loaded.map((one) => one['Id'])).toEqual(all.filter((_, index) => (totals[index] ?? 0) > 0))
      expect(loaded.length).toBeGreaterThan(0)
      expect(expected).toBeDefined()
      const greeted = await jsonOf(await ours("Ships?$compute=fleet.dock.Greeting() as Hello&$select=Id,Hello&$top=1&$orderby=Id"))
      expect((greeted['value'] as readonly Json[])[0]).toMatchObject({ Hello: "Ahoy, 'port'!" })
      const open = await jsonOf(await ours('Havens?$filter=fleet.port.IsOpen(at=Opens)&$select=Number&$orderby=Number'))
      expect((open['value'] as readonly Json[]).map((one) => one['Number'])).toEqual(((await jsonOf(await theirs(port, 'Harbours?$filter=Opens ne null and Closes ne null and Closes ge Opens&$select=Id&$orderby=Id')))['value'] as readonly Json[]).map((one) => one['Id']))
    })

    it.each([
      ["Boats('AMBER')/fleet.port.TotalLoaded()", 404, 'bound to fleet.port.Vessel'], ['Ships/Port.Heaviest()', 404, 'fleet.port.Heaviest'], ['Greting()', 404, 'Did you mean Greeting?'], ["port_LoadedAt(harbour='x')", 400, 'Edm.Int32'],
    ])('that are not there, or not called so, are told: %s', async (path, status, hint) => {
      const response = await ours(path)
      expect([response.status, ((await jsonOf(response))['error'] as Json)['message']]).toEqual([status, expect.stringContaining(hint)])
    })
  })

  describe('actions', () => {
    it('change what they are bound to, and answer in the product’s names', async () => {
      const answer = await ours("Ships('AMBER')/fleet.port.Rename", ...posting({ name: 'New name' }))
      const body = await jsonOf(answer)
      expect([answer.status, body['Label'], body['Id'], 'Built' in body, 'Revision' in body]).toEqual([200, 'New name', 'AMBER', false, false])
      expect(body['@context']).toBe(`${door.origin}/odata/fleet/$metadata#Ships/$entity`)
      const chosen = await jsonOf(await ours("Ships('AMBER')/fleet.port.Rename?$select=Label", ...posting({ name: 'Again' })))
      expect(told(chosen)).toEqual({ Label: 'Again' })
      expect(last(port, 'Port.Rename').url).toContain('$select=Name')
    })

    it('take parameters in the product’s names', async () => {
      const lots = [{ '@odata.type': '#fleet.port.Lot', 'Label': 'L', 'Weight': '1.250', 'Kind': 'Steel', 'Marks': [] }]
      const answer = await ours('Summed', ...posting({ lots }))
      expect([answer.status, told(await jsonOf(answer))]).toEqual([200, expect.objectContaining({ Label: 'sum', Weight: '1.25' })])
      expect(JSON.parse(last(port, 'Summed').body)).toEqual({ lots: [{ ...lots[0], '@odata.type': '#Port.Lot' }] })
      const found = await ours('Found', ...posting({ name: 'Here', address: { City: 'Ulm' } }))
      expect(told(await jsonOf(found))).toMatchObject({ Title: 'Here', Address: { City: 'Ulm' } })
      const wrong = await ours('Found', ...posting({ title: 'Here', address: { City: 'Ulm' } }))
      expect([wrong.status, ((await jsonOf(wrong))['error'] as Json)['message']]).toEqual([400, expect.stringContaining('has no parameter title')])
      const strange = await ours('Found', ...posting({ name: 'Here', address: { Town: 'Ulm' } }))
      expect([strange.status, ((await jsonOf(strange))['error'] as Json)['code']]).toEqual([400, 'HUB_QUERY_UNKNOWN_PROPERTY'])
    })

    it('that answer nothing, collections and values', async () => {
      expect((await ours("Ships('AMBER')/fleet.port.Retire", { method: 'POST' }, { 'if-match': '*' })).status).toBe(204)
      expect((await ours("Ships('AMBER')")).status).toBe(404)
      const closed = await jsonOf(await ours('Havens/fleet.port.CloseAll', ...posting({ at: '20:00:00' })))
      expect((closed['value'] as readonly Json[]).every((one) => 'Title' in one && String(one['Closes']).startsWith('20:00:00'))).toBe(true)
      expect(told(await jsonOf(await ours('Announce', ...posting({ text: 'x', times: 2 }))))).toEqual({ value: ['x', 'x'] })
    })

    it('answer with what is computed and expanded at their source', async () => {
      const computed = await jsonOf(await ours("Ships('AMBER')/fleet.port.Rename?$compute=length(Label) as Long,Name add 1 as Name1&$select=Label,Long,Name1", ...posting({ name: 'Four' })))
      expect(last(port, 'Port.Rename').url).toContain('$compute=length(Name) as Long,Weight add 1 as Name1&$select=Name,Long,Name1')
      expect(told(computed)).toMatchObject({ Label: 'Four' })
      for (const [path, init] of [['Havens(1)?$expand=*', { method: 'PATCH' }], ['Havens(1)?$expand=Vessels($select=Label;$orderby=Name),Calls($filter=Number gt 0)', { method: 'PATCH' }]] as const) {
        const [{ body }, headers] = posting({ Title: 'Now' })
        const answer = await jsonOf(await ours(path, { ...init, body: body ?? '' }, { ...headers, prefer: 'return=representation' }))
        const vessels = answer['Vessels'] as readonly Json[]
        expect([path, answer['Title'], vessels.length > 0, vessels.every((one) => 'Label' in one && !('Built' in one)), Array.isArray(answer['Calls'])]).toEqual([path, 'Now', true, true, true])
      }
      const across = await ours("Ships('AMBER')/fleet.port.Rename?$expand=*", ...posting({ name: 'x' }))
      expect([across.status, ((await jsonOf(across))['error'] as Json)['code']]).toEqual([501, 'HUB_REQUEST_SPANS_SOURCES'])
      const taken = await ours("Ships('AMBER')/fleet.port.Rename?$compute=1 add 1 as Revision", ...posting({ name: 'x' }))
      expect([taken.status, ((await jsonOf(taken))['error'] as Json)['message']]).toEqual([501, expect.stringContaining('Choose another name.')])
    })

    it('go in batches, each to its source', async () => {
      const body = JSON.stringify({ requests: [
        { id: '1', method: 'POST', url: "Ships('AMBER')/fleet.port.Rename", headers: { 'content-type': 'application/json', 'if-match': '*' }, body: { name: 'B' } },
        { id: '2', method: 'GET', url: 'dock_Greeting()' }, { id: '3', method: 'GET', url: "Ships('AMBER')/Label" },
      ] })
      const { responses } = await jsonOf(await ours('$batch', { method: 'POST', body }, { 'content-type': 'application/json' })) as { readonly responses: readonly { readonly status: number; readonly body: Json }[] }
      expect(responses.map(({ status, body: { Label, value } }) => [status, Label ?? value])).toEqual([[200, 'B'], [200, "Ahoy, 'port'!"], [200, 'B']])
    })

    it('are not sent where the connection of their service refuses changes; functions are', async () => {
      const readers = await openDoor({ connection: { writes: 'refused' } })
      const exposure = await door.catalog.exposure('fleet')
      if (exposure !== undefined) readers.catalog.put(exposure)
      const [{ body }, headers] = posting({ name: 'x' })
      const refused = await readers.get("/odata/fleet/Ships('AMBER')/fleet.port.Rename", headers, { method: 'POST', body: body ?? '' })
      expect([refused.status, ((await jsonOf(refused))['error'] as Json)['code']]).toEqual([405, 'HUB_CHANGE_NOT_ALLOWED'])
      const ship = await jsonOf(await readers.get("/odata/fleet/Ships('AMBER')", { accept: 'application/json;odata.metadata=full' }))
      expect(Object.keys(ship).filter((name) => name.startsWith('#')).map((name) => name.split('(')[0])).toEqual(['#fleet.port.TotalLoaded', '#fleet.port.TotalLoaded'])
      expect((await readers.get('/odata/fleet/Greeting()')).status).toBe(200)
      expect(port.requests.filter(({ method }) => method === 'POST')).toEqual([])
      await readers.stop()
    })

    it('are told of with full metadata', async () => {
      const ship = await jsonOf(await ours("Ships('AMBER')", {}, { accept: 'application/json;odata.metadata=full' }))
      expect(ship['#fleet.port.Rename']).toEqual({ title: 'Rename', target: `${door.origin}/odata/fleet/Ships('AMBER')/fleet.port.Rename` })
    })
  })
})
