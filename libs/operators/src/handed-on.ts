import { columnsOf, type Expand, type Expression, type Plan, type Transformation } from '@tributary/plan'
import { withoutExpands } from './related-shape.js'

/**
 * The nodes whose to-many values are only handed on, to whoever writes the answer or to a step that goes through them once: such a value may be rows
 * that are stored. All others are held, because an expression reads them, or because rows are sorted, grouped or kept with them.
 */
export function handedOn(plan: Plan): ReadonlySet<Plan> {
  const found = new Set<Plan>()
  look(plan, new Set(), found)
  return found
}

/** @param read columns that somebody above looks into; `*` is all of them */
function look(plan: Plan, read: ReadonlySet<string>, found: Set<Plan>): void {
  switch (plan.kind) {
    case 'limit': return look(plan.input, read, found)
    case 'filter': return look(plan.input, readingToo(read, [plan.predicate]), found)
    case 'compute': return look(plan.input, readingToo(read, plan.computed.map(({ expression }) => expression)), found)
    case 'expand': return lookAtExpand(plan, read, found)
    case 'transformation': return lookAtStep(plan, read, found)
    case 'sort': case 'semiJoin': case 'aggregate': case 'concat': case 'given': case 'remote': case 'remoteScan': case 'scan': case 'constantRows': return
  }
}

const readingToo = (read: ReadonlySet<string>, expressions: readonly Expression[]): ReadonlySet<string> => new Set([...read, ...expressions.flatMap((one) => [...columnsOf(one)])])

/** Rows that have expanded rows of their own are held: keys are sought in all of them. */
function lookAtExpand(plan: Expand, read: ReadonlySet<string>, found: Set<Plan>): void {
  if (read.has('*')) return
  if (!read.has(plan.navigation.name)) addDeepest(plan, found)
  look(plan.input, new Set([...read, ...plan.on.map(({ from }) => from)]), found)
}

function addDeepest(plan: Expand, found: Set<Plan>): void {
  const { nested } = withoutExpands(plan)
  if (nested.length === 0 && plan.navigation.expanded?.toMany === true) found.add(plan)
  for (const inner of nested) addDeepest(inner, found)
}

function lookAtStep(plan: Transformation, read: ReadonlySet<string>, found: Set<Plan>): void {
  const { step, inputs: [input] } = plan
  if (step.kind === 'nest') found.add(plan)
  if (step.kind !== 'nested' || read.has('*')) return
  if (!read.has(step.name)) found.add(plan)
  const around = step.around?.kind === 'row' ? step.around.names : []
  look(input, new Set([...read, ...around].filter((name) => name !== step.from || step.name !== step.from)), found)
}
