import type { Feature } from '@tributary/source'

const EVERYDAY: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and', 'or', 'in', 'not', 'path'])

/**
 * The features of a refused request in the order in which remotes lack them.
 * @param chained keys go as an or-chain, which is then the most unusual after functions
 */
export function bySuspicion(features: readonly Feature[], chained: boolean): readonly Feature[] {
  return Object.freeze(features.map((feature) => ({ feature, rank: chained && feature === 'filter:or' ? 0.5 : rankOf(feature) })).toSorted((a, b) => a.rank - b.rank).map(({ feature }) => feature))
}

/** Functions and arithmetic first, the option `$filter` itself last. */
function rankOf(feature: Feature): number {
  const [option, operator = ''] = feature.split(':')
  if (option === 'query-segment' || option === 'batch' || option === 'expand') return -1
  if (option === 'cast') return 0.25
  if (option === 'filter' && operator !== '') {
    if (!EVERYDAY.has(operator)) return 0
    if (operator === 'in') return 1
    if (operator === 'not') return 2
    return operator === 'path' ? 3 : operator === 'or' ? 8 : operator === 'and' ? 10 : 9
  }
  const rank = ['orderby', 'count', 'select', 'skip', 'top'].indexOf(option ?? '')
  return rank === -1 ? 11 : 4 + rank * 0.5
}

/** Where everyday comparisons begin. */
const EVERYDAY_RANK = 3

/** Comparisons of types that every database has. */
const everydayTypes = /^filter:(?:eq|ne|lt|le|gt|ge):(?:Edm\.(?:String|Byte|SByte|Int16|Int32|Int64|Decimal|Double|Single|Boolean|Guid)|null)$/
const comparison = /^filter:(?:eq|ne|lt|le|gt|ge):/

/** Whether a remote may break over the feature rather than refuse it, as many do that hand filters on to their database: no everyday option does that. */
export const isUnusual = (feature: Feature): boolean =>
  rankOf(feature) < EVERYDAY_RANK || feature.startsWith('apply') || (comparison.test(feature) && !everydayTypes.test(feature))
