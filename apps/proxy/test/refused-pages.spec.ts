import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serviceExposure } from '@tributary/catalog'
import { endpointOf } from './exposures.js'
import { openDoor, type DataDoor } from './data-door.js'

const contract = `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="Shelf" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EntityType Name="Person"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/><NavigationProperty Name="Items" Type="Collection(Shelf.Item)"/></EntityType>
  <EntityType Name="Item"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="Name" Type="Edm.String"/></EntityType>
  <EntityContainer Name="C"><EntitySet Name="People" EntityType="Shelf.Person"><NavigationPropertyBinding Path="Items" Target="Items"/></EntitySet><EntitySet Name="Items" EntityType="Shelf.Item"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`

describe('a source whose second page cannot be read', () => {
  let door: DataDoor
  let asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const wanted = decodeURIComponent(url)
    const answer = (status: number, body: unknown) => void response.writeHead(status, { 'content-type': 'application/json', 'odata-version': '4.0' }).end(JSON.stringify(body))
    if (wanted.includes('skiptoken')) return answer(400, { error: { code: 'x', message: 'no such path' } })
    if (wanted.includes('/Items')) return answer(200, { 'value': [{ ID: 1, Name: 'a' }, { ID: 2, Name: 'b' }], '@odata.nextLink': `${url.split('?')[0] ?? ''}?$skiptoken=2` })
    return answer(200, { value: [{ ID: 1 }] })
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

  it.each(['People(1)/Items?$select=Name', 'People?$expand=Items($select=Name)', 'People?$filter=Items/any(i:i/Name eq \'a\')', 'People(1)/Items?$filter=Name ne null&$orderby=Name&$top=1&$count=true'])('is told so, and not asked for ever: %s', async (path) => {
    asked = []
    const response = await door.get(`/odata/shelf/${path}`)
    const { error } = await response.json() as { readonly error: { readonly code: string; readonly message: string } }
    expect([response.status, error.message]).toEqual([expect.any(Number), expect.stringContaining('shelf')])
    expect(response.status).toBeGreaterThanOrEqual(500)
    expect(asked.length).toBeLessThan(30)
  })
})
