import { readCsdl } from '@tributary/edm'
import {
  binary, booleanType, call, column, conjunction, dateType, decimalType, inList, int32Type, int64Type, literal, not, nullType, orderKey, printExpression, stringType, type Expression, type Value,
} from '@tributary/plan'
import { capabilitiesOf, type Capabilities, type Fact, type Feature, type ScanRequest, type Trust } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { csdlOf } from '../../../test/harness/odata-server-contract.js'
import { customersAndOrders, startODataServer } from '../../../test/harness/odata-server.js'
import { columnsOfSet, targetOf, wantAll } from './served.js'

const sets = customersAndOrders(1, 1)
const target = targetOf({ url: 'https://erp.example.com/odata/' }, sets)
const source = new ODataSource()
const fact = (trust: Trust): Fact => ({ trust, origin: 'probed', why: 'so the test says', since: new Date(0) })
const knowing = (facts: Readonly<Record<Feature, Trust>>, limits: { readonly urlLimit?: number; readonly keyLimit?: number } = {}): Capabilities =>
  capabilitiesOf(new Map(Object.entries(facts).map(([feature, trust]) => [feature, fact(trust)])), limits)
const exact: Capabilities = { ...knowing({}), fact: () => fact('exact') }
const want = (wanted: Partial<ScanRequest>): ScanRequest => wantAll(target, sets, 'Orders', wanted)

const freight = binary('gt', column(decimalType, 'Freight'), literal(decimalType, '500'))
const ship = call('contains', booleanType, column(stringType, 'ShipName'), literal(stringType, "O'7"))
const both = binary('and', freight, ship)
const name = (operator: 'eq' | 'ne' | 'gt', value: Value): Expression => binary(operator, column(stringType, 'ShipName'), literal(stringType, value))

describe('accepting a filter', () => {
  it.each<[string, Expression, readonly string[]]>([
    ['numbers and searched text', both, ["$filter=Freight gt 500 and contains(ShipName,'O''7')"]],
    ['equality of text', name('eq', 'x'), ["$filter=ShipName eq 'x'"]],
    ['a disjunction of both', binary('or', freight, name('eq', 'x')), ["$filter=Freight gt 500 or ShipName eq 'x'"]],
    ['a disjunction among conjuncts', binary('and', binary('or', freight, name('eq', 'x')), ship), ["$filter=(Freight gt 500 or ShipName eq 'x') and contains(ShipName,'O''7')"]],
    ['dates', binary('ge', column(dateType, 'OrderDate'), literal(dateType, '2024-01-31')), ['$filter=OrderDate ge 2024-01-31']],
    ['null', binary('ne', column(stringType, 'ShipName'), literal(nullType, null)), ['$filter=ShipName ne null']],
    ['text that is unequal: nulls and case would be lost', name('ne', 'x'), []],
    ['text that is greater: collations differ', name('gt', 'x'), []],
    ['a negation', not(freight), []],
    ['a disjunction with a part that is not safe', binary('or', freight, name('gt', 'x')), []],
    ['arithmetic', binary('gt', binary('mul', column(decimalType, 'Freight'), literal(int32Type, 2), decimalType), literal(decimalType, '1')), []],
    ['the case of letters', binary('eq', call('tolower', stringType, column(stringType, 'ShipName')), literal(stringType, 'x')), []],
    ['more than a number no double holds', binary('gt', column(int64Type, 'Visits'), literal(int64Type, '9007199254740993')), []],
    ['at least a number no double holds', binary('ge', column(int64Type, 'Visits'), literal(int64Type, '9007199254740993')), ['$filter=Visits ge 9007199254740993']],
    ['text that is no Unicode', name('eq', '\ud800'), []],
  ])('gives away unproven only what brings a superset: %s', (_, filter, taken) => {
    const accepted = source.accept(want({ filter }), knowing({}))
    expect(accepted.taken).toEqual(taken)
    expect(accepted.residual).toEqual(filter)
    expect(accepted.trust).toBe(taken.length === 0 ? 'exact' : 'inexact')
  })

  it('keeps back only what is left where the rest is proven', () => {
    const accepted = source.accept(want({ filter: conjunction([freight, name('gt', 'x')])! }), knowing({ 'filter': 'exact', 'filter:gt:Edm.Decimal': 'exact' }))
    expect(accepted).toMatchObject({ trust: 'exact', taken: ['$filter=Freight gt 500'], limited: false })
    expect(printExpression(accepted.residual!)).toBe("ShipName gt 'x'")
  })

  it('takes everything that is proven, the limit included', () => {
    const order = [orderKey(column(dateType, 'OrderDate'), true), orderKey(column(int32Type, 'OrderID'))]
    const accepted = source.accept(want({ filter: not(both), order, skip: 5, top: 10, count: true, columns: columnsOfSet(sets['Orders']!).slice(0, 2) }), exact)
    expect(accepted).toMatchObject({ trust: 'exact', ordered: true, limited: true, counted: true })
    expect(accepted.residual).toBeUndefined()
    expect(accepted.taken).toEqual(["$filter=not (Freight gt 500 and contains(ShipName,'O''7'))", '$orderby=OrderDate desc,OrderID', '$skip=5', '$top=10', '$count=true', '$select=OrderID,CustomerID'])
  })

  it.each<[string, Capabilities, Partial<ScanRequest>]>([
    ['the filter is only a superset', { ...exact, fact: (feature) => fact(feature === 'filter:gt:Edm.Decimal' ? 'inexact' : 'exact') }, { filter: freight, top: 1, count: true }],
    ['the order stays with us', { ...exact, fact: (feature) => fact(feature === 'orderby:Edm.Date' ? 'inexact' : 'exact') }, { order: [orderKey(column(dateType, 'OrderDate'))], top: 1 }],
    ['$skip is wanted and not proven', { ...exact, fact: (feature) => fact(feature === 'skip' ? 'inexact' : 'exact') }, { top: 1, skip: 1 }],
    ['keys arrive in batches', exact, { top: 1, keys: columnsOfSet(sets['Orders']!).slice(0, 1) }],
  ])('never gives a limit away where %s', (_, able, wanted) => {
    const accepted = source.accept(want(wanted), able)
    expect(accepted.limited).toBe(false)
    expect(accepted.taken.join()).not.toMatch(/\$top|\$skip/)
  })

  it('sends an `in` as comparisons where it is not known', () => {
    const filter = inList(column(int32Type, 'OrderID'), [1, 2].map((value) => literal(int32Type, value)))
    expect(source.accept(want({ filter }), knowing({})).taken).toEqual(['$filter=OrderID in (1,2)'])
    expect(source.accept(want({ filter }), knowing({ 'filter:in:Edm.Int32': 'unsupported' })).taken).toEqual(['$filter=OrderID eq 1 or OrderID eq 2'])
  })

  it('takes what is proven and nothing else where the remote was caught losing rows', () => {
    const caught = knowing({ 'filter': 'exact', 'filter:unproven': 'unsupported', 'filter:gt:Edm.Decimal': 'exact' })
    expect(source.accept(want({ filter: both }), caught).taken[0]).toBe('$filter=Freight gt 500')
    expect(source.accept(want({ filter: ship }), caught).taken.join()).not.toContain('$filter')
    expect(source.accept(want({ keys: columnsOfSet(sets['Orders']!).slice(0, 1) }), caught).keyForm).toBeUndefined()
  })

  it('takes no more than the URL has room for', () => {
    const filter = conjunction([name('eq', 'x'.repeat(900)), name('eq', 'y'.repeat(900)), freight])!
    const accepted = source.accept(want({ filter }), knowing({}))
    expect(accepted.taken[0]).toBe(`$filter=ShipName eq '${'x'.repeat(900)}' and Freight gt 500`)
    expect(accepted.residual).toEqual(filter)
  })
})

const declared = (annotations: string): ScanRequest => {
  const annotated = { ...sets, Orders: { ...sets['Orders']!, annotations } }
  return want({ target: { ...target, model: readCsdl(csdlOf(annotated, 'Test')) } })
}
/** As most contracts write it: beside the container, with the alias of its schema. */
const declaredOutside = (annotations: string): ScanRequest => {
  const contract = csdlOf(sets, 'Test').replace('Namespace="Test"', 'Namespace="Test" Alias="SELF"').replace('</EntityContainer>', `</EntityContainer><Annotations Target="SELF.Container/Orders">${annotations}</Annotations>`)
  return want({ target: { ...target, model: readCsdl(contract) } })
}
const restriction = (term: string, record: string): string => `<Annotation Term="Org.OData.Capabilities.V1.${term}"><Record>${record}</Record></Annotation>`
const paths = (property: string, path: string): string => `<PropertyValue Property="${property}"><Collection><PropertyPath>${path}</PropertyPath></Collection></PropertyValue>`

describe('what a contract declares', () => {
  it.each<[string, string, Partial<ScanRequest>, readonly string[]]>([
    ['no filters', restriction('FilterRestrictions', '<PropertyValue Property="Filterable" Bool="false"/>'), { filter: freight }, ['$orderby=OrderID']],
    ['a property not to filter by', restriction('FilterRestrictions', paths('NonFilterableProperties', 'Freight')), { filter: both }, ["$filter=contains(ShipName,'O''7')", '$orderby=OrderID']],
    ['a list of functions', '<Annotation Term="Org.OData.Capabilities.V1.FilterFunctions"><Collection><String>startswith</String></Collection></Annotation>', { filter: both }, ['$filter=Freight gt 500', '$orderby=OrderID']],
    ['a property not to sort by', restriction('SortRestrictions', paths('NonSortableProperties', 'OrderID')), { order: [orderKey(column(int32Type, 'OrderID'))] }, []],
    ['no $top', '<Annotation Term="Org.OData.Capabilities.V1.TopSupported" Bool="false"/>', { top: 5 }, []],
    ['no $count', restriction('CountRestrictions', '<PropertyValue Property="Countable" Bool="false"/>'), { count: true }, []],
  ])('is respected even where probes said otherwise: %s', (_, annotations, wanted, taken) => {
    expect(source.accept({ ...declared(annotations), ...wanted }, exact).taken).toEqual(taken)
    expect(source.accept({ ...declaredOutside(annotations), ...wanted }, exact).taken).toEqual(taken)
  })

  it('a filter that is required is missed while planning', () => {
    const request = declared(restriction('FilterRestrictions', `<PropertyValue Property="RequiresFilter" Bool="true"/>${paths('RequiredProperties', 'Freight')}`))
    expect(() => source.accept(request, exact)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_INVALID' }) as Error)
    expect(() => source.accept({ ...request, filter: ship }, exact)).toThrow(/Freight/)
    expect(source.accept({ ...request, filter: freight }, exact).taken).toEqual(['$filter=Freight gt 500', '$orderby=OrderID'])
  })
})

const keys = (count: number): readonly (readonly Value[])[] => Array.from({ length: count }, (_, index) => [`C${String(index).padStart(5, '0')}`])

describe('keys in batches', () => {
  const byCustomer = columnsOfSet(sets['Orders']!).filter((each) => each.name === 'CustomerID')

  it('go by `in`, as many as the URL takes and at most 200', () => {
    const accepted = source.accept(want({ keys: byCustomer }), knowing({}))
    expect(accepted.keyForm).toBe('in')
    expect(source.batchOf(accepted, keys(3))).toBe(3)
    expect(source.batchOf(accepted, keys(500))).toBe(200)
    expect(source.batchOf(source.accept(want({ keys: byCustomer }), knowing({}, { urlLimit: 500 })), keys(500))).toBeLessThan(50)
  })

  it('go by 25 comparisons where `in` is not known, and not at all where filters are not', () => {
    const or = source.accept(want({ keys: byCustomer }), knowing({ 'filter:in:Edm.String': 'unsupported' }))
    expect([or.keyForm, source.batchOf(or, keys(500))]).toEqual(['or', 25])
    expect(source.accept(want({ keys: byCustomer }), knowing({ filter: 'unsupported' })).keyForm).toBeUndefined()
  })

  it('stay within the URL limit, whatever the values are, and find their rows', async () => {
    const served = customersAndOrders(300, 600)
    const server = await startODataServer({ sets: served })
    const lookup = { ...wantAll(targetOf(server, served), served, 'Orders', {}), keys: columnsOfSet(served['Orders']!).slice(1, 3) }
    const accepted = source.accept(lookup, knowing({}))
    const pairs = served['Orders']!.rows.map((row) => [row['CustomerID'], row['OrderDate']] as Value[]).filter((pair) => !pair.includes(null))
    let found = 0
    for (let next = 0; next < pairs.length;) {
      const size = source.batchOf(accepted, pairs.slice(next))
      for await (const { page } of source.read(accepted, { signal: new AbortController().signal, keys: pairs.slice(next, next + size), observe: ({ url }) => expect(url.length).toBeLessThanOrEqual(2_000) })) found += page.kind === 'bytes' ? page.offsets.length / 2 : 0
      next += size
    }
    expect(found).toBeGreaterThanOrEqual(pairs.length)
    expect(decodeURIComponent(server.requests[0]?.url ?? '')).toMatch(/\(CustomerID eq 'C\d{5}' and OrderDate eq \d{4}-\d\d-\d\d\) or \(/)
    await server.stop()
  })

  it('leave quotes and commas as they are', async () => {
    const server = await startODataServer({ sets })
    const accepted = source.accept(want({ target: targetOf(server, sets), keys: byCustomer }), knowing({}))
    const context = { signal: new AbortController().signal, keys: [["O'N"], ['A&B+C']], observe: (): void => undefined }
    for await (const { page } of source.read(accepted, context)) expect(page.kind).toBe('bytes')
    expect(server.requests[0]?.url).toContain("$filter=CustomerID%20in%20('O''N','A%26B%2BC')")
    await server.stop()
  })

  afterAll(() => source.close())
})
