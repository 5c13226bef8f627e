import {
  aggregate, binary, type Column, column, concat, decimalType, expand, expandedColumn, filter, int32Type, limit, literal, orderKey, type Plan, printPlan, scan, type ScanTarget, sort, stringType, booleanType,
} from '@tributary/plan'
import { applyRules, pruneColumns, rules } from '@tributary/planner'

const target = (entitySet: string): ScanTarget => ({ endpoint: 'erp', entitySet, entityType: `Shop.${entitySet}`, renamed: new Map(), key: ['ID'] })
const orders = scan(target('Orders'), [{ name: 'ID', type: int32Type }, { name: 'CustomerID', type: stringType }, { name: 'Freight', type: decimalType }])
const customers = scan(target('Customers'), [{ name: 'ID', type: stringType }, { name: 'Name', type: stringType }])
const customer = expandedColumn('Customer', 'Shop.Customer', { toMany: false, columns: customers.columns, visible: ['Name'] })
const withCustomer = (input: Plan): Plan => expand(input, { navigation: customer, on: [{ from: 'CustomerID', to: 'ID' }], related: customers })

const cheap = binary('lt', column(decimalType, 'Freight'), literal(decimalType, '5'))
const early = binary('lt', column(int32Type, 'ID'), literal(int32Type, 9))
const german = binary('eq', column(stringType, 'Customer', 'Name'), literal(stringType, 'x'))

const ruleNamed = (name: string): ((plan: Plan) => Plan) => rules.find((rule) => rule.name === name)?.apply ?? ((plan) => plan)
const lines = (plan: Plan): readonly string[] => printPlan(plan).split('\n')
const expanded = ['Expand Customer on CustomerID = ID', '├ Scan erp.Orders (ID, CustomerID, Freight)', '└ Scan erp.Customers (ID, Name)']

describe('MergeFilters', () => {
  const apply = ruleNamed('MergeFilters')
  it('makes one filter of two, the inner one first', () => {
    expect(lines(apply(filter(filter(orders, cheap), early)))).toEqual(['Filter Freight lt 5 and ID lt 9', '└ Scan erp.Orders (ID, CustomerID, Freight)'])
  })
  it('leaves out what is always true', () => {
    expect(apply(filter(orders, literal(booleanType, true)))).toBe(orders)
  })
  it('does not fire on a single filter', () => {
    const plan = filter(orders, cheap)
    expect(apply(plan)).toBe(plan)
  })
  it('does not fire over a limit', () => {
    const plan = filter(limit(filter(orders, cheap), 0, 5), early)
    expect(apply(plan)).toBe(plan)
  })
})

describe('PushFilterBelowExpand', () => {
  const apply = ruleNamed('PushFilterBelowExpand')
  it('pushes the conjuncts that do not read what is expanded', () => {
    expect(lines(apply(filter(withCustomer(orders), binary('and', cheap, german))))).toEqual([
      "Filter Customer/Name eq 'x'", '└ Expand Customer on CustomerID = ID', '  ├ Filter Freight lt 5', '  │ └ Scan erp.Orders (ID, CustomerID, Freight)', '  └ Scan erp.Customers (ID, Name)',
    ])
  })
  it('does not fire for a disjunction one side of which reads it', () => {
    const plan = filter(withCustomer(orders), binary('or', cheap, german))
    expect(apply(plan)).toBe(plan)
  })
  it('does not fire without an expand', () => {
    const plan = filter(sort(orders, [orderKey(column(int32Type, 'ID'))]), cheap)
    expect(apply(plan)).toBe(plan)
  })
})

describe('PushSortBelowExpand', () => {
  const apply = ruleNamed('PushSortBelowExpand')
  it('sorts before expanding', () => {
    expect(lines(apply(sort(withCustomer(orders), [orderKey(column(decimalType, 'Freight'), true)])))).toEqual([
      'Expand Customer on CustomerID = ID', '├ Sort Freight desc', '│ └ Scan erp.Orders (ID, CustomerID, Freight)', '└ Scan erp.Customers (ID, Name)',
    ])
  })
  it('does not fire if a key reads what is expanded', () => {
    const plan = sort(withCustomer(orders), [orderKey(column(int32Type, 'ID')), orderKey(column(stringType, 'Customer', 'Name'))])
    expect(apply(plan)).toBe(plan)
  })
})

describe('PushLimitBelowExpand', () => {
  const apply = ruleNamed('PushLimitBelowExpand')
  it('cuts and counts before expanding', () => {
    expect(lines(apply(limit(withCustomer(orders), 2, 5, true)))).toEqual([
      'Expand Customer on CustomerID = ID', '├ Limit 5 skip 2 with count', '│ └ Scan erp.Orders (ID, CustomerID, Freight)', '└ Scan erp.Customers (ID, Name)',
    ])
  })
  it('does not fire over a filter of ours', () => {
    const plan = limit(filter(withCustomer(orders), german), 0, 5)
    expect(apply(plan)).toBe(plan)
  })
})

const total: Column = { name: 'Total', type: decimalType }
const summed = (input: Plan): Plan => aggregate(input, { groups: [], measures: [{ column: total, method: 'sum', expression: column(decimalType, 'Freight') }], columns: [total] })
const byId = (input: Plan): Plan => sort(input, [orderKey(column(int32Type, 'ID'))])

describe('DropUnusedOrder', () => {
  const apply = ruleNamed('DropUnusedOrder')
  it('drops orders beneath groups, through filters and what stands one behind the other', () => {
    expect(lines(apply(summed(filter(byId(orders), cheap))))).toEqual(['Aggregate Freight with sum as Total', '└ Filter Freight lt 5', '  └ Scan erp.Orders (ID, CustomerID, Freight)'])
    expect(lines(apply(summed(concat([byId(orders), orders], orders.columns)))).some((line) => line.includes('Sort'))).toBe(false)
  })
  it('does not fire where a limit cuts the ordered rows', () => {
    const plan = summed(limit(byId(orders), 0, 5))
    expect(apply(plan)).toBe(plan)
  })
})

describe('all rules together', () => {
  it('come to an end with everything as deep as it goes', () => {
    const plan = limit(sort(filter(filter(withCustomer(withCustomer(orders)), german), cheap), [orderKey(column(int32Type, 'ID'))]), 0, 5)
    expect(lines(applyRules(plan)).slice(0, 6)).toEqual([
      'Limit 5', '└ Sort ID', "  └ Filter Customer/Name eq 'x'", '    └ Expand Customer on CustomerID = ID', '      ├ Expand Customer on CustomerID = ID', '      │ ├ Filter Freight lt 5',
    ])
  })
  it('leave a plan alone that cannot be better', () => {
    const plan = withCustomer(limit(orders, 0, 1))
    expect(applyRules(plan)).toBe(plan)
  })
})

describe('pruneColumns', () => {
  it('keeps what is needed, joined, filtered or sorted by', () => {
    expect(lines(pruneColumns(withCustomer(filter(orders, cheap)), new Set()))).toEqual([
      'Expand Customer on CustomerID = ID', '├ Filter Freight lt 5', '│ └ Scan erp.Orders (CustomerID, Freight)', '└ Scan erp.Customers (ID, Name)',
    ])
  })
  it('does not fire where every column is needed', () => {
    expect(pruneColumns(orders, new Set(['ID', 'CustomerID', 'Freight']))).toBe(orders)
    expect(lines(withCustomer(orders))).toEqual(expanded)
  })
  it('keeps the key where nothing is needed but the rows themselves', () => {
    expect(lines(pruneColumns(orders, new Set()))).toEqual(['Scan erp.Orders (ID)'])
  })
  it('tells the navigation column what is left of its rows', () => {
    const related = scan(customers.target, [...customers.columns, { name: 'Mail', type: stringType }])
    const navigation = expandedColumn('Customer', 'Shop.Customer', { toMany: false, columns: related.columns, visible: ['Name'] })
    const pruned = pruneColumns(expand(orders, { navigation, on: [{ from: 'CustomerID', to: 'ID' }], related }), new Set(['ID']))
    expect(pruned.kind === 'expand' ? pruned.navigation.expanded?.columns.map(({ name }) => name) : []).toEqual(['ID', 'Name'])
  })
})
