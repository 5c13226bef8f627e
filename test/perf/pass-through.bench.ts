import type { RunningHub } from '../harness/hub.js'
import { atMost, canonical, clientOf, cpuMs, interleaved, jsonOf, megabytes, requireSame, round, type BenchResult, type Client } from './measure.js'
import { openStage, register, type Peer, type Stage } from './stage.js'

const orders = { set: 'Orders', customers: 2_000, namespace: 'Shop' } as const
const page20 = '/Orders?$filter=Freight%20gt%20500&$select=OrderID,CustomerID,Freight&$orderby=OrderID&$top=20'
const page1000 = '/Orders?$top=1000'

/** What one source answers alone: against a plain reverse proxy, nginx, and nothing but node:http. */
export async function bench(): Promise<BenchResult[]> {
  const stage = openStage()
  try {
    const hub = await stage.hub()
    const source = await stage.source({ ...orders, orders: 5_000 })
    await register(hub, 'shop', source.url)
    await putRenamed(hub)
    const proxy = await stage.peer('http-proxy', [new URL(source.url).origin])
    const results = [await w0(stage, hub), ...(await pages(hub, proxy)), await w2r(hub, proxy)]
    return [...results, ...(await w9(stage))]
  } finally {
    await stage.strike()
  }
}

async function w0(stage: Stage, hub: RunningHub): Promise<BenchResult> {
  const path = '/odata/renamed/$metadata'
  const bare = await stage.peer('bare-http', [`${hub.origin}${path}`])
  const clients = { hub: clientOf(hub.origin), bare: clientOf(bare.origin) }
  const bytes = (await clients.hub.get(path)).body
  requireSame('w0', bytes.toString(), (await clients.bare.get(path)).body.toString())
  const cpu = { hub: 0, bare: 0 }
  const requests = 1_000
  for (let turn = -1; turn < 4; turn += 1) {
    for (const name of ['hub', 'bare'] as const) {
      const { process: { pid } } = name === 'hub' ? hub : bare.running
      const before = cpuMs(pid)
      for (let request = 0; request < requests; request += 1) await clients[name].get(path)
      if (turn >= 0) cpu[name] += cpuMs(pid) - before
    }
  }
  await Promise.all([clients.hub.close(), clients.bare.close()])
  const perRequest = (ms: number): number => round(ms / requests / 4, 3)
  return atMost(1.1, {
    name: `w0 data route, ${round(bytes.length / 1024, 1)} KB from memory`, measure: 'CPU per request / bare node:http', value: cpu.hub / cpu.bare,
    note: `${perRequest(cpu.hub)} ms against ${perRequest(cpu.bare)} ms; the answer is a contract ($metadata)`,
  })
}

async function putRenamed(hub: RunningHub): Promise<void> {
  const answer = await hub.send('PUT', '/api/v1/products/renamed', {
    name: 'Renamed',
    // So that its contract is the 8 KB of w0.
    description: 'Orders under other names. '.repeat(110),
    entities: [{ name: 'Orders', service: 'shop', entitySet: 'Orders', select: ['OrderID', 'CustomerID', 'OrderDate', 'ShippedAt', 'Freight', 'ShipName', 'Quantity'], rename: { Freight: 'Cost', ShipName: 'Vessel' } }],
  })
  if (answer.status !== 201) throw new Error(`the product was not put: ${await answer.text()}`)
}

async function pages(hub: RunningHub, proxy: Peer): Promise<BenchResult[]> {
  return [
    await ratio(hub, proxy, { name: 'w1 20 rows, filter, select and order pushed', path: page20, most: 1.2, rounds: 30 }),
    await ratio(hub, proxy, { name: 'w2 1,000 rows', path: page1000, most: 1.2, rounds: 15 }),
  ]
}

interface Compared {
  readonly name: string
  readonly path: string
  readonly most: number
  readonly rounds: number
}

async function ratio(hub: RunningHub, proxy: Peer, { name, path, most, rounds }: Compared): Promise<BenchResult> {
  const [mine, plain] = [clientOf(hub.origin), clientOf(proxy.origin)]
  const [answer, reference] = [jsonOf(await mine.get(`/odata/shop${path}`)), await plain.get(`/odata${path}`)]
  requireSame(name, canonical(answer.value), canonical(jsonOf(reference).value))
  const times = await interleaved({ hub: timed(mine, `/odata/shop${path}`), proxy: timed(plain, `/odata${path}`) }, { rounds, block: 10 })
  await Promise.all([mine.close(), plain.close()])
  return atMost(most, { name: `${name} (${Math.round(reference.body.length / 1024)} KB)`, measure: "p50 / http-proxy's p50", value: times.hub / times.proxy, note: `${round(times.hub)} ms against ${round(times.proxy)} ms` })
}

async function w2r(hub: RunningHub, proxy: Peer): Promise<BenchResult> {
  const [mine, plain] = [clientOf(hub.origin), clientOf(proxy.origin)]
  const path = '/odata/renamed/Orders?$top=1000'
  const expected = jsonOf(await plain.get(`/odata${page1000}`)).value.map(({ Weight: _hidden, Freight, ShipName, ...row }) => ({ ...row, Cost: Freight, Vessel: ShipName }))
  requireSame('w2r', canonical(jsonOf(await mine.get(path)).value), canonical(expected))
  const times = await interleaved({ hub: timed(mine, path), proxy: timed(plain, `/odata${page1000}`) }, { rounds: 15, block: 10 })
  await Promise.all([mine.close(), plain.close()])
  return atMost(4, { name: 'w2r the same with two columns renamed and one hidden', measure: "p50 / http-proxy's p50", value: times.hub / times.proxy, note: `${round(times.hub)} ms against ${round(times.proxy)} ms` })
}

const timed = (client: Client, path: string) => async (): Promise<number> => (await client.get(path)).ms

/** About 200 MB in pages that the client asks for. */
async function w9(stage: Stage): Promise<BenchResult[]> {
  const source = await stage.source({ ...orders, orders: 20_000, repeat: 1 })
  const hub = await stage.hub()
  await register(hub, 'shop', source.url)
  const nginx = await stage.nginx(source.url)
  const pages = Array.from({ length: 180 }, (_, page) => `/Orders?$top=5000&$skip=${(page % 4) * 5_000}`)
  const paged = await readBy(hub, pages.map((path) => `/odata/shop${path}`))
  const results = [memoryOf('w9 200 MB page by page', paged)]
  if (nginx === undefined) return results
  const plain = await readAll(clientOf(nginx.origin), pages.map((path) => `/odata${path}`), nginx.running.process.pid)
  const proxy = await stage.peer('http-proxy', [new URL(source.url).origin])
  const piped = await readAll(clientOf(proxy.origin), pages.map((path) => `/odata${path}`), proxy.running.process.pid)
  for (const { rows } of [plain, piped]) if (paged.rows !== rows) throw new Error(`w9: ${paged.rows} rows against ${rows}`)
  return [perMegabyte('w9 200 MB page by page', { mine: paged, plain, piped }), ...results]
}

interface Read {
  readonly bytes: number
  readonly rows: number
  readonly cpu: number
}

interface HubRead extends Read {
  /** Peak over idle, MB. */
  readonly over: number
}

const memoryOf = (name: string, { over }: HubRead): BenchResult => atMost(64, { name, measure: 'peak RSS over idle, MB', value: over })

/** `piped`: through http-proxy, which pipes: less than that nothing on Node takes. */
function perMegabyte(name: string, { mine, plain, piped }: Readonly<Record<'mine' | 'plain' | 'piped', Read>>): BenchResult {
  const costOf = ({ cpu, bytes }: Read): number => cpu / megabytes(bytes)
  return atMost(2, {
    name, measure: 'CPU per MB / nginx with sub_filter', value: costOf(mine) / costOf(plain),
    note: `${round(costOf(mine))} ms against ${round(costOf(plain))} ms a MB; http-proxy, which only pipes, takes ${round(costOf(piped))} ms`,
  })
}

async function readBy(hub: RunningHub, paths: readonly string[]): Promise<HubRead> {
  const client = clientOf(hub.origin)
  for (let warm = 0; warm < 100; warm += 1) await client.get(`/odata/shop${page20}`)
  hub.resetPeak()
  const idle = hub.residentBytes()
  const read = await readAll(client, paths, hub.process.pid)
  return { ...read, over: megabytes(hub.peakBytes() - idle) }
}

/** Reads every path to its end and counts the rows by their keys; `cpu` is that of the process read from, in ms. */
async function readAll(client: Client, paths: readonly string[], pid: number | undefined): Promise<Read> {
  const before = cpuMs(pid)
  let [bytes, rows] = [0, 0]
  for (const path of paths) {
    let rest = ''
    await client.stream(path, (chunk) => {
      const text = rest + chunk.toString('latin1')
      bytes += chunk.length
      rows += text.split(mark).length - 1
      rest = text.slice(-(mark.length - 1))
    })
  }
  await client.close()
  return { bytes, rows, cpu: cpuMs(pid) - before }
}

/** Stands once in every row. */
const mark = '"OrderID":'
