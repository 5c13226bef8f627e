import { dialect401, parseODataUrl, parseQueryOptions, parseResourcePath, printODataUrl } from '@tributary/odata-url'
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
  ['Foo()', 'unknown Foo()'],
  ['Orders(3)/Foo/$count', 'entitySet Orders<positional Int64:3> / unknown Foo / count'],
  ['Orders/$filter(Freight gt 5)', 'entitySet Orders / where (Freight gt Int64:5)'],
  ['Orders/$filter(@f)/$filter(@g)/$count', 'entitySet Orders / where alias f / where alias g / count'],
  ["Orders/$filter(Address/City eq 'a)/b')/$ref", 'entitySet Orders / where (Address/City eq String:a)/b) / ref'],
  ["Orders/%24filter%28Address%2FCity%20eq%20%27x%27%29(3)/Customer", 'entitySet Orders / where (Address/City eq String:x)<positional Int64:3> / navigation Customer'],
  ["Orders/$filter(contains(ShipName,'(') or Tags/any(t:t eq '''/'))/$each", "entitySet Orders / where (contains[ShipName, String:(] or Tags/any{t: (var t eq String:'/)}) / each"],
  ["Orders/$filter(ShipName eq '/\\')/$count", 'entitySet Orders / where (ShipName eq String:/\\) / count'],
  ['Orders/$filter(Address eq {"City":"\\")/%5C%22)("})/$count', 'entitySet Orders / where (Address eq json {"City":"\\")/\\")("}) / count'],
  ["Orders/$filter(ShipName eq '\"(/')/$filter(true)", 'entitySet Orders / where (ShipName eq String:"(/) / where Boolean:true'],
  ['Orders(1)/Items/$filter(Quantity gt 1)/$query', 'entitySet Orders<positional Int64:1> / navigation Items / where (Quantity gt Int64:1) / query'],
  ['Orders/$each', 'entitySet Orders / each'],
  ['Orders/$each/Shop.Best', 'entitySet Orders / each / operation Shop.Best{}'],
  ['Orders/$query', 'entitySet Orders / query'],
  ['Orders(1)/Address/City/$query', 'entitySet Orders<positional Int64:1> / property Address / property City / query'],
  ['Orders(1)/Tags/0', 'entitySet Orders<positional Int64:1> / property Tags / ordinal 0'],
  ['Orders(1)/Past/-1/City', 'entitySet Orders<positional Int64:1> / property Past / ordinal -1 / property City'],
  ['Orders/5/Customer', 'entitySet Orders / ordinal 5 / navigation Customer'],
  ['$batch', 'batch'],
  ['$all', 'all'],
  ['$all/Shop.Order', 'all / cast Shop.Order'],
  ['$entity/Shop.Order', 'entity / cast Shop.Order'],
  ['$crossjoin(Orders)', 'crossjoin Orders'],
  ['%24crossjoin(Orders%2CItems)/$query', 'crossjoin Orders x Items / query'],
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
  ['Orders/$filter(ID gt 1)/3', 'entitySet Orders / where (ID gt Int64:1)<segment String:3>'],
  ['Orders/3/Tags/0', 'entitySet Orders<segment String:3> / property Tags / ordinal 0'],
  ['Orders/TheBest()', 'entitySet Orders / unknown TheBest()'],
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
  ['$apply=groupby((ShipName))&$top=1', 'top 1; apply group [ShipName]'],
  ['APPLY=identity', 'apply identity'],
  ['compute=ID add 1 as Next', 'compute (ID add Int64:1) => Next'],
  ['$deltatoken=a=b?/+', 'deltatoken a=b?/+'],
  ['$index=-1', 'index -1'],
  ['index=42', 'index 42'],
  ['$schemaversion=*', 'schemaversion *'],
  ['SchemaVersion=1.42.2', 'schemaversion 1.42.2'],
  ["$id=http://h/Orders('a')?x=1", "id http://h/Orders('a')?x=1"],
  ['$at=2024-01-01', 'at Date:2024-01-01'],
  ['$from=min&$to=MAX', 'from min; to max'],
  ["$TOINCLUSIVE=OrderDate add duration'P1D'", 'toInclusive (OrderDate add Duration:P1D)'],
  ['from=x&to=y&at=z', 'custom from=x; custom to=y; custom at=z'],
  ['$expand=Customer($at=2024-01-01;$from=min;$to=now();$toInclusive=max)', 'expand ->Customer [at Date:2024-01-01; from min; to now[]; toInclusive max]'],
  ['$expand=Items(@i=$this;$expand=Order($at=@i/From))', 'expand ->Items [expand ->Order [at alias i/?From]; @i $this]'],
  ['$expand=$value,Photo,Items', 'expand media, Photo, ->Items'],
  ['$filter=Items/$filter(Quantity gt 1)/$count gt 2', 'filter (->Items/where{(Quantity gt Int64:1)}/count{} gt Int64:2)'],
  ['$filter=Items/$filter(Quantity gt 1)(OrderID=1,Line=2)/Quantity eq 5', 'filter (->Items/where{(Quantity gt Int64:1)}<named OrderID=Int64:1, Line=Int64:2>/Quantity eq Int64:5)'],
  ['$filter=isdefined(ShipName) and IsDefined(Customer)', 'filter (isdefined[ShipName] and isdefined[->Customer])'],
  ['$filter=case(ID gt 10:20,true:0) eq 20', 'filter (case[(ID gt Int64:10), Int64:20, Boolean:true, Int64:0] eq Int64:20)'],
  ['$filter=case(ID gt 1 and ID lt 10:20:30) eq 20:30', 'filter (case[((ID gt Int64:1) and (ID lt Int64:10)), TimeOfDay:20:30] eq TimeOfDay:20:30)'],
  ['$filter=case(Items/any(i:i/time lt 10:20):1) eq 1', 'filter (case[->Items/any{i: (var i/time lt TimeOfDay:10:20)}, Int64:1] eq Int64:1)'],
]

describe('resource paths', () => {
  it.each(paths)('%s', (text, tree) => expect(resourceText(parseResourcePath(text, shopNames()))).toBe(tree))
  it.each(keySegments)('%s, keys being segments', (text, tree) => expect(resourceText(parseResourcePath(text, shopNames(true)))).toBe(tree))
})

const readOptions = (query: string) => optionsText(parseQueryOptions(query, shopNames(), order))

describe('query options', () => {
  it.each(options)('%s', (text, tree) => expect(optionsText(parseQueryOptions(text, shopNames(), order))).toBe(tree))

  it('may have blanks behind them, as people leave them before an ampersand', () => {
    expect(readOptions('$filter=ID eq 1 &$select=ID, Code%20&$orderby=ID desc+&$top=2%09&$count=true &$expand=Items($top=1 ) &@a=1 '))
      .toBe(readOptions('$filter=ID eq 1&$select=ID,Code&$orderby=ID desc&$top=2&$count=true&$expand=Items($top=1)&@a=1'))
  })

  it('are read against what the path addresses', () => {
    const { options: ofItems } = parseODataUrl('Orders(1)/Items', '$filter=Quantity gt 1&$expand=Order', shopNames())
    expect(optionsText(ofItems)).toBe('filter (Quantity gt Int64:1); expand ->Order')
    const { options: ofCount } = parseODataUrl('Orders/$count', '$filter=Freight gt 1', shopNames())
    expect(optionsText(ofCount)).toBe('filter (Freight gt Int64:1)')
  })

  it('are arguments of the operation that the path ends in, where it has none in parentheses', () => {
    const names = { ...shopNames(), operation: (name: string) => (name === 'Shop.Top' ? { kind: 'function' as const, parameters: ['amount', 'kind'] } : undefined) }
    const url = parseODataUrl('Customers/Shop.Top', "amount=ID add 1&kind={\"a\":1}&other=2&$top=1", names)
    expect(optionsText(url.options)).toBe('top 1; parameter amount=(?ID add Int64:1); parameter kind=json {"a":1}; custom other=2')
    const printed = printODataUrl(url, dialect401)
    const mark = printed.indexOf('?')
    expect(optionsText(parseODataUrl(printed.slice(0, mark), printed.slice(mark + 1), names).options)).toBe(optionsText(url.options))
    expect(optionsText(parseODataUrl('Customers/Shop.Top(amount=1)', 'kind=2', names).options)).toBe('custom kind=2')
    expect(() => parseODataUrl('Customers/Shop.Top', 'amount=1&amount=2', names)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_DUPLICATE_OPTION' }))
    expect(() => parseODataUrl('Customers/Shop.Top', 'amount=1x', names)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_SYNTAX' }))
  })

  it('of a cross join name the sets first', () => {
    const { options: joined } = parseODataUrl('$crossjoin(Orders,Items)', '$filter=Orders/ID eq Items/OrderID and Customers/ID eq 1&$expand=Orders($select=ID)&$orderby=Items/Quantity', shopNames())
    expect(optionsText(joined)).toBe('filter ((->Orders/ID eq ->Items/OrderID) and (?Customers/?ID eq Int64:1)); expand ->Orders [select ID]; orderby ->Items/Quantity')
  })

  it('of $all are of the type that it is cast to', () => {
    expect(optionsText(parseODataUrl('$all/Shop.Order', '$filter=ID eq 1', shopNames()).options)).toBe('filter (ID eq Int64:1)')
    expect(optionsText(parseODataUrl('$all', '$filter=ID eq 1&$search=red', shopNames()).options)).toBe('filter (?ID eq Int64:1); search red')
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
