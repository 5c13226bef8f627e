import { createHash } from 'node:crypto'
import { createModel, writeCsdlJson, writeCsdlXml, type Annotation, type AnnotationValue, type EdmModel, type EntityContainer, type EntitySet, type Reference, type Schema } from '@tributary/edm'
import { parseMetadataAccept } from '@tributary/odata-wire'
import { header, type Exchange } from '../http/exchange.js'
import { respond } from '../http/respond.js'

const capabilities = 'Org.OData.Capabilities.V1'
const vocabulary: Reference = {
  uri: 'https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Capabilities.V1.xml',
  includes: [{ namespace: capabilities }],
  includeAnnotations: [],
  annotations: [],
}

const no: AnnotationValue = { kind: 'bool', text: 'false' }
const restriction = (term: string, property: string): Annotation => ({
  term: `${capabilities}.${term}`,
  value: { kind: 'record', properties: new Map([[property, no]]), annotations: [] },
  annotations: [],
})

/** What every entity set says of itself: it can be read and not changed. */
const readOnly: readonly Annotation[] = [restriction('InsertRestrictions', 'Insertable'), restriction('UpdateRestrictions', 'Updatable'), restriction('DeleteRestrictions', 'Deletable')]
const replaced: ReadonlySet<string> = new Set([...readOnly.map(({ term }) => term), `${capabilities}.BatchSupported`, `${capabilities}.AsynchronousRequestsSupported`])

const withoutReplaced = (annotations: readonly Annotation[]): readonly Annotation[] => annotations.filter(({ term }) => !replaced.has(term))

function readOnlyContainer(container: EntityContainer): EntityContainer {
  const sets = [...container.entitySets.values()].map((set): EntitySet => ({ ...set, annotations: [...withoutReplaced(set.annotations), ...readOnly] }))
  const batch: Annotation = { term: `${capabilities}.BatchSupported`, value: no, annotations: [] }
  return { ...container, entitySets: new Map(sets.map((set) => [set.name, set])), annotations: [...withoutReplaced(container.annotations), batch] }
}

function readOnlySchema(schema: Schema): Schema {
  const containers = new Map([...schema.containers].map(([name, container]) => [name, readOnlyContainer(container)]))
  const externalAnnotations = schema.externalAnnotations
    .map((target) => ({ ...target, annotations: withoutReplaced(target.annotations) }))
    .filter(({ annotations }) => annotations.length > 0)
  return { ...schema, containers, externalAnnotations }
}

/** The model as `$metadata` shows it: what a source says of changes is replaced by what holds here. */
function shownModel(model: EdmModel): EdmModel {
  const known = model.references.some(({ includes }) => includes.some(({ namespace }) => namespace === capabilities))
  return createModel({
    version: model.version,
    schemas: [...model.schemas.values()].map(readOnlySchema),
    references: known ? model.references : [...model.references, vocabulary],
  })
}

interface Document {
  readonly body: Buffer
  readonly etag: string
}

const documentOf = (text: string): Document => {
  const body = Buffer.from(text)
  return { body, etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
}

const documents = new WeakMap<EdmModel, Map<'xml' | 'json', Document>>()

/** Written once for each model. */
function metadataDocument(model: EdmModel, form: 'xml' | 'json'): Document {
  const forms = documents.get(model) ?? new Map<'xml' | 'json', Document>()
  documents.set(model, forms)
  const known = forms.get(form)
  if (known !== undefined) return known
  const shown = shownModel(model)
  const made = documentOf(form === 'xml' ? writeCsdlXml(shown) : writeCsdlJson(shown))
  forms.set(form, made)
  return made
}

/**
 * Answers `$metadata`: XML unless JSON is wanted, 304 where the caller has it already.
 * @throws HUB_FORMAT_UNSUPPORTED
 * @see OData CSDL XML 4.01, OData CSDL JSON 4.01
 */
export function answerMetadata(exchange: Exchange, model: EdmModel, asked: { readonly format?: string; readonly version: string }): void {
  const form = parseMetadataAccept(header(exchange, 'accept'), asked.format)
  const { body, etag } = metadataDocument(model, form)
  const headers = { 'odata-version': asked.version, etag, 'vary': 'accept, odata-maxversion', 'cache-control': 'no-cache' }
  const held = header(exchange, 'if-none-match')?.split(',').map((tag) => tag.trim()) ?? []
  if (held.includes(etag) || held.includes('*')) return respond(exchange, 304, { headers })
  respond(exchange, 200, { headers: { ...headers, 'content-type': form === 'xml' ? 'application/xml;charset=utf-8' : 'application/json;charset=utf-8' }, body })
}
