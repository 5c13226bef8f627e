import { CatalogReader, Observations } from '@tributary/catalog'
import { orders } from './contracts.js'
import { listen, startCatalog, type Loopback } from './started-catalog.js'

type Catalog = Awaited<ReturnType<typeof startCatalog>>
type Json = Record<string, unknown> & { readonly details: { readonly target: string; readonly message: string }[] }

const said = (name: string, state: 'inexact' | 'unsupported') => ({ feature: name, state, origin: 'declared' })

describe('/api/v1/services', () => {
  let catalog: Catalog
  let remote: Loopback
  let authorizations: (string | undefined)[]

  beforeEach(async () => {
    authorizations = []
    remote = await listen((request, response) => {
      authorizations.push(request.headers.authorization)
      if (request.url?.startsWith('/shop/$metadata') !== true) return void response.writeHead(404).end()
      response.writeHead(200, { 'content-type': 'application/xml' }).end(orders())
    })
    catalog = await startCatalog()
  })
  afterEach(async () => {
    await catalog.end()
    remote.server.closeAllConnections()
    remote.server.close()
  })

  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${catalog.origin}/api/v1${path}`, { method, ...(body === undefined ? { headers } : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }) })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, json: (text.startsWith('{') ? JSON.parse(text) : {}) as Json }
  }
  const slugs = async (query: string) => {
    const { total, items } = (await send('GET', `/services${query}`)).json as unknown as { total: number; items: { slug: string }[] }
    return [total, ...items.map(({ slug }) => slug)]
  }
  const given = { url: 'https://shop.example/odata/', name: 'Shop', contract: { content: orders() } }

  it('registers by address: 201, where it is, absolute addresses, entity sets', async () => {
    const { status, headers, json } = await send('POST', '/services', { url: `${remote.origin}/shop/`, name: 'Shop' })
    expect([status, headers.get('location')]).toEqual([201, '/api/v1/services/shop'])
    expect(json).toMatchObject({
      slug: 'shop', name: 'Shop', version: '1.0.0', odataUrl: `${catalog.origin}/odata/shop/`, graphqlUrl: `${catalog.origin}/graphql/shop`, kind: 'odata', outcome: 'created',
      application: { name: 'Default' }, environment: { name: 'Production', type: 'Production' }, warnings: [],
      entitySets: [{ name: 'Orders', keys: ['OrderID'], attributes: [{ name: 'OrderID', type: 'Edm.Int32', key: true }, { name: 'CustomerID', maxLength: 5 }] }],
    })
    expect((await send('GET', '/services/shop')).json).toMatchObject({ slug: 'shop', odataUrl: `${catalog.origin}/odata/shop/` })
  })

  it('registers the same twice without a change, and tells what changed otherwise', async () => {
    expect((await send('POST', '/services', given)).status).toBe(201)
    const again = await send('POST', '/services', given)
    expect([again.status, again.headers.get('location'), again.json['outcome']]).toEqual([200, null, 'unchanged'])
    const changed = await send('POST', '/services', { ...given, contract: { content: orders('<Property Name="Freight" Type="Edm.Decimal"/>') } })
    expect(changed.json).toMatchObject({ outcome: 'changed', changes: { verdict: 'compatible', list: [{ path: expect.stringContaining('Freight') }] } })
    expect((await send('GET', '/services/shop/versions')).json['items']).toMatchObject([{ ordinal: 2 }, { ordinal: 1 }])
    expect((await send('GET', '/services/shop/versions/2/diff/1')).json).toMatchObject({ verdict: 'breaking' })
    expect((await send('GET', '/services/shop/versions/two/diff/1')).status).toBe(400)
  })

  it('stores nothing in a dry run', async () => {
    const { status, json } = await send('POST', '/services?dryRun=true', given)
    expect([status, json['dryRun'], json['outcome']]).toEqual([200, true, 'created'])
    expect((await send('GET', '/services')).json).toEqual({ total: 0, items: [] })
  })

  it('never returns a credential, and uses it', async () => {
    const connection = { auth: { kind: 'basic', username: 'hub', password: 'swordfish' }, headers: { 'x-tenant': 'swordfish-too' } }
    const registered = await send('POST', '/services', { url: `${remote.origin}/shop/`, name: 'Shop', connection })
    expect(authorizations).toContain(`Basic ${Buffer.from('hub:swordfish').toString('base64')}`)
    const changed = await send('PUT', '/services/shop/connection', { auth: { kind: 'bearer', token: 'swordfish-token' } })
    expect(changed.status).toBe(200)
    authorizations = []
    const refreshed = await send('POST', '/services/shop/refresh')
    expect([refreshed.status, refreshed.json['changes']]).toEqual([200, undefined])
    expect(authorizations).toEqual(['Bearer swordfish-token'])
    const listed = await send('GET', '/services')
    for (const { text } of [registered, changed, refreshed, listed, await send('GET', '/services/shop')]) expect(text).not.toMatch(/swordfish/)
  })

  it('names every fault of a registration by its JSON path', async () => {
    const { status, json } = await send('POST', '/services', {
      url: 7, tags: ['ok', ''], connection: { auth: { kind: 'telepathy' }, timeoutMs: 1.5, headers: { 'x-bad': 'a\nb' } }, colour: 'red', slug: 'Not A Slug',
    })
    expect([status, json['code']]).toEqual([400, 'HUB_REQUEST_INVALID'])
    expect(json.details.map(({ target }) => target).toSorted()).toEqual(['colour', 'connection.auth.kind', 'connection.headers.x-bad', 'connection.timeoutMs', 'slug', 'tags[1]', 'url'])
    expect((await send('POST', '/services?dryrun=true', given)).json.details).toMatchObject([{ target: 'dryrun' }])
    expect((await send('POST', '/services?dryRun=perhaps', given)).json.details).toMatchObject([{ target: 'dryRun' }])
  })

  it('says what is wrong with a contract, and where', async () => {
    const { status, json } = await send('POST', '/services', { ...given, contract: { content: '<edmx:Edmx>\n  <broken' } })
    expect([status, json['code']]).toEqual([422, 'HUB_CONTRACT_SYNTAX'])
    expect((await send('POST', '/services', { ...given, contract: { type: 'Open API', content: 'openapi: 3.1.0' } })).json).toMatchObject({ status: 422, code: 'HUB_CONTRACT_UNSUPPORTED' })
  })

  it('says which source failed when it cannot be read', async () => {
    expect((await send('POST', '/services', { url: `${remote.origin}/elsewhere/`, name: 'Elsewhere' })).json).toMatchObject({ status: 502, detail: expect.stringMatching(/404/) })
    expect((await send('POST', '/services', { url: 'http://127.0.0.1:9/', name: 'Nobody' })).json).toMatchObject({ status: 502, code: 'HUB_SOURCE_UNREACHABLE' })
    expect((await send('POST', '/services', { url: 'ftp://shop.example/' })).json).toMatchObject({ status: 400 })
  })

  it('gives the contract back as it was registered, in a form no browser runs', async () => {
    await send('POST', '/services', given)
    const { text, headers } = await send('GET', '/services/shop/contract')
    expect(text).toBe(orders())
    expect(headers.get('content-type')).toMatch(/^application\/xml/)
    expect(headers.get('content-security-policy')).toMatch(/^sandbox;/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('describes entity sets, and names the nearest for one that is not there', async () => {
    await send('POST', '/services', given)
    expect((await send('GET', '/services/shop/entity-sets/Orders')).json).toMatchObject({ name: 'Orders', entityType: 'Shop.Order' })
    expect((await send('GET', '/services/shop/entity-sets/Order')).json).toMatchObject({ status: 404, detail: expect.stringContaining('Orders') })
    expect((await send('GET', '/services/shopp')).json).toMatchObject({ status: 404, code: 'HUB_SERVICE_NOT_FOUND' })
  })

  it('lists what a filter leaves, page by page', async () => {
    for (const name of ['A', 'B', 'C']) await send('POST', '/services', { ...given, name, tags: name === 'C' ? ['third'] : [] })
    expect(await slugs('')).toEqual([3, 'a', 'b', 'c'])
    expect(await slugs('?limit=1&offset=1')).toEqual([3, 'b'])
    expect(await slugs('?tag=third')).toEqual([1, 'c'])
    expect(await slugs('?sample=true')).toEqual([0])
    for (const wrong of ['?limit=0', '?limit=1e2', '?limit=', '?offset=-1', '?limit=1&limit=2', '?colour=red']) expect((await send('GET', `/services${wrong}`)).status).toBe(400)
  })

  it('lets people curate what they have seen, and nothing else', async () => {
    await send('POST', '/services', given)
    const tag = (await send('GET', '/services/shop')).headers.get('etag') ?? ''
    const curated = await send('PATCH', '/services/shop', { description: 'All orders', tags: ['erp', 'erp'], owner: { name: 'Order desk' } }, { 'if-match': tag })
    expect([curated.status, curated.json['description'], curated.json['tags'], curated.json['owner']]).toEqual([200, 'All orders', ['erp'], { name: 'Order desk' }])
    expect((await send('PATCH', '/services/shop', { tags: [] }, { 'if-match': tag })).json).toMatchObject({ status: 412, code: 'HUB_PRECONDITION_FAILED' })
    expect((await send('PATCH', '/services/shop', { tags: [] })).json).toMatchObject({ status: 428, code: 'HUB_PRECONDITION_REQUIRED' })
    expect((await send('PATCH', '/services/shop', { tags: [] }, { 'if-match': 'W/"1"' })).status).toBe(412)
    expect((await send('PATCH', '/services/shop', { url: 'http://elsewhere.example/' }, { 'if-match': '*' })).json).toMatchObject({ status: 400, details: [{ target: 'url' }] })
    const taken = await send('PATCH', '/services/shop', { description: null, owner: null }, { 'if-match': curated.headers.get('etag') ?? '' })
    expect([taken.status, taken.json['description'], taken.json['owner'], taken.json['tags']]).toEqual([200, undefined, undefined, ['erp']])
    expect((await send('GET', '/services/shop')).headers.get('etag')).toBe(taken.headers.get('etag'))
    expect((await send('GET', '/search?tag=erp')).json['total']).toBeGreaterThan(0)
    expect((await send('PATCH', '/services/nothing', {}, { 'if-match': '*' })).status).toBe(404)
  })

  it('tells what the contract says of single properties, functions and navigation, of the filter it requires, and what is known of paths', async () => {
    const terms = '<Annotations Target="Shop.Container/Orders"><Annotation Term="Org.OData.Capabilities.V1.FilterRestrictions"><Record><PropertyValue Property="RequiresFilter" Bool="true"/><PropertyValue Property="RequiredProperties"><Collection><PropertyPath>OrderID</PropertyPath></Collection></PropertyValue><PropertyValue Property="NonFilterableProperties"><Collection><PropertyPath>Note</PropertyPath></Collection></PropertyValue></Record></Annotation><Annotation Term="Org.OData.Capabilities.V1.SortRestrictions"><Record><PropertyValue Property="AscendingOnlyProperties"><Collection><PropertyPath>OrderID</PropertyPath></Collection></PropertyValue></Record></Annotation><Annotation Term="Org.OData.Capabilities.V1.ExpandRestrictions"><Record><PropertyValue Property="NonExpandableProperties"><Collection><NavigationPropertyPath>Customer</NavigationPropertyPath></Collection></PropertyValue></Record></Annotation></Annotations><Annotations Target="Shop.Container"><Annotation Term="Org.OData.Capabilities.V1.FilterFunctions"><Collection><String>contains</String></Collection></Annotation></Annotations>'
    await send('POST', '/services', { ...given, contract: { content: orders().replace('</Schema>', `${terms}</Schema>`) } })
    const identity = (await catalog.app.get(CatalogReader, { strict: false }).exposure('shop'))?.endpoints.get('shop')?.identity ?? ''
    await catalog.app.get(Observations, { strict: false }).record([{ endpoint: 'shop', identity, entitySet: '', feature: 'batch', trust: 'exact', origin: 'probed', why: 'it was answered', since: '2026-11-22T08:00:00.000Z' }])
    const { entitySets, paths } = (await send('GET', '/services/shop/capabilities')).json as unknown as { readonly entitySets: readonly { readonly features: readonly { readonly feature: string; readonly state: string; readonly why: string }[] }[]; readonly paths: readonly object[] }
    expect(paths).toEqual([{ feature: 'batch', state: 'exact', origin: 'probed', why: 'it was answered', since: '2026-11-22T08:00:00.000Z' }])
    expect(new Map(entitySets[0]?.features.map(({ feature, state, why }) => [feature, `${state}: ${why}`]))).toEqual(new Map([
      ['expand:Customer', 'unsupported: the contract declares that Customer cannot be expanded'],
      ['filter(Note)', 'unsupported: the contract declares that Note cannot be filtered by'], ['filter:contains', 'inexact: the contract declares it; a probe has not proven it'],
      ['orderby(OrderID desc)', 'unsupported: the contract declares that OrderID cannot be ordered by in descending order'],
      ['read:unfiltered', 'unsupported: the contract declares that rows are only read with a filter on OrderID'],
    ]))
  })

  it('tells what is known of the source, and forgets it with the connection', async () => {
    const declares = '<Annotations Target="Shop.Container/Orders"><Annotation Term="Org.OData.Capabilities.V1.TopSupported" Bool="false"/><Annotation Term="Org.OData.Capabilities.V1.SkipSupported"/></Annotations>'
    const whole = '<Annotations Target="Shop.Container"><Annotation Term="Org.OData.Capabilities.V1.BatchSupport"><Record/></Annotation><Annotation Term="Org.OData.Capabilities.V1.QuerySegmentSupported"/><Annotation Term="Org.OData.Capabilities.V1.SelectSupport"><Record><PropertyValue Property="Supported" Bool="false"/></Record></Annotation></Annotations>'
    const content = orders().replace('</Schema>', `${declares}${whole}</Schema>`)
    await send('POST', '/services', { ...given, contract: { content } })
    const reader = catalog.app.get(CatalogReader, { strict: false })
    const identity = (await reader.exposure('shop'))?.endpoints.get('shop')?.identity ?? ''
    const fact = { endpoint: 'shop', identity, entitySet: 'Orders', feature: 'filter:in:Edm.String', trust: 'unsupported' as const, origin: 'learnt' as const, why: '501 to in', since: '2026-11-22T08:00:00.000Z' }
    const gone = { ...fact, feature: 'count', expires: '2020-01-01T00:00:00.000Z' }
    const other = { ...fact, feature: 'top', trust: 'exact' as const, identity: 'another' }
    await catalog.app.get(Observations, { strict: false }).record([fact, gone, other])
    const { feature, why, since } = fact
    const learnt = { feature, why, since, state: 'unsupported', origin: 'learnt' }
    const declared = [said('query-segment', 'inexact'), said('select', 'unsupported'), said('skip', 'inexact'), said('top', 'unsupported')]
    expect((await send('GET', '/services/shop/capabilities')).json).toMatchObject({ entitySets: [{ name: 'Orders', features: [said('batch', 'inexact'), learnt, ...declared] }] })
    await send('PUT', '/services/shop/connection', { timeoutMs: 1_000 })
    expect((await send('GET', '/services/shop/capabilities')).json).toMatchObject({ entitySets: [{ name: 'Orders', features: [said('batch', 'inexact'), ...declared] }] })
    expect((await send('GET', '/services/nothing/capabilities')).status).toBe(404)
  })

  it('frees the slug of a removed service', async () => {
    await send('POST', '/services', given)
    expect((await send('DELETE', '/services/shop')).status).toBe(204)
    expect((await send('DELETE', '/services/shop')).status).toBe(404)
    expect((await send('POST', '/services', given)).json).toMatchObject({ slug: 'shop', outcome: 'created' })
  })

  it('asks the proxy for a preview', async () => {
    await send('POST', '/services', given)
    expect((await send('GET', '/services/shop/entity-sets/Orders/preview')).json).toMatchObject({ status: 503, code: 'HUB_UNAVAILABLE' })
    expect((await send('GET', '/services/shop/entity-sets/Orders/preview?rows=0')).status).toBe(400)
  })
})
