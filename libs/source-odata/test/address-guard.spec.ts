import { capabilitiesOf } from '@tributary/source'
import { ODataSource, type AddressGuard } from '@tributary/source-odata'
import { customersAndOrders, startODataServer, type Behaviour, type ODataServer } from '../../../test/harness/odata-server.js'
import { targetOf, wantAll } from './served.js'

const sets = customersAndOrders(5, 50)
let server: ODataServer

beforeAll(async () => {
  server = await startODataServer({ sets })
})
afterAll(() => server.stop())
beforeEach(() => {
  server.behave({})
  server.requests.length = 0
})

const never: AddressGuard = { allows: () => false }

/** The rows a guarded source reads of the server, which is addressed as `host`. */
async function rowsBy(guard: AddressGuard, host: string, options: { readonly behaviour?: Behaviour; readonly allowedOrigins?: readonly string[] } = {}): Promise<number> {
  server.behave(options.behaviour ?? {})
  const source = new ODataSource({ guard })
  const target = { ...targetOf(server, sets, { allowedOrigins: options.allowedOrigins ?? [] }), url: server.url.replace('127.0.0.1', host) }
  let count = 0
  try {
    const scan = source.accept(wantAll(target, sets, 'Orders'), capabilitiesOf(new Map()))
    for await (const { page } of source.read(scan, { signal: new AbortController().signal, observe: () => undefined })) count += page.kind === 'bytes' ? page.offsets.length / 2 : page.rows.length
    return count
  } finally {
    await source.close()
  }
}

describe('an address that may not be connected to', () => {
  it.each([['written as an address', '127.0.0.1'], ['hidden behind a name', 'localhost'], ['written as a number', '2130706433']])('is refused before anything is sent: %s', async (_, host) => {
    await expect(rowsBy(never, host)).rejects.toMatchObject({ code: 'HUB_SOURCE_ADDRESS_REFUSED' })
    expect(server.requests).toEqual([])
  })

  it('is refused to the reader of contracts as well', async () => {
    const source = new ODataSource({ guard: never })
    const { model: _, ...target } = targetOf(server, sets)
    await expect(source.describe(target, new AbortController().signal)).rejects.toMatchObject({ code: 'HUB_SOURCE_ADDRESS_REFUSED' })
    await source.close()
    expect(server.requests).toEqual([])
  })

  it('is refused where a next link leads to it on an allowed origin', async () => {
    const elsewhere = await startODataServer({ sets })
    server.behave({})
    const guard: AddressGuard = { allows: (_, url) => !url.startsWith(elsewhere.url) }
    const guided = await startODataServer({ sets, elsewhere: elsewhere.url, behaviour: { fault: 'foreign-link', pageSize: 10 } })
    const source = new ODataSource({ guard })
    const target = targetOf(guided, sets, { allowedOrigins: [new URL(elsewhere.url).origin] })
    const read = async (): Promise<void> => {
      const scan = source.accept(wantAll(target, sets, 'Orders'), capabilitiesOf(new Map()))
      for await (const { page } of source.read(scan, { signal: new AbortController().signal, observe: () => undefined })) expect(page.kind).toBe('bytes')
    }
    await expect(read()).rejects.toMatchObject({ code: 'HUB_SOURCE_ADDRESS_REFUSED' })
    expect(elsewhere.requests).toEqual([])
    await source.close()
    await Promise.all([guided.stop(), elsewhere.stop()])
  })
})

describe('an address that may be connected to', () => {
  it('is told to the guard as the address itself, whatever its name', async () => {
    const asked: (readonly [string, string])[] = []
    const guard: AddressGuard = { allows: (address, url) => asked.push([address, new URL(url).host]) > 0 && address === '127.0.0.1' }
    expect(await rowsBy(guard, 'localhost')).toBe(50)
    const port = new URL(server.url).port
    expect(asked).toContainEqual(['127.0.0.1', `localhost:${port}`])
    expect(await rowsBy(guard, '127.0.0.1')).toBe(50)
  })
})
