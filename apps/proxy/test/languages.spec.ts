import { productExposure, serviceExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

/** The languages that a source was asked for. */
const spoken = ({ requests }: RichServer): readonly (string | undefined)[] => [...new Set(requests.filter(({ headers }) => headers['accept-language'] !== undefined).map(({ headers }) => headers['accept-language']))]

/** What is read is read in the languages of who asks, and kept for these. */
describe('languages', () => {
  let port: RichServer
  let other: RichServer
  let door: DataDoor
  beforeAll(async () => {
    [port, other] = [await startRichServer(), await startRichServer()]
    door = await openDoor({ connection: { cache: { ttlSeconds: 600, public: true } } })
    const [first, second] = [endpointOf('port', port.url, port.metadata), endpointOf('other', other.url, other.metadata)]
    door.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, first))
    door.catalog.put(productExposure({
      slug: 'fleet', revision: 1, endpoints: new Map([['port', first], ['other', second]]),
      definition: {
        name: 'Fleet', entities: [{ name: 'Offices', service: 'other', entitySet: 'Authorities', rename: { Name: 'Title' } }, { name: 'Agencies', service: 'port', entitySet: 'Authorities' }],
        relationships: [{ from: 'Offices', to: 'Agencies', name: 'Agency', on: [{ from: 'Code', to: 'Code' }] }],
      },
    }))
  })
  afterAll(async () => {
    await door.stop()
    await port.stop()
    await other.stop()
  })
  beforeEach(() => {
    port.reset()
    other.reset()
  })

  const read = async (path: string, languages?: string) => {
    const response = await door.get(`/odata/${path}`, languages === undefined ? {} : { 'accept-language': languages })
    const text = await response.text()
    return { status: response.status, language: response.headers.get('content-language'), vary: response.headers.get('vary'), text }
  }

  it('go to every source of an answer, which tells what it is in', async () => {
    const answer = await read('fleet/Offices?$select=Title&$expand=Agency($select=Name)&$orderby=Title', 'de-CH, en;q=0.1')
    expect([answer.status, answer.language, answer.vary?.split(', ').includes('accept-language')]).toEqual([200, 'de', true])
    expect(answer.text).toContain('"value":[{"Title":"Bundesamt für Seeschifffahrt","Agency":{"Name":"Bundesamt für Seeschifffahrt"}},{"Title":"Ämter A & B","Agency":{"Name":"Ämter A & B"}}]')
    expect([spoken(port), spoken(other)]).toEqual([['de-CH, en;q=0.1'], ['de-CH, en;q=0.1']])
  })

  it('are what conditions and orders are about, wherever they are decided', async () => {
    expect((await read("fleet/Offices/$count?$filter=startswith(Title,'Bundes')", 'de')).text).toBe('1')
    expect((await read("fleet/Offices/$count?$filter=Agency/Name eq Title and contains(Title,'Meri')", 'fi')).text).toBe('1')
    expect((await read("fleet/Offices/$count?$filter=contains(Title,'Agency')")).text).toBe('1')
  })

  it('have answers of their own among those that are kept', async () => {
    for (let times = 0; times < 3; times++) {
      for (const [languages, name] of [['de', 'Bundesamt für Seeschifffahrt'], ['fi', 'Merivirasto'], [undefined, 'Hydrographic Agency']] as const) {
        expect((await read("port/Authorities?$filter=Code eq 'BSH'&$select=Name", languages)).text).toContain(`"Name":"${name}"`)
      }
    }
  })

  it('are not asked for where any will do, nor by experiments', async () => {
    expect((await read("port/Authorities('BSH')?$select=Code", '*')).language).toBeNull()
    expect(spoken(port)).toEqual([])
  })

  it('hold for $all, for counts and for values', async () => {
    const [all, value] = [await read('port/$all?$top=60', 'de'), await read("port/Authorities('BSH')/Name/$value", 'de')]
    expect([all.status, all.text.includes('Bundesamt'), all.language, value.text, value.language]).toEqual([200, true, 'de', 'Bundesamt für Seeschifffahrt', 'de'])
  })
})
