import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serviceExposure } from '@tributary/catalog'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

const contract = `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="Shelf" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EntityType Name="Person"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/><NavigationProperty Name="Items" Type="Collection(Shelf.Item)"/></EntityType>
  <EntityType Name="Item"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
  <EntityContainer Name="C"><EntitySet Name="People" EntityType="Shelf.Person"><NavigationPropertyBinding Path="Items" Target="Items"/></EntitySet><EntitySet Name="Items" EntityType="Shelf.Item"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`

/** How a service writes the link to its second page, and what it says of its context. */
interface Way {
  readonly link: (path: string) => string
  readonly context?: (path: string, root: string) => string
}

const last = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const up = (path: string): string => '../'.repeat(path.split('/').length - 1)

const ways: Readonly<Record<string, Way>> = {
  'relative to a relative context at the root': { link: (path) => `${path}?$skiptoken=2`, context: (path) => `${up(path)}$metadata#Items` },
  'relative to an absolute context': { link: (path) => `${path}?$skiptoken=2`, context: (_, root) => `${root}$metadata#Items` },
  'relative to a context behind another address': { link: (path) => `${path}?$skiptoken=2`, context: () => 'http://inside.example/shelf/$metadata#Items' },
  'relative to the root, beside a context that forgets where it is': { link: (path) => `${path}?$skiptoken=2`, context: () => '$metadata#Items' },
  'relative to the root, without a context': { link: (path) => `${path}?$skiptoken=2` },
  'relative to the request': { link: (path) => `${last(path)}?$skiptoken=2`, context: (path) => `${up(path)}$metadata#Items` },
  'options alone': { link: () => '?$skiptoken=2', context: (path) => `${up(path)}$metadata#Items` },
  'relative to the origin': { link: (path) => `/shelf/${path}?$skiptoken=2`, context: (path) => `${up(path)}$metadata#Items` },
  'in another spelling': { link: (path) => `${path.replace('(', '%28').replace(')', '%29')}?%24skiptoken=2`, context: (path) => `${up(path)}$metadata#Items` },
}

describe('a next link', () => {
  let door: DataDoor
  let way: Way = { link: () => '' }
  const server = createServer(({ url = '' }, response) => {
    const [path = '', query = ''] = decodeURIComponent(url).slice('/shelf/'.length).split('?')
    const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/shelf/`
    const answer = (body: unknown) => void response.writeHead(200, { 'content-type': 'application/json', 'odata-version': '4.0' }).end(JSON.stringify(body))
    const context = way.context === undefined ? {} : { '@odata.context': way.context(path, root) }
    if (path === 'People') return answer({ ...context, value: query.includes('skiptoken') ? [{ ID: 8 }] : [{ ID: 7 }], ...(query.includes('skiptoken') ? {} : { '@odata.nextLink': way.link(path) }) })
    if (!/^(?:People\(\d\)\/)?Items$/.test(path)) return void response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"code":"x","message":"no such path"}}')
    // Another path than the first page's gives other rows, as it would at any service.
    const first = path === 'Items' ? 100 : Number(path[7]) * 10
    if (query.includes('skiptoken')) return answer({ ...context, value: [{ ID: first + 2 }] })
    answer({ ...context, 'value': [{ ID: first }, { ID: first + 1 }], '@odata.nextLink': way.link(path) })
  })

  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    door = await openDoor()
    door.catalog.put(serviceExposure({ slug: 'shelf', name: 'Shelf', revision: 1 }, endpointOf('shelf', `http://127.0.0.1:${(server.address() as AddressInfo).port}/shelf/`, contract)))
  })
  afterAll(async () => {
    await door.stop()
    server.closeAllConnections()
    server.close()
  })

  const idsOf = async (path: string) => ((await (await door.get(`/odata/shelf/${path}`)).json()) as { readonly value: readonly { readonly ID: number; readonly Items?: readonly { readonly ID: number }[] }[] }).value

  it.each(Object.keys(ways))('is followed where it leads: %s', async (name) => {
    way = ways[name] ?? way
    expect((await idsOf('Items')).map(({ ID }) => ID)).toEqual([100, 101, 102])
    expect((await idsOf('People(7)/Items')).map(({ ID }) => ID)).toEqual([70, 71, 72])
    expect((await idsOf('People?$expand=Items')).map(({ ID, Items }) => [ID, Items?.map((one) => one.ID)])).toEqual([[7, [70, 71, 72]], [8, [80, 81, 82]]])
  })
})
