import { csdlOf, type ServedSets } from '../../../test/harness/odata-server-contract.js'
import { startODataServer, type Behaviour, type ODataServer, type Row } from '../../../test/harness/odata-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf, serviceExposure } from './exposures.js'

const rows: readonly Row[] = Array.from({ length: 6 }, (_, index) => ({ ID: index + 1, Name: `n${index}`, Note: index % 2 === 0 ? null : 'note' }))
const id = { name: 'ID', type: 'Edm.Int32', nullable: false }
const declared = (nullable: boolean): ServedSets => ({ Things: { key: ['ID'], rows, properties: [id, { name: 'Name', type: 'Edm.String', nullable }, { name: 'Note', type: 'Edm.String' }] } })
/** What the source gives: without the property `Name`, perhaps without one that holds nulls. */
const served = (names: readonly string[]): ServedSets => ({ Things: { key: ['ID'], rows, properties: [id, ...names.map((name) => ({ name, type: 'Edm.String' }))] } })

describe('a property that the contract declares and the source has lost', () => {
  let door: DataDoor
  const servers: ODataServer[] = []
  beforeAll(async () => {
    door = await openDoor({ environment: { TRIBUTARY_LOG_LEVEL: 'silent' } })
  })
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await door.stop()
  })

  const registered = async (slug: string, names: readonly string[], nullable: boolean, behaviour: Behaviour = { select: 'refuse' }): Promise<void> => {
    const server = await startODataServer({ sets: served(names), behaviour })
    servers.push(server)
    door.catalog.put(serviceExposure(endpointOf(slug, server.url, csdlOf(declared(nullable), 'Test'))))
  }
  const asked = async (path: string): Promise<{ readonly status: number; readonly body: { readonly error?: { readonly code: string; readonly message: string }; readonly value?: readonly Row[] } }> => {
    const response = await door.get(`/odata/${path}`)
    return { status: response.status, body: (await response.json()) as Awaited<ReturnType<typeof asked>>['body'] }
  }

  it.each([['refuse'], ['ignore'], ['honour']] as const)('is told of by name, not read as null, where nulls are written and $select is told to %s', async (select) => {
    await registered(`nulls-${select}`, ['Note'], true, { select })
    const { status, body } = await asked(`nulls-${select}/Things?$select=ID,Name&$filter=ID gt 1&$orderby=Name`)
    const whole = await asked(`nulls-${select}/Things?$select=ID,Name,Note&$filter=contains(Note,'o') or ID gt 0`)
    expect([body.error?.code, whole.body.error?.code]).toEqual(['HUB_SOURCE_CHANGED', 'HUB_SOURCE_CHANGED'])
    expect(status).toBe(502)
    expect(whole.body.error?.message).toContain('no Name any more')
  })

  it('is told of where it is never null, though no null was ever seen', async () => {
    await registered('required', [], false)
    expect((await asked("required/Things?$filter=Name ne 'x'")).body.error?.code).toBe('HUB_SOURCE_CHANGED')
  })

  it('is null where the source may leave out nulls', async () => {
    await registered('omitting', [], true)
    const { status, body } = await asked('omitting/Things?$select=ID,Name&$filter=ID gt 1')
    expect(status).toBe(200)
    expect(body.value).toEqual(rows.slice(1).map(({ ID }) => ({ ID, Name: null })))
  })

  it('is no fault of sets without rows', async () => {
    await registered('empty', ['Note'], false)
    expect(await asked('empty/Things?$filter=ID gt 99')).toMatchObject({ status: 200, body: { value: [] } })
  })

  it('is told of where another answer of the source showed that it writes nulls', async () => {
    await registered('known', ['Note'], true)
    await door.plane.prober.probe('known')
    expect((await asked('known/Things?$select=ID,Name&$filter=ID eq 2')).body.error?.code).toBe('HUB_SOURCE_CHANGED')
  })
})
