import { writeFileSync } from 'node:fs'
import { batchRequests } from './batch-requests.js'
import { changingRequests } from './changing-requests.js'
import { difference, see } from './compare.js'
import { knownDifferences } from './differences.js'
import type { Exchange } from './exchanges.js'
import { furtherRequests } from './further-requests.js'
import { languageRequests } from './language-requests.js'
import { nestedRequests } from './nested-requests.js'
import { openProtocolHub, type ProtocolHub } from './protocol-hub.js'
import { readingRequests } from './reading-requests.js'
import { annotationRequests } from './annotation-requests.js'
import { conditionRequests } from './condition-requests.js'
import { setRequests } from './set-requests.js'
import { shortenedKeyRequests } from './shortened-key-requests.js'

const asked: Readonly<Record<string, readonly Exchange[]>> = { ...readingRequests, ...changingRequests, batches: batchRequests, ...furtherRequests, ...nestedRequests, ...shortenedKeyRequests, ...languageRequests, ...setRequests, ...annotationRequests }
const groups = { ...asked, ...conditionRequests(asked) }

const knownRequests = knownDifferences.flatMap(({ requests }) => requests)

/** Every request to the source itself and to a hub over it: who asks cannot tell which of them answered. */
describe('the protocol through the hub', () => {
  let hub: ProtocolHub
  const found = new Map<string, string>()
  const seen: string[] = []
  beforeAll(async () => {
    hub = await openProtocolHub()
  })
  afterAll(() => hub.stop())

  /** The answer and what the source holds afterwards, each time from the start. */
  async function both(exchange: Exchange): Promise<string | undefined> {
    const { source, root } = hub
    source.reset()
    const expected = await see(source.url, exchange)
    const held = source.state()
    source.reset()
    const actual = await see(root, exchange)
    return difference(expected, actual) ?? (held === source.state() ? undefined : `state ${differing(held, source.state())}`)
  }

  it.each(Object.entries(groups))('is the same: %s', async (_, exchanges) => {
    for (const exchange of exchanges) {
      seen.push(exchange.name)
      const told = await both(exchange)
      if (told !== undefined) found.set(exchange.name, told)
    }
    const known = new Set(knownRequests)
    expect(exchanges.flatMap(({ name }) => (found.has(name) && !known.has(name) ? [`${name}: ${found.get(name)}`] : []))).toEqual([])
  }, 120_000)

  it('has no known difference that has gone, and none of a request that is not asked', () => {
    process.stdout.write(`protocol: ${seen.length - found.size} of ${seen.length} requests equal, ${found.size} differ (${knownRequests.length} known)\n`)
    const report = process.env['TRIBUTARY_PROTOCOL_REPORT']
    if (report !== undefined) writeFileSync(report, [...found].map(([name, told]) => `${name}\n    ${told}\n`).join(''))
    expect(new Set(seen).size).toBe(seen.length)
    expect(knownRequests.filter((name) => !found.has(name))).toEqual([])
  })
})

function differing(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')]
  const at = left.findIndex((line, index) => line !== right[index])
  return `${left.slice(at, at + 3).join(' ')} ⇒ ${right.slice(at, at + 3).join(' ')}`
}
