import { binary, column, decimalType, int32Type, literal, orderKey } from '@tributary/plan'
import { capabilitiesOf, type Capabilities, type Feature, type ForwardOptions, type ScanRequest, type Trust } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders, startODataServer, type ODataServer } from '../../../test/harness/odata-server.js'
import { columnsOfSet, targetOf, wantAll } from './served.js'

const sets = customersAndOrders(50, 2_500)
const source = new ODataSource()
let server: ODataServer

beforeAll(async () => {
  server = await startODataServer({ sets, behaviour: { pageSize: 1_000 } })
})
afterAll(async () => {
  await source.close()
  await server.stop()
})
beforeEach(() => {
  server.behave({ pageSize: 1_000 })
  server.requests.length = 0
})

/** Everything is exact but what is named. */
const exactBut = (...others: readonly (readonly [Feature, Trust])[]): Capabilities => {
  const trusts = new Map(others)
  return { ...capabilitiesOf(new Map()), fact: (feature) => ({ trust: trusts.get(feature) ?? 'exact', origin: 'probed', why: 'so the test says', since: new Date(0) }) }
}
const want = (wanted: Partial<ScanRequest> = {}): ScanRequest => wantAll(targetOf(server, sets), sets, 'Orders', wanted)
const options = (): ForwardOptions => ({ signal: new AbortController().signal, observe: () => undefined, ieee754: true, metadata: 'minimal' })

async function text(body: AsyncIterable<Buffer> | Buffer): Promise<string> {
  if (Buffer.isBuffer(body)) return body.toString('utf8')
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const filter = binary('gt', column(decimalType, 'Freight'), literal(decimalType, '500'))
const order = [orderKey(column(int32Type, 'OrderID'), true)]

describe('forwarding', () => {
  it.each<[string, Partial<ScanRequest>, Capabilities, boolean]>([
    ['all rows', {}, exactBut(), true],
    ['a filter, an order, a limit and a count', { filter, order, top: 3, skip: 1, count: true }, exactBut(), true],
    ['some columns', { columns: columnsOfSet(sets['Orders']!).slice(0, 2) }, exactBut(), true],
    ['some columns where $select is not proven', { columns: columnsOfSet(sets['Orders']!).slice(0, 2) }, exactBut(['select', 'inexact']), false],
    ['a filter that is only a superset', { filter }, exactBut(['filter:gt:Edm.Decimal', 'inexact']), false],
    ['a limit that stays with us', { top: 3 }, exactBut(['top', 'unsupported']), false],
    ['an order that stays with us', { order }, exactBut(['orderby', 'inexact']), false],
    ['a count that stays with us', { count: true }, exactBut(['count', 'inexact']), false],
    ['exact numbers that come as numbers', {}, exactBut(['ieee754', 'unsupported']), false],
    ['keys that are given later', { keys: columnsOfSet(sets['Orders']!).slice(0, 1) }, exactBut(), false],
  ])('is possible only where the remote alone gives the answer: %s', (_, wanted, able, possible) => {
    expect(source.forwardable(source.accept(want(wanted), able), able)).toBe(possible)
  })

  it('gives the bytes of the remote, and goes on from its next link', async () => {
    const accepted = source.accept(want({ filter }), exactBut())
    const first = await source.forward(accepted, options())
    const page = JSON.parse(await text(first.body)) as { readonly value: readonly unknown[]; readonly '@odata.nextLink': string }
    const direct = await (await fetch(new URL('Orders?$filter=Freight gt 500', server.url), { headers: { accept: 'application/json;IEEE754Compatible=true' } })).json() as typeof page
    expect(page.value).toEqual(direct.value)
    const second = await source.forward(accepted, { ...options(), nextLink: page['@odata.nextLink'] })
    const rest = (JSON.parse(await text(second.body)) as typeof page).value
    expect(page.value.length + rest.length).toBe(sets['Orders']?.rows.filter((row) => Number(row['Freight']) > 500).length)
  })

  it('gives bytes that are all there at once', async () => {
    const { body } = await source.forward(source.accept(want({ top: 2 }), exactBut()), options())
    expect(Buffer.isBuffer(body)).toBe(true)
    expect((JSON.parse(await text(body)) as { readonly value: readonly unknown[] }).value).toHaveLength(2)
    const large = await source.forward(source.accept(want(), exactBut()), options())
    expect(Buffer.isBuffer(large.body)).toBe(false)
    expect((JSON.parse(await text(large.body)) as { readonly value: readonly unknown[] }).value).toHaveLength(1_000)
  })

  it('asks as the consumer asked', async () => {
    await text((await source.forward(source.accept(want(), exactBut()), { ...options(), ieee754: false, metadata: 'none' })).body)
    expect(server.requests.at(-1)?.headers['accept']).toBe('application/json;odata.metadata=none')
  })

  it('never follows a link that leads elsewhere', async () => {
    await expect(source.forward(source.accept(want(), exactBut()), { ...options(), nextLink: 'http://127.0.0.1:9/Orders' })).rejects.toMatchObject({ code: 'HUB_SOURCE_LINK_REFUSED' })
  })

  it.each(['truncate', 'in-stream-error'] as const)('does not end well where the body does not: %s', async (fault) => {
    server.behave({ fault })
    const forwarded = source.forward(source.accept(want(), exactBut()), options())
    await expect(forwarded.then(({ body }) => text(body))).rejects.toMatchObject({ code: 'HUB_SOURCE_INVALID' })
  })

  it('refuses and fails as reading does', async () => {
    server.behave({ filter: 'refuse' })
    await expect(source.forward(source.accept(want({ filter }), exactBut()), options())).rejects.toMatchObject({ name: 'SourceRefused', status: 501 })
    server.behave({ fault: 'html' })
    await expect(source.forward(source.accept(want(), exactBut()), options())).rejects.toMatchObject({ code: 'HUB_SOURCE_INVALID' })
  })
})
