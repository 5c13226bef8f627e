import { changingRequests } from './changing-requests.js'
import { difference, see } from './compare.js'
import { knownDifferences } from './differences.js'
import type { Exchange } from './exchanges.js'
import { openProtocolHub, type ProtocolHub } from './protocol-hub.js'
import { readingRequests } from './reading-requests.js'
import { until } from '../harness/running.js'

const known = new Set(knownDifferences.flatMap(({ requests }) => requests))
const about = (exchanges: Readonly<Record<string, readonly Exchange[]>>): readonly Exchange[] =>
  Object.values(exchanges).flat().filter(({ path, name }) => /^(Vessels|Harbours)\b/.test(path) && !known.has(name))

interface Told {
  readonly entitySets: readonly { readonly name: string; readonly features: readonly { readonly feature: string }[] }[]
}

/** Many services tell the versions of their rows and demand them with changes, and do not say so in their contracts. */
describe('over a source whose contract is silent about the versions of its rows', () => {
  let hub: ProtocolHub
  beforeAll(async () => {
    hub = await openProtocolHub({}, { versions: 'undeclared' })
    await until('the probe', async () => {
      const { entitySets } = await (await fetch(`${hub.hub.origin}/api/v1/services/port/capabilities`)).json() as Told
      const seen = entitySets.filter(({ features }) => features.some(({ feature }) => feature === 'etag')).map(({ name }) => name)
      return ['Vessels', 'Harbours'].every((name) => seen.includes(name)) ? true : undefined
    })
  })
  afterAll(() => hub.stop())

  it('is a source of that kind', () => {
    expect(hub.source.metadata).not.toContain('OptimisticConcurrency')
  })

  it.each([['reads', about(readingRequests)], ['changes', about(changingRequests)]])('answers with the versions its source tells: %s', async (_, exchanges) => {
    expect(exchanges.length).toBeGreaterThan(20)
    const different: string[] = []
    for (const exchange of exchanges) {
      hub.source.reset()
      const expected = await see(hub.source.url, exchange)
      hub.source.reset()
      const told = difference(expected, await see(hub.root, exchange))
      if (told !== undefined) different.push(`${exchange.name}\n    ${told}`)
    }
    expect(different).toEqual([])
  }, 120_000)
})
