import { until } from '../harness/running.js'
import { difference, see } from './compare.js'
import { knownDifferences } from './differences.js'
import { reads, type Exchange } from './exchanges.js'
import { furtherRequests } from './further-requests.js'
import { openProtocolHub, type ProtocolHub } from './protocol-hub.js'
import { readingRequests } from './reading-requests.js'

const known = new Set(knownDifferences.flatMap(({ requests }) => requests))

/** What reaches Calls from the rows they belong to. */
const reaching = [...Object.values(readingRequests).flat(), ...(furtherRequests['further reads'] ?? [])]
  .filter(({ path, name }) => /\bCalls\b/.test(path) && !/^Calls\b|\(Calls\b|[(,]Calls\)|\$root\/Calls|\$all\b/.test(path) && !known.has(name))

/** Many servers list sets of parts that they give out with their wholes only. */
describe('over a source that does not let one of its sets be read by itself', () => {
  let hub: ProtocolHub
  beforeAll(async () => {
    hub = await openProtocolHub({}, { unreadable: ['Calls'] })
  })
  afterAll(() => hub.stop())

  const both = async (exchange: Exchange) => difference(await see(hub.source.url, exchange), await see(hub.root, exchange))

  it('answers what its source answers', async () => {
    expect(reaching.length).toBeGreaterThan(30)
    const different: string[] = []
    for (const exchange of reaching) {
      const told = await both(exchange)
      if (told !== undefined) different.push(`${exchange.name}\n    ${told}`)
    }
    expect(different).toEqual([])
  }, 120_000)

  it('remembers: the set is not asked for again', async () => {
    const [expanding] = reads("Vessels?$expand=Calls($select=Number)&$select=Code")
    if (expanding === undefined) throw new Error('there is nothing to ask')
    await see(hub.root, expanding)
    const before = hub.source.requests.length
    expect((await see(hub.root, expanding)).status).toBe(200)
    const asked = hub.source.requests.slice(before).map(({ url }) => url)
    expect(asked.filter((url) => url.startsWith('/port/Calls'))).toEqual([])
    // By the links of the rows, or within them.
    expect(asked.some((url) => /Vessels\('[A-Z]+'\)\/Calls|\$expand=Calls/.test(decodeURIComponent(url)))).toBe(true)
    // What was learnt reaches the catalog a moment later.
    const read = await until('The lesson in the catalog', async () => {
      const { entitySets } = await (await fetch(`${hub.hub.origin}/api/v1/services/port/capabilities`)).json() as { readonly entitySets: readonly { readonly name: string; readonly features: readonly { readonly feature: string; readonly state: string; readonly why: string }[] }[] }
      return entitySets.find(({ name }) => name === 'Calls')?.features.find(({ feature }) => feature === 'read')
    })
    expect(read).toMatchObject({ state: 'unsupported', why: expect.stringContaining('405') as string })
  })

  it('names the refusal where the set itself is asked for', async () => {
    const response = await fetch(`${hub.root}Calls`)
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { code: 'HUB_SOURCE_FAILED', message: expect.stringContaining('405') as string } })
  })
})
