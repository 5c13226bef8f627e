import { getContract, getService, listServices, listVersions, compareVersions, registerService, refreshService, changeConnection, removeService, type RegistrationRequest } from '../src/index.js'
import { actor, CatalogUnderTest, contractOf, failureOf, registrationOf } from './catalog-under-test.js'

const salesUrl = 'https://erp.example.com/odata/sales/'
const withoutFreight = contractOf('sales').replace(/<Property Name="Freight"[\s\S]*?<\/Property>/, '')
const withNote = contractOf('sales').replace('<Property Name="ShipName"', '<Property Name="Note" Type="Edm.String"/>\n<Property Name="ShipName"')
const page = { limit: 50, offset: 0 }

describe('registering a service', () => {
  let ports: CatalogUnderTest
  beforeEach(() => {
    ports = new CatalogUnderTest()
    ports.network.set(salesUrl, contractOf('sales'))
  })
  const register = (request: RegistrationRequest, dryRun = false) => registerService(ports, request, { actor, dryRun })

  it('reads the contract from the address and answers what it found', async () => {
    const { outcome, service, breaks } = await register({ url: salesUrl, name: 'Sales', tags: ['erp', 'erp'], owner: { name: 'Team' } })
    expect(outcome).toBe('created')
    expect(breaks).toEqual([])
    expect(service).toMatchObject({
      slug: 'sales', name: 'Sales', version: '1.0.0', odataUrl: '/odata/sales/', graphqlUrl: '/graphql/sales', kind: 'odata', specificationVersion: '4.0',
      tags: ['erp'], owner: { name: 'Team' }, application: { name: 'Default' }, environment: { name: 'Production', type: 'Production' }, warnings: [], usedBy: [],
    })
    const orders = service.entitySets.find(({ name }) => name === 'Orders')
    expect(orders).toMatchObject({ entityType: 'Northwind.Sales.Order', keys: ['OrderID'], description: expect.stringContaining('order') })
    expect(orders?.attributes.find(({ name }) => name === 'Freight')).toEqual({
      name: 'Freight', type: 'Edm.Decimal', typeKind: 'primitive', key: false, nullable: true, precision: 19, scale: 4, description: 'What the shipping cost.',
    })
    expect(orders?.navigation.find(({ name }) => name === 'Details')).toEqual({
      name: 'Details', target: 'Order_Details', targetType: 'Northwind.Sales.OrderDetail', collection: true, nullable: expect.any(Boolean), multiplicity: '*', partner: 'Order', on: [{ from: 'OrderID', to: 'OrderID' }],
    })
    expect(ports.probe.probed).toEqual(['sales'])
    expect(await getService(ports, 'sales')).toEqual(service)
  })

  it('changes nothing the second time', async () => {
    const request = { url: salesUrl, name: 'Sales', description: 'Orders', connection: { auth: { kind: 'bearer', token: 'secret' } } } as const
    const first = await register(request)
    const revision = await ports.store.revision()
    const second = await register(request)
    expect(second).toMatchObject({ outcome: 'unchanged', service: first.service })
    expect(second).not.toHaveProperty('changes')
    expect(await ports.store.revision()).toBe(revision)
    expect(ports.probe.probed).toEqual(['sales'])
  })

  it('takes the address as people paste it', async () => {
    ports.network.set('https://erp.example.com/odata/sales', contractOf('sales'))
    for (const url of ['https://erp.example.com/odata/sales/$metadata', 'https://erp.example.com/odata/sales?x=1#y', 'https://ERP.example.com:443/odata/sales']) {
      expect((await register({ url, name: 'Sales' })).service.url).toBe(salesUrl)
    }
    expect((await listServices(ports, {}, page)).total).toBe(1)
  })

  it.each(['', 'erp', 'ftp://erp.example.com/', 'file:///etc/passwd', 'https://user:secret@erp.example.com/', 'sample:sales'])('refuses the address %j', async (url) => {
    const failure = await failureOf(register({ url }))
    expect(failure).toMatchObject({ code: 'HUB_REQUEST_INVALID', target: 'url' })
    expect(failure.message).not.toContain('secret')
  })

  it('asks the address policy before anything is sent', async () => {
    expect(await failureOf(register({ url: 'http://internal/odata/' }))).toMatchObject({ code: 'HUB_SOURCE_ADDRESS_REFUSED' })
    expect(ports.contracts.fetched).toEqual([])
  })

  it('fails without a contract when the source cannot be reached, and warns when it brings one', async () => {
    expect(await failureOf(register({ url: 'https://gone.example.com/' }))).toMatchObject({ code: 'HUB_SOURCE_UNREACHABLE' })
    const { outcome, service } = await register(registrationOf('sales', { url: 'https://gone.example.com/' }))
    expect(outcome).toBe('created')
    expect(service.warnings).toEqual([{ message: expect.stringContaining('connection refused') }])
  })

  it('waits no longer than needed for a source whose contract is there', async () => {
    ports.contracts.fetch = async (_service, signal) => {
      signal.throwIfAborted()
      throw AbortSignal.abort(new DOMException('too slow', 'TimeoutError')).reason
    }
    const { outcome, service } = await register(registrationOf('sales'))
    expect(outcome).toBe('created')
    expect(service.warnings).toEqual([{ message: expect.stringContaining('did not answer within 5000 ms') }])
  })

  it('warns when the source publishes another contract than the one given', async () => {
    const { service } = await register(registrationOf('crm', { url: salesUrl }))
    expect(service.warnings.map(({ message }) => message)).toEqual([expect.stringContaining('another contract')])
    expect(service.entitySets.map(({ name }) => name)).toContain('Customers')
  })

  it('reports a malformed contract with line and column, and stores nothing', async () => {
    const lines = contractOf('sales').split('\n')
    const broken = lines.findIndex((line) => line.includes('</EntityType>'))
    const content = lines.with(broken, '</EntityTyp>').join('\n')
    const failure = await failureOf(register(registrationOf('sales', { contract: { content } })))
    expect(failure).toMatchObject({ code: 'HUB_CONTRACT_SYNTAX', params: { line: broken + 1 } })
    expect((await listServices(ports, {}, page)).total).toBe(0)
  })

  it('finds slugs: from the name, then numbered; another environment gets its own', async () => {
    const slugs: string[] = []
    for (const [name, environment] of [['Orders & Invoices', 'Production'], ['Orders & Invoices', 'Test'], ['orders-invoices', 'Production'], ['Ördérs', 'Production'], ['订单', 'Production']] as const) {
      slugs.push((await register({ url: salesUrl, name, environment: { name: environment } })).service.slug)
    }
    expect(slugs).toEqual(['orders-invoices', 'orders-invoices-2', 'orders-invoices-3', 'orders', 'service'])
  })

  it('proposes a name from the contract, and never takes another address for the same service', async () => {
    ports.network.set('https://other.example.com/', contractOf('sales'))
    const first = await register({ url: salesUrl })
    const again = await register({ url: salesUrl })
    const other = await register({ url: 'https://other.example.com/' })
    expect(first.service.name).toBe('Sales')
    expect(again.outcome).toBe('unchanged')
    expect(other).toMatchObject({ outcome: 'created', service: { name: 'Sales 2', slug: 'sales-2' } })
  })

  it('says whether a new contract breaks those who use it, and keeps the old one', async () => {
    await register({ url: salesUrl, name: 'Sales' })
    ports.network.set(salesUrl, withNote)
    const compatible = await register({ url: salesUrl, name: 'Sales', version: '1.1.0' })
    expect(compatible).toMatchObject({ outcome: 'changed', service: { version: '1.1.0' }, changes: { verdict: 'compatible' } })
    expect(compatible.changes?.list).toEqual([{ severity: 'compatible', path: 'Northwind.Sales.Order/Note', message: 'The property was added.' }])
    ports.network.set(salesUrl, withoutFreight)
    const broken = await register({ url: salesUrl, name: 'Sales', version: '2.0.0' })
    expect(broken.changes).toMatchObject({ verdict: 'breaking' })
    expect(broken.changes?.list).toContainEqual({ severity: 'breaking', path: 'Northwind.Sales.Order/Freight', message: 'The property was removed.' })
    expect((await listVersions(ports, 'sales')).map(({ ordinal, version }) => [ordinal, version])).toEqual([[3, '2.0.0'], [2, '1.1.0'], [1, '1.0.0']])
    expect((await getContract(ports, 'sales', 1)).content).toBe(contractOf('sales'))
    expect((await getContract(ports, 'sales')).content).toBe(withoutFreight)
    expect((await compareVersions(ports, 'sales', { from: 1, to: 3 })).verdict).toBe('breaking')
    expect((await compareVersions(ports, 'sales', { from: 3, to: 3 })).verdict).toBe('identical')
    expect(await failureOf(getContract(ports, 'sales', 4))).toMatchObject({ code: 'HUB_RESOURCE_NOT_FOUND', status: 404 })
  })

  it('rehearses without leaving a trace', async () => {
    const rehearsal = await register({ url: salesUrl, name: 'Sales' }, true)
    expect(rehearsal).toMatchObject({ outcome: 'created', dryRun: true, service: { slug: 'sales' } })
    expect((await listServices(ports, {}, page)).total).toBe(0)
    expect(await ports.store.revision()).toBe(0)
    expect(ports.probe.probed).toEqual([])
    await register({ url: salesUrl, name: 'Sales' })
    ports.network.set(salesUrl, withoutFreight)
    expect(await register({ url: salesUrl, name: 'Sales' }, true)).toMatchObject({ outcome: 'changed', changes: { verdict: 'breaking' } })
    expect(await listVersions(ports, 'sales')).toHaveLength(1)
  })

  it('keeps slugs and identities apart', async () => {
    await register({ url: salesUrl, name: 'Sales', slug: 'sales' })
    expect(await failureOf(register({ url: salesUrl, name: 'Other', slug: 'sales' }))).toMatchObject({ code: 'HUB_SLUG_TAKEN', status: 409, message: expect.stringContaining('Sales (Default, Production)') })
    expect(await failureOf(register({ url: salesUrl, slug: 'sales', environment: { name: 'Test' } }))).toMatchObject({ code: 'HUB_SLUG_TAKEN' })
    expect(await failureOf(register({ url: salesUrl, name: 'Sales', slug: 'sales-b' }))).toMatchObject({ code: 'HUB_SERVICE_EXISTS', status: 409, message: expect.stringContaining('registered as sales') })
    expect(await register({ url: salesUrl, slug: 'sales' })).toMatchObject({ outcome: 'unchanged' })
    for (const slug of ['Sales', 'a b', '-a', 'a/b', '', 'a'.repeat(81)]) expect(await failureOf(register({ url: salesUrl, slug }))).toMatchObject({ code: 'HUB_REQUEST_INVALID', target: 'slug' })
  })

  it('gives two registrations at the same moment one service', async () => {
    const both = await Promise.all(Array.from({ length: 5 }, () => register({ url: salesUrl, name: 'Sales' })))
    expect(both.map(({ outcome }) => outcome).toSorted()).toEqual(['created', 'unchanged', 'unchanged', 'unchanged', 'unchanged'])
    expect(new Set(both.map(({ service }) => service.uuid)).size).toBe(1)
  })

  it('names the field of a text that cannot be kept', async () => {
    expect(await failureOf(register({ url: salesUrl, name: 'x'.repeat(201) }))).toMatchObject({ target: 'name' })
    expect(await failureOf(register({ url: salesUrl, tags: ['ok', ''] }))).toMatchObject({ target: 'tags[1]' })
    expect(await failureOf(register({ url: salesUrl, description: 'a\u0000b' }))).toMatchObject({ target: 'description' })
    const secret = await failureOf(register({ url: salesUrl, connection: { auth: { kind: 'bearer', token: 'se\ncret' } } }))
    expect(secret).toMatchObject({ code: 'HUB_REQUEST_INVALID', target: 'connection.auth.token' })
    expect(secret.message).not.toContain('cret')
  })
})

describe('a registered service', () => {
  let ports: CatalogUnderTest
  beforeEach(async () => {
    ports = new CatalogUnderTest()
    ports.network.set(salesUrl, contractOf('sales'))
    await registerService(ports, { url: salesUrl, slug: 'sales', connection: { auth: { kind: 'basic', username: 'ann', password: 'secret' } } }, { actor })
  })

  it('is entered with its own connection when it is refreshed, and what was learnt of it is forgotten', async () => {
    const before = await ports.store.read((catalog) => catalog.service('sales'))
    const { outcome } = await refreshService(ports, 'sales', { actor })
    const after = await ports.store.read((catalog) => catalog.service('sales'))
    expect(outcome).toBe('unchanged')
    expect(after?.changedAt).toBe(before?.changedAt)
    expect(after?.revision).toBeGreaterThan(before?.revision ?? 0)
    expect(ports.contracts.fetched.at(-1)?.connection.auth).toEqual({ kind: 'basic', username: 'ann', password: 'secret' })
    expect(after?.connectionVersion).toBe((before?.connectionVersion ?? 0) + 1)
    expect(after?.contract).toEqual(before?.contract)
    expect(ports.probe.probed).toEqual(['sales', 'sales'])
  })

  it('is changed by a refresh only where the source publishes another contract', async () => {
    ports.network.set(salesUrl, withNote)
    expect((await refreshService(ports, 'sales', { actor })).outcome).toBe('changed')
    expect((await refreshService(ports, 'sales', { actor })).outcome).toBe('unchanged')
  })

  it('may not be led into private networks by other origins either', async () => {
    const connection = { allowedOrigins: ['https://public.example', 'http://internal.example'] }
    expect(await failureOf(changeConnection(ports, 'sales', connection, { actor }))).toMatchObject({ code: 'HUB_SOURCE_ADDRESS_REFUSED' })
    expect(await failureOf(registerService(ports, { url: salesUrl, slug: 'sales', connection }, { actor }))).toMatchObject({ code: 'HUB_SOURCE_ADDRESS_REFUSED' })
    expect((await ports.store.read((catalog) => catalog.service('sales')))?.connectionVersion).toBe(1)
  })

  it('says that its source is down, and stays as it was', async () => {
    ports.network.clear()
    expect(await failureOf(refreshService(ports, 'sales', { actor }))).toMatchObject({ code: 'HUB_SOURCE_UNREACHABLE' })
    expect((await getService(ports, 'sales')).entitySets.length).toBeGreaterThan(0)
  })

  it('gets another connection, sealed for its slug and never shown', async () => {
    const view = await changeConnection(ports, 'sales', { auth: { kind: 'apiKey', name: 'X-Key', value: 'hidden', in: 'header' } }, { actor })
    expect(JSON.stringify(view)).not.toContain('hidden')
    const service = await ports.store.read((catalog) => catalog.service('sales'))
    expect(service?.connectionVersion).toBe(2)
    expect(ports.sealing.open('sales', service?.connection ?? ('' as never))).toEqual({ auth: { kind: 'apiKey', name: 'X-Key', value: 'hidden', in: 'header' }, headers: {}, timeoutMs: 30_000 })
  })

  it('says with its connection which changes are sent: as declared unless told, and another word is another connection', async () => {
    const kept = async () => {
      const service = await ports.store.read((catalog) => catalog.service('sales'))
      return { version: service?.connectionVersion, writes: ports.sealing.open('sales', service?.connection ?? ('' as never)).writes }
    }
    const entered = { auth: { kind: 'basic', username: 'ann', password: 'secret' } } as const
    expect(await kept()).toEqual({ version: 1, writes: undefined })
    await registerService(ports, { url: salesUrl, slug: 'sales', connection: { ...entered, writes: 'declared' } }, { actor })
    expect((await kept()).version).toBe(1)
    await registerService(ports, { url: salesUrl, slug: 'sales', connection: { ...entered, writes: 'allowed' } }, { actor })
    expect(await kept()).toEqual({ version: 2, writes: 'allowed' })
    await changeConnection(ports, 'sales', { ...entered, writes: 'refused' }, { actor })
    expect(await kept()).toEqual({ version: 3, writes: 'refused' })
  })

  it('says how long its answers may be kept; another time is another connection', async () => {
    const kept = async () => {
      const service = await ports.store.read((catalog) => catalog.service('sales'))
      return { version: service?.connectionVersion, cache: ports.sealing.open('sales', service?.connection ?? ('' as never)).cache }
    }
    const before = (await kept()).version ?? 0
    await changeConnection(ports, 'sales', { cache: { ttlSeconds: 60 } }, { actor })
    expect(await kept()).toEqual({ version: before + 1, cache: { ttlSeconds: 60, staleIfErrorSeconds: 0, public: false } })
    await changeConnection(ports, 'sales', { cache: { ttlSeconds: 60, public: true } }, { actor })
    expect(await kept()).toMatchObject({ version: before + 2, cache: { public: true } })
    for (const cache of [{ ttlSeconds: -1 }, { ttlSeconds: 1.5 }, { ttlSeconds: 1, staleIfErrorSeconds: 10_000_000 }]) {
      expect(await failureOf(changeConnection(ports, 'sales', { cache }, { actor }))).toMatchObject({ code: 'HUB_REQUEST_INVALID', target: expect.stringMatching(/^connection\.cache\./) as unknown })
    }
  })

  it('keeps its connection when a later registration brings none', async () => {
    await registerService(ports, { url: salesUrl, slug: 'sales', description: 'new' }, { actor })
    const service = await ports.store.read((catalog) => catalog.service('sales'))
    expect(service).toMatchObject({ description: 'new', connectionVersion: 1 })
    expect(ports.sealing.open('sales', service?.connection ?? ('' as never)).auth.kind).toBe('basic')
  })

  it('is removed, and its slug is free at once', async () => {
    await removeService(ports, 'sales', { actor })
    expect(await failureOf(getService(ports, 'sales'))).toMatchObject({ code: 'HUB_SERVICE_NOT_FOUND', status: 404 })
    expect((await registerService(ports, { url: salesUrl, name: 'Sales' }, { actor })).service.slug).toBe('sales')
    const audit = await ports.store.read((catalog) => catalog.auditOf('sales', 10))
    expect(audit.map(({ action, actor: who }) => [action, who])).toEqual([['service.registered', actor], ['service.removed', actor], ['service.registered', actor]])
  })

  it('is missed with a hint', async () => {
    expect(await failureOf(getService(ports, 'sale'))).toMatchObject({ message: expect.stringContaining('Did you mean sales?') })
  })
})
