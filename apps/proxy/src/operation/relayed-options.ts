import type { ODataUrl } from '@tributary/odata-url'

/** Options about the rows of a result, which its source applies. */
const relayed: ReadonlySet<string> = new Set(['$filter', '$search', '$orderby', '$top', '$skip', '$count', '$select', '$expand', '$compute', '$apply', '$skiptoken'])

/** Requests within a batch may write blanks and letters of any language as they are. */
const unsafe = /[^\x21-\x7E]/gu

/**
 * The options of a request that its source has to apply, percent-encoded as they came and named as every version has them; parameter
 * aliases that they may use are among them.
 * @param query raw, without `?`
 */
export function relayedOptions({ spans, aliases }: ODataUrl['options'], query: string): readonly string[] {
  const taken = [...spans].filter(([name]) => relayed.has(name))
  if (taken.length === 0) return []
  return [...spans].filter(([name]) => relayed.has(name) || (name.startsWith('@') && aliases.has(name.slice(1)))).map(([name, { start, end }]) => {
    const option = query.slice(start, end)
    return `${name}=${option.slice(option.indexOf('=') + 1).replaceAll(unsafe, encodeURIComponent)}`
  })
}
