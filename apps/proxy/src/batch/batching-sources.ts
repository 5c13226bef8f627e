import { annotationsOf, annotationValue, textOf, type AnnotationValue } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import type { BatchForm } from '@tributary/odata-wire'
import type { Target } from '@tributary/source'

const capabilities = 'Org.OData.Capabilities.V1'

/** What a container says of batches. */
function saidOf({ model }: Pick<Target, 'model'>): { readonly support: ReadonlyMap<string, AnnotationValue>; readonly plain: AnnotationValue | undefined } {
  const { container } = model
  const annotations = container === undefined ? [] : annotationsOf(model, container.qualifiedName)
  const support = annotationValue(annotations, `${capabilities}.BatchSupport`)
  return { support: support?.kind === 'record' ? support.properties : new Map<string, AnnotationValue>(), plain: annotationValue(annotations, `${capabilities}.BatchSupported`) }
}

/**
 * The form a source takes batches in; what it does not say is found out by sending one in the form that every version has.
 * @throws HUB_BATCH_UNSUPPORTED where it says that it takes none
 */
export function batchFormOf({ slug, model }: Pick<Target, 'slug' | 'model'>, count: number): BatchForm {
  const { support: said, plain } = saidOf({ model })
  if (isFalse(said.get('Supported')) || isFalse(plain)) throw hubError('HUB_BATCH_UNSUPPORTED', { slug, count })
  const formats = said.get('SupportedFormats')
  const named = formats?.kind === 'collection' ? formats.items.map((item) => textOf(item)?.toLowerCase() ?? '') : []
  return named.some((format) => format.startsWith('application/json')) && !named.some((format) => format.startsWith('multipart/mixed')) ? 'json' : 'multipart'
}

/**
 * That a source resolves versions of what other changes of the same change set answer (`If-Match: $1`): nobody else can.
 * @throws HUB_QUERY_UNSUPPORTED where it does not say that it does
 */
export function requireEtagReferences({ slug, model }: Pick<Target, 'slug' | 'model'>, reference: string): void {
  const said = saidOf({ model }).support.get('EtagReferencesSupported')
  if (said?.kind === 'bool' && said.text === 'true') return
  throw hubError('HUB_QUERY_UNSUPPORTED', { what: `The ETag ${reference} of an answer of the same change set`, hint: `The source ${slug} does not declare that it resolves such references: refer to it from behind the change set.` })
}

const isFalse = (value: AnnotationValue | undefined): boolean => value?.kind === 'bool' && value.text === 'false'
