import { readCsdl } from '@tributary/edm'
import { openProtocolHub, type ProtocolHub } from './protocol-hub.js'

type Json = Readonly<Record<string, unknown>>

const typeNames = (text: string): readonly string[] => [...readCsdl(text).schemas.values()].flatMap(({ types }) => [...types.keys()])

const terms = (text: string): ReadonlySet<string> => new Set([...text.matchAll(/Annotation Term="([^"]+)"/g)].map(([, term = '']) => term))
const isCore = (term: string): boolean => term.startsWith('Org.OData.Core.V1.')

/** What clients prefer, in the spellings of both versions, and what is told of it. */
describe('preferences', () => {
  let port: ProtocolHub
  beforeAll(async () => {
    port = await openProtocolHub({ TRIBUTARY_PAGE_ROWS: '4', TRIBUTARY_ASYNC_REQUESTS: '0' })
  })
  beforeEach(() => port.source.reset())
  afterAll(() => port.stop())

  const ask = async (path: string, prefer: string | readonly string[], headers: Readonly<Record<string, string>> = {}, method = 'GET') => {
    const all = new Headers(headers)
    for (const one of [prefer].flat()) all.append('prefer', one)
    const response = await fetch(port.root + path, { method, headers: all })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, applied: response.headers.get('preference-applied'), vary: response.headers.get('vary') ?? '', text, json: isJson ? JSON.parse(text) as Json : {} }
  }

  it.each([
    ['Vessels', 'maxpagesize=2', 'maxpagesize=2'], ['Vessels', 'odata.maxpagesize=2', 'odata.maxpagesize=2'], ['Vessels', 'maxpagesize="2"', 'maxpagesize=2'], ['Vessels', 'maxpagesize=999', 'maxpagesize=4'],
    ['Vessels', 'odata.maxpagesize=3, maxpagesize=2', 'maxpagesize=2'], ["Vessels('AMBER')", 'maxpagesize=2', null], ['Vessels/$count', 'maxpagesize=2', null], ['Sailors?$format=csv', 'maxpagesize=2,omit-values=nulls', null],
    ['Vessels', 'omit-values=nulls', 'omit-values=nulls'], ["Vessels('AMBER')", 'omit-values="defaults"', 'omit-values=defaults'], ["Vessels('AMBER')/Moored", 'omit-values=nulls', 'omit-values=nulls'], ["Vessels('AMBER')/Name/$value", 'omit-values=nulls', null],
    ['Vessels', 'odata.maxpagesize=2; x=1 , odata.omit-values=nulls', 'odata.maxpagesize=2, odata.omit-values=nulls'], ['Vessels', 'return=representation, wait=5, callback; url="http://x.example/", allow-entityreferences, nobody-knows=1', null],
    ['Vessels', 'continue-on-error', 'continue-on-error'], ['Vessels', 'odata.continue-on-error=false', null], ['Vessels', 'odata.include-annotations="*"', 'odata.include-annotations="*"'], ['Vessels', 'include-annotations="-*"', 'include-annotations="-*"'], ["Vessels('AMBER')/Weight", 'include-annotations="*"', 'include-annotations="-*"'], ['Vessels?$apply=groupby((Cargo))', 'include-annotations="*"', 'include-annotations="-*"'], ['Sailors?$format=csv', 'include-annotations="*"', null], ['Vessels', 'respond-async', null], ['Sailors', 'track-changes', null],
  ])('%s | %s ⇒ %s', async (path, prefer, applied) => {
    const answer = await ask(path, prefer)
    expect([answer.status, answer.applied]).toEqual([200, applied])
    expect(answer.vary).toContain('prefer')
  })

  it('may come in several headers', async () => {
    const { json, applied } = await ask('Vessels?$select=Code,Cargo', ['odata.maxpagesize=3', 'omit-values=nulls', 'respond-async'])
    expect([(json['value'] as readonly unknown[]).length, applied]).toEqual([3, 'odata.maxpagesize=3, omit-values=nulls'])
  })

  it('omit nulls, within complex values too, and nothing else', async () => {
    const all = await ask("Vessels?$orderby=Code&$expand=Home($select=Name,Opens)", 'return=minimal')
    const some = await ask("Vessels?$orderby=Code&$expand=Home($select=Name,Opens)", 'omit-values=nulls')
    const without = (value: unknown, expanded = false): unknown => {
      if (Array.isArray(value)) return value.map((one: unknown) => without(one))
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).filter(([name, inner]) => inner !== null || name === 'Home' || expanded).map(([name, inner]) => [name, without(inner)]))
    }
    expect(all.text).toContain(':null')
    expect(some.json).toEqual(without({ ...all.json, '@odata.nextLink': some.json['@odata.nextLink'] }))
  })

  it('omit defaults: values the contract names, nulls where it names none, and pages go on all the same', async () => {
    const rows: Json[] = []
    let applied: string | null = ''
    for (let path = 'Sailors?$orderby=Rank,Id', pages = 0; pages < 10; pages++) {
      const answer = await ask(path, 'omit-values=defaults, maxpagesize=2')
      applied = answer.applied
      rows.push(...answer.json['value'] as readonly Json[])
      const next = answer.json['@odata.nextLink']
      if (typeof next !== 'string') break
      path = next.slice(port.root.length)
    }
    const told = await (await fetch(`${port.source.url}Sailors?$orderby=Rank,Id`)).json() as { readonly value: readonly Json[] }
    expect([applied, rows.length]).toEqual(['maxpagesize=2, omit-values=defaults', told.value.length])
    expect(told.value.some(({ Rank }) => Rank === 1) && told.value.some(({ Rank }) => Rank !== 1)).toBe(true)
    expect(rows).toEqual(told.value.map((row) => Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null && !(name === 'Rank' && value === 1)))))
    const one = await ask('Sailors(1)?$select=Rank', 'omit-values=defaults')
    expect(Object.keys(one.json).includes('Rank')).toBe((await (await fetch(`${port.source.url}Sailors(1)/Rank/$value`)).text()) !== '1')
  })

  it('choose the annotations of $metadata', async () => {
    const [all, none, core, others] = await Promise.all([
      ask('$metadata', 'return=minimal'), ask('$metadata', 'include-annotations="-*"'), ask('$metadata', 'odata.include-annotations="Org.OData.Core.V1.*"'), ask('$metadata', 'include-annotations="*,-Org.OData.Core.V1.*"'),
    ])
    expect([all.applied, none.applied, core.applied, others.applied]).toEqual([null, 'include-annotations="-*"', 'odata.include-annotations="Org.OData.Core.V1.*"', 'include-annotations="*,-Org.OData.Core.V1.*"'])
    expect(terms(all.text).size).toBeGreaterThan(10)
    expect(terms(none.text)).toEqual(new Set())
    expect(terms(core.text)).toEqual(new Set([...terms(all.text)].filter(isCore)))
    expect(terms(others.text)).toEqual(new Set([...terms(all.text)].filter((term) => !isCore(term))))
    // It stays a model of the same things.
    expect(typeNames(none.text)).toEqual(typeNames(all.text))
    expect((await ask('$metadata', 'x')).text).toBe(all.text)
  })

  it('say nothing of answers that come later where none do', async () => {
    const model = readCsdl((await ask('$metadata', 'respond-async')).text)
    const said = model.container?.annotations.find(({ term }) => term.endsWith('AsynchronousRequestsSupported'))?.value
    expect(said).toEqual({ kind: 'bool', text: 'false' })
  })

  it('of changes and calls go to the source, which tells what it applied', async () => {
    const headers = { 'content-type': 'application/json' }
    for (const [method, path, body, prefer] of [
      ['POST', 'Sailors', '{"Id":70,"Name":"S","Papers":"P"}', 'return=minimal'], ['PATCH', 'Sailors(2)', '{"Rank":3}', 'odata.include-annotations="*", return=representation'], ['POST', 'Announce', '{"text":"a","times":3}', 'odata.maxpagesize=2'],
    ] as const) {
      port.source.reset()
      const response = await fetch(port.root + path, { method, headers: { ...headers, prefer: `${prefer}, respond-async, wait=3` }, body })
      await response.text()
      expect([path, response.ok, port.source.requests.at(-1)?.headers['prefer']]).toEqual([path, true, prefer])
    }
  })
})
