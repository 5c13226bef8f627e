import { hubError } from '@tributary/errors'
import type { Connection } from '@tributary/source'
import { isStream, type Incoming, type Outgoing, type Transport } from './transport.js'

/** A token against forged requests, and the cookies of the session it is good for. */
interface WriteSession {
  readonly token: string
  readonly cookies: string
}

/** The sessions of sources that want such tokens, one a connection. */
const sessions = new WeakMap<Connection, WriteSession | undefined>()

/**
 * Sends what is no plain read. A remote that wants a token against forged requests refuses before it does anything: it is asked for one,
 * and the request is sent again with it.
 * @throws HUB_SOURCE_DENIED if the remote wants a token and gives none
 */
export async function sendInSession(transport: Transport, outgoing: Outgoing): Promise<Incoming> {
  const { connection } = outgoing.place
  // A stream cannot be sent again: whether a token is wanted has to be known before.
  if (isStream(outgoing.body) && !sessions.has(connection)) sessions.set(connection, await askedSession(transport, outgoing))
  const first = await transport.send(inSession(outgoing, sessions.get(connection)))
  if (!wantsToken(first)) return first
  sessions.delete(connection)
  if (isStream(outgoing.body)) return first
  first.finish(0)
  const session = await newSession(transport, outgoing)
  sessions.set(connection, session)
  return transport.send(inSession(outgoing, session))
}

const wantsToken = ({ status, headers }: Incoming): boolean => status === 403 && headers['x-csrf-token']?.toLowerCase() === 'required'

const inSession = (outgoing: Outgoing, session: WriteSession | undefined): Outgoing =>
  session === undefined ? outgoing : { ...outgoing, headers: { ...outgoing.headers, 'x-csrf-token': session.token, ...(session.cookies === '' ? {} : { cookie: session.cookies }) } }

/** @throws HUB_SOURCE_DENIED if the remote wants a token and gives none */
async function newSession(transport: Transport, outgoing: Outgoing): Promise<WriteSession> {
  const session = await askedSession(transport, outgoing)
  if (session === undefined) throw hubError('HUB_SOURCE_DENIED', { slug: outgoing.place.slug, status: 403 })
  return session
}

/** Undefined: the remote knows no such tokens. */
async function askedSession(transport: Transport, { place, headers, signal, observe }: Outgoing): Promise<WriteSession | undefined> {
  const versions = Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'odata-version' || name === 'odata-maxversion'))
  const incoming = await transport.send({ place, url: place.url, headers: { accept: 'application/json', 'x-csrf-token': 'Fetch', ...versions }, signal, observe })
  const { 'x-csrf-token': token, 'set-cookie': cookies = '' } = incoming.headers
  incoming.finish(0)
  if (token === undefined || token.toLowerCase() === 'required') return undefined
  const pairs = cookies.split('\n').map((cookie) => cookie.split(';')[0]?.trim() ?? '').filter((pair) => pair !== '')
  return { token, cookies: pairs.join('; ') }
}
