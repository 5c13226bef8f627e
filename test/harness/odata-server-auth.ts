import type { IncomingMessage } from 'node:http'

/** How whoever asks has to say who he is. */
export type ServedAuth =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'apiKey'; readonly name: string; readonly value: string; readonly in: 'header' | 'query' }

/** What of a request tells who asks. */
export interface Entrant {
  readonly request: Pick<IncomingMessage, 'headers'>
  readonly options: Readonly<Record<string, string>>
}

/** Whether the request is let in. */
export function admitted(auth: ServedAuth, { request, options }: Entrant): boolean {
  if (auth.kind === 'basic') return request.headers.authorization === `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`
  if (auth.kind === 'bearer') return request.headers.authorization === `Bearer ${auth.token}`
  return (auth.in === 'header' ? request.headers[auth.name.toLowerCase()] : options[auth.name]) === auth.value
}
