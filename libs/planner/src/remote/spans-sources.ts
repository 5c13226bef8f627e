import { hubError } from '@tributary/errors'

/**
 * What would have to go to two sources at once, or along a relationship that only a product knows.
 * @param direct the entity set to address instead
 */
export function spansSources(what: string, sources: readonly string[], direct?: string): Error {
  const named = [...new Set(sources)]
  const between = named.length === 1 ? `a relationship of this data product that its source ${named.join('')} does not know` : `the sources ${named.join(' and ')}`
  return hubError('HUB_REQUEST_SPANS_SOURCES', { what, between, hint: direct === undefined ? '' : `Address ${direct} by itself.` })
}
