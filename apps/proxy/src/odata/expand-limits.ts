import { hubError } from '@tributary/errors'
import type { RequestLimits } from '@tributary/nest'
import type { ExpandItem, QueryOptions } from '@tributary/odata-url'

/**
 * That a query expands neither too deep nor too much at once. `$levels=max` is as deep as the rows are, within limits of its own.
 * @throws HUB_LIMIT_EXPAND_DEPTH, HUB_LIMIT_EXPAND_WIDTH
 */
export function requireExpandLimits(options: QueryOptions, { expandDepth, expandWidth }: Pick<RequestLimits, 'expandDepth' | 'expandWidth'>): void {
  const depth = depthOf(options.expand ?? [], expandWidth)
  if (depth > expandDepth) throw hubError('HUB_LIMIT_EXPAND_DEPTH', { limit: expandDepth, reached: depth }, { target: '$expand' })
}

function depthOf(items: readonly ExpandItem[], expandWidth: number): number {
  if (items.length > expandWidth) throw hubError('HUB_LIMIT_EXPAND_WIDTH', { limit: expandWidth, reached: items.length }, { target: '$expand' })
  return Math.max(0, ...items.map(({ options: { expand = [], levels } }) => (typeof levels === 'number' ? levels : 1) + depthOf(expand, expandWidth)))
}
