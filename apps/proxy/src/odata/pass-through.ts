import { hubError } from '@tributary/errors'
import { jsonContentType, rewriteEnvelope, rewriteWhole, type EnvelopeRewrite } from '@tributary/odata-wire'
import type { RemoteScan } from '@tributary/plan'
import { forwardable } from '@tributary/planner'
import { passesThrough, SourceRefused, type Accepted, type Forwarded, type PassThrough } from '@tributary/source'
import { respond, respondWithStream, type Headers } from '../http/respond.js'
import { nextLink } from './next-page.js'
import { contextOf, dataHeaders, type QueryRun } from './query-run.js'

/** A query that one source answers exactly as the client must get it. */
export interface Forwarding {
  /** Planned without pages of ours. */
  readonly run: QueryRun
  readonly source: PassThrough
  readonly accepted: Accepted
  readonly slug: string
}

/** Undefined if the source is not known to answer exactly this, in exactly the form the client asked for. */
export function forwardingOf(run: QueryRun): Forwarding | undefined {
  if (run.bound.shape !== 'collection' || run.style.omit !== undefined || run.table !== undefined || run.style.metadata === 'full') return undefined
  // Annotations that a source gives of its own accord are passed on, or left out where they may not be wanted.
  if (run.preferences.includeAnnotations !== undefined) return undefined
  if (run.bound.references === true || run.bound.rows.items !== undefined) return undefined
  const scan = forwardable(run.plan, run.bound)
  if (scan === undefined) return undefined
  const slug = scan.target.endpoint
  const { source } = run.endpoints.endpoint(slug)
  const accepted = acceptedOf(scan)
  if (!passesThrough(source) || !source.forwardable(accepted, run.endpoints.capabilities(slug, scan.target.entitySet))) return undefined
  return { run, source, accepted, slug }
}

/** What a source accepted is opaque to the plan; the planner puts it there as it got it. */
const acceptedOf = (scan: RemoteScan): Accepted => scan.accepted as Accepted

/**
 * Streams the source's own bytes, with our context and next link around them. What the source refuses is answered the other way, if
 * nothing has left yet.
 * @throws HUB_SOURCE_*, HUB_TOKEN_EXPIRED where the source does not know its own link any more
 */
export async function passThrough(forwarding: Forwarding, otherwise: () => Promise<void>): Promise<void> {
  const forwarded = await forward(forwarding)
  if (forwarded === undefined) return otherwise()
  const { run, slug } = forwarding
  const given = run.paging.token?.given ?? 0
  const { body } = forwarded
  const rewrite: EnvelopeRewrite = {
    style: run.style, context: contextOf(run), count: run.bound.count && run.paging.token === undefined, slug,
    nextLink: (link) => nextLink(run, { kind: 'source', link, given }),
  }
  const headers = (): Headers => dataHeaders(run, jsonContentType(run.style, run.style))
  if (Buffer.isBuffer(body)) respond(run.exchange, 200, { body: rewriteWhole(body, rewrite), headers: headers() })
  else await respondWithStream(run.exchange, rewriteEnvelope(body, rewrite), headers)
}

/** Undefined: refused. */
async function forward({ run, source, accepted, slug }: Forwarding): Promise<Forwarded | undefined> {
  const { token } = run.paging
  const { metadata } = run.style
  // Links of the source's own are not ours.
  if (metadata === 'full') return undefined
  try {
    return await source.forward(accepted, {
      signal: run.exchange.signal, asker: run.asker, languages: run.languages, scope: run.exchange.principal.id, observe: run.timings.observe, ieee754: run.style.ieee754, metadata,
      ...(token?.kind === 'source' ? { nextLink: token.link } : {}),
    })
  } catch (error) {
    if (!(error instanceof SourceRefused)) throw error
    if (token === undefined) return undefined
    throw hubError('HUB_TOKEN_EXPIRED', {}, { target: '$skiptoken', cause: hubError('HUB_SOURCE_FAILED', { slug, status: error.status, reason: error.reason }) })
  }
}
