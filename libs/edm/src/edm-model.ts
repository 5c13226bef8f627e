import type { EdmType, EdmVersion, EntityContainer, EntityType, KeyPart, ModelWarning, NavigationProperty, Operation, Property, Reference, Schema, StructuredType } from './model.js'

/** A contract read: immutable data and the look-ups everything else needs. Inherited members are included by the look-ups. */
export interface EdmModel {
  readonly version: EdmVersion
  readonly references: readonly Reference[]
  /** By namespace, in document order. */
  readonly schemas: ReadonlyMap<string, Schema>
  /** The default entity container, members of containers it extends included. */
  readonly container: EntityContainer | undefined
  readonly warnings: readonly ModelWarning[]

  /** A type by qualified (or alias-qualified) name. */
  type(name: string): EdmType | undefined
  /** An entity or complex type by qualified name. */
  structured(name: string): StructuredType | undefined
  entityType(name: string): EntityType | undefined
  /** A property of the type or of its base types. */
  property(type: StructuredType, name: string): Property | undefined
  navigation(type: StructuredType, name: string): NavigationProperty | undefined
  /** All properties, those of base types first. */
  properties(type: StructuredType): readonly Property[]
  navigations(type: StructuredType): readonly NavigationProperty[]
  /** The key, own or inherited; empty: none. */
  key(type: EntityType): readonly KeyPart[]
  /** True if `type` is `base` or derives from it (qualified names). */
  derivesFrom(type: string, base: string): boolean
  /** Direct and indirect derived types' qualified names. */
  derivedTypes(base: string): readonly string[]
  /** Overloads of an action or function by qualified name. */
  operations(qualifiedName: string): readonly Operation[]
  /** The primitive type beneath a type definition or enumeration; the name itself otherwise. */
  underlying(name: string): string
  /** The entity set (or path) a navigation property of a set or singleton is bound to. */
  bindingTarget(setOrSingleton: string, path: string): string | undefined
}
