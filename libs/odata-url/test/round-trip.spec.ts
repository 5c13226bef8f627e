import * as fc from 'fast-check'
import {
  dialect40, dialect401, parseApply, parseFilter, parseODataUrl, printApply, printExpression, printODataUrl, type Expression, type ODataUrl, type QueryOptions, type SearchExpression,
} from '@tributary/odata-url'
import { apply } from './random-apply.js'
import { expression, literals, navigation, property, span, text } from './random-expressions.js'
import { order, shopNames } from './shop-names.js'
import { treeText } from './tree-text.js'
import { withoutSpans } from './without-spans.js'

const names = shopNames()

/** Scopes differ inside `$count` and lambdas: paths that mean the outer type are unknown names there. Comparison is by shape of names. */
const asRead = (tree: unknown): unknown =>
  JSON.parse(JSON.stringify(withoutSpans(tree)).replaceAll(/"kind":"(?:property|navigation|unknown)"/g, '"kind":"name"'))

describe('a printed tree', () => {
  it('parses to the same tree, whatever the expression', () => {
    fc.assert(
      fc.property(expression, (tree) => {
        const printed = printExpression(tree, dialect401)
        expect(asRead(parseFilter(printed, names, order))).toEqual(asRead(tree))
      }),
      { numRuns: 1000 },
    )
  })

  it('parses to the same tree, whatever the transformations', () => {
    const ofOrders = { ...names, customAggregate: (_type: unknown, name: string) => name === 'Forecast', leveledHierarchy: (_type: unknown, name: string) => name === 'Regions' }
    fc.assert(
      fc.property(apply, (tree) => {
        expect(asRead(parseApply(printApply(tree, dialect401), ofOrders, order, { nesting: 2000, depth: 2000, nodes: 200_000 }))).toEqual(asRead(tree))
      }),
      { numRuns: 1000 },
    )
  })

  it('is a valid URL query that leaves what RFC 3986 allows as it is', () => {
    fc.assert(
      fc.property(expression, (tree) => {
        const printed = printExpression(tree, dialect401)
        expect(printed).toMatch(/^(?:[A-Za-z0-9\-._~!$'()*,;=:@/?]|%[0-9A-F]{2})*$/)
        expect(new URL(`http://h/?$filter=${printed}`).searchParams.get('$filter')).not.toBeNull()
      }),
    )
    expect(printExpression(parseFilter("ShipName in ('a b','c%2Bd')", names, order), dialect401)).toBe("ShipName%20in%20('a%20b','c%2Bd')")
  })
})

// ── Whole URLs ───────────────────────────────────────────────────────────────────────────────────────────────────────

const word = fc.string({ unit: fc.constantFrom('a', 'B', '1', '-', "'", ';', '€', '&', '/'), minLength: 1, maxLength: 5 })
const { search } = fc.letrec<{ search: SearchExpression }>((tie) => ({
  search: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(word, fc.constantFrom('AND', 'OR', 'NOT')).map((term) => ({ kind: 'term', text: term, phrase: false, span }) as SearchExpression),
    text.filter((phrase) => phrase !== '').map((phrase) => ({ kind: 'term', text: phrase, phrase: true, span }) as SearchExpression),
    tie('search').map((operand) => ({ kind: 'not', operand, span }) as SearchExpression),
    fc.tuple(fc.constantFrom('and', 'or'), tie('search'), tie('search')).map(([kind, left, right]) => ({ kind, left, right, span }) as SearchExpression),
  ),
}))

const optional = <T>(name: string, value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined }).map((given) => (given === undefined ? {} : { [name]: given }))
const record = (parts: readonly fc.Arbitrary<object>[], rest: fc.Arbitrary<object>): fc.Arbitrary<QueryOptions> =>
  fc.tuple(rest, ...parts).map((given) => Object.assign({ aliases: new Map(), custom: [], spans: new Map() }, ...given) as QueryOptions)

const aliases = fc.dictionary(fc.constantFrom('a', 'b2', 'ü'), literals, { maxKeys: 2 }).map((given) => ({ aliases: new Map(Object.entries(given)) }))
const orderby = fc.array(fc.record({ expression, descending: fc.boolean(), span: fc.constant(span) }), { minLength: 1, maxLength: 2 })
const collection = [optional('filter', expression), optional('search', search), optional('orderby', orderby), optional('top', fc.nat()), optional('skip', fc.nat()), optional('count', fc.boolean())]

const { options } = fc.letrec<{ options: QueryOptions; select: unknown; expand: unknown }>((tie) => ({
  select: fc.array(
    fc.oneof(
      fc.constantFrom({ kind: 'all', span }, { kind: 'allOperations', namespace: 'Shop', span }, { kind: 'path', segments: [property('ID')], span }, { kind: 'path', segments: [navigation('Customer'), property('Name')], span }),
      fc.constant({ kind: 'path', segments: [{ kind: 'operation', name: 'Shop.Total', parameters: ['tax'], span }], span }),
    ),
    { minLength: 1, maxLength: 3 },
  ),
  expand: fc.array(
    fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom({ target: 'all', options: { aliases: new Map(), custom: [], spans: new Map() }, span }, { target: [navigation('Items')], suffix: '$ref', options: { aliases: new Map(), custom: [], spans: new Map() }, span }),
      tie('options').map((inner) => ({ target: [navigation('Items')], options: { ...inner, custom: [] }, span })),
      record([optional('levels', fc.oneof(fc.constant('max'), fc.integer({ min: 1, max: 9 })))], aliases).map((inner) => ({ target: [property('Address'), navigation('Country')], options: inner, span })),
    ),
    { minLength: 1, maxLength: 2 },
  ),
  options: record([...collection, optional('select', tie('select')), optional('expand', tie('expand'))], aliases),
}))

const top = fc.tuple(options, optional('format', fc.constantFrom('json', 'application/json;IEEE754Compatible=true', 'application/atom+xml')), optional('skiptoken', text.filter((token) => token !== '')),
  fc.array(fc.record({ name: fc.constantFrom('debug', 'sap-client', 'a b', 'q%&=+é'), value: text }), { maxLength: 2 }))
  .map(([common, format, skiptoken, custom]) => ({ ...common, ...format, ...skiptoken, custom }) as QueryOptions)

const keyValue = fc.oneof(literals, fc.constant<Expression>({ kind: 'alias', name: 'k', span }))
const key = fc.oneof(
  keyValue.map((value) => ({ form: 'positional', parts: [{ value, span }], span })),
  fc.array(keyValue, { minLength: 1, maxLength: 2 }).map((values) => ({ form: 'named', parts: values.map((value, index) => ({ name: `K${index}`, value, span })), span })),
)
const resource = fc.tuple(key, fc.constantFrom([], [{ kind: 'navigation', name: 'Customer', span }, { kind: 'property', name: 'Name', span }, { kind: 'value', span }], [{ kind: 'navigation', name: 'Items', span }, { kind: 'count', span }]))
  .map(([given, rest]) => ({ kind: 'path', segments: [{ kind: 'entitySet', name: 'Orders', key: given, span }, ...rest], span }))

describe('a printed URL', () => {
  it('parses to the same resource and options', () => {
    fc.assert(
      fc.property(fc.record({ resource, options: top }), (given) => {
        const url = given as unknown as ODataUrl
        const printed = printODataUrl(url, dialect401)
        const mark = printed.indexOf('?')
        const read = mark < 0 ? parseODataUrl(printed, '', names) : parseODataUrl(printed.slice(0, mark), printed.slice(mark + 1), names)
        expect(asRead(read)).toEqual(asRead({ resource: url.resource, options: url.options }))
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['', ''], ['$metadata', '$metadata'], ['Orders/$count?$filter=ID eq 1', 'Orders/$count?$filter=ID%20eq%201'], ['Orders(1)/Items?sap-client=1&top=2', 'Orders(1)/Items?$top=2&sap-client=1'],
    ['BestOrders(year=2024)(3)/Customer', 'BestOrders(year=2024)(3)/Customer'], ['Orders?$orderby=ID desc, Freight', 'Orders?$orderby=ID%20desc,Freight'],
  ])('%s', (url, printed) => {
    const mark = url.indexOf('?')
    expect(printODataUrl(mark < 0 ? parseODataUrl(url, '', names) : parseODataUrl(url.slice(0, mark), url.slice(mark + 1), names), dialect401)).toBe(printed)
  })

  it('has a key of segments as segments', () => {
    expect(printODataUrl(parseODataUrl('Items/a%2Fb/1/Quantity', '', shopNames(true)), dialect401)).toBe('Items/a%2Fb/1/Quantity')
  })
})

const in40 = (filter: string): string => decodeURIComponent(printExpression(parseFilter(filter, names, order), dialect40))

describe('OData 4.0', () => {
  it.each([
    ['ID in (1,2,3)', 'ID eq 1 or ID eq 2 or ID eq 3'],
    ['ID in (1)', 'ID eq 1'],
    ['ID in ()', 'false'],
    ['Freight gt 1 and ID in (1,2)', 'Freight gt 1 and (ID eq 1 or ID eq 2)'],
    ['not ID in (1,2)', 'not (ID eq 1 or ID eq 2)'],
    ['ID in (1,2) and true', '(ID eq 1 or ID eq 2) and true'],
    ['Items/any(i:i/Line in (1,2))', 'Items/any(i:i/Line eq 1 or i/Line eq 2)'],
    ["ShipName eq duration'PT1S'", "ShipName eq duration'PT1S'"],
  ])('has no in: %s', (filter, printed) => expect(in40(filter)).toBe(printed))

  it('may have in where a source says so', () => {
    expect(printExpression(parseFilter('ID in (1,2)', names, order), { version: '4.0', in: true })).toBe('ID%20in%20(1,2)')
  })

  it('means the same tree that it was made of', () => {
    const many = Array.from({ length: 500 }, (_, index) => index)
    const printed = printExpression(parseFilter(`ID in (${many.join(',')})`, names, order), dialect40)
    expect(treeText(parseFilter(printed, names, order)).match(/Int64:\d+/g)).toEqual(many.map((value) => `Int64:${value}`))
  })

  it.each(['ID divby 2 eq 1', 'case(true:1) eq 1', "matchesPattern(ShipName,'a')", 'ShipName in Tags', '$this eq 1', 'Items/$count($filter=true) eq 1'])('refuses %s by name', (filter) => {
    expect(() => in40(filter)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_UNSUPPORTED' }))
  })

  it('has no options of $select, but those of $expand', () => {
    const nested = parseODataUrl('Orders', '$expand=Items($select=Line;$top=2)', names)
    expect(printODataUrl(nested, dialect40)).toBe('Orders?$expand=Items($select=Line;$top=2)')
    expect(() => printODataUrl(parseODataUrl('Orders', '$select=Past($top=2)', names), dialect40)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_UNSUPPORTED', status: 501 }))
  })
})
