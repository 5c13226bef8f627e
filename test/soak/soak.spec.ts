import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openDoor, type DataDoor } from '../../apps/proxy/test/data-door.js'
import { endpointOf, productExposure, serviceExposure } from '../../apps/proxy/test/exposures.js'
import { customersAndOrders, randomOf, startODataServer, type ODataServer, type Row, type ServedSet, type ServedSets } from '../harness/odata-server.js'
import { csdlOf } from '../harness/odata-server-contract.js'
import { until } from '../harness/running.js'
import { troubleOf, type Trouble } from './trouble.js'
import { questionOf, type Question } from './workload.js'

/** As many as a build has time for; the whole of it is TRIBUTARY_SOAK_REQUESTS=10000. */
const requests = Number(process.env['TRIBUTARY_SOAK_REQUESTS'] ?? 400)
const seed = Number(process.env['TRIBUTARY_SOAK_SEED'] ?? 20_261_122)
const atATime = 8

const { Customers, Orders } = customersAndOrders(40, 200, seed) as { readonly Customers: ServedSet; readonly Orders: ServedSet }
const on = [{ from: 'CustomerID', to: 'CustomerID' }]

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heapBytes(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

const openFiles = (): number => readdirSync('/proc/self/fd').length
const openSockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length

interface Outcomes {
  right: number
  /** By code. */
  readonly named: Map<string, number>
  brokenOff: number
  gone: number
  readonly wrong: string[]
}

/** What is said of values is left out, but for the link to the next page. */
const withoutAnnotations = (text: string): Record<string, unknown> =>
  JSON.parse(text, (name, value: unknown) => (name.includes('@') && name !== '@odata.nextLink' ? undefined : value)) as Record<string, unknown>

/** Asks as clients do: pages are followed, some go away in the middle. */
async function ask(door: DataDoor, { path, expected, paged }: Question, leaves: boolean, outcomes: Outcomes): Promise<void> {
  const rows: unknown[] = []
  const leaving = new AbortController()
  try {
    for (let next: string | undefined = path; next !== undefined;) {
      const asked = door.get(next, paged === true ? { prefer: 'maxpagesize=64' } : {}, { signal: leaving.signal })
      if (leaves) setTimeout(() => leaving.abort(), 3)
      const response: Response = await asked
      const body = withoutAnnotations(await response.text())
      if (response.status !== 200) return noteError(path, response.status, body, outcomes)
      const { value, '@odata.nextLink': link, ...entity } = body
      if (Array.isArray(value)) rows.push(...(value as unknown[]))
      else rows.push(entity)
      next = link as string | undefined
    }
  } catch {
    // A client that left, or an answer that was broken off: never a well-formed one that is shorter.
    if (leaves) outcomes.gone += 1
    else outcomes.brokenOff += 1
    return
  }
  const found: unknown = Array.isArray(expected) ? rows : rows[0]
  if (JSON.stringify(found) === JSON.stringify(expected)) outcomes.right += 1
  else outcomes.wrong.push(`${path}: ${JSON.stringify(found).slice(0, 200)} instead of ${JSON.stringify(expected).slice(0, 200)}`)
}

const allowed = /^HUB_(?:SOURCE_|TOKEN_EXPIRED$)/

function noteError(path: string, status: number, body: Record<string, unknown>, { named, wrong }: Outcomes): void {
  const { code } = body['error'] as { readonly code: string }
  named.set(code, (named.get(code) ?? 0) + 1)
  if (!allowed.test(code) || status < 400) wrong.push(`${path}: ${status} ${JSON.stringify(body)}`)
}

async function soak(door: DataDoor, count: number, seeded: number): Promise<Outcomes> {
  const random = randomOf(seeded)
  const outcomes: Outcomes = { right: 0, named: new Map(), brokenOff: 0, gone: 0, wrong: [] }
  let left = count
  const client = async (): Promise<void> => {
    while (left-- > 0) await ask(door, questionOf({ orders: Orders.rows, customers: Customers.rows }, random), random() < 0.03, outcomes)
  }
  await Promise.all(Array.from({ length: atATime }, client))
  return outcomes
}

describe('sources that stall, drop, truncate, refuse and lie', () => {
  let crm: ODataServer
  let erp: ODataServer
  let door: DataDoor
  let trouble: Trouble

  beforeEach(async () => {
    trouble = troubleOf(seed)
    const behaviour = { pageSize: 60, maxpagesize: 'ignore' as const }
    crm = await startODataServer({ sets: { Customers }, namespace: 'Crm', behaviour, behaviourFor: trouble.next })
    erp = await startODataServer({ sets: { Orders }, namespace: 'Erp', behaviour, behaviourFor: trouble.next })
    door = await openDoor({ connection: { timeoutMs: 250 } })
    const [crmEndpoint, erpEndpoint] = [endpointOf('crm', crm.url, csdlOf({ Customers }, 'Crm')), endpointOf('erp', erp.url, csdlOf({ Orders }, 'Erp'))]
    const joined: ServedSets = {
      Customers: { ...Customers, navigation: [{ name: 'Orders', target: 'Orders', collection: true, partner: 'Customer' }] },
      Orders: { ...Orders, navigation: [{ name: 'Customer', target: 'Customers', collection: false, partner: 'Orders' }] },
    }
    door.catalog.put(serviceExposure(crmEndpoint))
    door.catalog.put(serviceExposure(erpEndpoint))
    door.catalog.put(productExposure('shop', csdlOf(joined, 'Shop'), {
      endpointOfSet: { Customers: crmEndpoint, Orders: erpEndpoint },
      relationships: [{ from: 'Orders', name: 'Customer', to: 'Customers', toMany: false, on }, { from: 'Customers', name: 'Orders', to: 'Orders', toMany: true, on }],
    }))
  })
  afterEach(async () => {
    await Promise.all([door.stop(), crm.stop(), erp.stop()])
  })

  it(`give the right rows or an error that names them, ${requests} times, and leave nothing behind`, async () => {
    const [files, sockets] = [openFiles(), openSockets()]
    const warm = await soak(door, Math.ceil(requests / 4), seed + 1)
    forget()
    const heap = heapBytes()
    const outcomes = await soak(door, requests - Math.ceil(requests / 4), seed + 2)
    forget()
    const grown = heapBytes() - heap
    await Promise.all([door.stop(), crm.stop(), erp.stop()])
    await until('The end of all connections', () => (openFiles() <= files && openSockets() <= sockets ? true : undefined), { told: () => `${openFiles()} files, ${openSockets()} sockets` })
    const told = {
      requests, right: warm.right + outcomes.right, brokenOff: warm.brokenOff + outcomes.brokenOff, gone: warm.gone + outcomes.gone,
      named: Object.fromEntries(outcomes.named), trouble: Object.fromEntries(trouble.counts), heapGrownMB: Math.round(grown / 1024 / 102.4) / 10,
      files: [files, openFiles()], sockets: [sockets, openSockets()],
    }
    if (process.env['TRIBUTARY_SOAK_REQUESTS'] !== undefined) process.stdout.write(`${JSON.stringify(told, undefined, 1)}\n`)
    expect([...warm.wrong, ...outcomes.wrong].slice(0, 5)).toEqual([])
    // It would prove nothing if hardly anything went right, or nothing went wrong.
    expect(told.right).toBeGreaterThan(requests / 3)
    expect(outcomes.named.size).toBeGreaterThan(2)
    expect(trouble.counts.size).toBeGreaterThan(10)
    expect(grown).toBeLessThan(12 * 1024 * 1024)
    await reopen()
  }, 900_000)

  /** What the test's own servers remember of every request. */
  function forget(): void {
    for (const kept of [crm.requests, erp.requests, crm.cancelled, erp.cancelled, door.log, door.observations.kept]) kept.length = 0
  }

  /** What `afterEach` stops. */
  async function reopen(): Promise<void> {
    crm = await startODataServer({ sets: { Customers } })
    erp = await startODataServer({ sets: { Orders } })
    door = await openDoor()
  }
})

describe('a source that changes while it is read', () => {
  it('gives rows that it had, or an error that names it', async () => {
    const random = randomOf(seed + 3)
    const first = Orders.rows
    const second: readonly Row[] = first.filter((_, index) => index % 17 !== 5)
    const changing: ServedSet = { ...Orders, get rows() { return random() < 0.5 ? first : second } }
    const server = await startODataServer({ sets: { Orders: changing }, namespace: 'Erp', behaviour: { pageSize: 40, maxpagesize: 'ignore' } })
    const door = await openDoor()
    try {
      door.catalog.put(serviceExposure(endpointOf('erp', server.url, csdlOf({ Orders }, 'Erp'))))
      const known = new Set(first.map(({ OrderID }) => OrderID))
      const strangers: unknown[] = []
      for (let asked = 0; asked < Math.max(40, requests / 25); asked += 1) {
        const response = await door.get('/odata/erp/Orders?$select=OrderID&$orderby=OrderID')
        const text = await response.text().catch(() => '')
        if (text === '') continue
        const body = JSON.parse(text) as { readonly value?: readonly { readonly OrderID: number }[]; readonly error?: { readonly code: string } }
        if (response.status !== 200 && body.error?.code.startsWith('HUB_SOURCE_') !== true) strangers.push(body.error)
        strangers.push(...(body.value ?? []).filter(({ OrderID }) => !known.has(OrderID)))
      }
      expect(strangers).toEqual([])
    } finally {
      await Promise.all([door.stop(), server.stop()])
    }
  }, 60_000)
})
