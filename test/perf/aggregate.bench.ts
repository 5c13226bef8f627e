import { atMost, clientOf, cpuMs, jsonOf, median, megabytes, requireSame, round, type BenchResult, type Client } from './measure.js'
import { openStage, putJoin, register, type Peer, type Stage } from './stage.js'
import type { RunningHub } from '../harness/hub.js'

const orders = 1_000_000
const customers = 100_000
const rounds = 5
const path = '/odata/joined/Orders?$apply=groupby((Customer/Country),aggregate($count%20as%20Count,Freight%20with%20sum%20as%20Total))'

/** Grouping a join of two sources too large for memory: against the same by JSON.parse and a Map, which holds what it can. */
export async function bench(): Promise<BenchResult[]> {
  const stage = openStage()
  try {
    return await grouped(stage)
  } finally {
    await stage.strike()
  }
}

async function grouped(stage: Stage): Promise<BenchResult[]> {
  const size = { customers, orders, pageRows: 1_000 }
  const [erp, crm] = [await stage.source({ ...size, set: 'Orders', namespace: 'Erp' }), await stage.source({ ...size, set: 'Customers', namespace: 'Crm' })]
  const script = await stage.peer('parse-and-map', [erp.url, crm.url])
  const results: BenchResult[] = []
  for (const megabytesOfEngine of [512, 200]) {
    const hub = await stage.hub({ TRIBUTARY_PAGE_ROWS: '0', TRIBUTARY_ENGINE_MEMORY_MB: String(megabytesOfEngine) })
    await register(hub, 'erp', erp.url)
    await register(hub, 'crm', crm.url)
    await putJoin(hub, 'joined', { orders: 'erp', customers: 'crm' })
    results.push(...(await compared(hub, script, megabytesOfEngine)))
    await hub.stop()
  }
  return results
}

async function compared(hub: RunningHub, script: Peer, megabytesOfEngine: number): Promise<BenchResult[]> {
  const [mine, peer] = [clientOf(hub.origin), clientOf(script.origin)]
  requireSame('w7', groupsOf(await answered(mine, path)), groupsOf(await answered(peer, '/')))
  const tiers = JSON.parse((await mine.get(`${path}&explain=analyze`)).body.toString()) as { readonly tiers: readonly { readonly tier: string }[] }
  if (!tiers.tiers.some(({ tier }) => tier === 'embedded engine')) throw new Error(`w7: ${JSON.stringify(tiers.tiers)}`)
  hub.resetPeak()
  const idle = hub.residentBytes()
  const times = { hub: [] as number[], script: [] as number[] }
  for (let turn = 0; turn < rounds; turn += 1) {
    times.hub.push(await cpuOf(hub.process.pid, mine, path))
    times.script.push(await cpuOf(script.running.process.pid, peer, '/'))
  }
  await Promise.all([mine.close(), peer.close()])
  const [ours, theirs] = [median(times.hub), median(times.script)]
  const name = `w7 groups of ${orders / 1e6},000,000 × ${customers / 1000},000 joined, engine ${megabytesOfEngine} MB`
  return [atMost(0.7, {
    name, measure: 'CPU / CPU of JSON.parse + Map', value: ours / theirs,
    note: `${round(ours / 1000)} s against ${round(theirs / 1000)} s, both with reading; peak RSS ${megabytes(hub.peakBytes() - idle)} MB over idle`,
  })]
}

const answered = async (client: Client, address: string): Promise<readonly Readonly<Record<string, unknown>>[]> => jsonOf(await client.get(address, { accept: 'application/json;IEEE754Compatible=true' })).value

async function cpuOf(pid: number | undefined, client: Client, address: string): Promise<number> {
  const before = cpuMs(pid)
  await answered(client, address)
  return cpuMs(pid) - before
}

/** Country, count and thousandths, in one order. */
const groupsOf = (rows: readonly Readonly<Record<string, unknown>>[]): string => JSON.stringify(rows.map(({ Customer, Country, Count, Total, Thousandths }) => [
  Country ?? (Customer as { readonly Country: unknown } | null | undefined)?.Country ?? null, Number(Count), Thousandths ?? Math.round(Number(Total) * 1000),
]).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)))
