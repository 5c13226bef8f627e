import { outputColumns, type Plan, printExpression, printPlan, walk } from '@tributary/plan'
import { optimize } from '@tributary/planner'
import { bindUrl } from './exposure-of.js'

const filterOf = (url: string): string => {
  const found: string[] = []
  walk(bindUrl(url).plan, (node: Plan) => {
    if (node.kind === 'filter') found.push(printExpression(node.predicate))
  })
  return found.join(' | ')
}

const planOf = (url: string, options: Parameters<typeof bindUrl>[1] = {}): readonly string[] => printPlan(optimize(bindUrl(url, options)).plan).split('\n')

const codeOf = (url: string, options: Parameters<typeof bindUrl>[1] = {}): string => {
  try {
    bindUrl(url, options)
    return 'bound'
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : String(error)
  }
}

describe('literals get the type their context needs', () => {
  it.each([
    ['Freight gt 100', 'Freight gt 100'],
    ['Freight gt 1e2', 'Freight gt 100'],
    ['100 lt Freight', '100 lt Freight'],
    ["Token eq '0A000000-0000-0000-0000-000000000000'", 'Token eq 0A000000-0000-0000-0000-000000000000'],
    ["OrderDate ge '1996-07-04T00:00:00Z'", 'OrderDate ge 1996-07-04T00:00:00Z'],
    ["Took gt 'PT1H'", "Took gt duration'PT1H'"],
    ["Color eq 'Red'", "Color eq Shop.Color'Red'"],
    ["Color eq Shop.Color'Red,Blue'", "Color eq Shop.Color'Red,Blue'"],
    ["Color has Shop.Color'Blue'", "Color has Shop.Color'Blue'"],
    ["Shop.Color'Blue' eq Color", "Shop.Color'Blue' eq Color"],
    ["Shop.Color'Red,Blue' has Shop.Color'Blue' and Paid", "Shop.Color'Red,Blue' has Shop.Color'Blue' and Paid"],
    ["cast(Shop.Color'Blue',Edm.String) eq ShipName", "cast(Shop.Color'Blue',Edm.String) eq ShipName"],
    ["Color eq case(Paid:Shop.Color'Red',true:Shop.Color'Blue')", "Color eq case(Paid:Shop.Color'Red',true:Shop.Color'Blue')"],
    ["'PT1H' lt duration'PT2H' or Paid", "duration'PT1H' lt duration'PT2H' or Paid"],
    ["Color in ('Red','Green')", "Color in (Shop.Color'Red',Shop.Color'Green')"],
    ['Big eq 9007199254740993', 'Big eq 9007199254740993'],
    ['ID eq 99999999999', 'ID eq 99999999999'],
    ['Weight gt -1.5', 'Weight gt -1.5'],
    ['ShipName eq null', 'ShipName eq null'],
    ['Address eq null', 'Address eq null'],
    ["contains(Address/City,'x') and not Paid", "contains(Address/City,'x') and not Paid"],
    ['year(OrderDate) eq 1997', 'year(OrderDate) eq 1997'],
    ["Tags/any(t:t eq 'x')", "Tags/any(t:t eq 'x')"],
    ["Stops/all(s:s/City ne ShipName)", 'Stops/all(s:s/City ne ShipName)'],
    ['Tags/$count gt 1', 'length(Tags) gt 1'],
    ['OrderDate add Took gt 1996-07-04T00:00:00Z', 'OrderDate add Took gt 1996-07-04T00:00:00Z'],
    ['ID in (1,2,null)', 'ID in (1,2,null)'],
    ['cast(Freight,Edm.String) eq \'5\'', "cast(Freight,Edm.String) eq '5'"],
    ['$it/ID eq 1', 'ID eq 1'],
    ['hassubset(Tags,["a","b\\"c"])', `hassubset(Tags,['a','b"c'])`],
  ])('%s', (given, bound) => expect(filterOf(`Orders?$filter=${encodeURIComponent(given)}`)).toBe(bound))

  it('replaces parameter aliases, missing ones by null', () => {
    expect(filterOf('Orders?$filter=ID eq @a and ShipName eq @b and ID in @c&@a=5&@c=[1,9007199254740993]')).toBe('ID eq 5 and ShipName eq null and ID in (1,9007199254740993)')
  })
})

describe('what does not fit is refused by name', () => {
  it.each([
    ['Orders?$filter=isof(ID,Edm.Nope)', /HUB_QUERY_TYPE.*Edm.Nope where a type of the service or a primitive type/],
    ['Orders?$filter=isof(ID,Nope.Kind)', /HUB_QUERY_TYPE.*Nope.Kind where a type of the service/],
    ['Order', /HUB_RESOURCE_NOT_FOUND.*Order.*Did you mean Orders\?/],
    ['Orders?$filter=Freigth gt 1', /HUB_QUERY_UNKNOWN_PROPERTY: The type Shop.Order has no property Freigth. Did you mean Freight\?/],
    ['Orders?$orderby=Nme', /HUB_QUERY_UNKNOWN_PROPERTY/],
    ['Orders?$select=Freigth', /HUB_QUERY_UNKNOWN_PROPERTY.*Did you mean Freight/],
    ['Orders?$expand=Custmer', /HUB_QUERY_UNKNOWN_PROPERTY.*Did you mean Customer/],
    ['Orders?$filter=Address/Cty eq \'x\'', /Shop.Address has no property Cty. Did you mean City\?/],
    ['Orders?$filter=Freight gt \'x\'', /HUB_QUERY_TYPE.*'x' \(Edm.String\) where Edm.Decimal/],
    ['Orders?$filter=OrderDate gt 1996-07-04', /HUB_QUERY_TYPE.*where Edm.DateTimeOffset, such as/],
    ['Orders?$filter=Color eq \'Rot\'', /HUB_QUERY_TYPE.*No member of Shop.Color/],
    ['Orders?$filter=Token eq \'1\'', /HUB_QUERY_TYPE/],
    ['Orders?$filter=Freight', /HUB_QUERY_TYPE.*Edm.Decimal where Edm.Boolean/],
    ['Orders?$filter=ShipName and Paid', /HUB_QUERY_TYPE/],
    ['Orders?$filter=ShipName add 1 eq 2', /HUB_QUERY_TYPE/],
    ['Orders?$filter=Address lt Address', /HUB_QUERY_TYPE/],
    ['Orders?$filter=Customer eq Address', /HUB_QUERY_TYPE/],
    ['Orders?$filter=year(ShipName) eq 1', /HUB_QUERY_TYPE.*Argument 1 of year/],
    ['Orders?$filter=substring(ShipName) eq \'x\'', /HUB_QUERY_UNKNOWN_FUNCTION|HUB_QUERY_SYNTAX/],
    ['Orders?$filter=ID eq @a&@a=@a', /HUB_QUERY/],
    ['Orders?$orderby=Tags', /HUB_QUERY_TYPE.*\$orderby/],
    ['Orders(1)?$search=x', /HUB_QUERY_INVALID.*\$search.*single entity/],
    ['Orders?$expand=Loose', /HUB_QUERY_UNSUPPORTED.*Loose.*Nothing says how its rows belong together/],
    ['Customers?$expand=Referrer($levels=11)', /HUB_QUERY_LIMIT.*10/],
    ['Orders?$expand=Customer/$count', /HUB_QUERY_INVALID.*Customer leads to one row/],
    ['Orders(1)/Address/$ref', /HUB_QUERY_(INVALID|SYNTAX).*/],
    ['Orders/$ref?$select=ID', /HUB_QUERY_INVALID.*\$select does not apply to references/],
    ['Orders?$expand=Customer($top=1)', /HUB_QUERY_INVALID.*\$top.*single-valued Customer/],
    ['Orders?$expand=Customer,Customer', /HUB_QUERY_(INVALID|SYNTAX)/],
    ['Orders(1)?$filter=ID eq 1', /HUB_QUERY_INVALID.*\$filter.*single entity/],
    ['Orders(1)/ShipName?$top=1', /HUB_QUERY_INVALID/],
    ['Orders/Customer', /HUB_RESOURCE_NOT_FOUND.*Customer behind Orders.*Edm.Int32/],
    ['Orders(1)/Address/$value', /HUB_QUERY_(INVALID.*no raw value|SYNTAX)/],
    ['Orders(1)/Scan', /HUB_QUERY_UNSUPPORTED.*stream/],
    ['Orders(\'x\')', /HUB_QUERY_TYPE/],
    ["Customers(Mail='a@b')", /HUB_QUERY_INVALID.*\(EMail=…\)/],
    ['Orders(CustomerID=\'x\')', /HUB_QUERY_INVALID.*no key of Orders.*\(ID=…\)/],
    ['Lines(1)', /HUB_QUERY_INVALID.*2 parts|HUB_QUERY_SYNTAX/],
    ['Logs(1)', /HUB_QUERY_INVALID.*no key/],
    ['You', /HUB_RESOURCE_NOT_FOUND.*You/],
  ])('%s', (url, expected) => expect(codeOf(url)).toMatch(expected))
})

describe('resource paths', () => {
  it.each([
    ['Orders(10248)', 'ID eq 10248'],
    ['Orders(ID=10248)', 'ID eq 10248'],
    ['Orders/10248', 'ID eq 10248'],
    ['Orders(@x)?@x=7', 'ID eq 7'],
    ['Lines(OrderID=1,No=2)', 'OrderID eq 1 and No eq 2'],
    ["Customers('O''Neil')", "ID eq 'O''Neil'"],
    ["Customers(EMail='a@b')", "Mail eq 'a@b'"],
  ])('%s', (url, expected) => expect(filterOf(url)).toBe(expected))

  it.each([
    ['Orders', 'collection', 'Orders', undefined],
    ['Orders?$select=ID,Address/City', 'collection', 'Orders(ID,Address/City)', undefined],
    ['Orders?$expand=Customer($select=Name)&$select=ID', 'collection', 'Orders(ID,Customer(Name))', undefined],
    ['Orders?$expand=Lines', 'collection', 'Orders(Lines())', undefined],
    ['Orders(1)?$select=ID', 'entity', 'Orders(ID)/$entity', undefined],
    ['Orders(1)/ShipName', 'property', 'Orders(1)/ShipName', ['ShipName']],
    ['Orders(1)/Address/City', 'property', 'Orders(1)/Address/City', ['Address', 'City']],
    ['Orders(1)/Address/City/$value', 'rawValue', 'Orders(1)/Address/City', ['Address', 'City']],
    ["Customers('a b')/Name", 'property', "Customers('a%20b')/Name", ['Name']],
    ['Orders(1)/Customer', 'entity', 'Customers/$entity', undefined],
    ["Customers('x')/Orders", 'collection', 'Orders', undefined],
    ['Vehicles/Shop.Car', 'collection', 'Vehicles/Shop.Car', undefined],
    ['Orders/$count', 'count', 'Orders', undefined],
  ])('%s is a %s in context %s', (...[url, shape, context, property]) => {
    const bound = bindUrl(url)
    expect({ shape: bound.shape, context: bound.contextFragment, property: bound.property }).toEqual({ shape, context, property })
  })

  it('counts without reading more than a key', () => {
    expect(planOf('Orders/$count?$filter=Freight gt 1')).toEqual(['Limit 0 with count', '└ Filter Freight gt 1', '  └ Scan erp.Orders (Freight)'])
    expect(planOf('Orders/$count')).toEqual(['Limit 0 with count', '└ Scan erp.Orders (ID)'])
  })

  it('follows navigation by expanding the row it begins with', () => {
    expect(planOf("Customers('x')/Orders?$filter=Freight gt 1&$orderby=Freight&$top=3&$select=ShipName", { pageRows: 10 })).toEqual([
      'Expand Orders on ID = CustomerID each order Freight,ID take 3',
      "├ Filter ID eq 'x'",
      '│ └ Scan crm.Customers (ID)',
      '└ Filter Freight gt 1',
      '  └ Scan erp.Orders (ID, CustomerID, Freight, ShipName)',
    ])
    const bound = optimize(bindUrl('Orders(1)/Customer/Orders(2)/Lines/$count'))
    expect(bound.unwrap).toEqual(['Customer', 'Orders', 'Lines'])
    expect(bound.set.name).toBe('Lines')
    expect(printPlan(bound.plan).split('\n')).toEqual([
      'Expand Customer on CustomerID = ID',
      '├ Filter ID eq 1',
      '│ └ Scan erp.Orders (ID, CustomerID)',
      '└ Expand Orders on ID = CustomerID',
      '  ├ Scan crm.Customers (ID)',
      '  └ Expand Lines on ID = OrderID each take 0 with count',
      '    ├ Filter ID eq 2',
      '    │ └ Scan erp.Orders (ID, CustomerID)',
      '    └ Scan erp.Lines (OrderID)',
    ])
  })

  it('casts the set for a derived type, and tells which rows are meant where the source does not', () => {
    const scans: unknown[] = []
    walk(bindUrl('Vehicles/Shop.Car').plan, (node) => scans.push(node.kind === 'scan' ? node.target.entityType : ''))
    expect(scans).toEqual(['Shop.Car'])
    const { plan } = bindUrl('Vehicles/Shop.Car')
    expect(plan).toMatchObject({ kind: 'scan', target: { only: ['Shop.Car'] } })
    expect(outputColumns(plan).map(({ name }) => name)).toContain('@odata.type')
  })
})

describe('columns', () => {
  it('have those of derived types and the type, and everything of an open type', () => {
    expect(bindUrl('Vehicles').visible).toEqual(['ID', 'Doors', '@odata.type'])
    expect(bindUrl('Vehicles').columns.map(({ derived }) => derived === true)).toEqual([false, true, false])
    expect(bindUrl('Bags').visible).toEqual(['ID', '*'])
    expect(bindUrl('Orders').visible).not.toContain('Scan')
  })

  it('end a complex type within itself', () => {
    const address = bindUrl('Orders').columns.find(({ name }) => name === 'Address')
    const place = address?.fields?.find(({ name }) => name === 'Geo')
    expect(place?.fields?.map(({ name, fields }) => [name, fields === undefined])).toEqual([['Lat', true], ['Inner', true]])
  })

  it('are narrowed to the selected fields in the answer, and whole in the scan', () => {
    const bound = optimize(bindUrl("Orders?$select=Address/City&$filter=Address/Street eq 'x'"))
    expect(bound.columns.map(({ name, fields }) => [name, fields?.map((field) => field.name)])).toEqual([['Address', ['City']]])
    const scanned: unknown[] = []
    walk(bound.plan, (node) => {
      if (node.kind === 'scan') scanned.push(...node.columns.map(({ fields }) => fields?.map(({ name }) => name)))
    })
    expect(scanned).toEqual([['Street', 'City', 'Geo']])
  })
})

describe('expanding everything', () => {
  it('needs every navigation to be one that can be followed', () => {
    expect(planOf('Customers?$select=ID&$expand=*').filter((line) => line.includes('Expand'))).toEqual(['Expand Referrer on Mail = ID', '├ Expand Orders on ID = CustomerID'])
    expect(codeOf('Orders?$expand=*')).toMatch(/HUB_QUERY_UNSUPPORTED.*Loose/)
  })
})

describe('order and pages', () => {
  it('plans no order where nobody pages and the client wants none', () => {
    expect(planOf('Logs?$top=5&$skip=2')).toEqual(['Limit 5 skip 2', '└ Scan erp.Logs (Text)'])
    expect(bindUrl('Orders').paging).toEqual({ kind: 'none' })
  })

  it('orders pages by key, takes one row beyond, and counts on the first page', () => {
    expect(planOf('Orders?$select=ShipName&$count=true', { pageRows: 2 })).toEqual(['Limit 3 with count', '└ Sort ID', '  └ Scan erp.Orders (ID, ShipName)'])
    expect(bindUrl('Orders', { pageRows: 2 }).paging).toEqual({ kind: 'keyset', cursor: ['ID'] })
    expect(bindUrl('Lines?$orderby=No desc', { pageRows: 2 }).paging).toEqual({ kind: 'keyset', cursor: ['No', 'OrderID'] })
  })

  it('goes on after the cursor with what $top leaves, without $skip and count', () => {
    const cursor = { kind: 'keyset', values: ['12.5', 7], given: 4 } as const
    expect(planOf('Orders?$select=ID&$orderby=Freight desc&$top=5&$skip=9&$count=true', { pageRows: 2, cursor })).toEqual([
      'Limit 1',
      '└ Sort Freight desc,ID',
      '  └ Filter Freight lt 12.5 or Freight eq null or Freight eq 12.5 and ID gt 7',
      '    └ Scan erp.Orders (ID, Freight)',
    ])
  })

  it('says the lower bound by itself, which a source may take that takes no disjunction', () => {
    const cursor = { kind: 'keyset', values: ['12.5', 7], given: 4 } as const
    expect(planOf('Orders?$select=ID&$orderby=Freight', { pageRows: 2, cursor })[2]).toBe('  └ Filter Freight ge 12.5 and (Freight gt 12.5 or Freight eq 12.5 and ID gt 7)')
    expect(planOf('Orders?$select=ID', { pageRows: 2, cursor: { ...cursor, values: [7] } })[2]).toBe('  └ Filter ID gt 7')
  })

  it('never takes more than the client wants', () => {
    expect(planOf('Orders?$select=ID&$top=2', { pageRows: 2 })[0]).toBe('Limit 2')
    expect(planOf('Orders?$select=ID&$top=3', { pageRows: 2 })[0]).toBe('Limit 3')
    expect(planOf('Orders?$select=ID&$top=9', { pageRows: 2 })[0]).toBe('Limit 3')
  })

  it('pages by offset without a key, and where an order is computed', () => {
    expect(bindUrl('Logs', { pageRows: 2 }).paging).toEqual({ kind: 'offset' })
    expect(bindUrl('Orders?$orderby=length(ShipName)', { pageRows: 2 }).paging).toEqual({ kind: 'offset' })
    expect(bindUrl('Orders?$orderby=Address/City', { pageRows: 2 }).paging).toEqual({ kind: 'offset' })
    expect(planOf('Logs?$top=10&$skip=1', { pageRows: 2, cursor: { kind: 'offset', offset: 5, given: 4 } })[0]).toBe('Limit 3 skip 5')
  })

  it('goes on within the rows a navigation path leads to', () => {
    const cursor = { kind: 'keyset', values: [7], given: 2 } as const
    expect(planOf("Customers('x')/Orders?$select=ShipName&$count=true&$skip=1", { pageRows: 2, cursor })).toEqual([
      'Expand Orders on ID = CustomerID each order ID take 3',
      "├ Filter ID eq 'x'",
      '│ └ Scan crm.Customers (ID)',
      '└ Filter ID gt 7',
      '  └ Scan erp.Orders (ID, CustomerID, ShipName)',
    ])
  })

  it('does not go on from a cursor of another kind or length', () => {
    expect(codeOf('Orders', { pageRows: 2, cursor: { kind: 'offset', offset: 5, given: 5 } })).toMatch(/HUB_TOKEN_EXPIRED/)
    expect(codeOf('Orders', { pageRows: 2, cursor: { kind: 'keyset', values: [1, 2], given: 5 } })).toMatch(/HUB_TOKEN_EXPIRED/)
  })
})
