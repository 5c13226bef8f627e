import * as fc from 'fast-check'
import { serviceExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

const segments = [
  'Vessels', "Vessels('AMBER')", 'Harbours(1)', 'Harbours', 'Office', 'Port.Ferry', 'Port.Rename', 'Port.Heaviest()', 'Port.HeavierThan(weight=1)', 'Port.TotalLoaded(since=@p)', 'Port.IsOpen(at=12:00:00)',
  'Greeting()', 'Greeting', 'NearestHarbour(lat=1,lon=2)', 'NearestHarbour', 'CallsOf(codes=@c)', 'Normalised(address=@a)', 'KindsSeen()', '$count', '$value', '$ref', '$each', 'Home', 'Calls', 'Name', 'Address', 'City',
  '$filter(Code eq 1)', '0', 'ClearLogs', 'Announce', 'Summed', 'Moored', 'Lots', '$query', '$all', '$entity', '$crossjoin(Vessels,Harbours)', 'Port.CloseAll', 'Port.Guests()', 'LoadedAt(harbour=null)', "LoadedAt(harbour='x',since=1)", '$1', '$async/x',
]
const options = [
  '$top=1', '$select=Name', '$select=Port.*', '$filter=Name eq 1', '@c=["a"]', '@c=@c', '@a={"City":1}', '@p=2020-01-01', '@p=@q&@q=@p', '$expand=Calls', '$count=true', 'lat=1&lon=2', 'harbour=1', '$skiptoken=x', '$deltatoken=y',
  '$format=json', '$search=a', '$apply=identity', '$compute=1 as x', '$levels=2', '$id=Vessels(1)',
]
const path = fc.array(fc.constantFrom(...segments), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const query = fc.array(fc.constantFrom(...options), { maxLength: 3 }).map((parts) => [...new Set(parts)].join('&'))
const address = fc.tuple(path, query).map(([before, after]) => `${before}${after === '' ? '' : `?${after}`}`)
const method = fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS')
const body = fc.constantFrom('', '{}', '{"name":"x"}', '[]', '{"lots":[{"Label":1}]}', '{"text":"a","times":2}', 'null', '{"at":null}', '{"name":{"@odata.id":"$1"}}')
const prefer = fc.constantFrom('', 'respond-async, wait=5', 'return=minimal', 'odata.track-changes', 'continue-on-error=false')
const hasNoBody = (name: string): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(name)

const part = fc.record({
  method, url: fc.tuple(fc.constantFrom('', '$1/', '$2/', '/odata/port/', '$zz/'), address).map((parts) => parts.join('')), atomicityGroup: fc.constantFrom(undefined, undefined, 'g', 'h'),
  body: fc.constantFrom<unknown>(undefined, {}, { Id: 5, Name: 'a', Papers: 'b' }, { name: '$1' }, { 'Mentor@odata.bind': '$1' }, 'text', [1]), dependsOn: fc.constantFrom(undefined, ['1'], ['g']), if: fc.constantFrom(undefined, undefined, '$1/$succeeded'),
})

describe('requests of any shape', () => {
  let port: RichServer
  let door: DataDoor
  beforeAll(async () => {
    port = await startRichServer()
    door = await openDoor()
    door.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpointOf('port', port.url, port.metadata)))
  })
  afterAll(async () => {
    await door.stop()
    await port.stop()
  })

  it('are answered or refused: nothing fails, and no answer of the source is misunderstood', async () => {
    await fc.assert(fc.asyncProperty(address, method, fc.tuple(body, prefer), async (url, name, [text, wish]) => {
      const response = await door.get(`/odata/port/${url}`, { 'content-type': 'application/json', 'if-match': '*', ...(wish === '' ? {} : { prefer: wish }) }, { method: name, ...(text === '' || hasNoBody(name) ? {} : { body: text }) })
      await response.text()
      expect([500, 502]).not.toContain(response.status)
    }), { numRuns: 400 })
  })

  it('are so in batches, too, in either form', async () => {
    await fc.assert(fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), fc.constantFrom('multipart/mixed', 'application/json'), async (parts, accept) => {
      const requests = parts.map((one, index) => ({ id: String(index + 1), ...one }))
      const response = await door.get('/odata/port/$batch', { 'content-type': 'application/json', accept }, { method: 'POST', body: JSON.stringify({ requests }) })
      const text = await response.text()
      expect([200, 400]).toContain(response.status)
      expect(text).not.toMatch(/HTTP\/1\.1 50[02]|"status":50[02]/)
    }), { numRuns: 200 })
  })
})
