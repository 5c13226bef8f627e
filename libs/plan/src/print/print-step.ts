import type { Step } from '../plan.js'
import type { Aggregation, Grouping } from '../transformation.js'
import { printExpression } from './print-expression.js'

/** A set transformation in one line. */
export function printStep(step: Step): string {
  switch (step.kind) {
    case 'aggregates': return `Aggregate ${step.measures.length === 0 ? 'distinct' : step.measures.map(printAggregation).join(', ')}${printGrouping(step)}`
    case 'groups': return `Each group${printGrouping(step)}`
    case 'nested': return `Nest ${step.from} as ${step.name}`
    case 'unnest': return `${step.outer ? 'OuterUnnest' : 'Unnest'} ${step.from} as ${step.name}`
    case 'nest': return `Nest all as ${step.parts.map(({ name }) => name).join(', ')}`
    case 'wrap': return `Wrap as ${step.name}`
    case 'spread': return `Spread ${step.from}`
    case 'project': return `Project ${step.columns.map(({ column, from }) => (from === column.name ? from : `${from ?? 'nothing'} as ${column.name}`)).join(', ')}`
    case 'attach': return 'Attach'
    case 'cut': return `Cut at ${step.unit} ${printExpression(step.amount)} of ${printExpression(step.value)}`
    case 'relatives': return `${step.direction === 'ancestors' ? 'Ancestors' : 'Descendants'}${step.maxDistance === undefined ? '' : ` up to ${step.maxDistance}`}${step.keepStart ? ' with start' : ''}`
    case 'traverse': return `Traverse ${step.order}`
    case 'subtrees': return `Each subtree${printGrouping(step)}`
    case 'position': return `Position ${step.test} as ${step.name}`
    case 'reduce': return `Reduce ${step.aggregations.map(printAggregation).join(', ')}`
  }
}

function printGrouping({ groups, sets }: Grouping): string {
  if (groups.length === 0) return ''
  const printed = sets.map((set) => set.map((position) => groups[position]?.path.join('/') ?? '').join(', '))
  return sets.length === 1 ? ` by ${printed[0] ?? ''}` : ` by each of ${printed.map((names) => `(${names})`).join(' ')}`
}

/** `Freight with sum as Total`, `~Orders/Freight with sum as Total`. */
const printAggregation = (aggregation: Aggregation): string => `${printValues(aggregation)} as ${aggregation.column.name}`

function printValues({ over, ...aggregation }: Aggregation): string {
  return over === undefined ? printOwn(aggregation) : `${[...over.path, ...over.values].join('/')}/(${printOwn(aggregation)})`
}

function printOwn({ method, expression, reached, of }: Aggregation): string {
  if (of !== undefined) return `${printValues(of.aggregation)} from ${of.groups.map(printExpression).join(', ')} with ${method}`
  const what = reached === undefined ? (expression === undefined ? undefined : printExpression(expression)) : [...reached.path, ...reached.values].join('/')
  return method === 'count' ? [...(what === undefined ? [] : [what]), '$count'].join('/') : `${what ?? ''} with ${method}`
}
