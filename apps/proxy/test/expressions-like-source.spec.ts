import * as fc from 'fast-check'
import { serviceExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { type DataDoor, openDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

/** Conditions that the source answers too, about everything its model has; how paths, types and collections are followed there shares no code with the hub. */
const ofVessels: readonly string[] = [
  'Weight gt 700', 'Weight div 2 le 490', 'Draught lt 4.2', 'Draught eq null', 'Built ge 2001-09-09', 'year(Built) eq 1998', "Cargo eq 'Grain'", 'Cargo eq null', "Needs has 'Water'", "contains(Name,'erry')", "tolower(Name) eq 'brisk'",
  'length(Name) gt 6', "Name in ('Brisk','Heron')", "endswith(Code,'E')", 'Port.Ferry/Passengers gt 200', 'Port.Ferry/Passengers eq null', 'Port.Tug/Pull ne null', 'isof(Port.Ferry)', 'Moored eq null', "Moored/City eq 'Kiel'", 'Moored/Port.QuayAddress/Door eq 7',
  "Home/Name eq 'Kiel'", 'Home ne null', 'Home/Id gt 1', "Home/Address/Country eq 'FI'", 'Calls/any()', 'Calls/any(c:c/Loaded gt 300)', 'Calls/all(c:c/Loaded gt 100)', 'Calls/any(c:c/Harbour/Id eq 3)', 'Calls/$count gt 1', 'Calls/$count($filter=Number gt 1) eq 2',
  "Crew/any(s:s/Name eq 'Mate Birch')", 'Crew/$count eq 0', "Log/any(l:l eq 'sailed')", 'Log/$count eq 3', 'Lots/any(l:l/Weight gt 5)', "Lots/any(l:l/Kind eq 'Grain' and l/Marks/any(m:m eq 'dry'))", "Moored/Authority/Code eq 'BSH'", 'Built eq $root/Vessels(\'HERON\')/Built',
]

const conditions: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.constantFrom(...ofVessels),
    fc.tuple(tie('any'), fc.constantFrom('and', 'or'), tie('any')).map(([a, operator, b]) => `(${a} ${operator} ${b})`), tie('any').map((a) => `not (${a})`)),
})).any

const orders = fc.constantFrom('Code', 'Weight desc,Code', 'Built,Code desc', 'Port.Ferry/Passengers desc,Code', 'length(Name),Code', 'Home/Name desc,Code', 'Cargo,Code', 'Calls/$count desc,Code')

const codes = async (response: Response): Promise<unknown> => {
  const body = await response.json() as { readonly value?: readonly { readonly Code: string }[] }
  return response.status === 200 ? body.value?.map(({ Code }) => Code) : [response.status, body]
}

describe('the hub answers as its source does', () => {
  let server: RichServer
  let door: DataDoor
  beforeAll(async () => {
    server = await startRichServer()
    door = await openDoor()
    door.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpointOf('port', server.url, server.metadata)))
  })
  afterAll(async () => {
    await door.stop()
    await server.stop()
  })

  it('conditions and orders over derived types, complex values, collections and related rows', async () => {
    await fc.assert(fc.asyncProperty(conditions, orders, async (condition, order) => {
      const query = `Vessels?$select=Code&$filter=${encodeURIComponent(condition)}&$orderby=${encodeURIComponent(order)}`
      const [right, given] = await Promise.all([fetch(`${server.url}${query}`).then(codes), door.get(`/odata/port/${query}`).then(codes)])
      expect({ condition, order, given }).toEqual({ condition, order, given: right })
    }), { numRuns: 150 })
  })

  it('page by page, in orders that only derived types have', async () => {
    for (const order of ['Port.Ferry/Passengers desc', 'Port.Tug/Pull', 'Moored/City desc', 'Home/Name', 'Calls/$count']) {
      const paged: string[] = []
      let next: string | undefined = `/odata/port/Vessels?$select=Code&$orderby=${encodeURIComponent(order)}`
      for (let pages = 0; next !== undefined && pages < 10; pages++) {
        const page = await door.json(next, { prefer: 'maxpagesize=3' })
        paged.push(...(page['value'] as readonly { readonly Code: string }[]).map(({ Code }) => Code))
        next = page['@odata.nextLink'] as string | undefined
      }
      expect([order, paged]).toEqual([order, await codes(await fetch(`${server.url}Vessels?$select=Code&$orderby=${encodeURIComponent(`${order},Code`)}`))])
    }
  })
})
