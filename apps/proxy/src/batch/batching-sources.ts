import { annotationsOf, annotationValue, type AnnotationValue, type EdmModel } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import type { Target } from '@tributary/source'

const capabilities = 'Org.OData.Capabilities.V1'

/**
 * That a source does not say that it takes no batches; what it does not say is found out by sending one.
 * @throws HUB_BATCH_UNSUPPORTED
 */
export function requireBatches({ slug, model }: Pick<Target, 'slug' | 'model'>, count: number): void {
  if (refusesBatches(model)) throw hubError('HUB_BATCH_UNSUPPORTED', { slug, count })
}

function refusesBatches(model: EdmModel): boolean {
  const { container } = model
  if (container === undefined) return false
  const annotations = annotationsOf(model, container.qualifiedName)
  const support = annotationValue(annotations, `${capabilities}.BatchSupport`)
  const supported = support?.kind === 'record' ? support.properties.get('Supported') : undefined
  return isFalse(supported) || isFalse(annotationValue(annotations, `${capabilities}.BatchSupported`))
}

const isFalse = (value: AnnotationValue | undefined): boolean => value?.kind === 'bool' && value.text === 'false'
