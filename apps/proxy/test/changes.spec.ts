import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serviceExposure } from '@tributary/catalog'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

type Json = Readonly<Record<string, unknown>>

const contract = `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="Log" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EntityType Name="Item"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="Amount" Type="Edm.Int64"/></EntityType>
  <EntityContainer Name="Container">
    <EntitySet Name="Items" EntityType="Log.Item"><Annotation Term="Org.OData.Capabilities.V1.ChangeTracking"><Record><PropertyValue Property="Supported" Bool="true"/></Record></Annotation></EntitySet>
    <EntitySet Name="Others" EntityType="Log.Item"/>
  </EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`

/** A service that tells what changed since; its first page leads to a second, that to the changes. */
function changesOf(root: string, url: URL): Json | undefined {
  const context = `${root}$metadata#Items`
  switch (url.searchParams.get('$skiptoken') ?? url.searchParams.get('$deltatoken')) {
    case null: return { '@odata.context': context, 'value': [{ ID: 1, Amount: 2 ** 53 }], '@odata.nextLink': `${root}Items?$skiptoken=p2` }
    case 'p2': return { '@odata.context': context, 'value': [{ ID: 2, Amount: 5 }], '@odata.deltaLink': 'Items?$deltatoken=d1&session=7' }
    case 'd1': return {
      '@odata.context': `${context}/$delta`,
      'value': [{ ID: 3, Amount: 1 }, { '@odata.context': `${context}/$deletedEntity`, 'id': `${root}Items(1)`, 'reason': 'deleted' }],
      '@odata.deltaLink': `${root}Items?$deltatoken=${url.searchParams.get('session') === '7' ? 'd2' : 'lost'}`,
    }
    case 'd2': return { '@odata.context': `${context}/$delta`, 'value': [], '@odata.deltaLink': 'http://elsewhere.example/Items?$deltatoken=d3' }
    default: return undefined
  }
}

describe('changes since an earlier answer', () => {
  const requests: IncomingMessage[] = []
  let applies = true
  let root = ''
  let door: DataDoor
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request)
    const url = new URL(request.url ?? '/', root)
    const tracked = url.pathname.endsWith('/Items') && (url.search !== '' || request.headers.prefer?.includes('track-changes') === true)
    const body = tracked ? changesOf(root, url) : { '@odata.context': `${root}$metadata#Others`, 'value': [{ ID: 9, Amount: 9 }] }
    const applied: Record<string, string> = tracked && applies && request.headers.prefer?.includes('track-changes') === true ? { 'preference-applied': 'odata.track-changes' } : {}
    response.writeHead(body === undefined ? 410 : 200, { 'content-type': 'application/json', 'odata-version': '4.0', ...applied })
    // Exact numbers are written as they are.
    response.end(JSON.stringify(body ?? { error: { code: 'Gone', message: 'too long ago' } }).replace('9007199254740992', '9007199254740993'))
  }
  const server = createServer(answer)
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/log/`
    door = await openDoor()
    door.catalog.put(serviceExposure({ slug: 'log', name: 'Log', revision: 1 }, endpointOf('log', root, contract)))
  })
  afterAll(async () => {
    await door.stop()
    server.close()
  })
  beforeEach(() => {
    requests.length = 0
    applies = true
  })

  const track = { prefer: 'odata.track-changes' }
  const ask = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await door.get(path.startsWith('http') ? path : `/odata/log/${path}`, headers)
    const text = await response.text()
    return { response, text, body: JSON.parse(text) as Json }
  }

  it('are told by a source that tracks them, by links that are ours', async () => {
    const first = await ask('Items', { ...track, 'accept': 'application/json;IEEE754Compatible=true' })
    expect([first.response.status, first.response.headers.get('preference-applied'), first.body['value']]).toEqual([200, 'odata.track-changes', [{ ID: 1, Amount: '9007199254740993' }]])
    expect(first.body['@odata.nextLink']).toMatch(new RegExp(`^${door.origin}/odata/log/Items\\?\\$deltatoken=[\\w-]+$`))
    const second = await ask(String(first.body['@odata.nextLink']))
    expect(second.body['value']).toEqual([{ ID: 2, Amount: 5 }])
    const changes = await ask(String(second.body['@odata.deltaLink']))
    expect(changes.body).toMatchObject({
      '@odata.context': `${door.origin}/odata/log/$metadata#Items/$delta`,
      'value': [{ ID: 3, Amount: 1 }, { '@odata.context': `${door.origin}/odata/log/$metadata#Items/$deletedEntity`, 'id': `${door.origin}/odata/log/Items(1)`, 'reason': 'deleted' }],
    })
    expect(requests.map(({ url }) => url)).toEqual(['/log/Items', '/log/Items?$skiptoken=p2', '/log/Items?$deltatoken=d1&session=7'])
    expect(`${first.text}${second.text}${changes.text}`).not.toContain(root)
    const elsewhere = await ask(String(changes.body['@odata.deltaLink']))
    expect([elsewhere.response.status, (elsewhere.body['error'] as Json)['code']]).toEqual([502, 'HUB_SOURCE_LINK_REFUSED'])
  })

  it('are asked for by links of this very set only', async () => {
    const first = await ask('Items', track)
    const token = String(first.body['@odata.nextLink']).split('=')[1] ?? ''
    for (const path of [`Items?$deltatoken=AA${token}`, 'Items?$deltatoken=d1']) expect((await ask(path)).response.status).toBe(410)
    expect((await ask(`Others?$deltatoken=${token}`)).response.status).toBe(501)
    expect((await ask(`Items?$skiptoken=${token}`)).response.status).toBe(410)
  })

  it('are not asked for where the source does not track, which the client learns', async () => {
    const others = await ask('Others', track)
    expect([others.response.status, others.response.headers.get('preference-applied'), others.body['value']]).toEqual([200, null, [{ ID: 9, Amount: 9 }]])
    expect(requests[0]?.headers.prefer ?? '').not.toContain('track-changes')
    applies = false
    const items = await ask('Items?$filter=ID eq 77', track)
    expect([items.response.status, items.response.headers.get('preference-applied'), items.body['@odata.deltaLink']]).toEqual([200, null, undefined])
  })
})
