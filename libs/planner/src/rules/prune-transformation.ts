import { type Aggregation, aroundColumn, aroundName, type Column, columnsOf, concat, type Expression, given, type Given, type Grouping, innerOf, nestedRows, outputColumns, type Plan, type Step, type Transformation, transformation, transformExpression, walk, withInner, withInput } from '@tributary/plan'
import { readByAggregation, readByReached } from './read-by-aggregation.js'

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
      return withGiven(transformation([prune(first, new Set([...readByGrouping(step), ...readOfGiven(each)]))], { ...step, each }))
    }
    case 'nested': {
      const each = prune(step.each, new Set([...step.shown, ...(step.kept ?? []), ...needed]))
      const around = step.around?.kind === 'row' ? { around: { ...step.around, names: [...readAround(each) ?? step.around.names] } } : {}
      const seen = step.around === undefined ? [] : step.around.kind === 'same' ? [aroundName] : around.around?.names ?? []
      return withGiven(transformation([prune(first, new Set([...needed, step.from, ...seen, ...(step.only === undefined ? [] : columnsOf(step.only))]))], { ...step, ...around, each }))
    }
    case 'relatives': case 'position': return pruneHierarchy(plan, step, needed, prune)
    case 'traverse': {
      const read = new Set([...needed, ...readByReached(step.nodes)])
      return transformation([prune(first, read), ...pruneNodes([second ?? first, ...others], step, prune)], step)
    }
    case 'subtrees': {
      const each = prune(step.each, allOf(step.each))
      const read = new Set([...readByGrouping(step), ...readOfGiven(each), ...readByReached(step.nodes)])
      const nodes = pruneNodes([second ?? first, ...others], step, prune)
      return withGiven(transformation([prune(first, read), ...nodes], { ...step, each, ...(step.node === undefined ? {} : { node: withShape(step.node, nodes.at(-1) ?? first) }) }))
    }
    case 'attach': return second === undefined ? plan : withInner(plan, [prune(first, needed), prune(second, allOf(second))], [])
    case 'nest': return withInner(plan, [prune(first, allOf(first)), ...[...(second === undefined ? [] : [second]), ...others].map((input) => prune(input, allOf(input)))], [])
    case 'wrap': return withInner(plan, [prune(first, allOf(first))], [])
    case 'spread': return withInner(plan, [prune(first, new Set([step.from]))], [])
    case 'project': {
      const columns = step.columns.filter(({ column }) => needed.has(column.name))
      const kept = columns.length === 0 ? step.columns.slice(0, 1) : columns
      return transformation([prune(first, new Set(kept.flatMap(({ from }) => from ?? [])))], { ...step, columns: kept })
    }
    case 'unnest': case 'cut': case 'reduce': return withInner(plan, [prune(first, new Set([...needed, ...readByStep(step)]))], [])
  }
}

/** The nodes, and those of them that are begun with or shown. */
function pruneNodes(nodes: readonly Plan[], step: Extract<Step, { kind: 'traverse' | 'subtrees' }>, prune: Prune): readonly Plan[] {
  const whole = step.kind === 'subtrees' && step.node !== undefined
  return nodes.map((plan) => prune(plan, whole ? allOf(plan) : readOfNodes(step)))
}

const withShape = (node: Column, rows: Plan): Column => (node.expanded === undefined ? node : Object.freeze({ ...node, expanded: Object.freeze({ ...node.expanded, columns: outputColumns(rows) }) }))

type HierarchyStep = Extract<Step, { kind: 'relatives' | 'position' }>

function pruneHierarchy({ inputs }: Transformation, step: HierarchyStep, needed: ReadonlySet<string>, prune: Prune): Plan {
  const [first, ...others] = inputs
  const nodes = others.at(-1) ?? first
  const start = others.length > 1 ? others.slice(0, -1) : []
  const read = new Set([...needed, ...readByReached(step.nodes), ...(step.kind === 'position' && step.other !== undefined ? columnsOf(step.other) : [])])
  return transformation([prune(first, read), ...start.map((input) => prune(input, new Set(readByReached(step.nodes)))), prune(nodes, readOfNodes(step))], step)
}

function readOfNodes(step: HierarchyStep | Extract<Step, { kind: 'traverse' | 'subtrees' }>): ReadonlySet<string> {
  const shown = 'shownOfNode' in step ? step.shownOfNode : []
  return new Set([...columnsOf(step.id), ...readByReached(step.parents), ...shown.flatMap(({ expression, shape }) => [...columnsOf(expression), ...(shape?.columns ?? []).map(({ name }) => name)])])
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

/** The step with its inner plan over the columns that its rows have by now: rows within them may have lost some of theirs. */
function withGiven(plan: Transformation): Transformation {
  const { inputs, step } = plan
  if (step.kind !== 'groups' && step.kind !== 'nested' && step.kind !== 'subtrees') return plan
  const columns = outputColumns(inputs[0])
  const rows = step.kind !== 'nested' ? columns : [...nestedRows(columns.find(({ name }) => name === step.from)).columns, ...[aroundColumn(step, columns)].flatMap((column) => column ?? [])]
  const more = step.kind === 'subtrees' && step.node !== undefined ? [step.node] : []
  return transformation(inputs, { ...step, each: overRows(step.each, new Map([...rows, ...more].map((column) => [column.name, column]))) })
}

/** The columns that a plan reads of the row around; undefined: whoever cannot tell may read any. */
function readAround(plan: Plan): ReadonlySet<string> | undefined {
  const names = new Set<string>()
  let known = true
  const note = (expression: Expression): void => void transformExpression(expression, (part) => {
    if (part.kind === 'column' && part.path[0] === aroundName && part.path[1] !== undefined) names.add(part.path[1])
    return part
  })
  walk(plan, (node) => {
    if (node.kind === 'filter') note(node.predicate)
    else if (node.kind === 'sort') node.keys.forEach(({ expression }) => note(expression))
    else if (node.kind === 'compute') node.computed.forEach(({ expression }) => note(expression))
    else if (node.kind === 'expand') node.perParent.order.forEach(({ expression }) => note(expression))
    else if (node.kind === 'aggregate') [...node.groups, ...node.measures].forEach(({ expression }) => { if (expression !== undefined) note(expression) })
    else if (node.kind === 'transformation') known &&= node.step.kind === 'nested'
  })
  return known ? names : undefined
}

/** The plan over given rows of other shapes; inner plans of steps within it have rows of their own. */
export function overRows(plan: Plan, rows: ReadonlyMap<string, Column>): Plan {
  switch (plan.kind) {
    case 'given': return given(plan.columns.map((column) => rows.get(column.name) ?? column))
    case 'transformation': {
      const [first, ...others] = plan.inputs
      return withGiven(withInner(plan, [overRows(first, rows), ...others.map((input) => overRows(input, rows))], innerOf(plan)))
    }
    case 'concat': return concatOver(plan.inputs.map((input) => overRows(input, rows)), plan.columns)
    case 'filter': case 'sort': case 'limit': case 'compute': case 'aggregate': case 'expand': case 'semiJoin': return withInput(plan, overRows(plan.input, rows))
    case 'scan': case 'remote': case 'remoteScan': case 'constantRows': return plan
  }
}

/** The rows of all inputs; rows within them have the shapes they have there, which are the same in all. */
export function concatOver(inputs: readonly Plan[], columns: readonly Column[]): Plan {
  const shapes = new Map(inputs.flatMap(outputColumns).filter(({ expanded }) => expanded !== undefined).map((column) => [column.name, column]))
  return concat(inputs, columns.map((column) => {
    const expanded = shapes.get(column.name)?.expanded
    return expanded === undefined ? column : Object.freeze({ ...column, expanded })
  }))
}

const named = (expressions: readonly Expression[]): readonly string[] => expressions.flatMap((expression) => [...columnsOf(expression)])

const readByGrouping = ({ groups }: Grouping, aggregations: readonly Aggregation[] = []): ReadonlySet<string> =>
  new Set([...groups.flatMap(({ expression, identity = [], only }) => named([expression, ...identity, ...(only === undefined ? [] : [only])])), ...aggregations.flatMap(readByAggregation)])
