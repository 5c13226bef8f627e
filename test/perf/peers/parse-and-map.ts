import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'

/**
 * What a good programmer would write for one grouped join: both sides read whole, with the columns it takes, JSON.parse and a Map. Sums are
 * integers of thousandths, so that they can be compared. `node parse-and-map.js <orders root> <customers root>`; `GET /` answers the groups.
 */
const [ordersRoot = '', customersRoot = ''] = process.argv.slice(2)
const pools = new Map([ordersRoot, customersRoot].map((root) => [new URL(root).origin, new Pool(new URL(root).origin, { connections: 8 })]))

interface Page {
  readonly value: readonly Readonly<Record<string, unknown>>[]
  readonly '@odata.nextLink'?: string
}

async function* pages(first: string): AsyncGenerator<Page['value']> {
  const headers = { accept: 'application/json;odata.metadata=minimal;IEEE754Compatible=true', prefer: 'maxpagesize=1000' }
  const read = async (url: string): Promise<string> => {
    const { origin } = new URL(url)
    const answer = await pools.get(origin)?.request({ method: 'GET', path: url.slice(origin.length), headers })
    return (await answer?.body.text()) ?? ''
  }
  // The next page is on its way while this one is looked at.
  for (let ahead: Promise<string> | undefined = read(first); ahead !== undefined;) {
    const page = JSON.parse(await ahead) as Page
    const link = page['@odata.nextLink']
    ahead = link === undefined ? undefined : read(link)
    yield page.value
  }
}

async function groups(): Promise<string> {
  const countries = new Map<unknown, unknown>()
  for await (const rows of pages(`${customersRoot}Customers?$select=CustomerID,Country`)) for (const { CustomerID, Country } of rows) countries.set(CustomerID, Country)
  const found = new Map<unknown, { count: number; thousandths: number }>()
  for await (const rows of pages(`${ordersRoot}Orders?$select=CustomerID,Freight`)) {
    for (const { CustomerID, Freight } of rows) {
      const country = countries.get(CustomerID) ?? null
      let group = found.get(country)
      if (group === undefined) found.set(country, (group = { count: 0, thousandths: 0 }))
      group.count += 1
      if (Freight !== null) group.thousandths += Math.round(Number(Freight) * 1000)
    }
  }
  return JSON.stringify({ value: [...found].map(([Country, { count, thousandths }]) => ({ Country, Count: count, Thousandths: thousandths })) })
}

const server = createServer((_, response) => {
  void groups().then((body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body), (error: unknown) => response.destroy(error as Error))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
process.on('SIGTERM', () => process.exit(0))
