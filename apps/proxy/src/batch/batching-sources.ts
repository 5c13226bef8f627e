import { annotationsOf, annotationValue, textOf, type AnnotationValue } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import type { BatchForm } from '@tributary/odata-wire'
import type { Target } from '@tributary/source'

const capabilities = 'Org.OData.Capabilities.V1'

/**
 * The form a source takes batches in; what it does not say is found out by sending one in the form that every version has.
 * @throws HUB_BATCH_UNSUPPORTED where it says that it takes none
 */
export function batchFormOf({ slug, model }: Pick<Target, 'slug' | 'model'>, count: number): BatchForm {
  const { container } = model
  if (container === undefined) return 'multipart'
  const annotations = annotationsOf(model, container.qualifiedName)
  const support = annotationValue(annotations, `${capabilities}.BatchSupport`)
  const said = support?.kind === 'record' ? support.properties : new Map<string, AnnotationValue>()
  if (isFalse(said.get('Supported')) || isFalse(annotationValue(annotations, `${capabilities}.BatchSupported`))) throw hubError('HUB_BATCH_UNSUPPORTED', { slug, count })
  const formats = said.get('SupportedFormats')
  const named = formats?.kind === 'collection' ? formats.items.map((item) => textOf(item)?.toLowerCase() ?? '') : []
  return named.some((format) => format.startsWith('application/json')) && !named.some((format) => format.startsWith('multipart/mixed')) ? 'json' : 'multipart'
}

const isFalse = (value: AnnotationValue | undefined): boolean => value?.kind === 'bool' && value.text === 'false'
