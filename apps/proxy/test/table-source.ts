import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A source that answers paths as they stand in a table, whatever the options: nothing is proven of it, so that the hub does the rest. */
export interface TableSource {
  /** Service root, ends in `/`. */
  readonly url: string
  /** Paths below the root as they came, percent-decoded, without options. */
  readonly asked: string[]
  /** Options of the same requests, percent-decoded. */
  readonly queries: string[]
  stop(): Promise<void>
}

/** @param table path below the root, percent-decoded → what is answered there; undefined: 204. What is not in it is answered with 404. */
export async function startTableSource(table: Readonly<Record<string, unknown>>): Promise<TableSource> {
  const asked: string[] = []
  const queries: string[] = []
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').replace('/remote/', '').split('?').map(decodeURIComponent)
    asked.push(path)
    queries.push(query)
    if (!Object.hasOwn(table, path)) return response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"code":"404","message":"nothing is here"}}')
    const body = table[path]
    return body === undefined ? response.writeHead(204).end() : response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    asked, queries, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/remote/`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
