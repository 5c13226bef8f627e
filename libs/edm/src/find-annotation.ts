import type { Annotation, AnnotationValue } from './annotation.js'

/** The annotation of a term among an element's; without a qualifier the unqualified one. */
export function findAnnotation(annotations: readonly Annotation[], term: string, qualifier?: string): Annotation | undefined {
  return annotations.find((each) => each.term === term && each.qualifier === qualifier)
}

/** The value of an annotation: `findAnnotation(…)?.value`. */
export const annotationValue = (annotations: readonly Annotation[], term: string, qualifier?: string): AnnotationValue | undefined => findAnnotation(annotations, term, qualifier)?.value

/** The text of a constant or a path. CSDL JSON writes both as strings, so that readers of annotations should take either. */
export function textOf(value: AnnotationValue | undefined): string | undefined {
  if (value === undefined) return undefined
  return 'text' in value ? value.text : 'path' in value ? value.path : undefined
}
