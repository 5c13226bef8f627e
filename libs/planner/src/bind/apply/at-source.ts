import { dialect401, printApply, type ApplyExpression, type Transformation } from '@tributary/odata-url'
import { type AppliedStep, appliedScan, type Column, columnsOf, type Plan, type Scan } from '@tributary/plan'
import { remoteApply } from '../../remote/remote-apply.js'
import { isHidden } from '../followed-paths.js'
import { unsupported } from '../refusal.js'
import type { RowScope, Transformed } from '../row-scope.js'
import { sourcesOwn } from './custom-aggregates.js'
import type { BindApply } from './bind-apply.js'
import { resultNames } from './result-names.js'

/** The first transformations of a sequence, which go to the source as a whole, and those that follow. */
export interface AtSource {
  readonly applied: Transformed
  readonly rest: ApplyExpression
}

/**
 * Binds the beginning of a sequence that holds what only the source computes: custom aggregates and methods, set functions. Undefined where
 * there is none. The source is asked for as few transformations as give results, for it has to be seen that it has applied them.
 * @throws HUB_QUERY_UNSUPPORTED where the source knows nothing of what stands beside it, HUB_QUERY_* as the transformations
 */
export function bindAtSource(apply: ApplyExpression, scope: RowScope, bindApply: BindApply): AtSource | undefined {
  const { transformations } = apply
  const last = transformations.findLastIndex((one) => sourcesOwn(one).length > 0)
  if (last < 0) return undefined
  const what = [...new Set(transformations.flatMap(sourcesOwn))].join(', ')
  const end = transformations.findIndex((one, index) => index >= last && makesResults(one, what))
  const first = sequence(apply, transformations.slice(0, end < 0 ? undefined : end + 1))
  const { applied: _applied, ...after } = bindApply(first, { ...scope, followed: new Map(), applied: 'source' }).scope
  const { rows } = after
  if (rows === undefined) throw unsupported(`$apply with ${what} that gives entities`, 'Whether the source had applied it could not be told: aggregate or group its result.')
  const text = decodeURIComponent(printApply(remoteApply(first, scope, what), dialect401))
  return {
    applied: { scope: { ...after, followed: scope.followed }, over: (input) => madeAtSource(input, { rows, text, what, renamed: resultNames(rows, scope, what) }) },
    rest: sequence(apply, end < 0 ? [] : transformations.slice(end + 1)),
  }
}

const sequence = (apply: ApplyExpression, transformations: readonly Transformation[]): ApplyExpression => ({ ...apply, transformations })

/** Rows that are no entities any more show by their members that they were made. */
function makesResults(transformation: Transformation, what: string): boolean {
  switch (transformation.kind) {
    case 'aggregate': case 'nest': return true
    case 'groupby': return (transformation.apply?.transformations ?? []).every((one) => one.kind !== 'function') && (transformation.apply === undefined || transformation.apply.transformations.some((one) => makesResults(one, what)))
    case 'concat': return transformation.sequences.every(({ transformations }) => transformations.some((one) => makesResults(one, what)))
    default: return false
  }
}

interface Made {
  readonly rows: readonly Column[]
  readonly text: string
  readonly what: string
  readonly renamed: ReadonlyMap<string, string>
}

/** The scan beneath, applied: what conditions of the path leave of its rows is part of it. */
function madeAtSource(input: Plan, { rows, text, what, renamed }: Made): Plan {
  const conditions: AppliedStep[] = []
  let at = input
  while (at.kind === 'filter' || at.kind === 'expand') {
    if (at.kind === 'filter') {
      if ([...columnsOf(at.predicate)].some((name) => isHidden({ name }))) throw elsewhere(what)
      conditions.unshift({ kind: 'filter', predicate: at.predicate })
    } else if (!isHidden(at.navigation)) throw elsewhere(what)
    at = at.input
  }
  if (at.kind !== 'scan' || at.target.resource !== undefined) throw elsewhere(what)
  const [first, ...more]: readonly AppliedStep[] = [...conditions, { kind: 'text', text }]
  if (first === undefined) throw new Error('Nothing is applied')
  return appliedScan(resultTarget(at), rows, { steps: [first, ...more], what, renamed })
}

/** Results have no key. */
const resultTarget = ({ target: { typeNames: _types, ...target } }: Scan): Scan['target'] => Object.freeze({ ...target, key: [] })

const elsewhere = (what: string): Error => unsupported(`$apply with ${what} of such rows`, 'Only the source computes it, of the rows of an entity set.')
