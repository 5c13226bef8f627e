import type { ExposedSet, Exposure } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { jsonContentType, jsonTreeText, MalformedJson, memberOf, readJsonTree, stringOf, type JsonStyle, type JsonTree, type ProtocolVersion } from '@tributary/odata-wire'
import { exposedAddress, remoteNaming, type RemoteAddress } from '@tributary/planner'
import type { RemoteReply, Target } from '@tributary/source'
import type { Headers } from '../http/respond.js'
import type { FurtherPages } from './further-pages.js'
import type { Meant } from './meant.js'
import { replyPayload } from './reply-payload.js'
import { sourceError } from './source-error.js'
import { sourceLinks, type SourceLinks } from './source-links.js'

/** What a call was about, and how its answer is wanted. */
export interface ReplyWish {
  readonly exposure: Exposure
  readonly target: Target
  /** Absolute URL of our service root, ends in `/`. */
  readonly root: string
  readonly style: JsonStyle
  readonly protocol: ProtocolVersion
  /** The path the source was asked at, below its root, for links relative to it. */
  readonly called: string
  /** Where more of the answer is. */
  readonly further: FurtherPages
  readonly set?: ExposedSet
  /** What the body holds; undefined: not known. */
  readonly type?: RemoteAddress['exposedType']
  /** How the result was asked for, as far as it shapes what the source answers. */
  readonly options?: Meant['options']
  /** What stands in the parentheses of the context URL of a data product: `Number,Freight`. */
  readonly selectList?: string
  /** Only JSON is an answer: bytes of another kind, whose links and names would be the source's, are none. */
  readonly jsonOnly?: boolean
}

/** An answer of a source as the client gets it. */
export interface ClientReply {
  readonly status: number
  readonly headers: Headers
  /** Undefined: there is none. What is no JSON is passed on as it comes. */
  readonly body?: Buffer | AsyncIterable<Buffer>
}

const mostJsonBytes = 64 * 1024 * 1024

/**
 * Turns an answer of a source into ours: links, names, versions and headers.
 * @throws HUB_SOURCE_REJECTED with the source's own status where it refuses what the client asked, HUB_SOURCE_FAILED, HUB_SOURCE_INVALID
 */
export async function clientReply(reply: RemoteReply, wish: ReplyWish): Promise<ClientReply> {
  const { exposure, target, root, set } = wish
  const links = sourceLinks({ exposure, target, root, ...(set === undefined ? {} : { set }) })
  const { status } = reply
  if ((status >= 300 && status !== 304) || status < 200) throw await sourceError(reply, target, links)
  if (status === 204 || status === 304) return { status, headers: replyHeaders(reply, wish, links) }
  const contentType = reply.headers['content-type']
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType ?? '')) {
    if (wish.jsonOnly === true) return withoutBody(reply, wish, links)
    const bytes = { 'content-type': 'application/octet-stream', ...only(reply.headers, streamHeaders) }
    return { status, headers: { ...replyHeaders(reply, wish, links), ...bytes }, body: reply.body }
  }
  const body = await jsonBody(reply, wish, links)
  return { status, headers: { ...replyHeaders(reply, wish, links), ...(body === undefined ? {} : { 'content-type': jsonContentType({ ...wish.style, metadata: levelOf(contentType, wish.style) }, wish.protocol) }) }, ...(body === undefined ? {} : { body }) }
}

/** What is said of everything where that was asked for; a source may say less, and then its answer does not claim more. */
const levelOf = (contentType: string | undefined, { metadata }: JsonStyle): JsonStyle['metadata'] => (metadata !== 'full' || /metadata=full\b/i.test(contentType ?? '') ? metadata : 'minimal')

/** @throws HUB_SOURCE_INVALID where there is one */
async function withoutBody(reply: RemoteReply, wish: ReplyWish, links: SourceLinks): Promise<ClientReply> {
  const bytes = await whole(reply, wish.target.slug)
  if (bytes.length > 0) throw hubError('HUB_SOURCE_INVALID', { slug: wish.target.slug, reason: `it did what was asked (${reply.status}) and answered with ${reply.headers['content-type']?.split(';')[0] ?? 'content of no type'} instead of application/json` })
  return { status: reply.status, headers: replyHeaders(reply, wish, links) }
}

/** Headers whose values mean the same here as at the source. */
const sameHeaders = ['etag', 'content-language', 'preference-applied', 'last-modified', 'odata-isolation'] as const
const streamHeaders = ['content-type', 'content-length', 'content-disposition', 'content-language', 'content-range', 'accept-ranges'] as const
const linkHeaders = ['location', 'content-location', 'odata-entityid'] as const

const only = (headers: Headers, names: readonly string[]): Headers => Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])))

function replyHeaders({ headers }: RemoteReply, { protocol, target }: ReplyWish, links: SourceLinks): Headers {
  const turned = linkHeaders.flatMap((name) => {
    const given = headers[name]
    if (given === undefined) return []
    // These headers are absolute URLs; what is relative is so to the source's service.
    const link = links.link(URL.canParse(given) ? given : new URL(given, target.url).href)
    return link === undefined ? [] : [[name, link] as const]
  })
  return { 'odata-version': protocol.version, 'cache-control': 'no-store', 'vary': 'accept, prefer, odata-maxversion, authorization, accept-language', ...only(headers, sameHeaders), ...Object.fromEntries(turned) }
}

/** Undefined: the source sent nothing. */
async function jsonBody(reply: RemoteReply, wish: ReplyWish, links: SourceLinks): Promise<Buffer | undefined> {
  const bytes = await whole(reply, wish.target.slug)
  if (bytes.length === 0) return undefined
  const tree = parsed(bytes, wish.target.slug)
  const context = contextOf(tree)
  if (context !== undefined) links.alsoAt(context)
  const meant: Meant = { ...(wish.type === undefined ? {} : { type: wish.type.name, collection: wish.type.collection }), ...(wish.set === undefined ? {} : { set: wish.set }), ...(wish.options === undefined ? {} : { options: wish.options }) }
  const shown = replyPayload(tree, meant, { exposure: wish.exposure, endpoint: wish.target.slug, links, further: (text, about) => wish.further.link(belowSource(text, { wish, links, context }), about), style: wish.style, context: (text) => contextFor(text, wish) })
  return Buffer.from(jsonTreeText(shown))
}

interface FurtherFrom {
  readonly wish: ReplyWish
  readonly links: SourceLinks
  readonly context: string | undefined
}

/**
 * A link of the source to more, below its root: relative ones are so to the context, or to where it was asked.
 * @throws HUB_SOURCE_LINK_REFUSED for one that leads elsewhere
 * @see OData JSON Format 4.01, section 4.3
 */
function belowSource(text: string, { wish: { target, called }, links, context }: FurtherFrom): string {
  const asked = `${target.url}${called}`
  const base = context === undefined ? asked : new URL(context, asked).href
  const below = URL.canParse(text, base) ? links.below(new URL(text, base).href) : undefined
  if (below === undefined) throw hubError('HUB_SOURCE_LINK_REFUSED', { slug: target.slug, link: text.split('?')[0] ?? text })
  return below
}

const contextOf = (tree: JsonTree): string | undefined => stringOf(memberOf(tree, '@odata.context') ?? memberOf(tree, '@context'))

async function whole({ body }: RemoteReply, slug: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > mostJsonBytes) throw hubError('HUB_SOURCE_INVALID', { slug, reason: `it is larger than ${mostJsonBytes} bytes` })
  }
  return Buffer.concat(chunks, size)
}

function parsed(bytes: Buffer, slug: string): JsonTree {
  try {
    return readJsonTree(bytes)
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error
    throw hubError('HUB_SOURCE_INVALID', { slug, reason: `its JSON is malformed at line ${error.line}, column ${error.column}: ${error.reason}` })
  }
}

/** Our metadata, and there what the source's context means. Undefined: it means nothing here. */
function contextFor(text: string, { exposure, target, root, set, type, selectList }: ReplyWish): string | undefined {
  const mark = text.indexOf('#')
  const metadata = `${root}$metadata`
  if (mark < 0) return metadata
  const fragment = text.slice(mark + 1)
  if (remoteNaming(exposure, target.slug).same) return `${metadata}#${fragment}`
  // Changes of a collection, and what is an item of them, are of its set.
  const change = /\/\$(?:delta|deletedEntity|link|deletedLink)$/.exec(fragment)?.[0]
  if (change !== undefined && set !== undefined) return `${metadata}#${set.name}${selectList === undefined || change !== '/$delta' ? '' : `(${selectList})`}${change}`
  const entity = set !== undefined && type !== undefined && type.name === set.entityType
  if (entity) return `${metadata}#${set.name}${selectList === undefined ? '' : `(${selectList})`}${type.collection ? '' : '/$entity'}`
  const turned = exposedAddress(fragment, exposure, target.slug, set)
  if (turned !== undefined) return `${metadata}#${turned}`
  // What belongs to nothing that is exposed is told by its type.
  return type === undefined || set !== undefined ? undefined : `${metadata}#${type.collection ? `Collection(${type.name})` : type.name}`
}
