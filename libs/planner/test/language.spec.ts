import { type Plan, printExpression, printPlan, walk } from '@tributary/plan'
import { optimize } from '@tributary/planner'
import { bindUrl } from './exposure-of.js'

const filterOf = (url: string): string => {
  const found: string[] = []
  walk(bindUrl(url).plan, (node: Plan) => {
    if (node.kind === 'filter') found.push(printExpression(node.predicate))
  })
  return found.join(' | ')
}

const planOf = (url: string): readonly string[] => printPlan(optimize(bindUrl(url)).plan).split('\n')

const refusalOf = (url: string): string => {
  try {
    bindUrl(url)
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : String(error)
  }
  return 'bound'
}

const bound: readonly (readonly [set: string, filter: string, expected: string, more?: string])[] = [
  ['Vehicles', 'Shop.Car/Doors gt 3', 'case(isof(@odata.type,Shop.Car):Doors) gt 3'],
  ['Vehicles', 'isof(Shop.Car)', 'isof(@odata.type,Shop.Car)'],
  ['Vehicles', 'isof($it,Shop.Vehicle)', 'true'],
  ['Orders', "Tags/$count($filter=$this eq 'x') gt 1", "length(Tags/$filter($this:$this eq 'x')) gt 1"],
  ['Orders', "Stops/$count($search=kiel) gt 0", "length(Stops/$filter($this:contains(tolower($this/Street),'kiel') or contains(tolower($this/City),'kiel'))) gt 0"],
  ['Orders', 'Lines/$count($filter=Quantity gt 5 and $it/ID eq OrderID) gt 1', 'length(~Lines/$filter($this:$this/Quantity gt 5 and ID eq $this/OrderID)) gt 1'],
  ['Orders', 'Lines/$filter(Quantity gt 5)/any(l:l/No eq 1)', '~Lines/$filter($this:$this/Quantity gt 5)/any(l:l/No eq 1)'],
  ['Orders', 'Address eq @a', 'Address eq {"City":"x"}', '@a={"City":"x"}'],
  ['Orders', "Tags eq ['a','b']", "Tags eq ['a','b']"],
  ['Orders', "[ShipName,CustomerID] in [['a','b'],['c','d']]", "[ShipName,CustomerID] in (['a','b'],['c','d'])"],
  ['Orders', "ShipName in Tags", 'Tags/any(~in:~in eq ShipName)'],
  ['Orders', 'Customer eq $root/Customers(\'x\')', '~Customer/ID eq ~$root/Customers:43/ID | ID eq \'x\''],
  ['Orders', "case(Freight gt 10:'dear',true:'cheap') eq 'dear'", "case(Freight gt 10:'dear',true:'cheap') eq 'dear'"],
  ['Orders', 'case(Paid:1,true:Freight) gt 2', 'case(Paid:cast(1,Edm.Decimal),true:Freight) gt 2'],
  ['Bags', 'Anything eq 1', 'cast(*/Anything,Edm.Decimal) eq 1'],
  ['Bags', "Anything/Inner eq 'x' and Loose", "cast(*/Anything/Inner,Edm.String) eq 'x' and cast(*/Loose,Edm.Boolean)"],
  ['Bags', 'Anything eq null', '*/Anything eq null'],
  ['Bags', "Many/any(m:m eq 'x')", "*/Many/any(m:cast(m,Edm.String) eq 'x')"],
  ['Bags', 'length(Anything) gt 2 and year(When) eq 2024', 'length(cast(*/Anything,Edm.String)) gt 2 and year(cast(*/When,Edm.DateTimeOffset)) eq 2024'],
  ['Bags', 'Anything add 1 gt Other', 'cast(*/Anything,Edm.Decimal) add 1 gt cast(*/Other,Edm.Decimal)'],
  ['Orders', 'Lines(OrderID=1,No=2)/Quantity eq 1', '~Lines(OrderID eq 1 and No eq 2)/Quantity eq 1 | OrderID eq 1 and No eq 2'],
  ['Orders', 'Lines(2)/Quantity eq 1', '~Lines(No eq 2)/Quantity eq 1 | No eq 2'],
  ['Orders', "Weight/@Org.OData.Measures.V1.Unit eq ShipName", "'kg' eq ShipName"],
  ['Orders', "Weight/@Org.OData.Measures.V1.Unit#US eq ShipName and Weight/@Org.OData.Measures.V1.Scale add ID gt 4", "'lb' eq ShipName and 3 add ID gt 4"],
  ['Orders', "Freight/@Org.OData.Measures.V1.ISOCurrency eq 'EUR'", "Address/City eq 'EUR'"],
  ['Customers', "Orders/any(o:o/Freight/@Org.OData.Measures.V1.ISOCurrency eq 'EUR')", "~Orders/any(o:o/Address/City eq 'EUR')"],
  ['Orders', '@a/City eq \'x\'', "cast('Kiel',Edm.String) eq 'x'", '@a={"City":"Kiel"}'],
]

describe('the expression language is bound', () => {
  it.each(bound.map(([set, filter, expected, more = '']) => ({ set, filter, expected, more })))('$set: $filter', ({ set, filter, expected, more }) => {
    expect(filterOf(`${set}?$filter=${encodeURIComponent(filter)}${more === '' ? '' : `&${more}`}`)).toBe(expected)
  })

  it.each([
    ['Vehicles?$filter=Doors gt 1', /HUB_QUERY_INVALID: Doors is a property of Shop.Car, which derives from Shop.Vehicle. Say so: Shop.Car\/Doors/],
    ['Vehicles?$filter=isof(Shop.Order)', /HUB_QUERY_INVALID: Shop.Order does not derive from Shop.Vehicle/],
    ['Vehicles?$filter=length(cast(Shop.Car)) gt 1', /HUB_QUERY_TYPE.*The cast to Shop.Car/],
    ['Orders?$filter=Address eq @a&@a={"Town":"x"}', /HUB_QUERY_UNKNOWN_PROPERTY: The type Shop.Address has no property Town/],
    ['Orders?$filter=Address eq @a&@a=[1]', /HUB_QUERY_TYPE/],
    ['Orders?$filter=Customer eq Loose', /HUB_QUERY_UNSUPPORTED|HUB_QUERY_TYPE/],
    ['Orders?$filter=Tags/$count($filter=Nope eq 1) gt 0', /HUB_QUERY_/],
    ['Orders?$filter=Lines/$count($filter=Quantity) gt 0', /HUB_QUERY_TYPE.*\$filter.*Edm.Int32 where Edm.Boolean/],
    ['Orders?$filter=case(Freight:1) eq 1', /HUB_QUERY_TYPE.*condition of case/],
    ['Orders?$filter=@Org.OData.Core.V1.Description eq null', /HUB_QUERY_UNSUPPORTED.*annotation/],
    ['Orders?$filter=Lines(Quantity=2)/Quantity eq 1', /HUB_QUERY_INVALID.*no key of Lines/],
    ['Orders?$filter=Customer(\'x\')/Name eq null', /HUB_QUERY_(INVALID.*single row already|SYNTAX)/],
    ['Orders?$filter=$root/Nowhere(1)/ID eq 1', /HUB_RESOURCE_NOT_FOUND.*Nowhere/],
    ['Orders?$filter=$root/Orders(1,2)/ID eq 1', /HUB_QUERY_(INVALID|SYNTAX)/],
    ['Orders?$filter=ShipName/@Org.OData.Measures.V1.Unit eq 1', /HUB_QUERY_UNSUPPORTED.*Measures.V1.Unit/],
    ['Orders?$filter=Freight/@Org.OData.Measures.V1.ISOCurrency gt 1', /HUB_QUERY_TYPE/],
    ['Orders?$filter=Shop.Nothing(a=1) eq 1', /HUB_QUERY_UNKNOWN_FUNCTION.*Shop.Nothing/],
  ])('%s is refused by name', (url, expected) => expect(refusalOf(url)).toMatch(expected))
})

describe('counts of filtered rows', () => {
  it('that ask for one or none become semi-joins', () => {
    expect(planOf('Orders?$filter=Lines/$count($filter=Quantity gt 5) gt 0&$select=ID')).toEqual(planOf('Orders?$filter=Lines/any(l:l/Quantity gt 5)&$select=ID'))
    expect(planOf('Orders?$filter=Lines/$count($filter=Quantity gt 5) eq 0&$select=ID')).toEqual(planOf('Orders?$filter=not Lines/any(l:l/Quantity gt 5)&$select=ID'))
  })

  it('that ask for more, or look at the row itself, are counted', () => {
    for (const filter of ['Lines/$count($filter=Quantity gt 5) gt 1', 'Lines/$count($filter=Quantity gt $it/ID) gt 0']) expect(planOf(`Orders?$filter=${filter}&$select=ID`).join('\n')).toMatch(/Filter[^\n]*length/)
  })
})
