import { printPlan } from '@tributary/plan'
import { optimize } from '@tributary/planner'
import { bindUrl } from './exposure-of.js'

const lines = (url: string): readonly string[] => printPlan(optimize(bindUrl(url)).plan).split('\n')
const codeOf = (url: string): string => {
  try {
    bindUrl(url)
    return 'bound'
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`
  }
}

const doubled = (times: number): string => Array.from({ length: times }, () => 'concat(identity,identity)').join('/')

describe('filters over navigation', () => {
  it('read the selective side of a to-one path first, and nothing but its key', () => {
    expect(lines("Orders?$filter=Customer/Country eq 'Germany' and Freight gt 5 and startswith(Customer/Name,'A')&$select=ID")).toEqual([
      'SemiJoin on CustomerID = ID',
      '├ Filter Freight gt 5',
      '│ └ Scan erp.Orders (ID, CustomerID, Freight)',
      "└ Filter Country eq 'Germany' and startswith(Name,'A')",
      '  └ Scan crm.Customers (ID, Name, Country)',
    ])
  })
  it.each([
    ['Orders?$select=ID&$filter=Lines/any(l:l/Quantity gt 3)', ['SemiJoin on ID = OrderID', '├ Scan erp.Orders (ID)', '└ Filter Quantity gt 3', '  └ Scan erp.Lines (OrderID, Quantity)']],
    ['Orders?$select=ID&$filter=not Lines/any()', ['AntiJoin on ID = OrderID', '├ Scan erp.Orders (ID)', '└ Scan erp.Lines (OrderID)']],
    ['Orders?$select=ID&$filter=Lines/$count eq 0', ['AntiJoin on ID = OrderID', '├ Scan erp.Orders (ID)', '└ Scan erp.Lines (OrderID)']],
    ['Orders?$select=ID&$filter=Lines/all(l:l/Quantity gt 3)', ['AntiJoin on ID = OrderID', '├ Scan erp.Orders (ID)', '└ Filter not (Quantity gt 3)', '  └ Scan erp.Lines (OrderID, Quantity)']],
  ])('%s', (url, expected) => expect(lines(url)).toEqual(expected))
  it('go through several navigations', () => {
    expect(lines('Customers?$select=ID&$filter=Orders/any(o:o/Lines/any(l:l/Quantity gt 3) and o/Paid)')).toEqual([
      'SemiJoin on ID = CustomerID',
      '├ Scan crm.Customers (ID)',
      '└ SemiJoin on ID = OrderID',
      '  ├ Filter Paid',
      '  │ └ Scan erp.Orders (ID, CustomerID, Paid)',
      '  └ Filter Quantity gt 3',
      '    └ Scan erp.Lines (OrderID, Quantity)',
    ])
  })
  it.each([
    "Orders?$select=ID&$filter=Customer/Country eq 'x' or Freight gt 5",
    "Orders?$select=ID&$filter=Customer/Country ne 'x'",
    'Orders?$select=ID&$filter=Customer/Country eq null',
    'Orders?$select=ID&$filter=Customer/Country eq ShipName',
    'Orders?$select=ID&$filter=Lines/$count gt 3',
    'Orders?$select=ID&$filter=Lines/any(l:l/Quantity gt Freight)',
    "Orders?$select=ID&$filter=ID eq 1 and Customer/Country eq 'x'",
  ])('that no semi-join says are computed over hidden expands: %s', (url) => {
    const [first, second] = lines(url)
    expect([first, second]).toEqual([expect.stringMatching(/^Filter .*~(Customer|Lines)/), expect.stringMatching(/^└ Expand ~(Customer|Lines) on/)])
  })
  it('join no related rows by semi-joins: those are read by keys', () => {
    expect(lines("Customers?$select=ID&$expand=Orders($select=ID;$filter=Customer/Country eq 'x')")).toEqual([
      'Expand Orders on ID = CustomerID',
      '├ Scan crm.Customers (ID)',
      "└ Filter ~Customer/Country eq 'x'",
      '  └ Expand ~Customer on CustomerID = ID',
      '    ├ Scan erp.Orders (ID, CustomerID)',
      '    └ Scan crm.Customers (ID, Country)',
    ])
  })
  it('never push a limit or a count below', () => {
    expect(lines("Orders?$select=ID&$filter=Customer/Country eq 'x'&$top=3&$count=true")).toEqual([
      'Limit 3 with count', '└ Sort ID', '  └ SemiJoin on CustomerID = ID', '    ├ Scan erp.Orders (ID, CustomerID)', "    └ Filter Country eq 'x'", '      └ Scan crm.Customers (ID, Country)',
    ])
  })
})

describe('what would grow without bounds', () => {
  it('is computed over the expand beyond a few semi-joins', () => {
    const many = Array.from({ length: 30 }, (_, index) => `Lines/any(l:l/Quantity gt ${index})`).join(' and ')
    const found = lines(`Orders?$select=ID&$filter=${many}`)
    expect(found.filter((line) => line.includes('SemiJoin'))).toHaveLength(4)
    expect(found[0]).toMatch(/^Filter ~Lines.*gt 29/)
  })
  it('is refused where every concat doubles the rows that are read', () => {
    expect(codeOf(`Orders?$apply=${doubled(5)}`)).toBe('bound')
    expect(codeOf(`Orders?$apply=${doubled(6)}`)).toMatch(/HUB_QUERY_LIMIT.*32/)
    expect(codeOf(`Orders?$apply=concat(${doubled(5)},identity)`)).toMatch(/HUB_QUERY_LIMIT/)
  })
})

describe('orders over navigation', () => {
  it('sort by a hidden column, under what is expanded for the reader', () => {
    expect(lines('Orders?$select=ID&$orderby=Customer/Name desc&$top=2&$expand=Lines($select=No)')).toEqual([
      'Expand Lines on ID = OrderID',
      '├ Limit 2',
      '│ └ Sort ~Customer/Name desc,ID',
      '│   └ Expand ~Customer on CustomerID = ID',
      '│     ├ Scan erp.Orders (ID, CustomerID)',
      '│     └ Scan crm.Customers (ID, Name)',
      '└ Scan erp.Lines (OrderID, No)',
    ])
  })
  it('are paged by offset', () => expect(bindUrl('Orders?$orderby=Customer/Name', { pageRows: 5 }).paging).toEqual({ kind: 'offset' }))
  it('show no hidden column', () => expect(bindUrl('Customers?$orderby=Orders/$count&$filter=Orders/any()').visible).toEqual(['ID', 'Name', 'Mail', 'Country']))
})

describe('$levels', () => {
  it('expands the same navigation again, with the same options', () => {
    expect(lines('Customers?$select=ID&$expand=Referrer($levels=3;$select=Name)')).toEqual([
      'Expand Referrer on Mail = ID',
      '├ Scan crm.Customers (ID, Mail)',
      '└ Expand Referrer on Mail = ID',
      '  ├ Scan crm.Customers (ID, Name, Mail)',
      '  └ Expand Referrer on Mail = ID',
      '    ├ Scan crm.Customers (ID, Name, Mail)',
      '    └ Scan crm.Customers (ID, Name)',
    ])
  })
  it('takes max for as many as are allowed, and ends where the navigation does', () => {
    expect(lines('Customers?$expand=Referrer($levels=max)').filter((line) => line.includes('Expand'))).toHaveLength(10)
    expect(lines('Orders?$expand=Lines($levels=max)').filter((line) => line.includes('Expand'))).toHaveLength(1)
  })
})

describe('$search', () => {
  it('looks for every word in the string properties, whatever the case', () => {
    expect(lines('Lines?$search=x')).toEqual(['Filter false', '└ Scan erp.Lines (OrderID, No, Quantity)'])
    expect(lines('Logs?$search=Red "Big Ship" OR NOT x')).toEqual([
      "Filter contains(tolower(Text),'red') and contains(tolower(Text),'big ship') or not (Text ne null and contains(tolower(Text),'x'))", '└ Scan erp.Logs (Text)',
    ])
  })
})

describe('what no path can follow is refused by name', () => {
  it.each([
    ['Orders?$filter=Loose/Name eq \'x\'', /HUB_QUERY_UNSUPPORTED.*Loose.*Nothing says how its rows belong together/],
    ['Orders?$filter=Customer/Nme eq \'x\'', /HUB_QUERY_UNKNOWN_PROPERTY.*Did you mean Name/],
    ['Orders?$filter=Lines/Quantity eq 1', /HUB_QUERY_(TYPE|SYNTAX)/],
    ['Orders?$filter=Lines gt 1', /HUB_QUERY_TYPE/],
    ['Orders?$orderby=Lines', /HUB_QUERY_TYPE/],
    ['Orders?$orderby=Customer', /HUB_QUERY_TYPE/],
  ])('%s', (url, expected) => expect(codeOf(url)).toMatch(expected))
})
