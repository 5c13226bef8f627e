import * as fc from 'fast-check'
import { isHubError } from '@tributary/errors'
import { defaultLimits, dialect401, parseFilter, parseODataUrl, parseSearch, printExpression, printODataUrl, type Expression, type ParseLimits } from '@tributary/odata-url'
import { order, shopNames } from './shop-names.js'
import { withoutSpans } from './without-spans.js'

const names = shopNames()

/** 'read', or the code of the refusal. Anything but a HubError is a fault. */
function outcome(read: () => unknown): string {
  try {
    read()
    return 'read'
  } catch (error) {
    if (isHubError(error)) return `${error.code}${error.code === 'HUB_QUERY_LIMIT' ? ` ${error.params['what']}` : ''}`
    throw error
  }
}
const filter = (text: string, limits: Partial<ParseLimits> = {}): string => outcome(() => parseFilter(text, names, order, limits))
const wide = { urlLength: 10_000_000, nodes: 1_000_000, listItems: 1_000_000 }

/** Nodes and height of a tree, walked without recursion. */
function measure(tree: Expression): { nodes: number; height: number } {
  let nodes = 0
  let height = 0
  const open: (readonly [Expression, number])[] = [[tree, 1]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, level] = next
    nodes++
    height = Math.max(height, level)
    if (node.kind === 'binary') open.push([node.left, level + 1], [node.right, level + 1])
    else if (node.kind === 'unary') open.push([node.operand, level + 1])
    else if (node.kind === 'list') for (const item of node.items) open.push([item, level + 1])
  }
  return { nodes, height }
}

const chain = (length: number, operator: string): string => Array.from({ length }, (_, index) => `ID eq ${index}`).join(` ${operator} `)

describe('pathological input', () => {
  it.each([
    ['500 parentheses', `${'('.repeat(500)}ID eq 1${')'.repeat(500)}`, 'read'],
    ['1,000 parentheses', `${'('.repeat(1000)}ID eq 1${')'.repeat(1000)}`, 'HUB_QUERY_LIMIT levels of depth'],
    ['5,000 open parentheses', '('.repeat(5000), 'HUB_QUERY_LIMIT levels of depth'],
    ['5,000 closed parentheses', ')'.repeat(5000), 'HUB_QUERY_SYNTAX'],
    ['1,000 nested calls', `${'tolower('.repeat(1000)}ShipName${')'.repeat(1000)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['5,000 unclosed calls', 'concat('.repeat(5000), 'HUB_QUERY_LIMIT levels of nesting'],
    ['5,000 nots', `${'not '.repeat(5000)}true`, 'HUB_QUERY_LIMIT levels of depth'],
    ['5,000 minuses', `${'-'.repeat(5000)}ID`, 'HUB_QUERY_LIMIT levels of depth'],
    ['5,000 additions', `ID${' add 1'.repeat(5000)}`, 'HUB_QUERY_LIMIT levels of depth'],
    ['400 additions', `ID${' add 1'.repeat(400)}`, 'read'],
    ['5,000 nested arrays', '['.repeat(5000), 'HUB_QUERY_LIMIT levels of nesting'],
    ['5,000 nested objects', '{"a":'.repeat(5000), 'HUB_QUERY_LIMIT levels of nesting'],
    ['1,000 nested lambdas', `${'Items/any(x:x/Order/'.repeat(1000)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['5,000 nested counts', 'Items/$count($filter='.repeat(2000), 'HUB_QUERY_LIMIT levels of nesting'],
    ['an unclosed quote of 60,000', `ShipName eq '${'a'.repeat(60_000)}`, 'HUB_QUERY_SYNTAX'],
    ['60,000 quotes', "'".repeat(60_000), 'read'],
    ['60,001 quotes', "'".repeat(60_001), 'HUB_QUERY_SYNTAX'],
    ['5,000 unclosed quotes', "ShipName eq ' or ".repeat(3000), 'HUB_QUERY_SYNTAX'],
    ['a long number', '1'.repeat(60_000), 'read'],
    ['a long number with a letter', `${'1'.repeat(60_000)}x`, 'HUB_QUERY_SYNTAX'],
    ['digits and dashes', '1-'.repeat(30_000), 'HUB_QUERY_SYNTAX'],
    ['a long duration', `duration'P${'1'.repeat(60_000)}'`, 'HUB_QUERY_SYNTAX'],
    ['a long binary', `binary'${'a'.repeat(60_001)}'`, 'HUB_QUERY_SYNTAX'],
    ['a long line', `geography'SRID=0;LineString(${'1 2,'.repeat(14_000)}1 2)'`, 'read'],
    ['a long broken line', `geography'SRID=0;LineString(${'1 2,'.repeat(14_000)}1)'`, 'HUB_QUERY_SYNTAX'],
    ['many broken shapes', `geography'SRID=0;GeometryCollection(${'Point(1 2),'.repeat(5000)}'`, 'HUB_QUERY_SYNTAX'],
    ['spaces', `ID eq${' '.repeat(60_000)}`, 'HUB_QUERY_SYNTAX'],
    ['dots', `${'a.'.repeat(30_000)}`, 'HUB_QUERY_SYNTAX'],
    ['slashes', `Customer${'/Boss'.repeat(10_000)}/Name`, 'read'],
    ['backslashes in JSON', `["${'\\'.repeat(60_001)}`, 'HUB_QUERY_SYNTAX'],
    ['percents', '%'.repeat(60_000), 'HUB_QUERY_SYNTAX'],
    ['too long', 'a'.repeat(65_537), 'HUB_QUERY_LIMIT characters'],
    ['10,001 values', `ID in (${Array.from({ length: 10_001 }, () => 1).join(',')})`, 'HUB_QUERY_LIMIT list items'],
    ['10,000 values', `ID in (${Array.from({ length: 10_000 }, () => 1).join(',')})`, 'read'],
    ['10,001 JSON values', `ID in [${Array.from({ length: 10_001 }, () => 1).join(',')}]`, 'HUB_QUERY_LIMIT list items'],
  ])('%s', (_name, text, expected) => expect(filter(text)).toBe(expected))

  it.each([
    ['nested $expand', `$expand=${'Customer($expand=Orders($expand='.repeat(500)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['nested $select', `$select=${'Address($select='.repeat(500)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['5,000 ampersands', '&'.repeat(5000), 'read'],
    ['5,000 custom options', 'a=b&'.repeat(5000), 'read'],
    ['nested concat', `$apply=${'concat('.repeat(5000)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['nested groupby', `$apply=${'groupby((ID),'.repeat(5000)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['nested addnested', `$apply=${'addnested(Customer,addnested(Orders,'.repeat(1000)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['nested expand of $apply', `$apply=${'expand(Customer,expand(Orders,'.repeat(1000)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['nested aggregates', `$filter=${'Items/aggregate(Order/'.repeat(1000)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['nested $filter segments', `$filter=${'Items/$filter(Order/'.repeat(1000)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['nested rollups of hierarchies', `$apply=${'groupby((rolluprecursive($root/Orders,H,ID,'.repeat(1000)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['nested functions of $apply', `$apply=${'Shop.Top(a='.repeat(3000)}`, 'HUB_QUERY_LIMIT levels of nesting'],
    ['a pipeline of 3,000 steps', `$apply=${'identity/'.repeat(3000)}top(1)`, 'read'],
    ['a pipeline that is too long', `$apply=${'top(1)/'.repeat(9000)}top(1)`, 'read'],
    ['30,000 grouping paths', `$apply=groupby((${'ID,'.repeat(20_000)}ID))`, 'HUB_QUERY_LIMIT parts'],
    ['cases whose times are numbers', `$filter=${'case('.repeat(90)}ID gt 10:20${',true:1) gt 10:20'.repeat(90)},true:1)`, 'HUB_QUERY_LIMIT parts'],
    ['a few cases whose times are numbers', `$filter=${'case('.repeat(5)}ID gt 10:20${',true:1) gt 10:20'.repeat(4)},true:1) gt 1`, 'read'],
  ])('%s', (_name, query, expected) => expect(outcome(() => parseODataUrl('Orders', query, names))).toBe(expected))

  it.each([
    ['5,000 parentheses', '('.repeat(5000), 'HUB_QUERY_LIMIT levels of nesting'],
    ['5,000 NOTs', 'NOT '.repeat(5000), 'HUB_QUERY_LIMIT levels of nesting'],
    ['9,000 words', 'a '.repeat(9000).trim(), 'read'],
    ['9,000 ORs', `a${' OR a'.repeat(9000)}`, 'read'],
    ['30,000 words', 'a '.repeat(30_000).trim(), 'HUB_QUERY_LIMIT parts'],
    ['60,000 quotes', '"'.repeat(60_000), 'HUB_QUERY_SYNTAX'],
  ])('$search of %s', (_name, text, expected) => expect(outcome(() => parseSearch(text, names))).toBe(expected))

  it.each(['or', 'and'])('reads 5,000 %s as a tree that is linear in size and logarithmic in height', (operator) => {
    const [small, large] = [measure(parseFilter(chain(2500, operator), names, order)), measure(parseFilter(chain(5000, operator), names, order, wide))]
    expect(small.nodes).toBe(2500 * 4 - 1)
    expect(large.nodes).toBe(5000 * 4 - 1)
    expect(large.height).toBeLessThan(40)
    expect(filter(chain(5000, operator), { ...wide, nodes: 10_000 })).toBe('HUB_QUERY_LIMIT parts')
  })

  it.each([1, 31, 32, 33, 64, 65, 100, 1000, 4097])('prints a chain of %i so that it reads the same', (length) => {
    const tree = parseFilter(Array.from({ length }, (_, index) => `ID eq ${index}`).join(' or '), names, order, wide)
    expect(withoutSpans(parseFilter(printExpression(tree, dialect401), names, order, wide))).toEqual(withoutSpans(tree))
  })

  it('counts the nodes of the whole URL together', () => {
    const text = Array.from({ length: 100 }, () => 'ID eq 1').join(' and ')
    expect(outcome(() => parseODataUrl('Orders', `$filter=${text}`, names, { nodes: 600 }))).toBe('read')
    expect(outcome(() => parseODataUrl('Orders', `$filter=${text}&$orderby=${text}`, names, { nodes: 600 }))).toBe('HUB_QUERY_LIMIT parts')
  })

  it('has limits that a caller may see', () => {
    expect(defaultLimits).toEqual({ urlLength: 65_536, depth: 500, nesting: 200, nodes: 20_000, listItems: 10_000 })
  })
})

// ── Mutations of valid URLs ──────────────────────────────────────────────────────────────────────────────────────────

const seeds: readonly (readonly [path: string, query: string])[] = [
  ['Orders(3)/Items(OrderID=1,Line=2)/Order', "$filter=Items/any(i:i/Quantity gt -1.5e3) and not contains(ShipName,'O''Neil') or ID in (1,@x)&@x=2&$top=5"],
  ['Orders', "$expand=Customer($select=Name;$expand=Orders($filter=Freight gt 5;$search=\"a b\" OR c;$count=true)),Items/$count&$orderby=year(OrderDate) desc,ID&$skip=3"],
  ['Customers(%27a%2Fb%27)/Address/City/$value', "$filter=Address eq {\"City\":\"x\",\"n\":[1,ID add 2]} or isof(Shop.Customer) or case(true:1) eq cast(ID,Edm.Int32)&$format=application/json"],
  ['BestOrders(year=2024)', "$filter=OrderDate ge 2024-02-29T23:59:00%2B02:00 and ID eq 01234567-89ab-cdef-0123-456789abcdef and geo.distance(@p,geography'SRID=0;Point(1 2)') lt duration'PT1S'&x=y"],
]
const shards = ["'", '"', '(', ')', '/', ',', ';', '=', '&', '%', '%2', '%27', '%F0%9F', '$', '@', '#', '+', ' ', '-', '[', ']', '{', '}', ':', '.', '\\', ' or ', ' in ', 'not ', '/any(', '/$count', "duration'", 'NaN', '\u0000', '\ud800', '💧', '1e9']

interface Edit {
  readonly at: number
  readonly cut: number
  readonly insert: string
}

function apply(text: string, { at, cut, insert }: Edit): string {
  const place = Math.floor(at * text.length)
  return text.slice(0, place) + insert + text.slice(place + cut)
}

describe('mutated URLs', () => {
  it('are read or refused by name, and what is read prints and reads again', () => {
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(4), insert: fc.constantFrom('', ...shards) })
    let read = 0
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 4 }), fc.array(edit, { maxLength: 2 }), fc.boolean(), ([path, query], ofQuery, ofPath, keyAsSegment) => {
        const model = shopNames(keyAsSegment)
        const [mutatedPath, mutatedQuery] = [ofPath.reduce(apply, path), ofQuery.reduce(apply, query)]
        let printed = ''
        if (outcome(() => (printed = printODataUrl(parseODataUrl(mutatedPath, mutatedQuery, model), dialect401))) !== 'read') return
        read++
        const mark = printed.indexOf('?')
        const again = mark < 0 ? parseODataUrl(printed, '', model) : parseODataUrl(printed.slice(0, mark), printed.slice(mark + 1), model)
        expect(printODataUrl(again, dialect401)).toBe(printed)
      }),
      { numRuns: 5000 },
    )
    expect(read).toBeGreaterThan(100)
  })
})
