import type { Annotation, AnnotationValue, EdmModel } from '@tributary/edm'

/** Terms the catalog reads. */
const labelTerms = ['com.sap.vocabularies.Common.v1.Label', 'Org.OData.Core.V1.Label']
const descriptionTerms = ['Org.OData.Core.V1.Description', 'com.sap.vocabularies.Common.v1.QuickInfo']
const longDescriptionTerm = 'Org.OData.Core.V1.LongDescription'

const indexes = new WeakMap<EdmModel, ReadonlyMap<string, readonly Annotation[]>>()

/**
 * An element's annotations with those the contract gives outside of it.
 * @param target how external annotations name the element: `Ns.Order/Freight`, `Ns.Container/Orders`
 */
export function annotationsOf(model: EdmModel, target: string, own: readonly Annotation[]): readonly Annotation[] {
  let index = indexes.get(model)
  if (index === undefined) indexes.set(model, (index = externalIndex(model)))
  const external = index.get(target)
  return external === undefined ? own : [...own, ...external]
}

function externalIndex(model: EdmModel): ReadonlyMap<string, readonly Annotation[]> {
  const index = new Map<string, Annotation[]>()
  for (const { externalAnnotations } of model.schemas.values()) {
    for (const { target, annotations } of externalAnnotations) index.set(target, [...(index.get(target) ?? []), ...annotations])
  }
  return index
}

/** The value of a term without qualifier. */
export const termValue = (annotations: readonly Annotation[], term: string): AnnotationValue | undefined =>
  annotations.find((annotation) => annotation.term === term && annotation.qualifier === undefined)?.value

/** Label and description for people, where they are given. */
export function wordsFor(annotations: readonly Annotation[]): { readonly label?: string; readonly description?: string } {
  const label = firstText(annotations, labelTerms)
  const short = firstText(annotations, descriptionTerms)
  const long = firstText(annotations, [longDescriptionTerm])
  const description = [short, long].filter((text) => text !== undefined).join('\n')
  return { ...(label === undefined ? {} : { label }), ...(description === '' ? {} : { description }) }
}

function firstText(annotations: readonly Annotation[], terms: readonly string[]): string | undefined {
  for (const term of terms) {
    const value = termValue(annotations, term)
    if (value?.kind === 'string' && value.text !== '') return value.text
  }
  return undefined
}
