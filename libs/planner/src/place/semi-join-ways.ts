import { column, constantRows, expand, type Expand, expandedColumn, filter, lambda, not, outputColumns, type Plan, type SemiJoin, transform, withInput } from '@tributary/plan'

/**
 * A plan in which every semi-join is a filter over an expand: what it means, and how it is executed where keys arrive from elsewhere or are
 * too many to be held.
 */
export const asLookups = (plan: Plan): Plan => transform(plan, (node) => (node.kind === 'semiJoin' ? lookupOf(node) : node))

function lookupOf({ input, on, related, anti }: SemiJoin): Plan {
  const columns = outputColumns(related)
  const navigation = expandedColumn(freeName('~related', input), 'related', { toMany: true, columns, visible: on.map(({ to }) => to) })
  const found = lambda('any', column(navigation.type, navigation.name), '')
  return filter(expand(input, { navigation, on, related }), anti ? not(found) : found)
}

/** One semi-join may stand above another: each has a hidden column of its own. */
function freeName(name: string, input: Plan): string {
  const taken = new Set(outputColumns(input).map((known) => known.name))
  let free = name
  for (let more = 2; taken.has(free); more += 1) free = `${name}${more}`
  return free
}

/** The rows of a semi-join's input by keys: `related` reads them; the rows of keys are given while it runs. */
export function rowsByKeys({ on, input, related: keys }: SemiJoin, related: Plan): Expand {
  const [first, ...rest] = on.map(({ from, to }) => ({ from: to, to: from }))
  const named = new Set(on.map(({ to }) => to))
  const keyColumns = outputColumns(keys).filter(({ name }) => named.has(name))
  if (first === undefined) throw new Error('A semi-join has no join columns')
  const columns = outputColumns(related)
  const navigation = expandedColumn('~rows', 'rows', { toMany: true, columns, visible: outputColumns(input).map(({ name }) => name) })
  return expand(constantRows(keyColumns, []), { navigation, on: [first, ...rest], related })
}

/** The plan without the sorts on the way to its scan: rows that are read by keys come in no order. */
export function withoutOrder(plan: Plan): Plan {
  switch (plan.kind) {
    case 'sort': return withoutOrder(plan.input)
    case 'filter': case 'expand': case 'semiJoin': case 'compute': return withInput(plan, withoutOrder(plan.input))
    case 'limit': case 'aggregate': case 'concat': case 'transformation': case 'given': case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return plan
  }
}
