import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HubResponse } from '@tributary/nest'

describe('a response with standing headers', () => {
  const answers: Readonly<Record<string, (response: HubResponse) => void>> = {
    '/object': (response) => response.writeHead(200, { 'content-type': 'text/plain', 'age': '3', 'left-out': undefined, 'set-cookie': ['a=1', 'b=2'] }).end('x'),
    '/list': (response) => response.writeHead(200, ['content-type', 'text/plain']).end('x'),
    '/reason': (response) => response.writeHead(201, 'Made', { 'content-type': 'text/plain' }).end('x'),
    '/bare': (response) => response.writeHead(204).end(),
    '/implicit': (response) => response.end('x'),
  }
  let server: Server
  let origin = ''

  beforeAll(async () => {
    server = createServer({ ServerResponse: HubResponse }, (request, response) => {
      response.stand('x-request-id', 'abc')
      response.stand('x-content-type-options', 'nosniff')
      answers[request.url ?? '']?.(response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterAll(() => server.close())

  it.each(Object.keys(answers))('sends them with %s', async (path) => {
    const { headers } = await fetch(`${origin}${path}`)
    expect([headers.get('x-request-id'), headers.get('x-content-type-options')]).toEqual(['abc', 'nosniff'])
  })

  it('keeps the headers that are given, each line of those with several, and the reason', async () => {
    const object = await fetch(`${origin}/object`)
    expect([object.headers.get('content-type'), object.headers.get('age'), object.headers.get('left-out'), object.headers.getSetCookie()]).toEqual(['text/plain', '3', null, ['a=1', 'b=2']])
    expect((await fetch(`${origin}/list`)).headers.get('content-type')).toBe('text/plain')
    const made = await fetch(`${origin}/reason`)
    expect([made.status, made.statusText, made.headers.get('content-type')]).toEqual([201, 'Made', 'text/plain'])
  })
})
