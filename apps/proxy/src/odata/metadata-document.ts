import { createHash } from 'node:crypto'
import type { Exposure } from '@tributary/catalog'
import { writeCsdlJson, writeCsdlXml, type EdmModel } from '@tributary/edm'
import { annotationFilter, appliedPreference, parseMetadataAccept, type Preferences } from '@tributary/odata-wire'
import type { OpenEndpointOf } from '../change/shown-writes.js'
import { header, type Exchange } from '../http/exchange.js'
import { respond } from '../http/respond.js'
import { withChosenAnnotations } from './chosen-annotations.js'
import { shownModel, type Offered } from './shown-model.js'

interface Document {
  readonly body: Buffer
  readonly etag: string
}

const documentOf = (text: string): Document => {
  const body = Buffer.from(text)
  return { body, etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
}

const written = (model: EdmModel, form: 'xml' | 'json'): Document => documentOf(form === 'xml' ? writeCsdlXml(model) : writeCsdlJson(model))

const documents = new WeakMap<Exposure, Map<string, Document>>()

/** Written once for each exposure: a change of its connections makes another. */
function metadataDocument(exposure: Exposure, form: 'xml' | 'json', { endpointOf, answersLater }: MetadataAsked): Document {
  const forms = documents.get(exposure) ?? new Map<string, Document>()
  const key = `${form} ${answersLater}`
  documents.set(exposure, forms)
  const known = forms.get(key)
  if (known !== undefined) return known
  const made = written(shownModel(exposure, endpointOf, { answersLater }), form)
  forms.set(key, made)
  return made
}

/** Written for one request: who knows which annotations the next one wants. */
const chosenDocument = (exposure: Exposure, form: 'xml' | 'json', { endpointOf, answersLater, includeAnnotations }: Omit<MetadataAsked, 'preferences'> & { readonly includeAnnotations: string }): Document =>
  written(withChosenAnnotations(shownModel(exposure, endpointOf, { answersLater }), annotationFilter(includeAnnotations)), form)

/** How the document is wanted, and what it is to say. */
export interface MetadataAsked extends Offered {
  readonly format?: string
  readonly version: string
  readonly endpointOf: OpenEndpointOf
  readonly preferences: Preferences
}

/**
 * Answers `$metadata`: XML unless JSON is wanted, 304 where the caller has it already.
 * @throws HUB_FORMAT_UNSUPPORTED
 * @see OData CSDL XML 4.01, OData CSDL JSON 4.01
 */
export function answerMetadata(exchange: Exchange, exposure: Exposure, asked: MetadataAsked): void {
  const form = parseMetadataAccept(header(exchange, 'accept'), asked.format)
  const { includeAnnotations } = asked.preferences
  const { body, etag } = includeAnnotations === undefined ? metadataDocument(exposure, form, asked) : chosenDocument(exposure, form, { ...asked, includeAnnotations })
  const headers = {
    'odata-version': asked.version, etag, 'vary': 'accept, odata-maxversion, prefer', 'cache-control': 'no-cache',
    ...(includeAnnotations === undefined ? {} : { 'preference-applied': appliedPreference('include-annotations', includeAnnotations, asked.preferences) }),
  }
  const held = header(exchange, 'if-none-match')?.split(',').map((tag) => tag.trim()) ?? []
  if (held.includes(etag) || held.includes('*')) return respond(exchange, 304, { headers })
  respond(exchange, 200, { headers: { ...headers, 'content-type': form === 'xml' ? 'application/xml' : 'application/json' }, body })
}
