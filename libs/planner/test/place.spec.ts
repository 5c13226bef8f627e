import { createKnowledge, type Accepted, type Capabilities, type Description, type Endpoints, type ScanRequest, Source, type SourcePage } from '@tributary/source'
import { conjunction, conjuncts, type Expression, fragment, type Plan, printExpression, printOrder, printPlan, scan, sort, type Value } from '@tributary/plan'
import { type BoundQuery, forwardable, optimize, place, placeFragment } from '@tributary/planner'
import { bindUrl, productExposure, shop, shopExposure } from './exposure-of.js'

/** What a source of these tests takes. */
interface Ability {
  readonly filters: (conjunct: Expression) => boolean
  readonly trust?: 'exact' | 'inexact'
  readonly orders?: boolean
  readonly limits?: boolean
  readonly counts?: boolean
  /** Breaks the contract: says it limits beside a residual. */
  readonly careless?: boolean
}

/** An adapter that takes a fixed part of what it is asked, and reads nothing. */
class FixedSource extends Source {
  readonly kind = 'fixed'
  readonly asked: ScanRequest[] = []
  constructor(readonly ability: Ability) {
    super()
  }
  override describe(): Promise<Description> {
    return Promise.reject(new Error('not described here'))
  }
  override accept(want: ScanRequest, _able: Capabilities): Accepted {
    this.asked.push(want)
    const { filters, trust = 'exact', orders = false, limits = false, counts = false, careless = false } = this.ability
    const parts = want.filter === undefined ? [] : conjuncts(want.filter)
    const sent = conjunction(parts.filter(filters))
    const residual = trust === 'inexact' ? want.filter : conjunction(parts.filter((part) => !filters(part)))
    const whole = residual === undefined && want.keys.length === 0 && (orders || want.order.length === 0)
    const limited = limits && (whole || careless) && (want.top !== undefined || want.skip > 0)
    const counted = counts && want.count && (whole || careless)
    const taken = [
      ...(sent === undefined ? [] : [`$filter=${printExpression(sent)}`]), ...(orders && want.order.length > 0 ? [`$orderby=${printOrder(want.order)}`] : []),
      ...(limited ? [`$skip=${want.skip}`, `$top=${want.top ?? 'all'}`] : []), ...(counted ? ['$count=true'] : []), ...want.keys.map(({ name }) => `${name} in`),
    ]
    return { handle: undefined, trust, ordered: orders, limited, counted, taken, relies: [], ...(residual === undefined ? {} : { residual }), ...(want.keys.length === 0 ? {} : { keyForm: 'in' as const }) }
  }
  override batchOf(): number {
    return 1
  }
  override async *read(): AsyncGenerator<SourcePage> {
    yield* await Promise.resolve([])
  }
}

const knowledge = createKnowledge(() => new Date('2024-01-01T00:00:00Z'))

function endpointsOf(sources: Readonly<Record<string, FixedSource>>): Endpoints {
  return {
    endpoint: (slug) => {
      const source = sources[slug]
      if (source === undefined) throw new Error(`no source ${slug}`)
      return { source, target: { slug, url: `http://127.0.0.1/${slug}/`, model: shop, connection: { auth: { kind: 'none' }, headers: {}, timeoutMs: 1000 } } }
    },
    capabilities: (slug, entitySet) => knowledge.capabilities({ slug, identity: slug }, entitySet),
    learn: () => undefined,
  }
}

const nothing: Ability = { filters: () => false }
const everything: Ability = { filters: () => true, orders: true, limits: true, counts: true }
const allButFunctions: Ability = { ...everything, filters: (part) => part.kind !== 'call' }

function placed(url: string, ability: Ability, pageRows = 0): readonly string[] {
  const endpoints = endpointsOf({ erp: new FixedSource(ability), crm: new FixedSource(ability) })
  return printPlan(place(optimize(bindUrl(url, { pageRows })).plan, endpoints)).split('\n')
}

const query = "Orders?$select=ID&$filter=Freight gt 100 and contains(ShipName,'7')&$orderby=OrderDate desc&$top=20"

describe('placing one set', () => {
  it('leaves everything to a source that takes everything', () => {
    expect(placed(query, everything)).toEqual(['Remote erp.Orders', "└ RemoteScan erp.Orders [$filter=Freight gt 100 and contains(ShipName,'7'); $orderby=OrderDate desc,ID; $skip=0; $top=20]"])
  })

  it('does everything for a source that takes nothing', () => {
    expect(placed(query, nothing)).toEqual([
      'Remote erp.Orders', '└ Limit 20', '  └ Sort OrderDate desc,ID', "    └ Filter Freight gt 100 and contains(ShipName,'7')", '      └ RemoteScan erp.Orders []',
    ])
  })

  it('pushes no limit while a conjunct is left to us', () => {
    expect(placed(query, allButFunctions)).toEqual([
      'Remote erp.Orders', '└ Limit 20', "  └ Filter contains(ShipName,'7')", '    └ RemoteScan erp.Orders [$filter=Freight gt 100; $orderby=OrderDate desc,ID]',
    ])
  })

  it('pushes no limit while the order is ours', () => {
    expect(placed('Orders?$select=ID&$orderby=Freight&$top=5', { ...everything, orders: false })).toEqual(['Remote erp.Orders', '└ Limit 5', '  └ Sort Freight,ID', '    └ RemoteScan erp.Orders []'])
  })

  it('filters the whole of it again where the source only promises a superset', () => {
    expect(placed('Orders?$select=ID&$filter=Freight gt 100 and Paid', { ...everything, trust: 'inexact' })).toEqual([
      'Remote erp.Orders', '└ Filter Freight gt 100 and Paid', '  └ RemoteScan erp.Orders [$filter=Freight gt 100 and Paid]',
    ])
  })

  it('takes neither limit nor count from a source that offers them beside a residual', () => {
    expect(placed('Orders?$select=ID&$filter=contains(ShipName,\'7\')&$top=5&$count=true', { ...allButFunctions, careless: true })).toEqual([
      'Remote erp.Orders', '└ Limit 5 with count', "  └ Filter contains(ShipName,'7')", '    └ RemoteScan erp.Orders [$orderby=ID]',
    ])
  })

  it('takes a limit with a count only where the source does both', () => {
    expect(placed('Orders?$select=ID&$top=5&$count=true', { ...everything, counts: false })).toEqual(['Remote erp.Orders', '└ Limit 5 with count', '  └ RemoteScan erp.Orders [$orderby=ID]'])
    expect(placed('Orders/$count', everything)).toEqual(['Remote erp.Orders', '└ RemoteScan erp.Orders [$skip=0; $top=0; $count=true]'])
  })

  it('places anew what it is told to, knowing what was learnt', () => {
    const before = new FixedSource(everything)
    const bound = optimize(bindUrl(query))
    const first = place(bound.plan, endpointsOf({ erp: before }))
    const again = first.kind === 'remote' ? placeFragment(first.fragment, endpointsOf({ erp: new FixedSource(nothing) })) : undefined
    expect(again === undefined ? [] : printPlan(again).split('\n').slice(1, 2)).toEqual(['└ Limit 20'])
  })
})

describe('placing an expand', () => {
  it('asks for related rows by key, with nested filters but neither nested order nor limit', () => {
    expect(placed("Orders?$select=ID&$top=2&$expand=Lines($filter=Quantity gt 1;$orderby=No desc;$top=3;$select=No)", everything)).toEqual([
      'Expand Lines on ID = OrderID each order No desc,OrderID take 3',
      '├ Remote erp.Orders',
      '│ └ RemoteScan erp.Orders [$orderby=ID; $skip=0; $top=2]',
      '└ Remote erp.Lines by OrderID',
      '  └ RemoteScan erp.Lines [$filter=Quantity gt 1; OrderID in]',
    ])
  })

  it('places what is nested in it the same way', () => {
    expect(placed("Customers?$expand=Orders($expand=Lines,Customer)&$filter=Country eq 'DE'", nothing)).toEqual([
      'Expand Orders on ID = CustomerID',
      '├ Remote crm.Customers',
      "│ └ Filter Country eq 'DE'",
      '│   └ RemoteScan crm.Customers []',
      '└ Expand Customer on CustomerID = ID',
      '  ├ Expand Lines on ID = OrderID',
      '  │ ├ Remote erp.Orders by CustomerID',
      '  │ │ └ RemoteScan erp.Orders [CustomerID in]',
      '  │ └ Remote erp.Lines by OrderID',
      '  │   └ RemoteScan erp.Lines [OrderID in]',
      '  └ Remote crm.Customers by ID',
      '    └ RemoteScan crm.Customers [ID in]',
    ])
  })
})

describe('what a source is asked for', () => {
  it('stands in its own names and types, and what it leaves comes back in the exposed ones', () => {
    const source = new FixedSource({ filters: (part) => part.kind !== 'in' })
    const orders = shopExposure.sets.get('Orders')
    if (orders === undefined) throw new Error('no orders')
    const sets = new Map([...shopExposure.sets, ['Orders', { ...orders, renamed: new Map([['Freight', 'Cost'], ['ID', 'Number']]) }]])
    const bound = optimize(bindUrl('Orders?$select=ID&$filter=Freight gt 5 and Freight in (6,7)&$orderby=Freight,ID', {}, { ...shopExposure, sets }))
    const plan = place(bound.plan, endpointsOf({ erp: source }))
    expect(printPlan(plan).split('\n').slice(1)).toEqual(['└ Sort Freight,ID', '  └ Filter Freight in (6,7)', '    └ RemoteScan erp.Orders [$filter=Cost gt 5]'])
    expect(source.asked[0]?.columns.map(({ name }) => name)).toEqual(['Number', 'Cost'])
    expect(source.asked[0]?.key).toEqual(['Number'])
    expect(printOrder(source.asked[0]?.order ?? [])).toBe('Cost,Number')
  })
})

const forwards = (url: string, ability: Ability, change: (bound: BoundQuery) => BoundQuery = (bound) => bound, pageRows = 0): boolean => {
  const bound = change(optimize(bindUrl(url, { pageRows })))
  return forwardable(place(bound.plan, endpointsOf({ erp: new FixedSource(ability), crm: new FixedSource(ability) })), bound) !== undefined
}

describe('a data product, whose types are copies of other names', () => {
  const source = new FixedSource({ filters: (part) => part.kind !== 'in' })
  const url = "Orders?$filter=Color eq mix.erp.Color'Red' and Color in ('Green') and Stops/any(s:s/City eq 'x')"
  const plan = place(optimize(bindUrl(url, {}, productExposure)).plan, endpointsOf({ erp: source }))

  it('asks its sources by their own type names', () => {
    expect(source.asked[0]?.entityType).toBe('Shop.Order')
    expect(source.asked[0]?.columns.flatMap(({ type }) => (type.name.startsWith('Edm.') ? [] : [type.name]))).toEqual(['Shop.Color', 'Shop.Address', 'Shop.Address'])
    expect(printPlan(plan).split('\n').at(-1)).toBe("  └ RemoteScan erp.Orders [$filter=Color eq Shop.Color'Red' and Stops/any(s:s/City eq 'x')]")
  })
  it('computes what is left by its own', () => expect(printPlan(plan).split('\n')[1]).toBe("└ Filter Color in (mix.erp.Color'Green')"))
  it('is never passed through where a row names its type', () => {
    const passes = ['Vehicles', 'Bags', 'Orders', 'Lines', 'Orders?$select=ID,Color'].map((path) => {
      const bound = optimize(bindUrl(path, {}, productExposure))
      return forwardable(place(bound.plan, endpointsOf({ erp: new FixedSource(everything) })), bound) !== undefined
    })
    expect(passes).toEqual([false, false, false, true, true])
  })
})

describe('the pass-through way', () => {
  it.each([
    ['Orders', true],
    ['Orders(1)', true],
    ['Orders?$select=ID,Freight&$filter=Freight gt 1&$top=5', true],
    ['Orders?$count=true', true],
    ['Orders?$select=ID&$orderby=ID', true],
    ['Orders?$select=Freight&$orderby=Freight', true],
    ['Orders?$select=Freight&$orderby=Freight&$top=3', false],
    ['Orders?$expand=Lines', false],
    ["Customers('x')/Orders", false],
    ['Orders(1)/ShipName', false],
    ['Orders/$count', false],
    ['Orders?$select=Address/City', false],
  ])('%s over a source that takes everything: %s', (url, expected) => expect(forwards(url, everything)).toBe(expected))

  it('is not taken where anything is ours', () => {
    expect(forwards('Orders?$filter=Freight gt 1', nothing)).toBe(false)
    expect(forwards('Orders?$count=true', { ...everything, counts: false })).toBe(false)
    expect(forwards('Orders', everything, undefined, 10)).toBe(false)
    expect(forwards('Orders', everything, (bound) => ({ ...bound, entityType: 'product.Order' }))).toBe(false)
  })
})

describe('fragments', () => {
  it('are not made of a sort over a limit', () => {
    const orders = scan({ endpoint: 'erp', entitySet: 'Orders', entityType: 'Shop.Order', renamed: new Map(), key: ['ID'] }, [])
    const bound = optimize(bindUrl('Orders?$top=3&$select=ID&$orderby=Freight'))
    const [key] = bound.order
    if (key === undefined) throw new Error('no order')
    const plan: Plan = sort(bound.plan, [key])
    expect(printPlan(place(plan, endpointsOf({ erp: new FixedSource(everything) }))).split('\n').slice(0, 2)).toEqual(['Sort Freight', '└ Remote erp.Orders'])
    expect(fragment(orders).keys satisfies readonly Value[]).toEqual([])
  })
})

const bothSides = (orders: boolean): Readonly<Record<string, FixedSource>> => ({
  erp: new FixedSource({ filters: () => true, orders, limits: true, counts: true }), crm: new FixedSource({ filters: () => true }),
})

const placedLines = (url: string, orders: boolean): readonly string[] => printPlan(place(optimize(bindUrl(url)).plan, endpointsOf(bothSides(orders)))).split('\n')

describe('placing a semi-join', () => {
  it('prints all its ways: its rows, the related ones, its rows by keys, and the look-up', () => {
    expect(placedLines("Orders?$select=ID&$filter=Customer/Country eq 'x' and Paid", false)).toEqual([
      'SemiJoin on CustomerID = ID',
      '├ Remote erp.Orders',
      '│ └ RemoteScan erp.Orders [$filter=Paid]',
      '├ Remote crm.Customers',
      "│ └ RemoteScan crm.Customers [$filter=Country eq 'x']",
      '├ Remote erp.Orders by CustomerID',
      '│ └ RemoteScan erp.Orders [$filter=Paid; CustomerID in]',
      '└ Filter ~related/any()',
      '  └ Expand ~related on CustomerID = ID',
      '    ├ Remote erp.Orders',
      '    │ └ RemoteScan erp.Orders [$filter=Paid]',
      '    └ Remote crm.Customers by ID',
      "      └ RemoteScan crm.Customers [$filter=Country eq 'x'; ID in]",
    ])
  })
  it('leaves the order to a source that does it, and limits to us', () => {
    const query = "Orders?$select=ID&$filter=Customer/Country eq 'x'&$orderby=Freight,ID&$top=3"
    expect(placedLines(query, true).slice(0, 3)).toEqual(['Limit 3', '└ SemiJoin on CustomerID = ID', '  ├ Remote erp.Orders'])
    expect(placedLines(query, true)[3]).toBe('  │ └ RemoteScan erp.Orders [$orderby=Freight,ID]')
    expect(placedLines(query, false).slice(0, 3)).toEqual(['Limit 3', '└ Sort Freight,ID', '  └ SemiJoin on CustomerID = ID'])
  })
  it('reads an anti-join by no keys', () => {
    expect(placedLines('Customers?$select=ID&$filter=not Orders/any()', true).filter((line) => line.includes('by ID'))).toEqual([])
  })
})
