import type { Annotation, AnnotationValue } from './annotation.js'

const none: readonly Annotation[] = Object.freeze([])

/** An annotation without a qualifier or annotations of its own. */
export const makeAnnotation = (term: string, value: AnnotationValue, annotations: readonly Annotation[] = none): Annotation =>
  Object.freeze({ term, value: Object.freeze(value), annotations })

/** True where two annotations cannot stand on one element. */
export const sameTerm = (a: Annotation, b: Annotation): boolean => a.term === b.term && a.qualifier === b.qualifier

/** Annotations given, and those that follow from something else unless their term is given. */
export function withDerived(given: readonly Annotation[], derived: readonly Annotation[]): readonly Annotation[] {
  const added = derived.filter((each) => !given.some((other) => sameTerm(each, other)))
  return added.length === 0 ? given : Object.freeze([...given, ...added])
}
