const named = /("@(?:odata\.)?id"\s*:\s*")([^"\\]*)/g

/**
 * A query whose parameter aliases name entities of ours (`@a={"@id":"<root>Orders(1)"}`) by their place below the service root, which is
 * the same at their source.
 * @param query percent-encoded, without `?`
 * @param root service root, ends in `/`
 */
export function withRelativeReferences(query: string, root: string): string {
  return query.includes('@') ? query.split('&').map((pair) => relative(pair, root)).join('&') : query
}

function relative(pair: string, root: string): string {
  const equals = pair.indexOf('=')
  if (!/^(?:@|%40)/.test(pair) || equals < 0 || !/id(?:"|%22)/i.test(pair)) return pair
  const value = decoded(pair.slice(equals + 1))
  const changed = value?.replace(named, (whole, name: string, id: string) => (id.startsWith(root) ? name + id.slice(root.length) : whole))
  return changed === undefined || changed === value ? pair : `${pair.slice(0, equals + 1)}${encodeURIComponent(changed)}`
}

/** Undefined: it is malformed, which whoever reads it tells. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}
