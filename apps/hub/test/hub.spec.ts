import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { greeting } from '../src/greeting.js'
import { adminToken, startHub, type StartedHub } from './started-hub.js'

const contract = `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Billing" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="Invoice"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="CustomerID" Type="Edm.String"/><Property Name="Total" Type="Edm.Decimal" Precision="20" Scale="2"/></EntityType>
<EntityContainer Name="Container"><EntitySet Name="Invoices" EntityType="Billing.Invoice"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`
const invoices = [{ ID: 1, CustomerID: 'ALFKI', Total: '90071992547409.93' }, { ID: 2, CustomerID: 'ANATR', Total: '0.10' }]

describe('a hub', () => {
  const hubs: StartedHub[] = []
  const start = async (environment: Record<string, string> = {}) => {
    const hub = await startHub(environment)
    hubs.push(hub)
    return hub
  }
  afterEach(async () => {
    await Promise.all(hubs.splice(0).map((hub) => hub.end()))
  })

  it('begins with a sample landscape that joins three services', async () => {
    const { origin } = await start()
    const answer = await fetch(`${origin}/odata/northwind-360/Orders?$top=2&$orderby=OrderID&$select=OrderID&$expand=Customer($select=CompanyName)`)
    expect(((await answer.json()) as { value: unknown }).value).toEqual([
      { OrderID: 10_248, Customer: { CompanyName: 'Vins et alcools Chevalier' } }, { OrderID: 10_249, Customer: { CompanyName: expect.stringMatching(/^Toms Spezialit/) } },
    ])
  })

  it('reads its own samples when strangers may not', async () => {
    const { origin } = await start({ TRIBUTARY_ADMIN_TOKEN: adminToken })
    const answer = await fetch(`${origin}/odata/northwind-360/Customers?$top=1&$select=CustomerID`, { headers: { authorization: `Bearer ${adminToken}` } })
    expect(answer.status).toBe(200)
    expect(((await answer.json()) as { value: unknown[] }).value).toHaveLength(1)
  })

  it('says where it is', async () => {
    const hub = await start()
    expect(await greeting(hub)).toBe([
      `Tributary 0.1.0 runs on Node ${process.versions.node} (local mode: every caller on this machine is the administrator)`,
      `  UI            ${hub.origin}/`,
      `  API reference ${hub.origin}/api/docs`,
      `  sample OData  ${hub.origin}/odata/northwind-360/`,
    ].join('\n'))
    const plain = await start({ TRIBUTARY_SAMPLES: 'off', TRIBUTARY_ADMIN_TOKEN: adminToken })
    expect(await greeting(plain)).toMatch(/^Tributary 0\.1\.0 runs on Node [\d.]+\n[^]*\n {2}OData {9}http:\/\/127\.0\.0\.1:\d+\/odata\/$/)
  })

  it('registers a service, joins it with another, and removes it again', async () => {
    const { origin } = await start()
    const remote = createServer((request, response) => {
      const metadata = request.url?.includes('$metadata') === true
      response.setHeader('content-type', metadata ? 'application/xml' : 'application/json')
      response.end(metadata ? contract : JSON.stringify({ '@odata.context': '$metadata#Invoices', value: invoices }))
    })
    await new Promise<void>((resolve) => { remote.listen(0, '127.0.0.1', resolve) })
    const send = (method: string, path: string, body?: unknown) =>
      fetch(`${origin}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
    const registered = await send('POST', '/api/v1/services', { url: `http://127.0.0.1:${(remote.address() as AddressInfo).port}/billing/`, name: 'Billing' })
    expect([registered.status, registered.headers.get('location')]).toEqual([201, '/api/v1/services/billing'])
    const product = {
      name: 'Billing 360',
      entities: [{ name: 'Invoices', service: 'billing', entitySet: 'Invoices' }, { name: 'Customers', service: 'crm', entitySet: 'Customers' }],
      relationships: [{ from: 'Invoices', to: 'Customers', name: 'Customer', on: [{ from: 'CustomerID', to: 'CustomerID' }] }],
    }
    expect((await send('PUT', '/api/v1/products/billing-360', product)).status).toBe(201)
    const joined = await fetch(`${origin}/odata/billing-360/Invoices?$orderby=ID&$expand=Customer($select=CompanyName)`, { headers: { accept: 'application/json;IEEE754Compatible=true' } })
    expect(((await joined.json()) as { value: unknown }).value).toEqual([
      { ...invoices[0], Customer: { CompanyName: 'Alfreds Futterkiste' } }, { ...invoices[1], Customer: { CompanyName: expect.stringContaining('Ana Trujillo') } },
    ])
    expect((await send('DELETE', '/api/v1/services/billing')).status).toBe(409)
    expect((await send('DELETE', '/api/v1/products/billing-360')).status).toBe(204)
    expect((await send('DELETE', '/api/v1/services/billing')).status).toBe(204)
    expect((await fetch(`${origin}/odata/billing/Invoices`)).status).toBe(404)
    remote.closeAllConnections()
    remote.close()
  })
})
