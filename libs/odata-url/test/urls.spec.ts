import { parseODataUrl, parseQueryOptions, parseResourcePath } from '@tributary/odata-url'
import { order, shopNames } from './shop-names.js'
import { optionsText, resourceText } from './url-text.js'

const paths: readonly (readonly [text: string, tree: string])[] = [
  ['', 'service'],
  ['$metadata', 'metadata'],
  ['%24metadata', 'metadata'],
  ['Orders', 'entitySet Orders'],
  ['Orders(3)', 'entitySet Orders<positional Int64:3>'],
  ['Orders(-3)', 'entitySet Orders<positional Int64:-3>'],
  ['Orders%283%29', 'entitySet Orders<positional Int64:3>'],
  ['Orders(ID=3)', 'entitySet Orders<named ID=Int64:3>'],
  ['Orders(@key)', 'entitySet Orders<positional alias key>'],
  ["Orders(Code='a+b')", 'entitySet Orders<named Code=String:a+b>'],
  ['Items(OrderID=1,Line=@l)', 'entitySet Items<named OrderID=Int64:1, Line=alias l>'],
  ["Customers('O''Neil%2FX')", "entitySet Customers<positional String:O'Neil/X>"],
  ["Orders(3)/Customer/Name/$value", 'entitySet Orders<positional Int64:3> / navigation Customer / property Name / value'],
  ['Orders(3)/Items(OrderID=3,Line=1)/Quantity', 'entitySet Orders<positional Int64:3> / navigation Items<named OrderID=Int64:3, Line=Int64:1> / property Quantity'],
  ['Orders/$count', 'entitySet Orders / count'],
  ['Orders(3)/Items/$count', 'entitySet Orders<positional Int64:3> / navigation Items / count'],
  ['Orders(3)/Tags/$count', 'entitySet Orders<positional Int64:3> / property Tags / count'],
  ['Orders(3)/Customer/$ref', 'entitySet Orders<positional Int64:3> / navigation Customer / ref'],
  ['Orders(3)/$value', 'entitySet Orders<positional Int64:3> / value'],
  ['Orders/Shop.RushOrder(3)/Deadline', 'entitySet Orders / cast Shop.RushOrder<positional Int64:3> / property Deadline'],
  ['Orders(3)/Shop.RushOrder/Customer', 'entitySet Orders<positional Int64:3> / cast Shop.RushOrder / navigation Customer'],
  ['Orders(3)/Address/City', 'entitySet Orders<positional Int64:3> / property Address / property City'],
  ['Me/Orders', 'singleton Me / navigation Orders'],
  ['BestOrders(year=2024)(3)', 'operation BestOrders{year=Int64:2024}<positional Int64:3>'],
  ['BestOrders', 'operation BestOrders{}'],
  ['Customers(1)/Orders/Shop.Top(count=@n)/$count', 'entitySet Customers<positional Int64:1> / navigation Orders / operation Shop.Top{count=alias n} / count'],
  ['Ordres(3)/Foo', 'unknown Ordres<positional Int64:3> / unknown Foo'],
  ['Foo()', 'unknown Foo'],
  ['Orders(3)/Foo/$count', 'entitySet Orders<positional Int64:3> / unknown Foo / count'],
]

const keySegments: readonly (readonly [text: string, tree: string])[] = [
  ['Orders/3', 'entitySet Orders<segment String:3>'],
  ['Orders/3/Customer', 'entitySet Orders<segment String:3> / navigation Customer'],
  ["Customers/O'Neil", "entitySet Customers<segment String:O'Neil>"],
  ['Customers/A%2FB', 'entitySet Customers<segment String:A/B>'],
  ['Customers/Name', 'entitySet Customers<segment String:Name>'],
  ['Items/3/1/Quantity', 'entitySet Items<segment String:3, String:1> / property Quantity'],
  ['Orders/3/Items/3/1', 'entitySet Orders<segment String:3> / navigation Items<segment String:3, String:1>'],
  ['Orders/$count', 'entitySet Orders / count'],
  ['Orders/Shop.RushOrder/3', 'entitySet Orders / cast Shop.RushOrder<segment String:3>'],
  ['Orders/3/Foo', 'entitySet Orders<segment String:3> / unknown Foo'],
  ['Orders(3)/Foo', 'entitySet Orders<positional Int64:3> / unknown Foo'],
]

const options: readonly (readonly [text: string, tree: string])[] = [
  ['', ''],
  ['$filter=ID eq 1&$top=5', 'filter (ID eq Int64:1); top 5'],
  ['%24filter=ID%20eq%201&%24top=5', 'filter (ID eq Int64:1); top 5'],
  ['FILTER=ID eq 1&Top=5&SKIP=2&count=TRUE', 'filter (ID eq Int64:1); top 5; skip 2; count true'],
  ['$select=ID,Customer/Name,Address', 'select ID, ->Customer/Name, Address'],
  ['$select=ID%2C%20Freight', 'select ID, Freight'],
  ['$select=*,Shop.*,Shop.RushOrder/Deadline,Shop.Best,Shop.Total(tax,rate),@Shop.Note', 'select *, Shop.*, as Shop.RushOrder/Deadline, Shop.Best(), Shop.Total()tax+rate, @Shop.Note'],
  ['$select=Address($select=City),Past($filter=City eq \'x\';$top=2)', "select Address [select City], Past [filter (City eq String:x); top 2]"],
  ['$select=Frieght', 'select ?Frieght'],
  ['$expand=Customer', 'expand ->Customer'],
  ['$expand=Customer($select=Name;$expand=Orders($filter=Freight gt 5;$orderby=ID desc;$top=3)),Items', 'expand ->Customer [select Name; expand ->Orders [filter (Freight gt Int64:5); orderby ID down; top 3]], ->Items'],
  ['expand=Items(filter=Quantity gt 1;count=true)', 'expand ->Items [filter (Quantity gt Int64:1); count true]'],
  ['$expand=Customer($levels=max),Customer/Boss($levels=3)', 'expand ->Customer [levels max], ->Customer/->Boss [levels 3]'],
  ['$expand=*,*/$ref,*($levels=2),Address/*', 'expand *, * $ref, * [levels 2], Address/*'],
  ['$expand=Items/$count,Items/$count($filter=Line eq 1;$search=x),Customer/$ref', 'expand ->Items $count, ->Items $count [filter (Line eq Int64:1); search x], ->Customer $ref'],
  ['$expand=Items($search=(a OR b) c;$top=1)', 'expand ->Items [search ((a or b) and c); top 1]'],
  ["$expand=Items($filter=Order/ShipName eq 'a;)(,')", "expand ->Items [filter (->Order/ShipName eq String:a;)(,)]"],
  ['$expand=Items(@q=5;$filter=Quantity gt @q)', 'expand ->Items [filter (Quantity gt alias q); @q Int64:5]'],
  ['$orderby=Freight desc, ID asc,ShipName', 'orderby Freight down, ID, ShipName'],
  ['$orderby=tolower(ShipName) DESC,Items/$count', 'orderby tolower[ShipName] down, ->Items/count{}'],
  ['$top=0&$skip=007', 'top 0; skip 7'],
  ['$top=99999999999999999999', `top ${Number.MAX_SAFE_INTEGER}`],
  ['$count=false', 'count false'],
  ['$search=blue green OR "deep sea" NOT grey', 'search ((blue and green) or ("deep sea" and (not grey)))'],
  ['$search=NOT (a b)', 'search (not (a and b))'],
  ['$search=%22a%20%5C%22b%5C%22%22', 'search "a \\"b\\""'],
  ['$search=a+b', 'search (a and b)'],
  ['$search=AND OR', 'search (AND and OR)'],
  ['$format=application/json;odata.metadata=minimal', 'format application/json;odata.metadata=minimal'],
  ['$format=application%2Fjson%3BIEEE754Compatible%3Dtrue', 'format application/json;IEEE754Compatible=true'],
  ['$format=application/atom+xml', 'format application/atom+xml'],
  ['$skiptoken=eyJh=?/+', 'skiptoken eyJh=?/+'],
  ["@a='x'&@b=[1,2]&@c={\"k\":null}&@d=ID add 1", "@a String:x; @b json [1,2]; @c json {\"k\":null}; @d (ID add Int64:1)"],
  ['sap-client=100&debug&q=a+b%2Bc&explain=plan', 'custom sap-client=100; custom debug=; custom q=a b+c; custom explain=plan'],
  ['&$top=1&&', 'top 1'],
]

describe('resource paths', () => {
  it.each(paths)('%s', (text, tree) => expect(resourceText(parseResourcePath(text, shopNames()))).toBe(tree))
  it.each(keySegments)('%s, keys being segments', (text, tree) => expect(resourceText(parseResourcePath(text, shopNames(true)))).toBe(tree))
})

describe('query options', () => {
  it.each(options)('%s', (text, tree) => expect(optionsText(parseQueryOptions(text, shopNames(), order))).toBe(tree))

  it('are read against what the path addresses', () => {
    const { options: ofItems } = parseODataUrl('Orders(1)/Items', '$filter=Quantity gt 1&$expand=Order', shopNames())
    expect(optionsText(ofItems)).toBe('filter (Quantity gt Int64:1); expand ->Order')
    const { options: ofCount } = parseODataUrl('Orders/$count', '$filter=Freight gt 1', shopNames())
    expect(optionsText(ofCount)).toBe('filter (Freight gt Int64:1)')
  })

  it('say where they stood', () => {
    const query = 'x=1&%24top=5&@a=2&filter=ID%20eq%201'
    const { spans } = parseQueryOptions(query, shopNames(), order)
    expect([...spans].map(([name, { start, end }]) => [name, query.slice(start, end)])).toEqual([
      ['$top', '%24top=5'],
      ['@a', '@a=2'],
      ['$filter', 'filter=ID%20eq%201'],
    ])
  })
})
