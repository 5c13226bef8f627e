import { customersAndOrders, startODataServer, type ODataServer, type ServedSets } from '../../../test/harness/odata-server.js'
import { csdlOf } from '../../../test/harness/odata-server-contract.js'
import { openDoor, type DataDoor, type KeptObservations } from './data-door.js'
import { endpointOf, serviceExposure } from './exposures.js'

const { Customers, Orders } = customersAndOrders(30, 60)
const sets: ServedSets = Object.fromEntries(['A', 'B', 'C', 'D'].map((name) => [name, { ...(name === 'A' ? Customers : Orders) as NonNullable<typeof Orders>, entityType: `${name}Type` }]))

const planOf = async (door: DataDoor, path: string): Promise<string> => String((await door.json(`${path}${path.includes('?') ? '&' : '?'}explain=plan`))['text'])

describe('what remotes honour', () => {
  let server: ODataServer
  const doors: DataDoor[] = []
  const openOver = async (observations?: KeptObservations): Promise<DataDoor> => {
    const door = await openDoor(observations === undefined ? {} : { observations })
    doors.push(door)
    door.catalog.put(serviceExposure(endpointOf('erp', server.url, csdlOf(sets, 'Test'))))
    return door
  }
  const askedSets = (): ReadonlySet<string> => new Set(server.requests.map(({ url }) => /\/odata\/(\w+)/.exec(url)?.[1] ?? ''))

  beforeEach(async () => {
    server = await startODataServer({ sets })
  })
  afterEach(async () => {
    await Promise.all(doors.splice(0).map((door) => door.stop()))
    await server.stop()
  })

  it('is found out at registration for three sets with at most 20 requests, and kept', async () => {
    const door = await openOver()
    expect(await planOf(door, '/odata/erp/B?$orderby=Quantity&$top=2')).toContain('Sort')
    await door.plane.prober.probe('erp')
    expect(server.requests.length).toBeGreaterThan(0)
    expect(server.requests.length).toBeLessThanOrEqual(20)
    expect([...askedSets()].toSorted()).toEqual(['A', 'B', 'C'])
    await door.plane.settle()
    expect(door.observations.kept).toEqual(expect.arrayContaining([expect.objectContaining({ endpoint: 'erp', entitySet: 'A', origin: 'probed' })]))
  })

  it('is known at once to a process that starts later', async () => {
    const first = await openOver()
    await first.plane.prober.probe('erp', ['B'])
    await first.plane.settle()
    const path = '/odata/erp/B?$orderby=OrderID&$top=2'
    expect(await planOf(first, path)).not.toContain('Sort')
    const sent = server.requests.length
    expect(await planOf(await openOver(first.observations), path)).toBe(await planOf(first, path))
    expect(server.requests.length).toBe(sent)
  })

  it('is found out on first use only after the answer has ended, and once', async () => {
    const door = await openOver()
    server.behave({ latencyMs: 30 })
    const body = await door.json('/odata/erp/D?$top=5', { 'accept-encoding': 'identity' })
    const duringAnswer = server.requests.length
    expect((body['value'] as unknown[]).length).toBe(5)
    while (server.requests.length === duringAnswer) await new Promise((resolve) => setTimeout(resolve, 10))
    server.behave({})
    for (let before = -1; before !== server.requests.length;) {
      before = server.requests.length
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    expect([...askedSets()]).toEqual(['D'])
    expect(duringAnswer).toBe(1)
    const settled = server.requests.length
    await door.json('/odata/erp/D?$top=5')
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(server.requests.length).toBe(settled + 1)
  })

  it('slowly is asked again on first use, with more time than a registration can wait', async () => {
    const door = await openOver()
    server.behave({ latencyMs: 1_700 })
    await door.plane.prober.probe('erp', ['A', 'B'])
    const path = '/odata/erp/A?$orderby=CustomerID&$top=2'
    expect(await planOf(door, path)).toContain('Sort')
    server.behave({})
    await door.json('/odata/erp/A?$top=5')
    while ((await planOf(door, path)).includes('Sort')) await new Promise((resolve) => setTimeout(resolve, 50))
  }, 30_000)

  it('that is gone stays unknown, and fails nothing', async () => {
    const door = await openOver()
    await server.stop()
    await expect(door.plane.prober.probe('erp')).resolves.toBeUndefined()
    await expect(door.plane.prober.probe('nothing')).resolves.toBeUndefined()
    server = await startODataServer({ sets })
  })
})
