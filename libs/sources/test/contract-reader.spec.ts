import { contractReader, sourceKinds } from '@tributary/sources'
import { customersAndOrders, startODataServer, type ODataServer } from '../../../test/harness/odata-server.js'

const connection = { auth: { kind: 'none' as const }, headers: {}, timeoutMs: 5_000 }
const signal = new AbortController().signal
let server: ODataServer

beforeAll(async () => {
  server = await startODataServer({ sets: customersAndOrders(1, 1) })
})
afterAll(() => server.stop())

describe('the contract reader', () => {
  it('fetches the contract of an OData service, with or without the slash at the end of its address', async () => {
    for (const url of [server.url, server.url.slice(0, -1)]) {
      const contract = await contractReader().fetch({ slug: 'crm', url, connection }, signal)
      expect(contract).toMatchObject({ kind: 'odata', type: 'CSDL', specificationVersion: '4.0', contentType: 'application/xml' })
      expect([...(contract.model.container?.entitySets.keys() ?? [])]).toEqual(['Customers', 'Orders'])
    }
  })

  it('reads CSDL JSON', async () => {
    const content = JSON.stringify({ $Version: '4.01', $EntityContainer: 'N.C', N: { T: { $Kind: 'EntityType', $Key: ['ID'], ID: {} }, C: { $Kind: 'EntityContainer', Ts: { $Collection: true, $Type: 'N.T' } } } })
    expect(await contractReader().read(content)).toMatchObject({ kind: 'odata', specificationVersion: '4.01', contentType: 'application/json' })
  })

  it.each([
    ['WSDL', '<?xml version="1.0"?><wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"/>'],
    ['Open API', '{ "openapi": "3.1.0", "info": {} }'],
    ['Open API', 'openapi: 3.0.0\ninfo: {}'],
    ['Async API', '{"asyncapi":"2.6.0"}'],
  ])('refuses %s by name', async (type, content) => {
    await expect(contractReader().read(content)).rejects.toMatchObject({ code: 'HUB_CONTRACT_UNSUPPORTED', params: { type } })
  })

  it('refuses a contract of OData 2 by its version', async () => {
    const content = '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices m:DataServiceVersion="2.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><Schema Namespace="N" xmlns="http://schemas.microsoft.com/ado/2008/09/edm"><EntityType Name="T"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType><EntityContainer Name="C" m:IsDefaultEntityContainer="true"><EntitySet Name="Ts" EntityType="N.T"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>'
    await expect(contractReader().read(content)).rejects.toMatchObject({ code: 'HUB_CONTRACT_UNSUPPORTED', message: expect.stringContaining('OData 2.0') as string })
  })

  it('says where a contract is malformed', async () => {
    await expect(contractReader().read('<edmx:Edmx')).rejects.toMatchObject({ code: 'HUB_CONTRACT_SYNTAX' })
  })

  it('says that a service is out of reach', async () => {
    await expect(contractReader().fetch({ slug: 'crm', url: 'http://127.0.0.1:9/', connection }, signal)).rejects.toMatchObject({ code: 'HUB_SOURCE_UNREACHABLE' })
  })
})

describe('the list of source kinds', () => {
  it('names each adapter by its kind', async () => {
    const kinds = sourceKinds()
    expect([...kinds].map(([kind, source]) => [kind, source.kind])).toEqual([['odata', 'odata'], ['memory', 'memory']])
    await kinds.close()
  })
})
