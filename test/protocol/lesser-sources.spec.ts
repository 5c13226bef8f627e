import { writeFileSync } from 'node:fs'
import { startRichServer, type Behaviour, type RichServer } from '../harness/rich/rich-server.js'
import { difference, see } from './compare.js'
import { knownDifferences } from './differences.js'
import { reads, type Exchange } from './exchanges.js'
import { furtherRequests } from './further-requests.js'
import { nestedRequests } from './nested-requests.js'
import { openProtocolHub, type ProtocolHub } from './protocol-hub.js'
import { readingRequests } from './reading-requests.js'

const modes: Readonly<Record<string, Behaviour>> = {
  'refuses every query option': { refuse: ['filter', 'orderby', 'expand', 'select', 'search', 'compute', 'top', 'skip', 'count'] },
  'ignores every query option': { ignoreQueryOptions: true },
  'gives two rows a page, in an order of its own': { pageSize: 2, reversed: true },
}

const groups = { ...readingRequests, 'further reads': furtherRequests['further reads'] ?? [], ...nestedRequests }

const known = new Set(knownDifferences.flatMap(({ requests }) => requests))

/** A hub over a source that does less answers as over the source that does everything: what else differs is known. */
describe.each(Object.entries(modes))('over a source that %s', (mode, behaviour) => {
  let hub: ProtocolHub
  /** The source that does everything: another one, because the hub goes on looking at its own between the requests. */
  let able: RichServer
  const found: string[] = []
  let asked = 0
  beforeAll(async () => {
    able = await startRichServer()
    hub = await openProtocolHub({}, behaviour)
  })
  afterAll(async () => {
    process.stdout.write(`protocol over a source that ${mode}: ${asked - found.length} of ${asked} requests equal\n`)
    const report = process.env['TRIBUTARY_PROTOCOL_REPORT']
    if (report !== undefined) writeFileSync(`${report}.${mode.replaceAll(/\W+/g, '-')}`, found.join('\n'))
    await hub.stop()
    await able.stop()
  })

  async function both(exchange: Exchange): Promise<string | undefined> {
    return difference(await see(able.url, exchange), await see(hub.root, exchange))
  }

  it('is a source that does less', async () => {
    const [plain] = reads('Vessels?$filter=Weight gt 100&$orderby=Code desc')
    if (plain === undefined) throw new Error('there is nothing to ask')
    expect(difference(await see(able.url, plain), await see(hub.source.url, plain))).toBeDefined()
  })

  it.each(Object.entries(groups))('answers the same: %s', async (_, exchanges) => {
    const different: string[] = []
    for (const exchange of exchanges) {
      asked++
      const told = await both(exchange)
      if (told !== undefined) different.push(`${exchange.name}\n    ${told}`)
    }
    found.push(...different)
    expect(different.filter((told) => !known.has(told.split('\n')[0] ?? ''))).toEqual([])
  }, 120_000)
})
