import { productExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

type Json = Readonly<Record<string, unknown>>

/** Two harbour services: one has the harbours with their charts, the other photos; a product joins them. */
describe('streams within the rows', () => {
  let charts: RichServer
  let photos: RichServer
  let door: DataDoor
  beforeAll(async () => {
    charts = await startRichServer()
    photos = await startRichServer()
    door = await openDoor({ environment: { TRIBUTARY_LIMIT_REQUESTS: '6' } })
    const endpoints = new Map([['charts', endpointOf('charts', charts.url, charts.metadata)], ['photos', endpointOf('photos', photos.url, photos.metadata)]])
    door.catalog.put(productExposure({
      slug: 'atlas', revision: 1, endpoints,
      definition: {
        name: 'Atlas',
        entities: [{ name: 'Places', service: 'charts', entitySet: 'Harbours', rename: { Name: 'Label' } }, { name: 'Pictures', service: 'photos', entitySet: 'Photos' }],
        relationships: [{ name: 'Place', from: 'Pictures', to: 'Places', on: [{ from: 'Id', to: 'Id' }] }],
      },
    }))
  })
  afterAll(async () => {
    await door.stop()
    await charts.stop()
    await photos.stop()
  })
  beforeEach(() => {
    charts.reset()
    photos.reset()
  })

  const put = (path: string, type: string, body: string): Promise<Response> => fetch(`${charts.url}${path}`, { method: 'PUT', headers: { 'content-type': type, 'if-match': '*' }, body })
  const ask = async (path: string): Promise<readonly Json[]> => {
    const response = await door.get(`/odata/atlas/${path}`)
    const body = await response.json() as { readonly value?: readonly Json[] }
    if (body.value === undefined) throw new Error(`${response.status}: ${JSON.stringify(body)}`)
    return body.value
  }

  it('come from several sources, each by the address it has there', async () => {
    const [first] = await ask('Pictures?$filter=Id eq 1&$select=Id&$expand=$value,Thumbnail,Place($select=Label;$expand=Chart)')
    expect(first).toMatchObject({
      '$value': Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 255]).toString('base64url'), '@odata.mediaContentType': 'image/png',
      'Thumbnail': Buffer.from('<svg/>').toString('base64url'), 'Thumbnail@odata.mediaContentType': 'image/svg+xml',
      'Place': { 'Label': 'Kiel', 'Chart': Buffer.from('0123456789').toString('base64url'), 'Chart@odata.mediaContentType': 'application/octet-stream' },
    })
    expect(Object.keys(first?.['Place'] as Json)).not.toContain('Id')
    expect(charts.requests.map(({ url }) => url)).toContain('/port/Harbours(1)/Chart')
  })

  it('are JSON where they are JSON, with all digits, and text where they are text', async () => {
    await put('Harbours(2)/Chart', 'application/json', '{"depth": 12345678901234567890.10}')
    await put('Harbours(3)/Chart', 'text/plain;charset=utf-8', 'Grüße "von" See')
    const text = await (await door.get('/odata/atlas/Places?$select=Label&$expand=Chart&$orderby=Id')).text()
    expect(text).toContain('"Chart":{"depth": 12345678901234567890.10}')
    const { value } = JSON.parse(text) as { readonly value: readonly Json[] }
    expect(value.map(({ Chart }) => Chart)).toEqual([Buffer.from('0123456789').toString('base64url'), expect.anything(), 'Grüße "von" See', null])
  })

  it('are told with their media type where the row itself did not say it', async () => {
    charts.behave({ ignoreQueryOptions: true })
    const rows = await ask('Places?$expand=Chart&$orderby=Id')
    charts.behave({})
    expect(rows[0]).toMatchObject({ 'Chart@odata.mediaContentType': 'application/octet-stream', 'Chart': expect.any(String) })
  })

  it('are read as often as a request may ask its sources, and no more', async () => {
    const response = await door.get('/odata/atlas/Pictures?$expand=$value,Thumbnail,Place($expand=Chart)')
    expect([response.status, await response.text()]).toEqual([413, expect.stringContaining('HUB_LIMIT_REQUESTS')])
  })

  it.each([
    ['Places?$expand=$value', 400, 'is no media entity'],
    ['Places?$expand=Chart($select=Id)', 400, 'No option applies to the expanded stream Chart'],
    ['Places?$expand=Chart&$format=csv', 501, 'A stream in a table'],
  ])('%s is refused', async (path, status, told) => {
    const response = await door.get(`/odata/atlas/${path}`)
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(told)])
  })

  it('of a source that refuses them end the answer by name', async () => {
    charts.behave({ refuse: ['media'] })
    const response = await door.get('/odata/atlas/Places(1)?$expand=Chart')
    charts.behave({})
    expect([response.status, await response.text()]).toEqual([expect.any(Number), expect.stringContaining('HUB_SOURCE')])
    expect(response.status).toBeGreaterThanOrEqual(500)
  })

  it('of a source that refuses them are left out, each with the reason, where the client goes on', async () => {
    photos.behave({ refuse: ['media'] })
    const response = await door.get('/odata/atlas/Pictures(1)?$select=Id&$expand=$value,Place($select=Label;$expand=Chart)', { prefer: 'odata.continue-on-error' })
    photos.behave({})
    const body = await response.json() as Json
    expect([response.status, response.headers.get('preference-applied')]).toEqual([200, 'odata.continue-on-error'])
    expect(body['$value@Core.ValueException']).toEqual({ info: { code: expect.stringMatching(/^HUB_SOURCE_/) as unknown, message: expect.stringContaining('photos') as unknown, severity: 'error' } })
    expect(Object.keys(body)).not.toContain('$value')
    expect(body['Place']).toMatchObject({ Label: 'Kiel', Chart: Buffer.from('0123456789').toString('base64url') })
  })
})
