import { parseFilter } from '@tributary/odata-url'
import { customer, order, shopNames } from './shop-names.js'
import { treeText } from './tree-text.js'

const names = shopNames()
const tree = (text: string): string => treeText(parseFilter(text, names, order))

const table: Readonly<Record<string, readonly (readonly [text: string, tree: string])[]>> = {
  'precedence and grouping': [
    ['Freight gt 5 and ID eq 1 or ID eq 2', '(((Freight gt Int64:5) and (ID eq Int64:1)) or (ID eq Int64:2))'],
    ['ID eq 1 or ID eq 2 and Freight gt 5', '((ID eq Int64:1) or ((ID eq Int64:2) and (Freight gt Int64:5)))'],
    ['(ID eq 1 or ID eq 2) and Freight gt 5', '(((ID eq Int64:1) or (ID eq Int64:2)) and (Freight gt Int64:5))'],
    ['ID eq 1 or (ID eq 2 or ID eq 3)', '((ID eq Int64:1) or ((ID eq Int64:2) or (ID eq Int64:3)))'],
    ['1 add 2 mul 3 sub 4', '((Int64:1 add (Int64:2 mul Int64:3)) sub Int64:4)'],
    ['8 div 4 mod 3 divby 2', '(((Int64:8 div Int64:4) mod Int64:3) divby Int64:2)'],
    ['(1 add 2) mul 3 eq 9', '(((Int64:1 add Int64:2) mul Int64:3) eq Int64:9)'],
    ['ID gt 1 eq true', '((ID gt Int64:1) eq Boolean:true)'],
    ['true eq ID gt 1', '(Boolean:true eq (ID gt Int64:1))'],
    ['not contains(ShipName,\'x\') and ID eq 1', "((not contains[ShipName, String:x]) and (ID eq Int64:1))"],
    ['not (ID eq 1)', '(not (ID eq Int64:1))'],
    ['not(ID eq 1)', '(not (ID eq Int64:1))'],
    ['not not true', '(not (not Boolean:true))'],
    ['not ID in (1,2)', '(not (ID in list{Int64:1, Int64:2}))'],
    ["not ShipName has Shop.Color'Red'", '(not (ShipName has enum<Shop.Color>:Red))'],
    ['( ( ID ) )', 'ID'],
    ['(ID eq 1)or(ID eq 2)', '((ID eq Int64:1) or (ID eq Int64:2))'],
  ],
  'signs': [
    ['ID eq -5', '(ID eq Int64:-5)'],
    ['-ID eq 5', '((negate ID) eq Int64:5)'],
    ['- ID', '(negate ID)'],
    ['-(ID add 1)', '(negate (ID add Int64:1))'],
    ['ID sub -5', '(ID sub Int64:-5)'],
    ['-ID mul 2', '((negate ID) mul Int64:2)'],
    ['--5', '(negate Int64:-5)'],
    ['ID eq %2B5', '(ID eq Int64:5)'],
    ['-INF lt NaN', '(Double:-INF lt Double:NaN)'],
  ],
  'spelling': [
    ["ShipName EQ 'a' AND ID Gt 1 Or TRUE", '(((ShipName eq String:a) and (ID gt Int64:1)) or Boolean:true)'],
    ["TOLOWER(ShipName) eq 'a'", '(tolower[ShipName] eq String:a)'],
    ["matchespattern(ShipName,'%5EA')", 'matchesPattern[ShipName, String:^A]'],
    ['ID%20eq%201', '(ID eq Int64:1)'],
    ['ID+eq+1', '(ID eq Int64:1)'],
    ['%28ID%20eq%201%29', '(ID eq Int64:1)'],
    ['ID\teq\t1', '(ID eq Int64:1)'],
    ['Gr%C3%B6sse gt 1', '(Grösse gt Int64:1)'],
    ['Grösse gt 1', '(Grösse gt Int64:1)'],
  ],
  'literals': [
    ["'O''Neil'", "String:O'Neil"],
    ['%27O%27%27Neil%27', "String:O'Neil"],
    ["'a%2Bb%26c%2Cd'", 'String:a+b&c,d'],
    ["'San+Francisco'", 'String:San Francisco'],
    ["'%E2%82%AC%F0%9F%98%80'", 'String:€😀'],
    ["''", 'String:'],
    ["''''", "String:'"],
    ["'null'", 'String:null'],
    ['null', 'null:'],
    ['True', 'Boolean:true'],
    ['42', 'Int64:42'],
    ['9223372036854775807', 'Int64:9223372036854775807'],
    ['3.140', 'Decimal:3.140'],
    ['1e5', 'Double:1e5'],
    ['1.5E-3', 'Double:1.5E-3'],
    ['1e+5', 'Double:1e+5'],
    ['INF', 'Double:INF'],
    ['2024-02-29', 'Date:2024-02-29'],
    ['-0044-03-15', 'Date:-0044-03-15'],
    ['23:59:59.123', 'TimeOfDay:23:59:59.123'],
    ['2024-02-29T23:59Z', 'DateTimeOffset:2024-02-29T23:59Z'],
    ['2024-02-29T23%3A59%3A00.5%2B02:00', 'DateTimeOffset:2024-02-29T23:59:00.5+02:00'],
    ['2024-02-29T23:59:00+02:00', 'DateTimeOffset:2024-02-29T23:59:00+02:00'],
    ['01234567-89ab-cdef-0123-456789ABCDEF', 'Guid:01234567-89ab-cdef-0123-456789ABCDEF'],
    ['abcdef01-89ab-cdef-0123-456789ABCDEF', 'Guid:abcdef01-89ab-cdef-0123-456789ABCDEF'],
    ["duration'P1DT2H3M4.5S'", 'Duration:P1DT2H3M4.5S'],
    ["DURATION'-PT1S'", 'Duration:-PT1S'],
    ["'PT1S'", 'String:PT1S'],
    ["binary'Zm9v'", 'Binary:Zm9v'],
    ["Shop.Color'Red,Green'", 'enum<Shop.Color>:Red,Green'],
    ["Shop.Color'Red, Green'", 'enum<Shop.Color>:Red,Green'],
    ["Shop.Color'5'", 'enum<Shop.Color>:5'],
    ["geography'SRID=4326;Point(142.1 64.1)'", 'Geography:SRID=4326;Point(142.1 64.1)'],
    ["geometry'SRID=0;Polygon((1%201,2%202,1 1))'", 'Geometry:SRID=0;Polygon((1 1,2 2,1 1))'],
  ],
  'paths': [
    ['Customer/Name', '->Customer/Name'],
    ['Address/City', 'Address/City'],
    ['Address/Country/Code', 'Address/->Country/Code'],
    ['Items(OrderID=1,Line=2)/Quantity', '->Items<named OrderID=Int64:1, Line=Int64:2>/Quantity'],
    ['Shop.RushOrder/Deadline', 'as Shop.RushOrder/Deadline'],
    ['Customer/Nmae', '->Customer/?Nmae'],
    ['Customer/Foo(1)/Bar', '->Customer/?Foo<positional Int64:1>/?Bar'],
    ["Customer/Foo('x')/any(o:o/ID eq 1)", '->Customer/?Foo<positional String:x>/any{o: (var o/?ID eq Int64:1)}'],
    ['Nmae/First', '?Nmae/?First'],
    ['$it/ID', '$it/ID'],
    ['$this', '$this'],
    ["$root/Customers('ALFKI')/Name", '$root Customers<positional String:ALFKI>/Name'],
    ['$root/Me/Name', '$root Me/Name'],
    ['Freight/@Shop.Currency', 'Freight/@Shop.Currency'],
    ['Freight/@Shop.Currency%23Sales', 'Freight/@Shop.Currency#Sales'],
    ['Items/$count gt 2', '(->Items/count{} gt Int64:2)'],
    ['Items/$count($filter=Quantity gt 5) gt 2', '(->Items/count{(Quantity gt Int64:5)} gt Int64:2)'],
    ['Items/$COUNT(search=blue;filter=Quantity gt 5)', '->Items/count{(Quantity gt Int64:5)blue}'],
    ['@p/Name', 'alias p/?Name'],
    ['@p', 'alias p'],
    ["Customer/Orders/Shop.Total(tax=0.2,name='x')", '->Customer/->Orders/Shop.Total{tax=Decimal:0.2, name=String:x}'],
    ['Shop.Best()/Freight', 'Shop.Best{}/Freight'],
    ['Customer eq null', '(->Customer eq null:)'],
  ],
  'lambdas': [
    ['Items/any()', '->Items/any{}'],
    ['Items/any( )', '->Items/any{}'],
    ['Items/any(i:i/Quantity gt 1)', '->Items/any{i: (var i/Quantity gt Int64:1)}'],
    ['Items/all( i : i/Quantity gt ID )', '->Items/all{i: (var i/Quantity gt ID)}'],
    ["Tags/ANY(t:t eq 'x')", 'Tags/any{t: (var t eq String:x)}'],
    ['Items/any(i:i/Order/Items/any(j:j/Quantity gt i/Quantity))', '->Items/any{i: var i/->Order/->Items/any{j: (var j/Quantity gt var i/Quantity)}}'],
    ['Items/any(ID:ID/Quantity gt 1)', '->Items/any{ID: (var ID/Quantity gt Int64:1)}'],
    ['Items/any(i:true) and ID eq 1', '(->Items/any{i: Boolean:true} and (ID eq Int64:1))'],
  ],
  'functions': [
    ["substring(concat(ShipName,'a'),1,2)", 'substring[concat[ShipName, String:a], Int64:1, Int64:2]'],
    ['year( OrderDate ) eq 2024', '(year[OrderDate] eq Int64:2024)'],
    ['now()', 'now[]'],
    ['geo.distance(Address,@p) lt 5', '(geo.distance[Address, alias p] lt Int64:5)'],
    ["cast(ID,Edm.String) eq '1'", '(cast[ID, type Edm.String] eq String:1)'],
    ['cast(Shop.RushOrder)', 'cast[type Shop.RushOrder]'],
    ['isof(Customer,Shop.Customer)', 'isof[->Customer, type Shop.Customer]'],
    ['isof(Tags,Collection(Edm.String))', 'isof[Tags, type many Edm.String]'],
    ['cast(ID add 1,Edm.Decimal)', 'cast[(ID add Int64:1), type Edm.Decimal]'],
    ['case(ID gt 0:1,true:-1)', 'case[(ID gt Int64:0), Int64:1, Boolean:true, Int64:-1]'],
    ["frobnicate(ID,'x')", 'frobnicate[ID, String:x]'],
  ],
  'in and JSON': [
    ["ShipName in ('a', 'b',null)", '(ShipName in list{String:a, String:b, null:})'],
    ['ID in (-1,@x)', '(ID in list{Int64:-1, alias x})'],
    ['ID in ()', '(ID in list{})'],
    ['ID in(1)', '(ID in list{Int64:1})'],
    ['ShipName in Tags', '(ShipName in Tags)'],
    ['ShipName in (Tags)', '(ShipName in Tags)'],
    ['ShipName in @names', '(ShipName in alias names)'],
    ['ShipName in ["a","b"]', '(ShipName in list{String:a, String:b})'],
    ['ID in (1,2) and ID in (3)', '((ID in list{Int64:1, Int64:2}) and (ID in list{Int64:3}))'],
    ['Tags eq ["a","b"]', '(Tags eq json ["a","b"])'],
    ['Address eq {"City":"Oslo","Past":[1,2]}', '(Address eq json {"City":"Oslo","Past":[1,2]})'],
    ['[ID,ShipName]', 'list{ID, ShipName}'],
  ],
}

for (const [subject, rows] of Object.entries(table)) {
  describe(`expressions: ${subject}`, () => {
    it.each(rows)('%s', (text, expected) => expect(tree(text)).toBe(expected))
  })
}

describe('expressions: places', () => {
  it('count in the raw text, white space and parentheses aside', () => {
    const text = "( Grösse%20gt 1) and%20contains(Ship%4Eame,'%E2%82%AC')"
    const parsed = parseFilter(text, names, order)
    expect(parsed.kind).toBe('binary')
    if (parsed.kind !== 'binary' || parsed.right.kind !== 'call') throw new Error('not the tree that was expected')
    const raw = ({ span }: { span: { start: number; end: number } }): string => text.slice(span.start, span.end)
    expect(raw(parsed.left)).toBe('Grösse%20gt 1')
    expect(raw(parsed.right)).toBe("contains(Ship%4Eame,'%E2%82%AC')")
    expect(parsed.right.arguments.map(raw)).toEqual(['Ship%4Eame', "'%E2%82%AC'"])
  })

  it('are frozen with the whole tree', () => {
    const parsed = parseFilter("Items/any(i:i/Quantity in (1,2))", names, order)
    const frozen = (value: unknown): boolean => typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen))
    expect(frozen(parsed)).toBe(true)
  })

  it('knows names by the type they stand at', () => {
    expect(treeText(parseFilter('Orders/any(o:o/Freight gt 1) and Boss/Boss/Name eq null', names, customer))).toBe(
      '(->Orders/any{o: (var o/Freight gt Int64:1)} and (->Boss/->Boss/Name eq null:))',
    )
    expect(treeText(parseFilter('Freight gt 1', names, customer))).toBe('(?Freight gt Int64:1)')
  })
})
