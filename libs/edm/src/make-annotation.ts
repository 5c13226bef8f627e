import type { Annotation, AnnotationValue } from './annotation.js'

const none: readonly Annotation[] = Object.freeze([])

/** An annotation without a qualifier or annotations of its own. */
export const makeAnnotation = (term: string, value: AnnotationValue, annotations: readonly Annotation[] = none): Annotation =>
  Object.freeze({ term, value: Object.freeze(value), annotations })

/** Two annotations with one key cannot stand on one element. */
export const annotationKey = ({ term, qualifier }: Annotation): string => (qualifier === undefined ? term : `${term}#${qualifier}`)

/** Annotations given, and those that follow from something else unless their term is given. */
export function withDerived(given: readonly Annotation[], derived: readonly Annotation[]): readonly Annotation[] {
  if (derived.length === 0) return given
  const keys = new Set(given.map(annotationKey))
  const added = derived.filter((each) => !keys.has(annotationKey(each)))
  return added.length === 0 ? given : Object.freeze([...given, ...added])
}
