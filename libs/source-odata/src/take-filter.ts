import { binary, columnsOf, conjunction, conjuncts, type Expression } from '@tributary/plan'
import type { Capabilities, Feature, ScanRequest } from '@tributary/source'
import { judgeFilter, OR_LIMIT, type Judgement } from './judge-filter.js'
import { encodeOption, printFilter } from './print-filter.js'
import type { Restrictions } from './restrictions.js'

export interface TakenFilter {
  /** Undefined: nothing was taken. */
  readonly text?: string
  readonly trust: 'exact' | 'inexact'
  /** What we filter by ourselves. */
  readonly residual?: Expression
  readonly features: readonly Feature[]
  /** Columns that what was taken looks at. */
  readonly columns: ReadonlySet<string>
}

interface Conjunct {
  readonly given: Expression
  /** As it is sent: an `in` may go as an or-chain. */
  readonly sent: Expression
  readonly judgement: Judgement
}

/**
 * Splits the filter into conjuncts and takes those the remote does exactly or as a superset, as long as the URL has room for them.
 * @param room characters of the URL that are left, percent-encoded
 */
export function takeFilter(want: Pick<ScanRequest, 'filter'>, able: Capabilities, declared: Restrictions, room: number): TakenFilter {
  const { filter } = want
  if (filter === undefined) return { trust: 'exact', features: [], columns: new Set() }
  const judged = conjuncts(filter).map((given) => judgeConjunct(given, able, declared))
  const willing = judged.filter(({ judgement }) => judgement.trust !== 'unsupported')
  const taken = fitting(able.fact('filter:and').trust === 'unsupported' ? willing.slice(0, 1) : willing, room)
  const sent = conjunction(taken.map((part) => part.sent))
  if (sent === undefined) return { trust: 'exact', residual: filter, features: [], columns: new Set() }
  const joined: readonly Feature[] = taken.length > 1 ? ['filter:and'] : []
  const exact = taken.every(({ judgement }) => judgement.trust === 'exact') && joined.every((feature) => able.fact(feature).trust === 'exact')
  const left = conjunction(judged.filter((part) => !taken.includes(part)).map(({ given }) => given))
  const residual = exact ? left : filter
  return {
    text: printFilter(sent),
    trust: exact ? 'exact' : 'inexact',
    features: [...new Set([...taken.flatMap(({ judgement }) => judgement.features), ...joined])],
    columns: new Set(taken.flatMap(({ given }) => [...columnsOf(given)])),
    ...(residual === undefined ? {} : { residual }),
  }
}

function judgeConjunct(given: Expression, able: Capabilities, declared: Restrictions): Conjunct {
  const plain = given.kind === 'column' && given.type.base === 'Edm.Boolean' ? binary('eq', given, { kind: 'literal', type: given.type, value: true }) : given
  const judgement = judgeFilter(plain, able, declared)
  if (judgement.trust !== 'unsupported' || plain.kind !== 'in' || plain.items.length > OR_LIMIT || plain.items.length === 0) return { given, sent: plain, judgement }
  const chain = plain.items.map((item) => binary('eq', plain.operand, item)).reduce((left, right) => binary('or', left, right))
  return { given, sent: chain, judgement: judgeFilter(chain, able, declared) }
}

function fitting(parts: readonly Conjunct[], room: number): readonly Conjunct[] {
  let used = 0
  return parts.filter(({ sent }) => {
    const length = encodeOption(printFilter(sent)).length + ' and '.length * 3
    if (used + length > room) return false
    used += length
    return true
  })
}
