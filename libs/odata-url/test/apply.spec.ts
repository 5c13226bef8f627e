import { dialect40, dialect401, parseApply, parseCompute, parseQueryOptions, printApply, printOptions, type Names } from '@tributary/odata-url'
import { applyTreeText, computeTreeText } from './apply-text.js'
import { order, shopNames } from './shop-names.js'
import { optionsText } from './url-text.js'
import { withoutSpans } from './without-spans.js'

const names: Names = {
  ...shopNames(),
  customAggregate: (type, name) => (name === 'Forecast' && type?.name === 'Shop.Order') || (name === 'Stock' && type?.name === 'Shop.Item'),
  leveledHierarchy: (type, name) => name === 'Regions' && type?.name === 'Shop.Address',
}

const hierarchy = '$root/Customers,Bosses,Customer/ID'
const hierarchyTree = '<$root Customers # Bosses @ ->Customer/ID>'

const table: Readonly<Record<string, readonly (readonly [text: string, tree: string])[]>> = {
  'aggregate': [
    ['aggregate(Freight with sum as Total)', 'aggregate Freight sum => Total'],
    ['AGGREGATE( Freight  WITH  Average  AS  Mean )', 'aggregate Freight average => Mean'],
    ['aggregate(Freight with min as A,Freight with max as B, ID with countdistinct as C)', 'aggregate Freight min => A, Freight max => B, ID countdistinct => C'],
    ['aggregate(Freight mul 2 add 1 with sum as T)', 'aggregate ((Freight mul Int64:2) add Int64:1) sum => T'],
    ['aggregate((Freight sub 1) div ID with sum as T)', 'aggregate ((Freight sub Int64:1) div ID) sum => T'],
    ['aggregate(-Freight with sum as T)', 'aggregate (negate Freight) sum => T'],
    ['aggregate(Items/Quantity with sum as T)', 'aggregate ->Items/Quantity sum => T'],
    ['aggregate(Items/Order/Freight with sum as T)', 'aggregate ->Items/->Order/Freight sum => T'],
    ['aggregate(Customer/Name with Shop.concat as Names)', 'aggregate ->Customer/Name Shop.concat => Names'],
    ['aggregate(Customer with countdistinct as N)', 'aggregate ->Customer countdistinct => N'],
    ['aggregate($count as N)', 'aggregate count{} => N'],
    ['aggregate(Items/$count as N,Tags/$count as M)', 'aggregate ->Items/count{} => N, Tags/count{} => M'],
    ['aggregate(Shop.RushOrder/$count as N)', 'aggregate as Shop.RushOrder/count{} => N'],
    ['aggregate(Shop.RushOrder/Deadline with max as Last)', 'aggregate as Shop.RushOrder/Deadline max => Last'],
    ['aggregate(Forecast)', 'aggregate custom Forecast'],
    ['aggregate(Forecast as F)', 'aggregate custom Forecast => F'],
    ['aggregate(Items/Stock,Forecast)', 'aggregate ->Items/custom Stock, custom Forecast'],
    ['aggregate(Nothing)', 'aggregate ?Nothing'],
    ['aggregate(Freight with sum from OrderDate with average as Daily)', 'aggregate Freight sum by [OrderDate] average => Daily'],
    ['aggregate(Freight with sum from OrderDate,Customer/Name with max from Address/City with min as X)', 'aggregate Freight sum by [OrderDate, ->Customer/Name] max by [Address/City] min => X'],
    ['aggregate(Forecast from OrderDate as X)', 'aggregate custom Forecast by [OrderDate] => X'],
    ['aggregate(Forecast from OrderDate with max from Customer as X)', 'aggregate custom Forecast by [OrderDate] max by [->Customer] => X'],
    ['aggregate($count from Customer with max as X)', 'aggregate count{} by [->Customer] max => X'],
    ['aggregate(case(ID gt 1:Freight,true:0) with sum as X)', 'aggregate case[(ID gt Int64:1), Freight, Boolean:true, Int64:0] sum => X'],
    ["aggregate(cast(ShipName,Edm.Int32) with sum as X)", 'aggregate cast[ShipName, type Edm.Int32] sum => X'],
  ],
  'groupby': [
    ['groupby((ShipName))', 'group [ShipName]'],
    ['groupby((Customer/Name,Address/Country/Code))', 'group [->Customer/Name, Address/->Country/Code]'],
    ['groupby( ( ShipName , Customer ) , aggregate( $count as N ) )', 'group [ShipName, ->Customer] {aggregate count{} => N}'],
    ['groupby((Address))', 'group [Address]'],
    ['groupby((Shop.RushOrder/Deadline))', 'group [as Shop.RushOrder/Deadline]'],
    ['groupby((Nothing/Else))', 'group [?Nothing/?Else]'],
    ['groupby((ShipName),topcount(2,Freight)/aggregate(Freight with sum as T))', 'group [ShipName] {topcount Int64:2 by Freight | aggregate Freight sum => T}'],
    ['groupby((rollup(Address/City,ShipName)))', 'group [rollup(Address/City > ShipName)]'],
    ['groupby((rollup($all,Address/City),ShipName))', 'group [rollup($all > Address/City), ShipName]'],
    ['groupby((rollup(Address/Regions)))', 'group [levels Address # Regions]'],
    ['groupby((rollup(Regions)))', 'group [levels # Regions]'],
    [`groupby((rolluprecursive(${hierarchy})))`, `group [recursive ${hierarchyTree}]`],
    [`groupby((rolluprecursive(${hierarchy},filter(Name eq 'x')),ShipName),identity)`, `group [recursive ${hierarchyTree} {filter (Name eq String:x)}, ShipName] {identity}`],
    ["groupby((rolluprecursive($root/Me/Orders,H,ID)))", 'group [recursive <$root Me/->Orders # H @ ID>]'],
    ["groupby((rolluprecursive($root/Customers('A')/Orders, H, Items/Order/ID)))", 'group [recursive <$root Customers<positional String:A>/->Orders # H @ ->Items/->Order/ID>]'],
  ],
  'sequences': [
    ['identity', 'identity'],
    ['Identity/identity', 'identity | identity'],
    ['filter(Freight gt 5)/aggregate($count as N)', 'filter (Freight gt Int64:5) | aggregate count{} => N'],
    ["filter(contains(ShipName,')/top(1'))/top(1)", 'filter contains[ShipName, String:)/top(1] | top 1'],
    ['filter(Items/any(i:i/Quantity gt 1))', 'filter ->Items/any{i: (var i/Quantity gt Int64:1)}'],
    ['search(coffee)', 'search coffee'],
    ['search(tea OR "hot milk")/skip(2)', 'search (tea or "hot milk") | skip 2'],
    ["search(')/top(1')/top(1)", 'search ")/top(1" | top 1'],
    ['compute(Freight mul 2 as Twice, day(OrderDate) as Day)', 'compute (Freight mul Int64:2) => Twice, day[OrderDate] => Day'],
    ['compute(ID as X)/filter(X gt 1)', 'compute ID => X | filter (?X gt Int64:1)'],
    ['orderby(Freight desc,ID)', 'orderby Freight down, ID'],
    ['top(5)/skip(10)', 'top 5 | skip 10'],
    ['top(99999999999999999999)', `top ${Number.MAX_SAFE_INTEGER}`],
    ['concat(identity,groupby((ShipName)),top(1)/skip(1))', 'concat {identity} {group [ShipName]} {top 1 | skip 1}'],
    ['concat(topcount(2,Freight),bottomcount(2,Freight))', 'concat {topcount Int64:2 by Freight} {bottomcount Int64:2 by Freight}'],
    ['topsum(15,Freight)', 'topsum Int64:15 by Freight'],
    ['toppercent(50,Freight)', 'toppercent Int64:50 by Freight'],
    ['bottomsum( 15 , Freight )', 'bottomsum Int64:15 by Freight'],
    ['bottompercent(50.5,Freight add 1)', 'bottompercent Decimal:50.5 by (Freight add Int64:1)'],
    ['topcount($these/$count div 10,Freight)', 'topcount ($these/count{} div Int64:10) by Freight'],
    ['Shop.Top(count=1)/top(2)', 'Shop.Top{count=Int64:1} | top 2'],
    ['Shop.Best()', 'Shop.Best{}'],
  ],
  'joins and nests': [
    ['join(Items as Item)', 'join ->Items => Item'],
    ['join(Items as Item,filter(Quantity gt 1))', 'join ->Items => Item {filter (Quantity gt Int64:1)}'],
    ['outerjoin(Past as P,filter(City eq ShipName)/top(1))', 'outerjoin Past => P {filter (City eq ?ShipName) | top 1}'],
    ['join(Items as I)/groupby((ShipName,I/Quantity))', 'join ->Items => I | group [ShipName, ?I/?Quantity]'],
    ['nest(groupby((Customer)) as C,identity as O)', 'nest {group [->Customer]} => C, {identity} => O'],
    ['addnested(Items,filter(Quantity gt 1) as Big)', 'addnested ->Items {filter (Quantity gt Int64:1)} => Big'],
    ['addnested(Items,top(1) as One,skip(1)/top(1) as Two)', 'addnested ->Items {top 1} => One, {skip 1 | top 1} => Two'],
    ['addnested(Customer,addnested(Orders,filter(Freight gt 3) as F) as C)', 'addnested ->Customer {addnested ->Orders {filter (Freight gt Int64:3)} => F} => C'],
    ['addnested(Items,filter($this/Quantity eq 1) as X)', 'addnested ->Items {filter ($this/Quantity eq Int64:1)} => X'],
    ['expand(Items,filter(Quantity gt 1))', 'expand ->Items where (Quantity gt Int64:1)'],
    ['expand(Customer,expand(Orders,filter(ID gt 1)))', 'expand ->Customer [expand ->Orders where (ID gt Int64:1)]'],
  ],
  'hierarchies': [
    [`ancestors(${hierarchy},search(east))`, `ancestors ${hierarchyTree} {search east}`],
    [`ancestors(${hierarchy},filter(ID eq 1)/top(3),2)`, `ancestors ${hierarchyTree} {filter (ID eq Int64:1) | top 3} within 2`],
    [`descendants( ${hierarchy} , identity , 3 , keep start )`, `descendants ${hierarchyTree} {identity} within 3 keep`],
    [`descendants(${hierarchy},identity,keep  start)`, `descendants ${hierarchyTree} {identity} keep`],
    [`traverse(${hierarchy},preorder)`, `traverse ${hierarchyTree} preorder`],
    [`traverse(${hierarchy},postorder,Name desc,ID)`, `traverse ${hierarchyTree} postorder by Name down, ID`],
    [`traverse(${hierarchy},preorder,filter(ID eq 1)/identity)`, `traverse ${hierarchyTree} preorder {filter (ID eq Int64:1) | identity}`],
    [`traverse(${hierarchy},preorder,identity,Name)`, `traverse ${hierarchyTree} preorder {identity} by Name`],
    [`traverse(${hierarchy},preorder,concat(Name,ID) desc)`, `traverse ${hierarchyTree} preorder by concat[Name, ID] down`],
    [`traverse(${hierarchy},preorder,concat(identity,top(1)),Name)`, `traverse ${hierarchyTree} preorder {concat {identity} {top 1}} by Name`],
  ],
}

for (const [subject, rows] of Object.entries(table)) {
  describe(`$apply: ${subject}`, () => {
    it.each(rows)('%s', (text, tree) => {
      const parsed = parseApply(text, names, order)
      expect(applyTreeText(parsed)).toBe(tree)
      expect(withoutSpans(parseApply(printApply(parsed, dialect401), names, order))).toEqual(withoutSpans(parsed))
    })
  })
}

const malformed: readonly (readonly [text: string, position: number, expected: string])[] = [
  ['', 0, 'a set transformation'],
  ['sum(Freight)', 0, 'a set transformation'],
  ['aggregate()', 10, 'a value, a property or a function'],
  ['aggregate(Freight)', 17, 'with and a method'],
  ['aggregate(Freight with sum)', 26, 'as and a name'],
  ['aggregate(Freight with total as X)', 23, 'sum, min, max, average, countdistinct or a qualified name'],
  ['aggregate(Items/Quantity add 1 with sum as X)', 25, 'with and a method: the path leads through a collection'],
  ['aggregate(Items/%51uantity%20add 1 with sum as X)', 29, 'with and a method: the path leads through a collection'],
  ['aggregate($count with sum as X)', 17, 'as and a name'],
  ['aggregate(Forecast from ShipName)', 32, 'as and a name'],
  ['groupby(ShipName)', 8, 'what to group by, in parentheses'],
  ['groupby((Items/Quantity))', 14, 'a single value: the path leads to a collection'],
  ['groupby((ShipName/Length))', 17, "',' or ')'"],
  ['groupby((Shop.RushOrder))', 23, "'/' and a property"],
  ['groupby((rollup(ShipName)))', 24, "',' and a property of the next level"],
  ['groupby((rolluprecursive(Orders,H,ID)))', 25, 'the nodes of a hierarchy, such as $root/Organizations'],
  ['concat(identity)', 15, "',' and another sequence"],
  ['join(Customer as C)', 13, 'a collection: the path leads to a single value'],
  ['nest(identity)', 13, 'as and a name'],
  ['addnested(Items)', 15, "',' and a set transformation"],
  ['expand(Items,top(1))', 13, 'filter (first) or expand'],
  ['top(-1)', 4, 'a non-negative integer'],
  ['identity()', 8, 'an operator or the end'],
  ['identity/', 9, 'a set transformation'],
  [`ancestors(${hierarchy},identity,0)`, 54, 'a distance or keep start'],
  [`traverse(${hierarchy},inorder)`, 44, 'preorder or postorder'],
]

describe('malformed $apply', () => {
  it.each(malformed)('%s', (text, position, expected) => {
    expect(() => parseApply(text, names, order)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_SYNTAX', params: expect.objectContaining({ position, expected }) as unknown }))
  })
})

describe('$compute and the function aggregate', () => {
  it.each([
    ['Freight mul 2 as Twice', '(Freight mul Int64:2) => Twice'],
    ['Items/aggregate(Quantity with sum) as N,ID as Again', '->Items/agg{Quantity sum} => N, ID => Again'],
    ['Freight div $these/aggregate(Freight with sum from OrderDate with max) as Share', '(Freight div $these/agg{Freight sum by [OrderDate] max}) => Share'],
    ['$these/aggregate(Forecast) as F', '$these/agg{custom Forecast} => F'],
    ['Items/aggregate($count) as N', '->Items/agg{count{}} => N'],
  ])('%s', (text, tree) => expect(computeTreeText(parseCompute(text, names, order))).toBe(tree))

  it('makes names that the model does not have', () => {
    expect(optionsText(parseQueryOptions('$compute=ID as X&$filter=X gt 1&$select=X,ID', names, order))).toBe('filter (?X gt Int64:1); select ?X, ID; compute ID => X')
  })

  it('stands in nested options, too', () => {
    const options = parseQueryOptions('$expand=Items($compute=Quantity as Q;$apply=filter(Quantity gt 1)/top(1);$top=2)&$select=Address($compute=City as C)', names, order)
    expect(optionsText(options)).toBe('select Address [compute City => C]; expand ->Items [top 2; apply filter (Quantity gt Int64:1) | top 1; compute Quantity => Q]')
  })
})

const in40 = (query: string): string => decodeURIComponent(printOptions(parseQueryOptions(query, names, order), dialect40))

describe('OData 4.0', () => {
  it('has $apply, and neither $compute nor what else came with 4.01', () => {
    expect(in40('$apply=filter(ID in (1,2))/aggregate(Freight with sum as T)')).toBe('$apply=filter(ID eq 1 or ID eq 2)/aggregate(Freight with sum as T)')
    for (const query of ['$compute=ID as X', '$index=1', '$schemaversion=2', '$filter=Items/$filter(true)/$count eq 1']) {
      expect(() => in40(query)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_UNSUPPORTED' }))
    }
  })
})
