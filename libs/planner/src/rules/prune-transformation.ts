import { type Aggregation, columnsOf, type Expression, given, type Given, type Grouping, outputColumns, type Plan, type Step, type Transformation, transformation, walk, withInner } from '@tributary/plan'

type Prune = (plan: Plan, needed: ReadonlySet<string>) => Plan

/** The given rows without the columns nobody needs. */
export function pruneGiven(plan: Given, needed: ReadonlySet<string>): Given {
  const kept = plan.columns.filter(({ name }) => needed.has(name))
  return kept.length === plan.columns.length ? plan : given(kept)
}

/** A set transformation over no more columns than it reads and its rows are needed with. */
export function pruneTransformation(plan: Transformation, needed: ReadonlySet<string>, prune: Prune): Plan {
  const { inputs, step } = plan
  const [first, second, ...others] = inputs
  switch (step.kind) {
    case 'aggregates': return transformation([prune(first, readByGrouping(step, step.measures))], step)
    case 'groups': {
      const each = prune(step.each, needed)
      return transformation([prune(first, new Set([...readByGrouping(step), ...readOfGiven(each)]))], { ...step, each })
    }
    case 'nested': {
      const each = prune(step.each, new Set([...step.shown, ...needed]))
      return transformation([prune(first, new Set([...needed, step.from]))], { ...step, each })
    }
    case 'attach': return second === undefined ? plan : withInner(plan, [prune(first, needed), prune(second, allOf(second))], [])
    case 'nest': return withInner(plan, [prune(first, allOf(first)), ...[...(second === undefined ? [] : [second]), ...others].map((input) => prune(input, allOf(input)))], [])
    case 'unnest': case 'cut': case 'reduce': return withInner(plan, [prune(first, new Set([...needed, ...readByStep(step)]))], [])
  }
}

function readByStep(step: Extract<Step, { kind: 'unnest' | 'cut' | 'reduce' }>): readonly string[] {
  switch (step.kind) {
    case 'unnest': return [step.from]
    case 'cut': return [...columnsOf(step.amount), ...columnsOf(step.value)]
    case 'reduce': return step.aggregations.flatMap(readByAggregation)
  }
}

const allOf = (plan: Plan): ReadonlySet<string> => new Set(outputColumns(plan).map(({ name }) => name))

/** What the plan within a step reads of the rows it is given. */
function readOfGiven(each: Plan): readonly string[] {
  const names: string[] = []
  walk(each, (plan) => {
    if (plan.kind === 'given') names.push(...plan.columns.map(({ name }) => name))
  })
  return names
}

const named = (expressions: readonly Expression[]): readonly string[] => expressions.flatMap((expression) => [...columnsOf(expression)])

const readByGrouping = ({ groups }: Grouping, aggregations: readonly Aggregation[] = []): ReadonlySet<string> =>
  new Set([...groups.flatMap(({ expression, identity = [] }) => named([expression, ...identity])), ...aggregations.flatMap(readByAggregation)])

function readByAggregation({ expression, reached, of }: Aggregation): readonly string[] {
  const first = reached === undefined ? undefined : reached.path[0] ?? reached.values[0]
  return [
    ...(expression === undefined ? [] : named([expression])), ...(first === undefined ? [] : [first]),
    ...(of === undefined ? [] : [...named(of.groups), ...readByAggregation(of.aggregation)]),
  ]
}
