import { productExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

/** A change as a client of the product says it, and the same in the names of the source. */
interface Pair {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly remotePath: string
  readonly remoteBody?: unknown
  readonly prefer?: string
  readonly match?: string
}

const delta = (...value: readonly object[]) => ({ '@context': '#$delta', value })
const contentId = '@Org.OData.Core.V1.ContentID'

const pairs: readonly Pair[] = [
  { name: 'each member', method: 'PATCH', path: 'Hands/$each', body: { Grade: 7 }, remotePath: 'Sailors/$each', remoteBody: { Rank: 7 } },
  { name: 'each member that matches', method: 'PATCH', path: "Hands/$filter(Grade lt 9 and startswith(Full,'M'))/$each?$select=Name,Grade", body: { Full: 'Mate' }, remotePath: "Sailors/$filter(Rank lt 9 and startswith(Name,'M'))/$each?$select=Papers,Rank", remoteBody: { Name: 'Mate' } },
  { name: 'each member, by an alias', method: 'PATCH', path: 'Hands/$filter(@f)/$each?@f=Id gt 1&$filter=Grade eq 4', body: { Grade: 4 }, remotePath: 'Sailors/$filter(@f)/$each?@f=Id gt 1&$filter=Rank eq 4', remoteBody: { Rank: 4 } },
  { name: 'each member, by an alias in other names', method: 'DELETE', path: "Hands/$filter(@f)/$each?@f=startswith(Name,@p)&@p='P-1'", remotePath: "Sailors/$filter(startswith(Papers,'P-1'))/$each" },
  { name: 'each member, by counts of what is related', method: 'PATCH', path: 'Hands/$filter(Vessels/$count($filter=Label ne @l) gt 0 and Vessels/any(v:startswith(v/Label,@l)))/$each?@l=\'Amber\'', body: { Grade: 4 }, remotePath: "Sailors/$filter(Vessels/$count($filter=Name ne 'Amber') gt 0 and Vessels/any(v:startswith(v/Name,'Amber')))/$each", remoteBody: { Rank: 4 } },
  { name: 'what fails of several', method: 'PATCH', path: 'Ships/$each', body: { Label: 'x' }, remotePath: 'Vessels/$each', remoteBody: { Name: 'x' }, prefer: 'continue-on-error', match: 'W/"9"' },
  { name: 'members deleted', method: 'DELETE', path: 'Hands/$filter(Grade lt 3)/$each', remotePath: 'Sailors/$filter(Rank lt 3)/$each' },
  { name: 'members that could not be deleted', method: 'DELETE', path: "Ships/$filter(Label ne 'x')/$each", remotePath: "Vessels/$filter(Name ne 'x')/$each", prefer: 'continue-on-error', match: 'W/"9"' },
  { name: 'members of a relationship of the source', method: 'PATCH', path: "Ships('AMBER')/Crew/$each", body: { Grade: 2 }, remotePath: "Vessels('AMBER')/Crew/$each", remoteBody: { Rank: 2 } },
  { name: 'members of a collection of values', method: 'PATCH', path: "Ships('AMBER')/Log/$filter(contains($this,'a'))/$each", body: { value: 'x' }, remotePath: "Vessels('AMBER')/Log/$filter(contains($this,'a'))/$each", remoteBody: { value: 'x' } },
  { name: 'a delta', method: 'PATCH', path: 'Hands', body: delta({ Id: 50, Full: 'Fir', Name: 'P-500', [contentId]: 'a' }, { Id: 2, Grade: 7 }, { '@removed': { reason: 'deleted' }, 'Id': 1 }), remotePath: 'Sailors', remoteBody: delta({ Id: 50, Name: 'Fir', Papers: 'P-500', [contentId]: 'a' }, { Id: 2, Rank: 7 }, { '@removed': { reason: 'deleted' }, 'Id': 1 }) },
  { name: 'a delta by ids', method: 'PATCH', path: "Ships('AMBER')/Crew", body: delta({ '@id': 'Hands(-4)' }, { '@removed': { reason: 'changed' }, '@id': '~/Hands(1)' }), remotePath: "Vessels('AMBER')/Crew", remoteBody: delta({ '@id': 'Sailors(-4)' }, { '@removed': { reason: 'changed' }, '@id': '~/Sailors(1)' }) },
  { name: 'what fails of a delta', method: 'PATCH', path: 'Hands', body: delta({ Id: 60, Grade: 7 }, { Id: 2, Full: null }, { '@removed': { reason: 'deleted' }, 'Id': 99 }, { Id: 1, Grade: 9 }), remotePath: 'Sailors', remoteBody: delta({ Id: 60, Rank: 7 }, { Id: 2, Name: null }, { '@removed': { reason: 'deleted' }, 'Id': 99 }, { Id: 1, Rank: 9 }), prefer: 'continue-on-error' },
  { name: 'links in a delta', method: 'PATCH', path: 'Ships', body: delta({ '@context': '#Ships/$link', 'source': "Ships('AMBER')", 'relationship': 'Crew', 'target': 'Hands(-4)' }, { '@context': '~/$metadata#Ships/$deletedLink', 'source': "~/Ships('AMBER')", 'relationship': 'Crew', 'target': 'Hands(1)' }), remotePath: 'Vessels', remoteBody: delta({ '@context': '#Vessels/$link', 'source': "Vessels('AMBER')", 'relationship': 'Crew', 'target': 'Sailors(-4)' }, { '@context': '#Vessels/$deletedLink', 'source': "Vessels('AMBER')", 'relationship': 'Crew', 'target': 'Sailors(1)' }) },
  { name: 'a collection replaced', method: 'PUT', path: 'Hands', body: { value: [{ Id: 1, Full: 'A', Name: 'P' }, { Id: 70, Full: 'B', Name: 'Q', Grade: 3 }] }, remotePath: 'Sailors', remoteBody: { value: [{ Id: 1, Name: 'A', Papers: 'P' }, { Id: 70, Name: 'B', Papers: 'Q', Rank: 3 }] } },
]

/** The same text in the names of the product. */
const inOurNames = (text: string): string => text.replaceAll('Vessels', 'Ships').replaceAll('Sailors', 'Hands').replaceAll('"Name"', '"~n"').replaceAll('"Papers"', '"Name"').replaceAll('"Rank"', '"Grade"')

const hidden: ReadonlySet<string> = new Set(['Built', 'Kinds', 'Revision', 'Born', 'Weight', 'Draught', 'Cargo', 'Needs', 'Moored', 'Lots', 'Passengers', 'Route', 'Pull', 'Nickname', 'Winches', 'Extra', 'Strong'])

/** What the product shows of an answer of the source: the names of `Ships` and `Hands` differ for `Name` only. */
function shown(text: string, ships: boolean): unknown {
  const named = inOurNames(text).replaceAll('"~n"', ships ? '"Label"' : '"Full"').replaceAll('Papers', 'Name').replaceAll('Rank', 'Grade')
  const bare = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((one: unknown) => bare(one))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).filter(([name]) => !hidden.has(name.split('@')[0] ?? '') && name !== '@type' && name !== 'message').map(([name, inner]) => [name, bare(inner)]))
  }
  return bare(JSON.parse(named))
}

const send = async (base: string, { method, path, body, prefer, match = '*' }: Pick<Pair, 'method' | 'path' | 'body' | 'prefer' | 'match'>) => {
  const headers = { 'if-match': match, 'odata-version': '4.01', 'odata-maxversion': '4.01', 'prefer': prefer ?? 'return=representation', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  const response = await fetch(base + encodeURI(path), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body).replaceAll('~/', base) }) })
  const text = await response.text()
  return { status: response.status, text: text.replaceAll(base, '~/'), applied: response.headers.get('preference-applied') }
}

describe('changes of several through a data product', () => {
  let through: RichServer
  let direct: RichServer
  let door: DataDoor
  beforeAll(async () => {
    [through, direct] = [await startRichServer(), await startRichServer()]
    door = await openDoor()
    door.catalog.put(productExposure({
      slug: 'fleet', revision: 1, endpoints: new Map([['port', endpointOf('port', through.url, through.metadata)], ['other', endpointOf('other', through.url.replace('/port/', '/elsewhere/'), through.metadata)]]),
      definition: {
        name: 'Fleet', relationships: [{ from: 'Ships', to: 'Strangers', name: 'Owner', on: [{ from: 'Label', to: 'Name' }] }],
        entities: [
          { name: 'Ships', service: 'port', entitySet: 'Vessels', select: ['Code', 'Name', 'Log'], rename: { Name: 'Label' } }, { name: 'Hands', service: 'port', entitySet: 'Sailors', select: ['Id', 'Name', 'Papers', 'Rank'], rename: { Papers: 'Name', Name: 'Full', Rank: 'Grade' } },
          { name: 'Strangers', service: 'other', entitySet: 'Sailors', select: ['Id', 'Name'] },
        ],
      },
    }))
  })
  afterAll(async () => {
    await door.stop()
    await through.stop()
    await direct.stop()
  })
  beforeEach(() => {
    through.reset()
    direct.reset()
  })

  const root = (): string => `${door.origin}/odata/fleet/`
  it.each(pairs.map((pair) => [pair.name, pair] as const))('%s', async (_, pair) => {
    const mine = await send(root(), pair)
    const theirs = await send(direct.url, { ...pair, path: pair.remotePath, body: pair.remoteBody })
    expect([theirs.status, theirs.text]).toEqual([expect.any(Number), expect.not.stringContaining('"error"')])
    expect([mine.status, mine.applied, through.state()]).toEqual([theirs.status, theirs.applied, direct.state()])
    // The answer in the names of the product, its context without those of the source.
    const ours = mine.text === '' ? '' : shown(mine.text.replaceAll('"Label"', '"~n"').replaceAll('"Full"', '"~n"').replaceAll('"Name"', '"Papers"').replaceAll('"Grade"', '"Rank"'), pair.path.startsWith('Ships') && !pair.path.includes('Crew'))
    expect(ours).toEqual(theirs.text === '' ? '' : shown(theirs.text, pair.path.startsWith('Ships') && !pair.path.includes('Crew')))
    expect(mine.text).not.toMatch(/Vessels|Sailors|\/port\//)
  })

  it.each([
    ['PATCH', "Ships/$filter(Owner/Name eq 'x')/$each", { Label: 'x' }, 501], ['PATCH', "Ships('AMBER')/Owner/$each", { Name: 'x' }, 400], ['PATCH', 'Ships', delta({ '@context': '#Ships/$link', 'source': "Ships('AMBER')", 'relationship': 'Owner', 'target': 'Strangers(1)' }), 501],
    ['PATCH', 'Ships', delta({ 'Code': 'AMBER', 'Owner@bind': 'Strangers(1)' }), 501], ['PATCH', 'Ships', delta({ '@removed': {}, '@id': 'Strangers(1)' }), 501],
  ])('what would need another source is refused by name: %s %s', async (method, path, body, status) => {
    const { status: told, text } = await send(root(), { method, path, body })
    expect([told, text.includes('HUB_'), through.requests]).toEqual([status, true, []])
  })
})
