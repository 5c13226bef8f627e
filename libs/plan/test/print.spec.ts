import {
  aggregate, binary, booleanType, call, cast, collectionOf, column, conjunction, conjuncts, columnsOf, compile, compute, concat, constantRows, decimalType, doubleType, durationType, enumType, expand, expandedColumn, type Expression, filter, fragment, inList, int32Type,
  lambda, limit, literal, negate, not, nullType, orderKey, outputColumns, planTree, printExpression, printPlan, remote, remoteScan, renameColumns, scan, semiJoin, sort, stringType, structuredType, transform, variable, walk, type Plan, primitiveType,
} from '@tributary/plan'

const a = column(int32Type, 'A')
const b = column(int32Type, 'B')
const one = literal(int32Type, 1)
const eq = binary('eq', a, one)

describe('expressions as text', () => {
  it.each<readonly [string, Expression]>([
    ['A eq 1 and (B lt 1 or A ne null)', binary('and', eq, binary('or', binary('lt', b, one), binary('ne', a, literal(nullType, null))))],
    ['A add B mul 1 gt 1', binary('gt', binary('add', a, binary('mul', b, one, int32Type), int32Type), one)],
    ['(A add B) mul 1 gt 1', binary('gt', binary('mul', binary('add', a, b, int32Type), one, int32Type), one)],
    ['A sub (B sub 1) gt 1', binary('gt', binary('sub', a, binary('sub', b, one, int32Type), int32Type), one)],
    ['not (A eq 1)', not(eq)],
    ["not contains(S,'O''N')", not(call('contains', booleanType, column(stringType, 'S'), literal(stringType, "O'N")))],
    ['-A lt 1', binary('lt', negate(int32Type, a), one)],
    ['A in (1,null)', inList(a, [one, literal(nullType, null)])],
    ['(A add 1) in (1)', inList(binary('add', a, one, int32Type), [one])],
    ["Tags/any(t:t eq 'x')", lambda('any', column(collectionOf(stringType), 'Tags'), 't', binary('eq', variable(stringType, 't'), literal(stringType, 'x')))],
    ['Address/City eq null', binary('eq', column(stringType, 'Address', 'City'), literal(nullType, null))],
    ["cast(A,Edm.String) eq '1'", binary('eq', cast(a, stringType), literal(stringType, '1'))],
    ["C has Shop.Color'Red'", binary('has', column(enumType('Shop.Color', new Map()), 'C'), literal(enumType('Shop.Color', new Map()), 'Red'))],
    ["D gt duration'PT1S'", binary('gt', column(durationType, 'D'), literal(durationType, 'PT1S'))],
    ['W lt INF', binary('lt', column(doubleType, 'W'), literal(doubleType, Infinity))],
    ['F eq 12.50', binary('eq', column(decimalType, 'F'), literal(decimalType, '12.50'))],
    ["B64 eq binary'AAE'", binary('eq', column(primitiveType('Edm.Binary'), 'B64'), literal(primitiveType('Edm.Binary'), 'AAE'))],
    ["hassubset(Tags,['a'])", call('hassubset', booleanType, column(collectionOf(stringType), 'Tags'), literal(collectionOf(stringType), ['a']))],
  ])('%s', (text, expression) => expect(printExpression(expression)).toBe(text))
})

describe('expressions as values', () => {
  it('split into conjuncts and come together again', () => {
    const all = conjunction([eq, not(eq), eq])
    expect(all === undefined ? [] : conjuncts(all)).toEqual([eq, not(eq), eq])
    expect(conjuncts(literal(booleanType, true))).toEqual([])
    expect(conjunction([])).toBeUndefined()
  })
  it('split thousands of conjuncts without running out of stack', () => {
    const all = conjunction(Array.from({ length: 20_000 }, () => eq)) ?? eq
    expect(conjuncts(all)).toHaveLength(20_000)
    expect(columnsOf(all)).toEqual(new Set(['A']))
  })
  it('know their columns, and take other names', () => {
    const expression = binary('and', eq, lambda('any', column(collectionOf(stringType), 'Tags'), 'A', binary('eq', variable(stringType, 'A'), column(stringType, 'Address', 'City'))))
    expect(columnsOf(expression)).toEqual(new Set(['A', 'Tags', 'Address']))
    expect(printExpression(renameColumns(expression, new Map([['A', 'Number'], ['Address', 'Place']])))).toBe('Number eq 1 and Tags/any(A:A eq Place/City)')
    expect(renameColumns(expression, new Map())).toBe(expression)
  })
  it('are frozen', () => expect(Object.isFrozen(eq)).toBe(true))
})

describe('plans', () => {
  const target = { endpoint: 'erp', entitySet: 'Orders', entityType: 'Shop.Order', renamed: new Map<string, string>(), key: ['A'] }
  const orders = scan(target, [{ name: 'A', type: int32Type }, { name: 'B', type: int32Type }])
  const read = remoteScan({ target, columns: orders.columns, accepted: undefined, taken: ['$filter=A gt 1', '$top=2'] })
  const self = expandedColumn('Self', 'Shop.Order', { toMany: true, columns: orders.columns, visible: ['B'] })
  const plan = limit(expand(sort(filter(remote(fragment(orders), read), eq), [orderKey(b, true), orderKey(a)]), {
    navigation: self, on: [{ from: 'A', to: 'B' }], related: remote(fragment(orders, { keys: ['B'] }), filter(read, eq)), perParent: { order: [orderKey(a)], skip: 1, take: 2, count: true },
  }), 3, undefined, true)

  it('read as a tree', () => {
    expect(`\n${printPlan(plan)}\n`).toBe(`
Limit all skip 3 with count
└ Expand Self on A = B each order A skip 1 take 2 with count
  ├ Sort B desc,A
  │ └ Filter A eq 1
  │   └ Remote erp.Orders
  │     └ RemoteScan erp.Orders [$filter=A gt 1; $top=2]
  └ Remote erp.Orders by B
    └ Filter A eq 1
      └ RemoteScan erp.Orders [$filter=A gt 1; $top=2]
`)
    expect(printPlan(constantRows(orders.columns, [[1, 2]]))).toBe('Rows 1 (A, B)')
  })
  it('are JSON for explain', () => {
    expect(planTree(filter(orders, eq))).toEqual({ node: 'filter', text: 'Filter A eq 1', inputs: [{ node: 'scan', text: 'Scan erp.Orders (A, B)', inputs: [] }] })
  })
  it('know the columns they yield', () => expect(outputColumns(plan).map(({ name }) => name)).toEqual(['A', 'B', 'Self']))
  it('are walked outermost first and stay the same if nothing changes', () => {
    const kinds: string[] = []
    walk(plan, (node) => kinds.push(node.kind))
    expect(kinds).toEqual(['limit', 'expand', 'sort', 'filter', 'remote', 'remoteScan', 'remote', 'filter', 'remoteScan'])
    expect(transform(plan, (node) => node)).toBe(plan)
  })
  it('are changed from within', () => {
    const dropped = transform(limit(filter(orders, eq), 0, 1), (node: Plan) => (node.kind === 'filter' ? node.input : node))
    expect(printPlan(dropped)).toBe('Limit 1\n└ Scan erp.Orders (A, B)')
  })
})

describe('plans that join, compute and aggregate, as text', () => {
  const target = { endpoint: 'erp', entitySet: 'Orders', entityType: 'Shop.Order', renamed: new Map<string, string>(), key: ['A'] }
  const rows = scan(target, [{ name: 'A', type: int32Type }, { name: 'B', type: int32Type }])
  it('say what they do', () => {
    const sum = { name: 'S', type: decimalType }
    const anti = semiJoin(rows, { on: [{ from: 'A', to: 'B' }], related: rows, anti: true })
    const summed = aggregate(compute(anti, [{ column: { name: 'C', type: int32Type }, expression: binary('add', a, one, int32Type) }]), {
      groups: [{ path: ['B'], expression: b }], measures: [{ column: sum, method: 'sum', expression: a }, { column: sum, method: 'count' }], columns: [{ name: 'B', type: int32Type }, sum],
    })
    expect(printPlan(concat([summed, aggregate(rows, { groups: [{ path: ['B'], expression: b }], measures: [], columns: [] })], [sum])).split('\n')).toEqual([
      'Concat', '├ Aggregate A with sum as S, $count as S by B', '│ └ Compute A add 1 as C', '│   └ AntiJoin on A = B', '│     ├ Scan erp.Orders (A, B)', '│     └ Scan erp.Orders (A, B)', '└ Aggregate distinct by B', '  └ Scan erp.Orders (A, B)',
    ])
  })
})

describe('expressions over expanded rows', () => {
  const line = expandedColumn('Lines', 'Shop.Line', { toMany: true, columns: [{ name: 'No', type: int32Type }, { name: 'Size', type: structuredType('Shop.Size') }], visible: ['No'] })
  const columns = [{ name: 'A', type: int32Type }, expandedColumn('One', 'Shop.Order', { toMany: false, columns: [{ name: 'A', type: int32Type }, line], visible: ['A'] })]
  const lines = column(line.type, 'One', 'Lines')
  const wide = variable(int32Type, 'l', 'Size', 'W')
  it.each<readonly [string, Expression, unknown, unknown]>([
    ['a path', column(int32Type, 'One', 'A'), 7, null],
    ['a count', call('length', int32Type, lines), 2, null],
    ['any', lambda('any', lines, 'l', binary('gt', wide, a)), true, false],
    ['all', lambda('all', lines, 'l', binary('gt', wide, a)), false, true],
    ['the row itself', binary('eq', column(structuredType('Shop.Order'), 'One'), literal(nullType, null)), false, true],
  ])('%s', (_, expression, present, missing) => {
    const compute = compile(expression, columns)
    expect([compute([1, [7, { rows: [[1, { W: 1 }], [2, { W: 2 }]] }]]), compute([1, null])]).toEqual([present, missing])
  })
})
