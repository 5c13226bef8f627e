import type { ODataUrl } from '@tributary/odata-url'
import { remoteNaming, remoteOptions, type SelectPlace } from '@tributary/planner'

/** Options about the rows of a result, which its source applies. */
const relayed: ReadonlySet<string> = new Set(['$filter', '$search', '$orderby', '$top', '$skip', '$count', '$select', '$expand', '$compute', '$apply', '$skiptoken'])

/** Requests within a batch may write blanks and letters of any language as they are. */
const unsafe = /[^\x21-\x7E]/gu

/**
 * The options of a request that its source has to apply, percent-encoded as they came and named as every version has them, or, of a data
 * product, in the source's words; parameter aliases that they may use are among them.
 * @param query raw, without `?`
 * @throws HUB_QUERY_UNSUPPORTED for what cannot be said in the source's words
 */
export function relayedOptions({ spans, aliases, ...options }: ODataUrl['options'], query: string, place: SelectPlace): readonly string[] {
  const taken = [...spans].filter(([name]) => relayed.has(name))
  if (taken.length === 0) return []
  if (!remoteNaming(place.exposure, place.endpoint).same) return [remoteOptions({ ...options, aliases, spans, custom: [] }, place)]
  return [...spans].filter(([name]) => relayed.has(name) || (name.startsWith('@') && aliases.has(name.slice(1)))).map(([name, { start, end }]) => {
    const option = query.slice(start, end)
    return `${name}=${option.slice(option.indexOf('=') + 1).replaceAll(unsafe, encodeURIComponent)}`
  })
}
