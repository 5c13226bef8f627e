import { type Column, type Expand, type Limit, outputColumns, type Plan } from '@tributary/plan'
import type { Execution } from './execution.js'

/** A part of a plan that the engine can do as a whole. */
export interface EnginePart {
  readonly node: Plan
  /** What the rows of its first input come from. */
  readonly driving: Plan
  /** The other inputs: what is joined with these rows, and what follows them. */
  readonly others: readonly PartInput[]
}

/** What one input comes from. */
export interface PartInput {
  readonly leaf: Plan
  /** The to-one expand whose related rows they are: few keys may find them. Undefined: all of them are read anyway. */
  readonly expand?: Expand
}

/** The part that begins with `node`, if it brings rows of several inputs together, there is an engine, and that means the same as we do. */
export function enginePart(node: Plan, { context: { engine }, state: { work }, inMemory }: Execution): EnginePart | undefined {
  if (engine === undefined || work === undefined || inMemory === true || !groups(node)) return undefined
  const others: PartInput[] = []
  const driving = drivingOf(node, others)
  if (others.length === 0) return undefined
  const given = new Map([driving, ...others.map(({ leaf }) => leaf)].map((leaf): readonly [Plan, readonly Column[]] => [leaf, outputColumns(leaf)]))
  return engine.refusal(node, given) === undefined ? { node, driving, others } : undefined
}

/** Whether all rows of the plan are groups: what a source sent beside them nobody reads. */
function groups(plan: Plan): boolean {
  if (plan.kind === 'aggregate') return true
  if (plan.kind === 'limit') return isPrinted(plan) && groups(plan.input)
  return (plan.kind === 'sort' || plan.kind === 'filter' || plan.kind === 'compute') && groups(plan.input)
}

/** Where the first input begins; the others are added to those found. */
function drivingOf(plan: Plan, found: PartInput[]): Plan {
  switch (plan.kind) {
    case 'filter': case 'compute': case 'sort': case 'aggregate': return drivingOf(plan.input, found)
    case 'limit': return isPrinted(plan) ? drivingOf(plan.input, found) : plan
    case 'expand': {
      if (!isPlain(plan)) return plan
      const driving = drivingOf(plan.input, found)
      found.push({ expand: plan, leaf: drivingOf(plan.related, found) })
      return driving
    }
    case 'semiJoin': {
      // Few keys would read less than all rows.
      if (plan.ways?.byKeys !== undefined) return plan
      const driving = drivingOf(plan.input, found)
      found.push({ leaf: drivingOf(plan.related, found) })
      return driving
    }
    case 'concat': {
      const [first, ...more] = plan.inputs
      if (first === undefined) return plan
      const driving = drivingOf(first, found)
      for (const input of more) found.push({ leaf: drivingOf(input, found) })
      return driving
    }
    case 'transformation': case 'given': case 'remote': case 'remoteScan': case 'scan': case 'constantRows': return plan
  }
}

/** The first rows by an order: all have to be read. A limit over rows as they come would stop the reading. */
const isPrinted = ({ input, take, count }: Limit): boolean => input.kind === 'sort' && take !== undefined && !count

const isPlain = ({ navigation, inline, perParent: { order, skip, take, count } }: Expand): boolean =>
  navigation.expanded?.toMany === false && inline === undefined && order.length === 0 && skip === 0 && take === undefined && !count
