import { productExposure, serviceExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

type Json = Readonly<Record<string, unknown>>
interface Answer {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Json
}

const errorOf = (body: Json | undefined): Json => (body?.['error'] ?? {}) as Json

const json = { 'content-type': 'application/json' }
const sailor = (Id: number, more: Json = {}) => ({ Id, Name: `S${Id}`, Papers: `P-${Id}`, Rank: 1, ...more })
const create = (id: string, Id: number, more: object = {}) => ({ id, method: 'post', url: 'Sailors', headers: json, body: sailor(Id), ...more })
const part = (id: string, line: string, body?: Json) => `--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ${id}\r\n\r\n${line} HTTP/1.1\r\n${body === undefined ? '' : 'Content-Type: application/json\r\n'}\r\n${body === undefined ? '' : JSON.stringify(body)}\r\n`
const set = (parts: readonly string[]) => `--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n${parts.join('')}--c--\r\n`
const get = (line: string) => `--b\r\nContent-Type: application/http\r\n\r\n${line} HTTP/1.1\r\n\r\n\r\n`
const lines = (text: string) => [...text.matchAll(/Content-ID: (\S+)|HTTP\/1\.1 (\d+)|boundary=(changes_\d+)/g)].map(([, id, told, boundary]) => id ?? told ?? boundary)

describe('change sets', () => {
  let port: RichServer
  let door: DataDoor
  beforeAll(async () => {
    port = await startRichServer()
    door = await openDoor()
    const endpoint = endpointOf('port', port.url, port.metadata)
    const other = endpointOf('other', port.url.replace('/port/', '/elsewhere/'), port.metadata)
    door.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpoint))
    door.catalog.put(productExposure({
      slug: 'fleet', revision: 1, endpoints: new Map([['port', endpoint], ['other', other]]),
      definition: {
        name: 'Fleet', relationships: [], entities: [
          { name: 'Ships', service: 'port', entitySet: 'Vessels', select: ['Code', 'Name', 'Needs', 'Log', 'Lots'], rename: { Code: 'Id', Name: 'Label' } },
          { name: 'Hands', service: 'port', entitySet: 'Sailors', select: ['Id', 'Name', 'Papers', 'Rank'], rename: { Papers: 'Name', Name: 'Full' } },
          { name: 'Stops', service: 'port', entitySet: 'Calls', select: ['VesselCode', 'Number', 'Arrived', 'Loaded'], rename: { Number: 'VesselCode', VesselCode: 'Ship' } },
          { name: 'Strangers', service: 'other', entitySet: 'Sailors', select: ['Id', 'Name', 'Papers', 'Rank'] },
        ],
      },
    }))
  })
  afterAll(async () => {
    await door.stop()
    await port.stop()
  })
  beforeEach(() => {
    port.reset()
    port.behave({})
  })

  const batch = async (requests: readonly object[], headers: Readonly<Record<string, string>> = {}, slug = 'port'): Promise<readonly Answer[]> => {
    const response = await door.get(`/odata/${slug}/$batch`, { 'content-type': 'application/json', ...headers }, { method: 'POST', body: JSON.stringify({ requests }) })
    const text = await response.text()
    if (response.status !== 200) throw new Error(text)
    return (JSON.parse(text) as { readonly responses: readonly Answer[] }).responses
  }
  const there = async (path: string): Promise<Json> => await (await fetch(`${port.url}${path}`, { headers: { accept: 'application/json' } })).json() as Json
  const send = async (sections: readonly string[], headers: Readonly<Record<string, string>> = {}) => {
    const response = await door.get('/odata/port/$batch', { 'content-type': 'multipart/mixed;boundary=b', ...headers }, { method: 'POST', body: `${sections.join('')}--b--` })
    return { response, text: await response.text() }
  }
  const status = async (path: string): Promise<number> => (await fetch(`${port.url}${path}`)).status

  it('go to their source as one, and every change has its answer', async () => {
    const answers = await batch([
      create('a', 901, { atomicityGroup: 'g' }),
      { id: 'b', method: 'patch', url: 'Sailors(901)', headers: json, body: { Rank: 7 }, atomicityGroup: 'g', dependsOn: ['a'] },
      { id: 'c', method: 'get', url: 'Sailors(901)?$select=Rank', dependsOn: ['g'] },
    ])
    expect(answers.map(({ id, status: told }) => [id, told])).toEqual([['a', 201], ['b', expect.any(Number)], ['c', 200]])
    expect(answers[0]).toMatchObject({ headers: { location: `${door.origin}/odata/port/Sailors(901)` }, body: { 'Name': 'S901', '@odata.context': `${door.origin}/odata/port/$metadata#Sailors/$entity` } })
    expect(answers[2]?.body).toMatchObject({ Rank: 7 })
    expect(port.requests.filter(({ method }) => method !== 'GET').map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /port/$batch'])
  })

  it('are done whole or not at all, and the one that failed says why', async () => {
    const answers = await batch([
      create('a', 902, { atomicityGroup: 'g' }),
      { id: 'b', method: 'delete', url: 'Sailors(987654)', atomicityGroup: 'g' },
      { id: 'c', method: 'get', url: 'Sailors(902)', dependsOn: ['g'] },
      { id: 'd', method: 'get', url: 'Sailors/$count' },
    ])
    expect(answers.map(({ id, status: told }) => [id, told])).toEqual([['a', 424], ['b', 404], ['c', 424], ['d', 200]])
    expect(answers[1]?.body).toMatchObject({ error: { code: 'HUB_SOURCE_REJECTED' } })
    expect(await status('Sailors(902)')).toBe(404)
  })

  it('refer to what an earlier change of the same set creates, in addresses and in bodies', async () => {
    const answers = await batch([
      { id: 'ship', method: 'post', url: 'Vessels', headers: json, body: { Code: 'NEW', Name: 'New', Needs: 'Water', Log: [], Lots: [], Kinds: [] }, atomicityGroup: 'g' },
      { id: 'call', method: 'post', url: '$ship/Calls', headers: json, body: { VesselCode: 'NEW', Number: 1, Arrived: '2024-01-01T00:00:00Z' }, atomicityGroup: 'g', dependsOn: ['ship'] },
      create('mate', 903, { atomicityGroup: 'g', body: sailor(903, { 'Vessels@odata.bind': ['$ship'] }) }),
    ])
    expect(answers.map(({ id, status: told, body }) => [id, told, body?.['error']])).toEqual([['ship', 201, undefined], ['call', 201, undefined], ['mate', 201, undefined]])
    expect((await there("Vessels('NEW')/Calls"))['value']).toHaveLength(1)
    expect((await there("Vessels('NEW')/Crew"))['value']).toMatchObject([{ Name: 'S903' }])
  })

  it('and requests by themselves refer to what earlier requests created', async () => {
    const answers = await batch([
      create('1', 904),
      { id: '2', method: 'get', url: '$1/Name', dependsOn: ['1'] },
      create('3', 905, { body: sailor(905, { 'Mentor@odata.bind': '$1' }), dependsOn: ['1'] }),
      { id: '4', method: 'get', url: '$3/Mentor', dependsOn: ['3'] },
      { id: '5', method: 'patch', url: '$3', headers: json, body: { Rank: 5 }, dependsOn: ['3'] },
      { id: '6', method: 'get', url: '$nobody/Name' },
      { id: '7', method: 'post', url: 'Sailors', headers: json, body: { Nmae: 'x' } },
      { id: '8', method: 'get', url: '$7/Name' },
    ])
    expect(answers.map(({ id, status: told }) => [id, told])).toEqual([['1', 201], ['2', 200], ['3', 201], ['4', 200], ['5', expect.any(Number)], ['6', 424], ['7', 400], ['8', 424]])
    expect(answers[1]?.body?.['value']).toBe('S904')
    expect(answers[3]?.body).toMatchObject({ Name: 'S904' })
    expect(await there('Sailors(905)')).toMatchObject({ Rank: 5 })
  })

  it('may hold actions, but nothing that is only read', async () => {
    const both = await batch([
      { id: 'a', method: 'post', url: "Vessels('AMBER')/Port.Rename", headers: { ...json, 'if-match': '*' }, body: { name: 'Renamed' }, atomicityGroup: 'g' },
      create('b', 906, { atomicityGroup: 'g' }),
    ])
    expect(both.map(({ status: told }) => told)).toEqual([200, 201])
    expect(both[0]?.body).toMatchObject({ Code: 'AMBER', Name: 'Renamed' })
    const mixed = await batch([create('a', 907, { atomicityGroup: 'g' }), { id: 'b', method: 'get', url: 'Sailors', atomicityGroup: 'g' }])
    expect(mixed.map(({ status: told, body }) => [told, errorOf(body)['message']])).toEqual([[400, expect.stringContaining('GET Sailors')], [400, expect.stringContaining('GET Sailors')]])
    expect(await status('Sailors(907)')).toBe(404)
  })

  it('of one change go as that change, whether the source takes batches or not', async () => {
    port.behave({ refuse: ['batch'] })
    const alone = await batch([create('a', 908, { atomicityGroup: 'g' })])
    expect(alone.map(({ status: told }) => told)).toEqual([201])
    expect(port.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /port/Sailors'])
  })

  it('of several changes are refused by name where the source takes no batches, and nothing is done', async () => {
    port.behave({ refuse: ['batch'] })
    const answers = await batch([create('a', 909, { atomicityGroup: 'g' }), create('b', 910, { atomicityGroup: 'g' })])
    expect(answers.map(({ status: told, body }) => [told, errorOf(body)['code']])).toEqual([[501, 'HUB_BATCH_UNSUPPORTED'], [501, 'HUB_BATCH_UNSUPPORTED']])
    expect([await status('Sailors(909)'), await status('Sailors(910)')]).toEqual([404, 404])
  })

  it('are sent as JSON to a source that takes no other batches', async () => {
    const formats = '<Annotation Term="Org.OData.Capabilities.V1.BatchSupport"><Record><PropertyValue Property="SupportedFormats"><Collection><String>application/json</String></Collection></PropertyValue></Record></Annotation>'
    door.catalog.put(serviceExposure({ slug: 'modern', name: 'Modern', revision: 1 }, endpointOf('modern', port.url, port.metadata.replace('</EntityContainer>', `${formats}</EntityContainer>`))))
    const answers = await batch([create('a', 940, { atomicityGroup: 'g' }), { id: 'b', method: 'post', url: '$a/Pupils', headers: json, body: sailor(941), atomicityGroup: 'g' }], {}, 'modern')
    expect(answers.map(({ id, status: told }) => [id, told])).toEqual([['a', 201], ['b', 201]])
    expect(answers[0]?.headers['location']).toBe(`${door.origin}/odata/modern/Sailors(940)`)
    expect(port.requests.find(({ url }) => url === '/port/$batch')?.headers['content-type']).toBe('application/json')
    const failed = await batch([create('a', 942, { atomicityGroup: 'g' }), { id: 'b', method: 'delete', url: 'Sailors(987654)', atomicityGroup: 'g' }], {}, 'modern')
    expect(failed.map(({ id, status: told }) => [id, told])).toEqual([['a', 424], ['b', 404]])
    expect(await status('Sailors(942)')).toBe(404)
  })

  it('of a data product speak its names, and the source’s to the source', async () => {
    const answers = await batch([
      { id: 'ship', method: 'post', url: 'Ships', headers: json, body: { Id: 'NEW', Label: 'New', Needs: 'Water', Log: [], Lots: [] }, atomicityGroup: 'g' },
      { id: 'hand', method: 'post', url: 'Hands', headers: { ...json, prefer: 'return=representation' }, body: { 'Id': 930, 'Full': 'Ann', 'Name': 'P-930', 'Rank': 1, 'Vessels@odata.bind': ['$ship'] }, atomicityGroup: 'g' },
      { id: 'rank', method: 'patch', url: '$hand', headers: json, body: { Full: 'Anna' }, atomicityGroup: 'g' },
    ], {}, 'fleet')
    expect(answers.map(({ id, status: told, body }) => [id, told, body?.['error']])).toEqual([['ship', 201, undefined], ['hand', 201, undefined], ['rank', expect.any(Number), undefined]])
    expect(answers[0]).toMatchObject({ headers: { location: `${door.origin}/odata/fleet/Ships('NEW')` } })
    expect(answers[1]?.body).toMatchObject({ Full: 'Ann', Name: 'P-930' })
    expect(await there('Sailors(930)')).toMatchObject({ Name: 'Anna', Papers: 'P-930' })
    expect((await there("Vessels('NEW')/Crew"))['value']).toMatchObject([{ Name: 'Anna' }])
  })

  it('of a data product may leave out of keys what the row before tells', async () => {
    const answers = await batch([
      { id: 'old', method: 'patch', url: "Ships('AMBER')/Calls(2)", headers: { ...json, prefer: 'return=representation' }, body: { Loaded: 1.5 } },
      { id: 'ship', method: 'post', url: 'Ships', headers: json, body: { Id: 'NEW', Label: 'New', Needs: 'Water', Log: [], Lots: [] }, atomicityGroup: 'g' },
      { id: 'call', method: 'post', url: '$ship/Calls', headers: json, body: { VesselCode: 3, Arrived: '2024-01-01T00:00:00Z' }, atomicityGroup: 'g' },
      { id: 'more', method: 'patch', url: '$ship/Calls(VesselCode=3)', headers: json, body: { Loaded: 4 }, atomicityGroup: 'g' },
      { id: 'gone', method: 'delete', url: "Ships('AMBER')/Calls(1)" },
    ], {}, 'fleet')
    expect(answers.map(({ id, status: told, body }) => [id, told, body?.['error']])).toEqual([['old', 200, undefined], ['ship', 201, undefined], ['call', 201, undefined], ['more', 204, undefined], ['gone', 204, undefined]])
    expect(answers[0]?.body).toMatchObject({ Ship: 'AMBER', VesselCode: 2, Loaded: 1.5 })
    expect((await there("Vessels('NEW')/Calls"))['value']).toMatchObject([{ VesselCode: 'NEW', Number: 3, Loaded: 4 }])
    expect([await status("Calls(VesselCode='AMBER',Number=1)"), port.requests.some(({ url }) => url === "/port/Vessels('AMBER')/Calls(VesselCode='AMBER',Number=2)")]).toEqual([404, true])
  })

  it('that span sources are refused by name, and nothing is done', async () => {
    const answers = await batch([
      { id: 'a', method: 'post', url: 'Hands', headers: json, body: { Id: 931, Full: 'A', Name: 'P-931', Rank: 1 }, atomicityGroup: 'g' },
      { id: 'b', method: 'post', url: 'Strangers', headers: json, body: { Id: 932, Name: 'B', Papers: 'P-932', Rank: 1 }, atomicityGroup: 'g' },
    ], {}, 'fleet')
    expect(answers.map(({ status: told, body }) => [told, errorOf(body)['code']])).toEqual([[501, 'HUB_REQUEST_SPANS_SOURCES'], [501, 'HUB_REQUEST_SPANS_SOURCES']])
    expect(errorOf(answers[0]?.body)['message']).toContain('the sources port and other')
    expect(await status('Sailors(931)')).toBe(404)
  })

  it('are not sent where one of their changes is malformed', async () => {
    const answers = await batch([create('a', 911, { atomicityGroup: 'g' }), create('b', 912, { atomicityGroup: 'g', body: { Id: 912, Nmae: 'x' } })])
    expect(answers.map(({ status: told }) => told)).toEqual([400, 400])
    expect(port.requests).toEqual([])
  })

  describe('in MIME parts', () => {

    it('are answered by a part of their own, each answer with its Content-ID', async () => {
      const { text } = await send([set([part('1', 'POST Sailors', sailor(920)), part('2', 'POST $1/Pupils', sailor(921)), part('3', `DELETE ${door.origin}/odata/port/Sailors(920)/Pupils(921)/$ref`)]), get('GET /odata/port/Sailors(921)/Name/$value')])
      expect(lines(text)).toEqual(['changes_1', '1', '201', '2', '201', '3', '204', '200'])
      expect(text).toContain('S921')
    })

    it('may count their requests each for itself, and refer to their own', async () => {
      const { text } = await send([
        set([part('1', 'POST Sailors', sailor(930)), part('2', 'POST $1/Pupils', sailor(931))]),
        set([part('1', 'POST Sailors', sailor(932)), part('2', 'POST Sailors', sailor(933, { 'Mentor@odata.bind': '$1' }))]),
      ])
      expect(lines(text)).toEqual(['changes_1', '1', '201', '2', '201', 'changes_2', '1', '201', '2', '201'])
      expect(await there('Sailors(931)/Mentor')).toMatchObject({ Id: 930 })
      expect(await there('Sailors(933)/Mentor')).toMatchObject({ Id: 932 })
    })

    it('that fail are answered by the error, and end the batch', async () => {
      const failing = set([part('1', 'POST Sailors', sailor(922)), part('2', 'DELETE Sailors(987654)')])
      const { text } = await send([failing, get('GET Sailors/$count')])
      expect(lines(text)).toEqual(['2', '404'])
      const on = await send([failing, get('GET Sailors/$count')], { prefer: 'odata.continue-on-error' })
      expect(lines(on.text)).toEqual(['2', '404', '200'])
      expect(await status('Sailors(922)')).toBe(404)
    })

    it('of one change are answered as change sets too', async () => {
      const { text } = await send([set([part('1', 'POST Sailors', sailor(923))]), set([part('2', 'DELETE Sailors(987654)')])])
      expect(lines(text)).toEqual(['changes_1', '1', '201', '2', '404'])
    })

    it('are answered as JSON where that is wanted, and the other way round', async () => {
      const { response, text } = await send([set([part('1', 'POST Sailors', sailor(924)), part('2', 'PATCH Sailors(924)', { Rank: 2 })]), get('GET Sailors(924)/Rank')], { 'accept': 'application/json', 'odata-maxversion': '4.01' })
      expect(response.headers.get('content-type')).toBe('application/json')
      expect((JSON.parse(text) as { readonly responses: readonly Answer[] }).responses.map(({ id, status: told }) => [id, told])).toEqual([['1', 201], ['2', expect.any(Number)], ['3', 200]])
      const turned = await door.get('/odata/port/$batch', { 'content-type': 'application/json', 'accept': 'multipart/mixed' }, { method: 'POST', body: JSON.stringify({ requests: [{ id: 'x', method: 'get', url: 'Sailors/$count' }] }) })
      expect([turned.headers.get('content-type'), lines(await turned.text())]).toEqual([expect.stringMatching(/^multipart\/mixed;boundary=/), ['x', '200']])
      const neither = await send([get('GET Sailors')], { 'accept': 'text/csv', 'odata-maxversion': '4.01' })
      expect(neither.response.status).toBe(406)
    })
  })
})
