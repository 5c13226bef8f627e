import { annotationsOf, annotationValue, textOf, type AnnotationValue, type EdmModel } from '@tributary/edm'

/** What a contract says of `$batch`. */
export interface BatchSupport {
  /** Undefined: it does not say. */
  readonly supported: boolean | undefined
  /** Media types in lower case; empty: none is named. */
  readonly formats: readonly string[]
}

const known = new WeakMap<EdmModel, BatchSupport>()

/** What the container says: `BatchSupported`, or `BatchSupport` with its formats. @see Org.OData.Capabilities.V1 */
export function batchSupportOf(model: EdmModel): BatchSupport {
  const found = known.get(model) ?? readSupport(model)
  known.set(model, found)
  return found
}

const CAPABILITIES = 'Org.OData.Capabilities.V1'

function readSupport(model: EdmModel): BatchSupport {
  if (model.container === undefined) return { supported: undefined, formats: [] }
  const annotations = annotationsOf(model, model.container.qualifiedName)
  const tags = annotations.filter(({ term }) => term === `${CAPABILITIES}.BatchSupported`)
  const support = annotationValue(annotations, `${CAPABILITIES}.BatchSupport`)
  const record = support?.kind === 'record' ? support.properties : undefined
  const formats = record?.get('SupportedFormats')
  const said = [...tags.map(({ value }) => saysYes(value)), ...(record === undefined ? [] : [saysYes(record.get('Supported'))])]
  return {
    supported: said.length === 0 ? undefined : said.every(Boolean),
    formats: formats?.kind === 'collection' ? formats.items.map((item) => textOf(item)?.toLowerCase() ?? '') : [],
  }
}

/** The default of both is yes. */
const saysYes = (value: AnnotationValue | undefined): boolean => !(value?.kind === 'bool' && value.text === 'false')
