import { type AppliedStep, type Group, isInteger, type Measure } from '@tributary/plan'
import type { Accepted, Capabilities, ScanRequest } from '@tributary/source'
import { castOf } from './cast-segment.js'
import { printFilter, Unprintable } from './print-filter.js'
import { asHandle } from './scan.js'

const notTaken: Accepted = Object.freeze({ handle: Object.freeze({}), trust: 'exact', ordered: false, limited: false, counted: false, taken: Object.freeze([]), relies: Object.freeze([]) })

/**
 * Takes `$apply`, and nothing of what is asked of its results: how a remote evaluates options over those is not known. Not taken by a remote
 * that refused or ignored it before, and where a step cannot be said. Pure.
 */
export function acceptApplied(want: ScanRequest, applied: readonly AppliedStep[], able: Capabilities): Accepted {
  const cast = castOf(want, able)
  const text = stepsText(applied)
  if (text === undefined || cast.left || want.resource !== undefined || want.keys.length > 0 || able.fact('apply').trust === 'unsupported') return notTaken
  const options = [{ name: '$apply' as const, text }]
  const relies = ['apply', ...(cast.segment === '' ? [] : ['cast'])]
  const handle = asHandle({
    target: want.target, entitySet: want.entitySet, path: `${encodeURIComponent(want.entitySet)}${cast.segment}`, options, columns: want.columns, keys: [], keyForm: undefined, keyLimit: able.keyLimit, urlLimit: able.urlLimit,
    order: [], total: [], top: undefined, counted: false, selects: false, pageRows: able.fact('maxpagesize').trust === 'unsupported' ? 0 : want.pageRows, suspects: relies, whole: false, results: true, wholeSums: applied.flatMap(wholeSums), ...groupedBy(applied),
  })
  return Object.freeze({
    handle, applied: true, trust: 'exact', ordered: false, limited: false, counted: false, relies, taken: [`$apply=${text}`],
    ...(want.filter === undefined ? {} : { residual: want.filter }), ...(cast.segment === '' ? {} : { cast: true as const }),
  })
}

/** What tells the results apart, where they are groups; what a text makes nobody knows. */
function groupedBy(steps: readonly AppliedStep[]): { readonly groupedBy?: readonly string[] } {
  const last = steps.at(-1)
  return last?.kind === 'aggregate' && last.groups.every(({ expression }) => expression.kind === 'column' && expression.path.length === 1) ? { groupedBy: last.groups.flatMap(({ expression }) => (expression.kind === 'column' ? [expression.path[0]] : [])) } : {}
}

const wholeSums = (step: AppliedStep): readonly string[] =>
  (step.kind === 'aggregate' ? step.measures.filter(({ method, expression }) => method === 'sum' && expression !== undefined && isInteger(expression.type.base)).map(({ column }) => column.name) : [])

/** Undefined where a step has no text that means the same everywhere. */
function stepsText(steps: readonly AppliedStep[]): string | undefined {
  try {
    return steps.map(stepText).join('/')
  } catch (error) {
    if (error instanceof Unprintable) return undefined
    throw error
  }
}

function stepText(step: AppliedStep): string {
  switch (step.kind) {
    case 'text': return step.text
    case 'filter': return `filter(${printFilter(step.predicate)})`
    case 'aggregate': return aggregateText(step.groups, step.measures)
  }
}

function aggregateText(groups: readonly Group[], measures: readonly Measure[]): string {
  const aggregate = measures.length === 0 ? undefined : `aggregate(${measures.map(measureText).join(',')})`
  if (groups.length === 0) return aggregate ?? 'identity'
  return `groupby((${groups.map(({ expression }) => printFilter(expression)).join(',')})${aggregate === undefined ? '' : `,${aggregate}`})`
}

const measureText = ({ column, method, expression }: Measure): string => (expression === undefined ? `$count as ${column.name}` : `${printFilter(expression)} with ${method} as ${column.name}`)
