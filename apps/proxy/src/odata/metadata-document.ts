import { createHash } from 'node:crypto'
import type { Exposure } from '@tributary/catalog'
import { writeCsdlJson, writeCsdlXml } from '@tributary/edm'
import { parseMetadataAccept } from '@tributary/odata-wire'
import type { OpenEndpointOf } from '../change/shown-writes.js'
import { header, type Exchange } from '../http/exchange.js'
import { respond } from '../http/respond.js'
import { shownModel, type Offered } from './shown-model.js'

interface Document {
  readonly body: Buffer
  readonly etag: string
}

const documentOf = (text: string): Document => {
  const body = Buffer.from(text)
  return { body, etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
}

const documents = new WeakMap<Exposure, Map<string, Document>>()

/** Written once for each exposure: a change of its connections makes another. */
function metadataDocument(exposure: Exposure, form: 'xml' | 'json', { endpointOf, answersLater }: MetadataAsked): Document {
  const forms = documents.get(exposure) ?? new Map<string, Document>()
  const key = `${form} ${answersLater}`
  documents.set(exposure, forms)
  const known = forms.get(key)
  if (known !== undefined) return known
  const shown = shownModel(exposure, endpointOf, { answersLater })
  const made = documentOf(form === 'xml' ? writeCsdlXml(shown) : writeCsdlJson(shown))
  forms.set(key, made)
  return made
}

/** How the document is wanted, and what it is to say. */
export interface MetadataAsked extends Offered {
  readonly format?: string
  readonly version: string
  readonly endpointOf: OpenEndpointOf
}

/**
 * Answers `$metadata`: XML unless JSON is wanted, 304 where the caller has it already.
 * @throws HUB_FORMAT_UNSUPPORTED
 * @see OData CSDL XML 4.01, OData CSDL JSON 4.01
 */
export function answerMetadata(exchange: Exchange, exposure: Exposure, asked: MetadataAsked): void {
  const form = parseMetadataAccept(header(exchange, 'accept'), asked.format)
  const { body, etag } = metadataDocument(exposure, form, asked)
  const headers = { 'odata-version': asked.version, etag, 'vary': 'accept, odata-maxversion', 'cache-control': 'no-cache' }
  const held = header(exchange, 'if-none-match')?.split(',').map((tag) => tag.trim()) ?? []
  if (held.includes(etag) || held.includes('*')) return respond(exchange, 304, { headers })
  respond(exchange, 200, { headers: { ...headers, 'content-type': form === 'xml' ? 'application/xml;charset=utf-8' : 'application/json;charset=utf-8' }, body })
}
