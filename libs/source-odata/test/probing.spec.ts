import { ODataSource } from '@tributary/source-odata'
import type { Feature, Fact, RemoteRequest } from '@tributary/source'
import { customersAndOrders, startODataServer, type Behaviour, type ODataServer } from '../../../test/harness/odata-server.js'
import { targetOf } from './served.js'

const sets = { ...customersAndOrders(120, 300), Empty: { entityType: 'Void', key: ['ID'], properties: [{ name: 'ID', type: 'Edm.Int32', nullable: false }], rows: [] } }
const source = new ODataSource()
let server: ODataServer

beforeAll(async () => {
  server = await startODataServer({ sets })
})
afterAll(async () => {
  await source.close()
  await server.stop()
})

const observed: RemoteRequest[] = []
async function probed(behaviour: Behaviour, entitySet = 'Orders', maxRequests = 40): Promise<(feature: Feature) => Fact['trust'] | undefined> {
  server.behave(behaviour)
  observed.length = 0
  const facts = await source.probe(targetOf(server, sets), entitySet, { signal: new AbortController().signal, maxRequests, observe: (request) => observed.push(request) })
  return (feature) => facts.get(feature)?.trust
}

/** Moments in the middle of days. */
const noon = (offset: string): readonly string[] => [1, 2, 3, 4, 5].map((at) => `201${at}-0${at}-1${at}T1${at}:1${at}:2${at}${offset}`)
const numbers = (amounts: readonly string[]) => ({ Numbers: { entityType: 'Number', key: ['ID'], properties: [{ name: 'ID', type: 'Edm.Int32', nullable: false }, { name: 'Amount', type: 'Edm.Decimal' }], rows: amounts.map((Amount, ID) => ({ ID, Amount })) } })

const roundingOf = async (amounts: readonly string[]): Promise<Fact['trust'] | undefined> => {
  const served = await startODataServer({ sets: numbers(amounts) })
  const facts = await source.probe(targetOf(served, numbers(amounts)), 'Numbers', { signal: new AbortController().signal, maxRequests: 80, observe: () => undefined })
  await served.stop()
  return facts.get('filter:round:Edm.Decimal')?.trust
}

describe('probing an OData source', () => {
  it('proves what an obedient remote honours', async () => {
    const trust = await probed({ pageSize: 1_000 })
    for (const feature of ['filter', 'filter:and', 'filter:or', 'filter:not', 'filter:eq:Edm.Int32', 'filter:gt:Edm.Decimal', 'filter:le:Edm.Date', 'filter:eq:Edm.String', 'filter:contains', 'filter:in:Edm.String', 'filter:eq:null', 'filter:tolower', 'filter:year:Edm.Date', 'filter:mul:Edm.Int32', 'orderby', 'orderby:Edm.Int32', 'orderby:Edm.Date', 'top', 'skip', 'count', 'select', 'ieee754']) {
      expect([feature, trust(feature)]).toEqual([feature, 'exact'])
    }
  })

  it('asks whether batches are taken only where keys cannot go by in, and believes no batch that is not answered', async () => {
    expect((await probed({ batch: 'honour' }))('batch')).toBeUndefined()
    expect((await probed({ in: 'refuse', batch: 'honour' }))('batch')).toBe('exact')
    for (const behaviour of [{}, { batch: 'html' }, { batch: 'forget' }, { batch: 'refuse-inner' }, { batch: 'forbid' }, { batch: 'cut' }] as const) expect((await probed({ in: 'refuse', ...behaviour }))('batch')).toBe('unsupported')
  })

  it('finds a $filter that is ignored or refused, and asks for no further filters', async () => {
    expect((await probed({ filter: 'ignore' }))('filter')).toBe('unsupported')
    expect(observed.length).toBeLessThan(8)
    expect((await probed({ filter: 'refuse' }))('filter')).toBe('unsupported')
    expect((await probed({ filter: 'refuse' }))('top')).toBe('exact')
  })

  it.each<[keyof Behaviour, Feature]>([['orderby', 'orderby'], ['top', 'top'], ['skip', 'skip'], ['count', 'count']])('finds that %s is ignored or refused', async (option, feature) => {
    for (const obedience of ['ignore', 'refuse'] as const) {
      const trust = await probed({ [option]: obedience, pageSize: 1_000 })
      expect([obedience, trust(feature)]).toEqual([obedience, 'unsupported'])
      expect(trust('filter:eq:Edm.Int32')).toBe('exact')
      expect(trust('select')).toBe('exact')
    }
  })

  it('asks less at a time where long filters are refused', async () => {
    const trust = await probed({ filterTerms: 30 }, 'Orders', 80)
    for (const feature of ['filter:eq:Edm.String', 'filter:gt:Edm.Decimal', 'filter:contains', 'filter:year:Edm.Date', 'orderby', 'top']) expect([feature, trust(feature)]).toEqual([feature, 'exact'])
  })

  it('finds guids in either spelling with a remote that compares them as text', async () => {
    expect((await probed({ guidsAsText: true }, 'Customers', 80))('filter:eq:Edm.Guid')).toBe('exact')
    const customers = customersAndOrders(120, 300)['Customers']!
    const capitals = await startODataServer({ sets: { ...sets, Customers: { ...customers, rows: customers.rows.map((row) => ({ ...row, Token: String(row['Token']).toUpperCase() })) } }, behaviour: { guidsAsText: true } })
    const facts = await source.probe(targetOf(capitals, sets), 'Customers', { signal: new AbortController().signal, maxRequests: 80, observe: () => undefined })
    await capitals.stop()
    // no way to write it finds what is kept in capitals and asked for in small letters
    expect(facts.get('filter:eq:Edm.Guid')?.trust).toBe('unsupported')
  })

  it('finds that numbers lose what stands behind the point, and then believes nothing that is not proven', async () => {
    const trust = await probed({ wholeNumbers: true }, 'Orders', 80)
    expect([trust('filter:eq:Edm.Decimal'), trust('filter:eq:Edm.Double'), trust('filter:unproven'), trust('filter:eq:Edm.Int32')]).toEqual(['unsupported', 'unsupported', 'unsupported', 'exact'])
    expect((await probed({ caseInsensitive: true }, 'Orders', 80))('filter:unproven')).toBeUndefined()
  })

  it('finds an `in` that is refused, and one that answers everything', async () => {
    expect((await probed({ in: 'refuse' }))('filter:in:Edm.Int32')).toBe('unsupported')
    expect((await probed({ in: 'ignore' }))('filter:in:Edm.Int32')).toBe('unsupported')
  })

  it('finds functions that are refused with 501 and arithmetic that is refused with 400', async () => {
    const trust = await probed({ functions: 'refuse', arithmetic: 'refuse' }, 'Orders', 100)
    expect(trust('filter:contains')).toBe('unsupported')
    expect(trust('filter:year:Edm.Date')).toBe('unsupported')
    expect(trust('filter:mul:Edm.Int32')).toBe('unsupported')
    expect(trust('filter:gt:Edm.Decimal')).toBe('exact')
  })

  it('calls parts of moments exact only where a value shows whether they are computed in its own offset', async () => {
    const parts = ['year', 'month', 'day', 'hour', 'minute', 'second', 'date'] as const
    const provenOf = async (moments: readonly string[]): Promise<readonly string[]> => {
      const visits = { entityType: 'Visit', key: ['ID'], properties: [{ name: 'ID', type: 'Edm.Int32', nullable: false }, { name: 'At', type: 'Edm.DateTimeOffset' }], rows: moments.map((At, ID) => ({ ID, At })) }
      const utc = await startODataServer({ sets: { Visits: visits } })
      const facts = await source.probe(targetOf(utc, { Visits: visits }), 'Visits', { signal: new AbortController().signal, maxRequests: 80, observe: () => undefined })
      await utc.stop()
      return parts.filter((part) => facts.get(`filter:${part}:Edm.DateTimeOffset`)?.trust === 'exact')
    }
    // The server computes in UTC, which is right of what is kept in UTC. Only seconds are the same in each offset.
    expect(await provenOf(noon('Z'))).toEqual(parts)
    expect(await provenOf(noon('+02:00'))).toEqual(['second'])
    expect(await provenOf([...noon('Z'), '2016-01-01T00:10:26+05:30'])).toEqual(['second'])
  })

  it('proves no rounding by numbers that every rule rounds alike', async () => {
    expect(await roundingOf(['1.25', '3.5', '7.75', '9'])).toBeUndefined()
    expect(await roundingOf(['1.25', '2.5', '7.75', '9'])).toBe('exact')
  })

  it('never calls text comparisons exact that disregard case', async () => {
    const trust = await probed({ caseInsensitive: true }, 'Customers')
    expect(trust('filter:eq:Edm.String')).toBe('inexact')
    expect(trust('filter:contains')).toBe('inexact')
    expect(trust('filter:in:Edm.String')).toBe('inexact')
  })

  it('calls nothing about text exact whose telling experiment was not answered, however soon the requests are used up', async () => {
    const text = ['filter:eq:Edm.String', 'filter:ne:Edm.String', 'filter:gt:Edm.String', 'filter:le:Edm.String', 'filter:contains', 'filter:startswith', 'filter:endswith', 'filter:in:Edm.String']
    for (let most = 2; most <= 24; most += 1) {
      for (const entitySet of ['Customers', 'Orders']) {
        const trust = await probed({ caseInsensitive: true }, entitySet, most)
        expect([most, entitySet, text.filter((feature) => trust(feature) === 'exact')]).toEqual([most, entitySet, []])
      }
    }
  })

  it('never calls an order of text exact where equality disregards case, whichever rows there are', async () => {
    const words = ['50%', 'ALFKI', 'Anatr', 'BERGS', "O'N", 'Zz', 'a b', 'alfki', 'bergs', 'q=1', 'x/y', 'zZ', 'Ärø', 'ärø']
    for (let shift = 0; shift < 12; shift += 1) {
      const rows = Array.from({ length: 30 }, (_, index) => ({ ID: index, Name: `${words[(index * (shift + 3)) % words.length]}${index % 3 === 0 ? '' : index % 3}` }))
      const mixed = { Mixed: { entityType: 'Mix', key: ['ID'], properties: [{ name: 'ID', type: 'Edm.Int32', nullable: false }, { name: 'Name', type: 'Edm.String' }], rows } }
      const folding = await startODataServer({ sets: mixed, behaviour: { caseInsensitive: true } })
      const facts = await source.probe(targetOf(folding, mixed), 'Mixed', { signal: new AbortController().signal, maxRequests: 40, observe: () => undefined })
      await folding.stop()
      const exact = ['eq', 'gt', 'ge', 'lt', 'le', 'in'].filter((operator) => facts.get(`filter:${operator}:Edm.String`)?.trust === 'exact')
      expect([shift, exact]).toEqual([shift, []])
    }
  })

  it('finds numbers that come as numbers, columns that were not asked for, a count that lies', async () => {
    const trust = await probed({ ieee754: 'ignore', select: 'ignore', countError: 1 })
    expect([trust('ieee754'), trust('select'), trust('count')]).toEqual(['unsupported', 'inexact', 'unsupported'])
  })

  it('keeps to its budget, and proves nothing of an empty set', async () => {
    await probed({}, 'Orders', 5)
    expect(observed.length).toBeLessThanOrEqual(5)
    const trust = await probed({}, 'Empty')
    expect(trust('filter')).toBeUndefined()
  })

  it('survives a remote that is gone', async () => {
    const gone = { ...targetOf(server, sets), url: 'http://127.0.0.1:9/' }
    await expect(source.probe(gone, 'Orders', { signal: new AbortController().signal, maxRequests: 5, observe: () => undefined })).resolves.toEqual(new Map())
  })
})
