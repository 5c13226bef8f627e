import type { Connection } from '@tributary/source'

/** Headers that let a request in. They go only to the registered origin. */
export function credentialHeaders({ auth }: Connection): Readonly<Record<string, string>> {
  switch (auth.kind) {
    case 'basic': return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64')}` }
    case 'bearer': return { authorization: `Bearer ${auth.token}` }
    case 'apiKey': return auth.in === 'header' ? { [auth.name.toLowerCase()]: auth.value } : {}
    case 'none': return {}
  }
}

/** The path and query of a URL with the key that is given in the query, if the connection has one. */
export function withQueryKey(pathAndQuery: string, { auth }: Connection): string {
  if (auth.kind !== 'apiKey' || auth.in !== 'query') return pathAndQuery
  const clean = withoutQueryKey(pathAndQuery, { auth })
  return `${clean}${clean.includes('?') ? '&' : '?'}${encodeURIComponent(auth.name)}=${encodeURIComponent(auth.value)}`
}

/** A URL or path as it may be shown: a key in the query is taken out, also where the remote put it into its own links. */
export function withoutQueryKey(url: string, { auth }: Pick<Connection, 'auth'>): string {
  if (auth.kind !== 'apiKey' || auth.in !== 'query') return url
  const at = url.indexOf('?')
  if (at === -1) return url
  const kept = url.slice(at + 1).split('&').filter((part) => decoded(part.split('=')[0] ?? '') !== auth.name)
  return kept.length === 0 ? url.slice(0, at) : `${url.slice(0, at)}?${kept.join('&')}`
}

function decoded(text: string): string {
  return text.includes('%') ? new URLSearchParams(`name=${text}`).get('name') ?? text : text
}
