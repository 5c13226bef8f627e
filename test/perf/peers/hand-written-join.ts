import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'

/**
 * What a good programmer would write for one join: orders page by page, their customers by batches of keys, a Map, JSON.
 * `node hand-written-join.js <orders root> <customers root>`; `GET /?top=1000` answers the joined orders.
 */
const [ordersRoot = '', customersRoot = ''] = process.argv.slice(2)
const batchKeys = 100
const lanes = 8

interface Page {
  readonly value: readonly Record<string, unknown>[]
  readonly '@odata.nextLink'?: string
}

const pools = new Map([ordersRoot, customersRoot].map((root) => [new URL(root).origin, new Pool(new URL(root).origin, { connections: lanes })]))

async function read(url: string): Promise<Page> {
  const { origin } = new URL(url)
  const { body } = (await pools.get(origin)?.request({ method: 'GET', path: url.slice(origin.length), headers: { accept: 'application/json;IEEE754Compatible=true' } })) ?? {}
  return (await body?.json()) as Page
}

async function orders(top: number): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  for (let next: string | undefined = `${ordersRoot}Orders?$top=${top}`; next !== undefined;) {
    const page: Page = await read(next)
    rows.push(...page.value)
    next = page['@odata.nextLink']
  }
  return rows
}

async function customers(keys: readonly string[]): Promise<ReadonlyMap<unknown, unknown>> {
  const found = new Map<unknown, unknown>()
  const batches = Array.from({ length: Math.ceil(keys.length / batchKeys) }, (_, index) => keys.slice(index * batchKeys, (index + 1) * batchKeys))
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const filter = `CustomerID in (${batch.map((key) => `'${key}'`).join(',')})`
      const page = await read(`${customersRoot}Customers?$filter=${encodeURIComponent(filter)}&$select=CustomerID,CompanyName,Country`)
      for (const row of page.value) found.set(row['CustomerID'], row)
    }
  }
  await Promise.all(Array.from({ length: lanes }, work))
  return found
}

async function joined(top: number): Promise<string> {
  const rows = await orders(top)
  const keys = [...new Set(rows.map((row) => row['CustomerID']))].filter((key) => typeof key === 'string')
  const byKey = await customers(keys)
  for (const row of rows) row['Customer'] = byKey.get(row['CustomerID']) ?? null
  return JSON.stringify({ value: rows })
}

const server = createServer((request, response) => {
  const top = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('top') ?? 1000)
  void joined(top).then((text) => response.writeHead(200, { 'content-type': 'application/json' }).end(text), (error: unknown) => response.destroy(error instanceof Error ? error : undefined))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
process.on('SIGTERM', () => process.exit(0))
