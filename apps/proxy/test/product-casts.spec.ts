import { productExposure } from '@tributary/catalog'
import { readCsdl } from '@tributary/edm'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

describe('derived types in a data product', () => {
  let port: RichServer
  let door: DataDoor
  beforeAll(async () => {
    port = await startRichServer({ writes: 'declared' })
    door = await openDoor()
    const endpoint = endpointOf('port', port.url, port.metadata)
    door.catalog.put(productExposure({
      slug: 'fleet', revision: 1, endpoints: new Map([['port', endpoint]]),
      definition: { name: 'Fleet', entities: [{ name: 'Ships', service: 'port', entitySet: 'Vessels', rename: { Name: 'Label', Weight: 'Pull' } }, { name: 'Plain', service: 'port', entitySet: 'Vessels', select: ['Code', 'Name'] }], relationships: [] },
    }))
  })
  afterAll(async () => {
    await door.stop()
    await port.stop()
  })

  const rows = async (path: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const response = await door.get(`/odata/fleet/${path}`)
    const body = await response.json() as { readonly value?: readonly Readonly<Record<string, unknown>>[] }
    if (body.value === undefined) throw new Error(`${response.status}: ${JSON.stringify(body)}`)
    return body.value
  }

  it('are in $metadata, below the type of their entity, under names of the product', async () => {
    const model = readCsdl(await (await door.get('/odata/fleet/$metadata', { accept: 'application/xml' })).text())
    expect(model.derivedTypes('fleet.port.Vessel').toSorted()).toEqual(['fleet.port.Ferry', 'fleet.port.Tug'])
    expect([...model.entityType('fleet.port.Ferry')?.properties.keys() ?? []]).toEqual(['Passengers', 'Route'])
    expect([...model.entityType('fleet.port.Tug')?.properties.keys() ?? []]).toEqual(['Tug_Pull'])
  })

  it('are cast to in paths, conditions and selections, as at the source', async () => {
    const ferries = await rows("Ships/fleet.port.Ferry?$select=Code,Passengers&$orderby=Code")
    const own = await (await fetch(`${port.url}Vessels/Port.Ferry?$select=Code,Passengers&$orderby=Code`)).json() as { readonly value: readonly Readonly<Record<string, unknown>>[] }
    const plain = (all: typeof ferries) => all.map(({ Code, Passengers }) => ({ Code, Passengers }))
    expect(plain(ferries).length).toBeGreaterThan(0)
    expect(plain(ferries)).toEqual(plain(own.value))
    expect((await rows('Ships?$filter=fleet.port.Ferry/Passengers gt 200&$select=Code')).map(({ Code }) => Code)).toEqual(ferries.filter(({ Passengers }) => Number(Passengers) > 200).map(({ Code }) => Code))
    const tugs = await rows('Ships?$filter=isof(fleet.port.Tug)&$select=Code,fleet.port.Tug/Tug_Pull')
    expect(tugs.map((row) => Object.keys(row).toSorted())).toEqual(['FORCE', 'GRIP'].map(() => ['@odata.etag', '@odata.type', 'Code', 'Tug_Pull']))
  })

  it('are named in rows, also where columns are renamed', async () => {
    const types = (await rows('Ships?$select=Code,Label&$orderby=Code')).map((row) => row['@odata.type'])
    expect(new Set(types)).toEqual(new Set([undefined, '#fleet.port.Ferry', '#fleet.port.Tug']))
  })

  it('are written in the names of the source', async () => {
    port.reset()
    const response = await door.get('/odata/fleet/Ships', { 'content-type': 'application/json' }, { method: 'POST', body: JSON.stringify({ '@odata.type': '#fleet.port.Ferry', 'Code': 'NEW', 'Label': 'New', 'Needs': 'Water', 'Log': [], 'Lots': [], 'Kinds': [], 'Passengers': 7 }) })
    expect([response.status, await response.text()]).toEqual([201, expect.stringContaining('#fleet.port.Ferry')])
    const sent = JSON.parse(port.requests.findLast(({ method }) => method === 'POST')?.body ?? '{}') as Readonly<Record<string, unknown>>
    expect(sent).toMatchObject({ '@odata.type': '#Port.Ferry', 'Name': 'New', 'Passengers': 7 })
  })

  it('are none where an entity says which properties it has', async () => {
    expect((await rows('Plain?$orderby=Code')).map((row) => Object.keys(row).filter((name) => name !== '@odata.etag').toSorted())).toEqual(expect.arrayContaining([['Code', 'Name']]))
    expect((await rows('Plain')).every((row) => row['@odata.type'] === undefined)).toBe(true)
  })
})
