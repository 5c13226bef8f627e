import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../../test/harness/running.js'
import type { Behaviour, ODataServer } from '../../../test/harness/odata-server.js'
import { openShop, type Shop } from './shop.js'

/** One way to be answered, and where it is when the client leaves. */
interface Way {
  readonly path: string
  readonly body?: string
  readonly crm?: Behaviour
  readonly erp?: Behaviour
  /** Whose requests are under way then. */
  readonly at: 'crm' | 'erp'
  /** How many of them. */
  readonly under?: number
}

const paged: Behaviour = { pageSize: 40, maxpagesize: 'ignore' }
const batch = ['--b', 'Content-Type: application/http', '', 'GET Orders?$expand=Customer HTTP/1.1', '', '', '--b--', ''].join('\r\n')

const ways: Readonly<Record<string, Way>> = {
  'bytes passed through': { path: '/odata/erp/Orders?$top=400', at: 'erp', erp: { fault: 'hang' } },
  'a page': { path: '/odata/erp/Orders', at: 'erp', erp: { fault: 'hang' } },
  'pages read side by side': { path: '/odata/erp/Orders', at: 'erp', erp: { ...paged, fault: 'hang', faultFromPage: 1 } },
  'keys of a join': { path: '/odata/shop/Orders?$expand=Customer', at: 'crm', crm: { in: 'refuse', fault: 'hang' }, under: 1 },
  'keys of a join, several reads at a time': { path: '/odata/shop/Orders?$expand=Customer', at: 'crm', crm: { in: 'refuse', batch: 'honour', fault: 'hang' } },
  'the selective side of a filter': { path: "/odata/shop/Orders?$filter=Customer/Country%20eq%20'Germany'", at: 'crm', crm: { fault: 'hang' } },
  'a count': { path: '/odata/shop/Orders/$count?$filter=Customer/Country%20ne%20null', at: 'crm', crm: { fault: 'hang' } },
  'a table': { path: '/odata/shop/Orders?$expand=Customer&$format=csv', at: 'crm', crm: { fault: 'hang' } },
  'a request of a batch': { path: '/odata/shop/$batch', body: batch, at: 'crm', crm: { fault: 'hang' } },
  'a sort on the embedded engine': { path: '/odata/erp/Orders?$orderby=ShipName', at: 'erp', erp: { ...paged, orderby: 'refuse', fault: 'hang', faultFromPage: 5 } },
  'groups on the embedded engine': { path: '/odata/shop/Orders?$apply=groupby((Customer/Country),aggregate($count%20as%20N))', at: 'crm', crm: { fault: 'hang' } },
}

describe('a client that leaves', () => {
  let spool: string
  let shop: Shop | undefined
  beforeAll(async () => {
    spool = await mkdtemp(join(tmpdir(), 'tributary-left-'))
  })
  afterAll(() => rm(spool, { recursive: true }))
  afterEach(async () => {
    await shop?.stop()
    shop = undefined
  })

  it.each(Object.entries(ways))('ends what its sources are doing for it: %s', async (_, { path, body, crm = {}, erp = {}, at }) => {
    shop = await openShop({ environment: { TRIBUTARY_SPOOL_DIR: spool, TRIBUTARY_ENGINE_FROM_ROWS: '60' } })
    for (const slug of ['crm', 'erp']) await shop.door.plane.prober.probe(slug)
    shop.crm.behave(crm)
    shop.erp.behave(erp)
    const asked: ODataServer = at === 'crm' ? shop.crm : shop.erp
    const before = { requests: asked.requests.length, cancelled: asked.cancelled.length }
    const call = request(`${shop.door.origin}${path}`, { method: body === undefined ? 'GET' : 'POST', headers: body === undefined ? {} : { 'content-type': 'multipart/mixed;boundary=b' } })
    call.on('error', () => undefined).on('response', (response) => response.resume().on('error', () => undefined)).end(body)
    const hung = await until('A request under way', () => (asked.requests.length > before.requests && asked.inFlight().now > 0 ? asked.requests.at(-1) : undefined))
    // Nothing hangs but what the server was told to leave unanswered.
    await new Promise((resolve) => setTimeout(resolve, 30))
    call.destroy()
    await until('Its cancellation', () => (asked.inFlight().now === 0 && asked.cancelled.length > before.cancelled ? true : undefined))
    const sent = asked.requests.length
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect([hung === undefined, asked.requests.length - sent, asked.inFlight().now]).toEqual([false, 0, 0])
    expect(shop.door.plane.embedded?.engine.spooledBytes()).toBe(0)
  })
})
