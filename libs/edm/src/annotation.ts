/**
 * An annotation: a term applied to a model element, its value kept typed.
 * @see OData CSDL XML 4.01, section 14
 */
export interface Annotation {
  /** Qualified name of the term, alias resolved: `Org.OData.Core.V1.Description`. */
  readonly term: string
  readonly qualifier?: string
  readonly value: AnnotationValue
  readonly annotations: readonly Annotation[]
}

/** Path expressions keep their flavour: it decides what may stand there. */
export type PathKind = 'path' | 'propertyPath' | 'navigationPropertyPath' | 'annotationPath' | 'modelElementPath' | 'anyPropertyPath'

/** A constant or dynamic expression. Numbers keep their text: a decimal is never a double. */
export type AnnotationValue =
  | { readonly kind: 'string' | 'bool' | 'int' | 'decimal' | 'float' | 'date' | 'dateTimeOffset' | 'duration' | 'guid' | 'timeOfDay' | 'binary' | 'enumMember'; readonly text: string }
  | { readonly kind: 'null' }
  | { readonly kind: PathKind; readonly path: string }
  | { readonly kind: 'collection'; readonly items: readonly AnnotationValue[] }
  | { readonly kind: 'record'; readonly type?: string; readonly properties: ReadonlyMap<string, AnnotationValue>; readonly annotations: readonly Annotation[] }
  | { readonly kind: 'apply'; readonly function: string; readonly arguments: readonly AnnotationValue[] }
  | { readonly kind: 'operator'; readonly operator: string; readonly arguments: readonly AnnotationValue[] }
  | { readonly kind: 'if'; readonly arguments: readonly AnnotationValue[] }
  | { readonly kind: 'cast' | 'isOf'; readonly type: string; readonly collection: boolean; readonly argument: AnnotationValue }
  | { readonly kind: 'labeled'; readonly name: string; readonly value: AnnotationValue }
  | { readonly kind: 'labeledReference'; readonly name: string }
  | { readonly kind: 'urlRef'; readonly value: AnnotationValue }
