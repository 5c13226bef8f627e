/**
 * The port through which the parser asks what a name is: the URL grammar is only decidable with the model
 * (is `A/B` a property, a navigation, a function?). Implemented over an EdmModel and, in tests, over name lists.
 */
export interface Names {
  /** What `name` is at the container: the first segment of a resource path or of `$root`. */
  container(name: string): ContainerName | undefined
  /** What `name` is on an instance of `type`; `type` undefined where an unknown name came before (then everything may be anything). */
  member(type: TypeHandle | undefined, name: string): MemberName | undefined
  /** A qualified name as a type: for casts, `cast` and `isof`. `Edm.…` included. */
  type(qualifiedName: string): TypeHandle | undefined
  /** A qualified (or, for the default namespace, unqualified) name as a bound or unbound operation. */
  operation(name: string): OperationName | undefined
  /** True if the key-as-segment convention applies to this service. */
  readonly keyAsSegment: boolean
  /** How many values a key of the entity type has, where known: how many key segments belong together. */
  keyParts?(type: TypeHandle): number | undefined
  /** True if instances of the type, or a collection of them, have a custom aggregate of this name. */
  customAggregate?(type: TypeHandle | undefined, name: string): boolean
  /** True if this is the qualifier of a leveled hierarchy of the type. */
  leveledHierarchy?(type: TypeHandle | undefined, name: string): boolean
}

/** Opaque to the parser: what a path stands at. Two different types may share no handle. */
export type TypeHandle = { readonly name: string; readonly collection: boolean; readonly structured: boolean }

/** What a name of the entity container stands for; `type` of a set is a collection, of an import the result's. */
export type ContainerName =
  | { readonly kind: 'entitySet' | 'singleton'; readonly type: TypeHandle }
  /** `parameters`: names of parameters that may be given as query options. */
  | { readonly kind: 'actionImport' | 'functionImport'; readonly type?: TypeHandle; readonly parameters?: readonly string[] }

/** What a member of a structured type stands for, and the type of its value. */
export type MemberName =
  | { readonly kind: 'property'; readonly type: TypeHandle }
  | { readonly kind: 'navigation'; readonly type: TypeHandle }

/** An action or function and the type of its result; undefined: none, or not known. */
export interface OperationName {
  readonly kind: 'action' | 'function'
  readonly type?: TypeHandle
  /** Names of the parameters of all overloads but the binding parameters', where known. */
  readonly parameters?: readonly string[]
}
