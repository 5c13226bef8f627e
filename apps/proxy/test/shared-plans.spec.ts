import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { bind, optimize } from '@tributary/planner'
import { parseODataUrl } from '@tributary/odata-url'
import { liftLiterals, sentinelsOf } from '../src/cache/lifted-literals.js'
import { PlanCache } from '../src/cache/plan-cache.js'
import { namesFor } from '../src/odata/service-names.js'
import { openShop, valuesOf, type Shop } from './shop.js'

const seed = 20_261_122

const skeleton = (query: string): string | undefined => liftLiterals('Orders', query)?.skeleton

describe('literals lifted out of queries', () => {
  it.each([
    ["$filter=Freight gt 100 and ShipName eq 'Vessel'", ['100', 'Vessel']],
    ['$filter=Quantity in (3,300,70000) and Freight lt 12.5&$top=20', ['3', '300', '70000', '12.5']],
    ["$filter=ShipName eq 'a' or ShipName eq '' or ShipName eq 'O''Neil' or ShipName eq '7 b' or ShipName eq 'INF'", []],
    ['$filter=Quantity eq null or Quantity gt 0 or Quantity gt -5 or Weight gt 1e3 or Freight gt 1.50 or OrderDate lt 2024-01-01', []],
    ['$top=20&$skip=40', []], ["$filter=matchesPattern(ShipName,'Vessel') and Quantity gt 7", []], ['$filter=Quantity eq @q&@q=5', []],
    ["$filter=Kind eq Test.Kind'Red' and ShippedAt gt 2024-01-01T10:00:00Z and Quantity9 eq 5", ['5']],
  ])('are those whose meaning no binder takes from their value: %s', (query, texts) => {
    expect(liftLiterals('Orders', encodeURI(query))?.literals.map(({ text }) => text) ?? []).toEqual(texts)
  })

  it('stand in keys, too', () => {
    expect(liftLiterals("Orders(10248)/Customer", '')?.literals).toEqual([{ class: 'i15', text: '10248' }])
    expect(liftLiterals('Customers(%27ALFKI%27)', '$select=City')?.literals).toEqual([{ class: 's', text: 'ALFKI' }])
    expect(liftLiterals('Customers(%27A%2FB%27)', '')).toBeUndefined()
  })

  it('leave skeletons that tell apart what is bound apart', () => {
    expect(skeleton('$filter=Id eq 1')).toBe(skeleton('$filter=Id eq 2'))
    for (const other of ['$filter=Id eq 200', '$filter=Id eq 1.5', "$filter=Id eq 'One'", '$filter=Id ne 1', '$filter=Id eq 1&$top=1', '$filter=Id in (1,2)', 'filter=Id eq 1']) expect(skeleton(other)).not.toBe(skeleton('$filter=Id eq 1'))
  })

  it('are written again as they were', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom('Freight gt 100', "ShipName eq 'Vessel'", "contains(ShipName,'abc')", 'Quantity in (3,300)', "ShipName eq 'O''Neil'", 'year(OrderDate) eq 2024', "ShipName ne '%+ß'")), { minLength: 1, maxLength: 6 }), (terms) => {
      const filter = terms.join(' and ')
      const lifted = liftLiterals('Orders(7)', `$top=3&$filter=${encodeURIComponent(filter)}&$skip=1`)
      const again = lifted?.with(lifted.literals.map(({ text }) => text))
      expect([again?.path, decodeURIComponent(again?.query ?? '')]).toEqual(['Orders(7)', `$top=3&$filter=${filter}&$skip=1`])
      expect(new Set(sentinelsOf(lifted?.literals ?? [])).size).toBe(lifted?.literals.length)
    }), { seed, numRuns: 200 })
  })
})

/** Terms of a filter, with the literals they may have. */
const integers = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: -5, max: 70_000 }), fc.integer({ min: 2_147_483_000, max: 2_147_484_000 })).map(String)
const decimals = fc.oneof(fc.constantFrom('1.5', '10.25', '0.5', '12.50', '100.0'), fc.integer({ min: 1, max: 99_999 }).map((value) => `${value}.25`))
const texts = fc.oneof(fc.constantFrom("'Vessel'", "'vessel seven'", "'ab'", "''", "'a'", "'O''Neil'", "'7'", "'INF'", "'100%'", "'a+b'", "'2024-01-01'", "'P1D'", "'C00001'", "'abcdef01-0000-4000-8000-000000000001'"), fc.stringMatching(/^[A-Za-z][A-Za-z0-9 _.-]{0,11}$/).map((text) => `'${text}'`))
const number = fc.oneof(integers, decimals, fc.constant('null'))
const term = fc.oneof(
  fc.tuple(fc.constantFrom('Quantity', 'OrderID', 'Freight', 'Weight', 'Customer/Credit'), fc.constantFrom('eq', 'ne', 'gt', 'le'), number).map((parts) => parts.join(' ')),
  fc.tuple(fc.constantFrom('ShipName', 'CustomerID', 'Customer/Country'), fc.constantFrom('eq', 'ne', 'gt'), texts).map((parts) => parts.join(' ')),
  fc.tuple(fc.constantFrom('contains', 'startswith', 'endswith'), texts).map(([name, text]) => `${name}(ShipName,${text})`),
  fc.array(integers, { minLength: 1, maxLength: 4 }).map((items) => `Quantity in (${items.join(',')})`),
  fc.array(texts, { minLength: 1, maxLength: 3 }).map((items) => `ShipName in (${items.join(',')})`),
  fc.tuple(integers, integers).map(([a, b]) => `Quantity add ${a} gt ${b}`), fc.tuple(integers, decimals).map(([a, b]) => `Freight mul ${a} lt ${b}`),
  fc.tuple(integers, texts).map(([at, text]) => `substring(ShipName,${at}) eq ${text}`), integers.map((year) => `year(OrderDate) eq ${year}`),
  fc.tuple(integers, integers).map(([a, b]) => `${a} div ${b} gt Quantity`),
)
const query = fc.record({
  filter: fc.array(term, { minLength: 1, maxLength: 3 }).chain((terms) => fc.constantFrom(terms.join(' and '), terms.join(' or '), `not (${terms[0] ?? ''})`)),
  rest: fc.constantFrom('', '&$top=5', '&$expand=Customer($select=Country)', '&$orderby=Freight desc&$count=true', '&$select=OrderID', '&$apply=groupby((CustomerID),aggregate($count as N))'),
  path: fc.oneof(fc.constantFrom('Orders', 'Orders/$count'), integers.map((key) => `Orders(${key})`), integers.map((key) => `Orders(${key})/Customer`), texts.map((key) => `Customers(${encodeURIComponent(key)})`)),
})

const outcomeOf = (response: Response): string | undefined => /plan;dur=[\d.]+;desc="(\w+)"/.exec(response.headers.get('server-timing') ?? '')?.[1]

/** What was made, or why not. */
function attempt<Result>(make: () => Result): { readonly made: Result } | { readonly error: string } {
  try {
    return { made: make() }
  } catch (error) {
    return { error: String(error) }
  }
}

describe('plans shared by queries that differ in literals', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop({})
    for (const slug of ['erp', 'crm']) await shop.door.plane.prober.probe(slug)
  })
  afterAll(() => shop.stop())

  it('are those that would be made anew, whatever the literals', async () => {
    const exposure = await shop.door.plane.exposures.of('shop')
    const endpoints = await shop.door.plane.pool.of(exposure)
    const cache = new PlanCache()
    const names = namesFor(exposure.model)
    const outcomes = new Map<string, number>()
    fc.assert(fc.property(query, ({ filter, rest, path }) => {
      const text = /^(?:Orders$|Orders\/)/.test(path) ? `$filter=${encodeURIComponent(filter)}${path === 'Orders' ? rest : ''}` : '$select=*'
      const fresh = attempt(() => optimize(bind(parseODataUrl(path, text, names), { ...exposure, readable: () => true, versioned: () => false }, { pageRows: 100, identified: false })))
      const shared = attempt(() => cache.planned({ exposure, endpoints, url: cache.parsed(names, path, text), path, query: text, pageRows: 100, identified: false }))
      const outcome = 'error' in shared ? 'refused' : shared.made.outcome
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      // What is refused is refused in the same words, places in the text among them.
      const same = 'error' in shared || 'error' in fresh ? isDeepStrictEqual(shared, fresh) : isDeepStrictEqual(shared.made.bound, fresh.made)
      expect([text, path, same]).toEqual([text, path, true])
    }), { seed, numRuns: 3_000 })
    expect(outcomes.get('shared') ?? 0).toBeGreaterThan(300)
  })

  it('answer each what it asks', async () => {
    const met: (string | undefined)[] = []
    for (const quantity of [11, 12, 13, 14, 15, 16]) {
      const response = await shop.door.get(`/odata/shop/Orders?$filter=Quantity eq ${quantity}&$select=Quantity,ShipName&$expand=Customer($select=CustomerID)`)
      met.push(outcomeOf(response))
      const rows = valuesOf(await response.json() as Record<string, unknown>)
      expect(rows.length).toBe(shop.orders.filter((row) => row['Quantity'] === quantity).length)
      expect(rows.every((row) => row['Quantity'] === quantity)).toBe(true)
    }
    expect(met.slice(0, 2)).toEqual(['miss', 'miss'])
    expect(met.slice(2)).toEqual(['shared', 'shared', 'shared', 'shared'])
  })
})
