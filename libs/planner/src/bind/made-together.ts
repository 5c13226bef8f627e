import { aroundColumn, aroundName, type Column, type Expand, expand, expandedColumn, goesRowByRow, outputColumns, type Plan, type PerParent, sort, transformation } from '@tributary/plan'
import { overRows } from '../rules/prune-transformation.js'

/**
 * True where what a row becomes, or whether it stays, depends on which others there are: of related rows it is then made for each row they
 * belong to by itself.
 */
export function dependsOnOthers(plan: Plan): boolean {
  switch (plan.kind) {
    case 'filter': case 'compute': case 'expand': case 'semiJoin': return dependsOnOthers(plan.input)
    case 'transformation': return !(goesRowByRow(plan) || plan.step.kind === 'position' || plan.step.kind === 'unnest' || plan.step.kind === 'project') || dependsOnOthers(plan.inputs[0])
    case 'aggregate': case 'concat': case 'sort': case 'limit': return true
    case 'scan': return plan.applied !== undefined
    case 'given': case 'remote': case 'remoteScan': case 'constantRows': return false
  }
}

/** Related rows, and what is made of those of one row. */
export interface MadeTogether {
  readonly on: Expand['on']
  /** All related rows. */
  readonly base: Plan
  /** Over given rows: those of `base` that belong to one row. */
  readonly each: Plan
  readonly page: Pick<PerParent, 'order' | 'skip' | 'take' | 'count'>
  /** The column that what is made stands in. */
  readonly name: string
  readonly shown: readonly string[]
  readonly toMany: boolean
  readonly context?: string
  /** Qualified name, where the rows are entities still. */
  readonly type?: string
  readonly kept?: readonly string[]
  /** What is made sees the row around: this one, or the one that this row sees. */
  readonly around?: 'row' | 'same'
  readonly narrowed?: readonly Column[]
}

/** Rows with a column more: what is made of the related rows of each. Those of one row are held. */
export function madeTogether(input: Plan, { on, base, each, page: { order: [first, ...rest], skip, take, count }, toMany, around: seen, ...part }: MadeTogether): Plan {
  const columns = outputColumns(base)
  const from = `~all/${part.name}`
  const all = expandedColumn(from, part.type ?? 'related', { toMany, columns, visible: columns.map(({ name }) => name) })
  const page = toMany ? { page: { skip, count, ...(take === undefined ? {} : { take }) } } : {}
  const expanded = expand(input, { navigation: all, on, related: base })
  const around = seen === undefined ? {} : { around: seen === 'same' ? { kind: seen } : { kind: seen, names: outputColumns(input).map(({ name }) => name) } } as const
  const it = aroundColumn(around, outputColumns(expanded))
  const sorted = first === undefined ? each : sort(each, [first, ...rest])
  return transformation([expanded], { kind: 'nested', from, ...part, ...page, ...around, each: it === undefined ? sorted : overRows(sorted, new Map([[aroundName, it]])) })
}
