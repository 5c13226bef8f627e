import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Nothing but node:http with one answer in memory, fetched from the address given: `node bare-http.js http://…/$metadata` */
const answer = await fetch(process.argv[2] ?? '', { headers: { accept: 'application/json' } })
const body = Buffer.from(await answer.arrayBuffer())
const headers = { 'content-type': answer.headers.get('content-type') ?? '', 'content-length': body.length }
const server = createServer((_request, response) => {
  response.writeHead(200, headers).end(body)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
process.on('SIGTERM', () => process.exit(0))
