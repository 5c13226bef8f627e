import { readCsdl, annotationValue, type AnnotationValue } from '@tributary/edm'
import { northwindSamples } from '../src/samples/northwind-samples.js'
import { openDoor } from './data-door.js'
import { openYard, type Yard, type YardOptions } from './yard.js'

const open: Yard[] = []
const yardWith = async (options: YardOptions): Promise<Yard> => {
  const yard = await openYard(options)
  open.push(yard)
  return yard
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((yard) => yard.stop()))
})

const term = (name: string): string => `Org.OData.Capabilities.V1.${name}`
const record = (value: AnnotationValue | undefined): Readonly<Record<string, unknown>> =>
  value?.kind === 'record' ? Object.fromEntries([...value.properties].map(([name, inner]) => [name, 'text' in inner ? inner.text : inner.kind === 'collection' ? inner.items.map((item) => ('path' in item ? item.path : item.kind)) : inner.kind])) : {}

/** What `$metadata` says of changes to a set or singleton. */
async function shown({ door }: Pick<Yard, 'door'>, slug: string, name: string) {
  const model = readCsdl(await (await door.get(`/odata/${slug}/$metadata`)).text())
  const annotations = (model.container?.entitySets.get(name) ?? model.container?.singletons.get(name))?.annotations ?? []
  return { insert: record(annotationValue(annotations, term('InsertRestrictions'))), update: record(annotationValue(annotations, term('UpdateRestrictions'))), delete: record(annotationValue(annotations, term('DeleteRestrictions'))), deep: annotations.some((one) => one.term === term('DeepInsertSupport')) }
}

const allow = async ({ door }: Yard, path: string): Promise<string | null> => (await door.get(`/odata/${path}`, {}, { method: 'OPTIONS' })).headers.get('allow')

const restriction = (name: string, properties: string): string => `<Annotation Term="${term(name)}"><Record>${properties}</Record></Annotation>`
const bool = (name: string, value: boolean): string => `<PropertyValue Property="${name}" Bool="${value}"/>`
const paths = (name: string, ...of: readonly string[]): string => `<PropertyValue Property="${name}"><Collection>${of.map((path) => `<PropertyPath>${path}</PropertyPath>`).join('')}</Collection></PropertyValue>`

const concurrency = '<Annotation Term="Org.OData.Core.V1.OptimisticConcurrency"><Collection><PropertyPath>Freight</PropertyPath><PropertyPath>Secret</PropertyPath></Collection></Annotation>'

const some = restriction('InsertRestrictions', `${bool('Insertable', true)}${paths('NonInsertableProperties', 'ID', 'Freight', 'Secret')}`)
  + restriction('UpdateRestrictions', `${paths('NonUpdatableProperties', 'Ship/City')}${bool('Upsertable', true)}`) + restriction('DeleteRestrictions', bool('Deletable', false))
  + restriction('DeepInsertSupport', bool('Supported', true))

describe('which changes are sent', () => {
  it('is what the contract declares, kind by kind, and what it says more of them stays visible', async () => {
    const yard = await yardWith({ annotations: some })
    expect(await shown(yard, 'sales', 'Orders')).toEqual({ insert: { Insertable: 'true', NonInsertableProperties: ['ID', 'Freight', 'Secret'] }, update: { Updatable: 'true', NonUpdatableProperties: ['Ship/City'], Upsertable: 'true' }, delete: { Deletable: 'false' }, deep: true })
    expect(await shown(yard, 'yard', 'Jobs')).toEqual({ insert: { Insertable: 'true', NonInsertableProperties: ['Number', 'Cost'] }, update: { Updatable: 'true', NonUpdatableProperties: ['Ship/City'], Upsertable: 'true' }, delete: { Deletable: 'false' }, deep: true })
    const refused = await yard.send('DELETE', '/odata/sales/Orders(1)')
    expect([refused.status, refused.headers.get('allow'), ((await refused.json()) as { error: unknown }).error]).toEqual([405, 'GET, HEAD, PUT, PATCH, OPTIONS', { code: 'HUB_CHANGE_NOT_ALLOWED', message: 'The method DELETE is not allowed on /odata/sales/Orders(1): the source sales declares that it takes none. Allowed: GET, HEAD, PUT, PATCH, OPTIONS.' }])
    expect(yard.sales.requests).toEqual([])
    expect((await yard.send('PATCH', '/odata/sales/Orders(1)', { Paid: true })).status).toBe(204)
  })

  it('is changes of collections as a whole only where these are declared or allowed', async () => {
    const yard = await yardWith({ annotations: restriction('UpdateRestrictions', bool('Updatable', true)) })
    expect([await allow(yard, 'sales/Orders'), await allow(yard, 'sales/Orders(1)'), await allow(yard, 'sales/Orders/$each')]).toEqual(['GET, HEAD, OPTIONS', 'GET, HEAD, PUT, PATCH, OPTIONS', 'GET, HEAD, PATCH, OPTIONS'])
    expect((await yard.send('PATCH', '/odata/sales/Orders', { value: [] })).status).toBe(405)
    const delta = await yardWith({ annotations: restriction('UpdateRestrictions', bool('DeltaUpdateSupported', true)) })
    expect((await delta.send('PATCH', '/odata/sales/Orders', { value: [] })).status).toBe(204)
    const allowed = await yardWith({ annotations: '', connection: { writes: 'allowed' } })
    expect((await allowed.send('PATCH', '/odata/sales/Orders', { value: [] })).status).toBe(204)
    const not = await yardWith({ annotations: restriction('UpdateRestrictions', bool('DeltaUpdateSupported', false)), connection: { writes: 'allowed' } })
    expect((await not.send('PATCH', '/odata/sales/Orders', { value: [] })).status).toBe(405)
  })

  it('is what the container declares of all sets, where a set does not say otherwise', async () => {
    const yard = await yardWith({ annotations: restriction('DeleteRestrictions', bool('Deletable', false)), ofContainer: some })
    expect(await shown(yard, 'sales', 'Orders')).toMatchObject({ insert: { Insertable: 'true' }, update: { Updatable: 'true' }, delete: { Deletable: 'false' }, deep: true })
    expect((await yard.send('POST', '/odata/sales/Orders', { ID: 1 })).status).toBe(204)
    expect((await yard.send('DELETE', '/odata/sales/Orders(1)')).status).toBe(405)
  })

  it('is what a set declares of the way along a navigation, and of what is contained', async () => {
    const along = `<Annotation Term="${term('NavigationRestrictions')}"><Record><PropertyValue Property="RestrictedProperties"><Collection>${[['Lines', 'Insert', 'Insertable', false], ['Notes', 'Delete', 'Deletable', false]].map(([path, kind, name, value]) => `<Record><PropertyValue Property="NavigationProperty" NavigationPropertyPath="${String(path)}"/><PropertyValue Property="${String(kind)}Restrictions"><Record>${bool(String(name), value === true)}</Record></PropertyValue></Record>`).join('')}</Collection></PropertyValue></Record></Annotation>`
    const yard = await yardWith({ annotations: `${along}${restriction('InsertRestrictions', bool('Insertable', true))}${restriction('UpdateRestrictions', bool('Updatable', true))}` })
    expect(await Promise.all(['sales/Orders(1)/Lines', 'sales/Lines', 'sales/Orders(1)/Notes', 'sales/Orders(1)/Notes(1)'].map((path) => allow(yard, path)))).toEqual([
      'GET, HEAD, OPTIONS', 'GET, HEAD, POST, OPTIONS', 'GET, HEAD, POST, OPTIONS', 'GET, HEAD, PUT, PATCH, OPTIONS',
    ])
  })

  it('is nothing where the contract is silent, with a word on who could change that', async () => {
    const yard = await yardWith({ annotations: '' })
    expect(await shown(yard, 'sales', 'Orders')).toEqual({ insert: { Insertable: 'false' }, update: { Updatable: 'false' }, delete: { Deletable: 'false' }, deep: false })
    const refused = await yard.send('POST', '/odata/sales/Orders', { ID: 1 })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    expect(await refused.text()).toContain('connection.writes to allowed')
    expect(yard.sales.requests).toEqual([])
  })

  it('is everything the contract does not rule out, where the connection allows it', async () => {
    const silent = await yardWith({ annotations: '', connection: { writes: 'allowed' } })
    expect(await shown(silent, 'yard', 'Jobs')).toEqual({ insert: { Insertable: 'true' }, update: { Updatable: 'true' }, delete: { Deletable: 'true' }, deep: false })
    expect(await shown(silent, 'sales', 'Head')).toMatchObject({ insert: {}, update: { Updatable: 'true' }, delete: {} })
    expect((await silent.send('POST', '/odata/sales/Orders', { ID: 1 })).status).toBe(204)
    const forbidding = await yardWith({ annotations: restriction('InsertRestrictions', bool('Insertable', false)), connection: { writes: 'allowed' } })
    expect((await shown(forbidding, 'sales', 'Orders')).insert).toEqual({ Insertable: 'false' })
    expect((await forbidding.send('POST', '/odata/sales/Orders', { ID: 1 })).status).toBe(405)
    expect((await forbidding.send('DELETE', '/odata/sales/Orders(1)')).status).toBe(204)
  })

  it('is nothing where the connection refuses it', async () => {
    const yard = await yardWith({ connection: { writes: 'refused' } })
    expect(await shown(yard, 'sales', 'Orders')).toEqual({ insert: { Insertable: 'false' }, update: { Updatable: 'false' }, delete: { Deletable: 'false' }, deep: false })
    const refused = await yard.send('PATCH', '/odata/yard/Jobs(1)', { Cost: 1 })
    expect([refused.status, yard.sales.requests]).toEqual([405, []])
  })

  it('is nothing for sources that can only be read', async () => {
    const door = await openDoor({ samples: northwindSamples() })
    try {
      const response = await door.get('/samples/sales/Orders', { 'content-type': 'application/json' }, { method: 'POST', body: '{}' })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
      expect(await response.text()).toContain('can only be read')
      expect((await shown({ door }, '../samples/sales', 'Orders')).insert).toEqual({ Insertable: 'false' })
    } finally {
      await door.stop()
    }
  })

  it('tells clients of a product, too, that changes are guarded by entity tags', async () => {
    const yard = await yardWith({ annotations: '', outside: `<Annotations Target="Sales.Container/Orders">${concurrency}${some}</Annotations>` })
    expect((await shown(yard, 'sales', 'Orders')).insert).toMatchObject({ Insertable: 'true' })
    const model = readCsdl(await (await yard.door.get('/odata/yard/$metadata')).text())
    const said = annotationValue(model.container?.entitySets.get('Jobs')?.annotations ?? [], 'Org.OData.Core.V1.OptimisticConcurrency')
    expect(said?.kind === 'collection' ? said.items : said).toEqual([{ kind: 'propertyPath', path: 'Cost' }])
    yard.sales.answer({ status: 200, body: '{"@odata.context":"$root$$metadata#Orders","value":[{"@odata.etag":"W/\\"5\\"","ID":7,"Freight":1.50}]}' })
    const read = await yard.door.get('/odata/yard/Jobs(7)?$select=Number,Cost')
    expect([read.headers.get('etag'), await read.json()]).toEqual(['W/"5"', { '@odata.context': `${yard.door.origin}/odata/yard/$metadata#Jobs(Number,Cost)/$entity`, '@odata.etag': 'W/"5"', 'Number': 7, 'Cost': 1.5 }])
  })

  it('keeps in a product what a property says of being written', async () => {
    const yard = await yardWith({})
    const model = readCsdl(await (await yard.door.get('/odata/yard/$metadata')).text())
    const type = model.entityType('yard.sales.Order')
    expect(type?.properties.get('Big')?.annotations).toEqual([expect.objectContaining({ term: 'Org.OData.Core.V1.Permissions', value: { kind: 'enumMember', text: 'Org.OData.Core.V1.Permission/Read' } })])
  })

  it('stays the same byte for byte', async () => {
    const [one, other] = [await yardWith({ annotations: some }), await yardWith({ annotations: some })]
    for (const slug of ['sales', 'yard']) {
      const [first, second] = await Promise.all([one, other].map(async ({ door }) => (await door.get(`/odata/${slug}/$metadata`)).headers.get('etag')))
      expect(first).toBe(second)
    }
  })
})

describe('OPTIONS', () => {
  it.each([
    ['sales/', 'GET, HEAD, OPTIONS'], ['sales/$metadata', 'GET, HEAD, OPTIONS'], ['sales/$batch', 'POST, OPTIONS'],
    ['sales/Orders', 'GET, HEAD, POST, PUT, PATCH, OPTIONS'], ['sales/Orders(1)', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'], ['sales/Orders/$count', 'GET, HEAD, OPTIONS'],
    ['sales/Orders(1)/Freight', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'], ['sales/Orders(1)/Tags', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'], ['sales/Orders(1)/Scan', 'GET, HEAD, PUT, DELETE, OPTIONS'],
    ['sales/Orders(1)/Lines/$ref', 'GET, HEAD, POST, PUT, DELETE, OPTIONS'], ['sales/Orders(1)/Parent/$ref', 'GET, HEAD, PUT, DELETE, OPTIONS'], ['sales/Files(1)/$value', 'GET, HEAD, PUT, DELETE, OPTIONS'],
    ['yard/Jobs', 'GET, HEAD, POST, PUT, PATCH, OPTIONS'], ['yard/Jobs(1)/Client', 'GET, HEAD, OPTIONS'], ['sales/Head', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
  ])('of %s lists what is there: %s', async (path, methods) => {
    const yard = await yardWith({})
    expect(await allow(yard, path)).toBe(methods)
    expect(yard.sales.requests).toEqual([])
  })
})

describe('changes from browsers', () => {
  it('are refused from pages of other origins', async () => {
    const yard = await yardWith({})
    const response = await yard.send('POST', '/odata/sales/Orders', { ID: 1 }, { origin: 'https://evil.example' })
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code, yard.sales.requests]).toEqual([403, 'HUB_AUTH_FORBIDDEN', []])
    expect((await yard.send('POST', '/odata/sales/Orders', { ID: 1 }, { origin: yard.door.origin })).status).toBe(204)
  })
})

describe('limits and secrets', () => {
  it('keeps bodies to their limit', async () => {
    const yard = await yardWith({ environment: { TRIBUTARY_BODY_BYTES: '1024' } })
    const response = await yard.send('POST', '/odata/sales/Orders', { CustomerID: 'x'.repeat(2000) })
    expect([response.status, yard.sales.requests]).toEqual([413, []])
  })

  it('sends the connection\'s credentials and never the client\'s, and lets none of them out', async () => {
    const yard = await yardWith({ connection: { auth: { kind: 'apiKey', name: 'key', value: 'topsecret', in: 'query' }, headers: { 'x-tenant': 'tenant-7' } } })
    yard.sales.answer({ status: 400, body: '{"error":{"code":"1","message":"no good: key=topsecret of tenant-7","target":"topsecret"}}' })
    const refused = await yard.send('PATCH', '/odata/sales/Orders(1)', { Paid: true }, { 'authorization': 'Bearer mine', 'cookie': 'a=b', 'x-csrf-token': 'mine' })
    const [sent] = yard.sales.requests
    expect([sent?.path, sent?.headers['authorization'], sent?.headers['cookie'], sent?.headers['x-csrf-token'], sent?.headers['x-tenant']]).toEqual(['Orders(1)?key=topsecret', undefined, undefined, undefined, 'tenant-7'])
    expect(await refused.text()).not.toMatch(/topsecret|tenant-7/)
    yard.sales.answer({ status: 201, headers: { location: '$root$Orders(1)?key=topsecret&x=1' }, body: '{"@odata.context":"$root$$metadata#Orders/$entity","@odata.readLink":"$root$Orders(1)?key=topsecret","ID":1}' })
    const created = await yard.send('POST', '/odata/sales/Orders', { ID: 1 })
    expect([created.headers.get('location'), (await created.text()).includes('topsecret')]).toEqual([`${yard.door.origin}/odata/sales/Orders(1)?x=1`, false])
    expect(yard.door.log.join('')).not.toContain('topsecret')
  })
})
