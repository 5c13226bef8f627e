import type { Annotation } from './annotation.js'

/**
 * The entity data model as one immutable value: the same shape whatever the version or format it was read from.
 * Names are qualified with the schema's namespace (aliases are resolved while reading).
 * @see OData CSDL XML 4.01, sections 3–14
 */

/** OData protocol version the contract was written in. */
export type EdmVersion = '1.0' | '2.0' | '3.0' | '4.0' | '4.01'

/** Limits of a primitive type. @see CSDL 4.01 section 7.2 */
export interface Facets {
  readonly maxLength?: number | 'max'
  readonly precision?: number
  readonly scale?: number | 'variable' | 'floating'
  readonly unicode?: boolean
  readonly srid?: number | 'variable'
}

/** A use of a type: `Collection(Edm.String)` has name `Edm.String` and collection true. */
export interface TypeRef {
  /** `Edm.…` or the qualified name of a type of the model. */
  readonly name: string
  readonly collection: boolean
  /** Of the value, or of the members where collection. */
  readonly nullable: boolean
  readonly facets: Facets
}

/** A structural property. @see CSDL 4.01 section 7 */
export interface Property {
  readonly kind: 'property'
  readonly name: string
  readonly type: TypeRef
  readonly defaultValue?: string
  readonly annotations: readonly Annotation[]
}

/** `property` of this type equals `referencedProperty` of the target. */
export interface ReferentialConstraint {
  readonly property: string
  readonly referencedProperty: string
}

/** A way to related entities. @see CSDL 4.01 section 8 */
export interface NavigationProperty {
  readonly kind: 'navigation'
  readonly name: string
  /** Qualified name of the target entity type (or Edm.EntityType). */
  readonly target: string
  readonly collection: boolean
  readonly nullable: boolean
  /** Name of the navigation property of the target that leads back. */
  readonly partner?: string
  readonly containsTarget: boolean
  readonly constraints: readonly ReferentialConstraint[]
  readonly onDelete?: 'Cascade' | 'None' | 'SetNull' | 'SetDefault'
  readonly annotations: readonly Annotation[]
}

/** A part of a key: a property path (`ID`, `Address/Code`) and the alias that addresses it when the path is not a name. */
export interface KeyPart {
  readonly path: string
  readonly alias?: string
}

/** What entity and complex types share. `properties` and `navigation` are the type's own, without those inherited. */
export interface StructuredType {
  readonly namespace: string
  readonly name: string
  readonly qualifiedName: string
  readonly baseType?: string
  readonly abstract: boolean
  readonly open: boolean
  readonly properties: ReadonlyMap<string, Property>
  readonly navigation: ReadonlyMap<string, NavigationProperty>
  readonly annotations: readonly Annotation[]
}

/** A type whose instances have an identity. @see CSDL 4.01 section 6 */
export interface EntityType extends StructuredType {
  readonly kind: 'entity'
  readonly hasStream: boolean
  /** The type's own key; empty where it is inherited or there is none. */
  readonly key: readonly KeyPart[]
  /** From Core.AlternateKeys: each an alternative to the key. */
  readonly alternateKeys: readonly (readonly KeyPart[])[]
}

/** A structured type without identity. @see CSDL 4.01 section 9 */
export interface ComplexType extends StructuredType {
  readonly kind: 'complex'
}

/** A named value of an enumeration type. */
export interface EnumMember {
  readonly name: string
  readonly value: bigint
  readonly annotations: readonly Annotation[]
}

/** Named integer values. @see CSDL 4.01 section 10 */
export interface EnumType {
  readonly kind: 'enum'
  readonly namespace: string
  readonly name: string
  readonly qualifiedName: string
  readonly underlyingType: string
  readonly isFlags: boolean
  readonly members: readonly EnumMember[]
  readonly annotations: readonly Annotation[]
}

/** A primitive type under another name, with facets and annotations of its own. @see CSDL 4.01 section 11 */
export interface TypeDefinition {
  readonly kind: 'typeDefinition'
  readonly namespace: string
  readonly name: string
  readonly qualifiedName: string
  readonly underlyingType: string
  readonly facets: Facets
  readonly annotations: readonly Annotation[]
}

/** Everything a schema can define as a type. */
export type EdmType = EntityType | ComplexType | EnumType | TypeDefinition

/** A parameter of an action or function; the first of a bound one is what it is bound to. */
export interface Parameter {
  readonly name: string
  readonly type: TypeRef
  readonly annotations: readonly Annotation[]
}

/** One overload of an action or function. */
export interface Operation {
  readonly kind: 'action' | 'function'
  readonly namespace: string
  readonly name: string
  readonly qualifiedName: string
  readonly bound: boolean
  readonly composable: boolean
  readonly entitySetPath?: string
  readonly parameters: readonly Parameter[]
  readonly returnType?: TypeRef
  /** Present only where the return type itself is annotated. */
  readonly returnTypeAnnotations?: readonly Annotation[]
  readonly annotations: readonly Annotation[]
}

/** A term that annotations apply. @see CSDL 4.01 section 14.1 */
export interface Term {
  readonly namespace: string
  readonly name: string
  readonly qualifiedName: string
  readonly type: TypeRef
  readonly baseTerm?: string
  readonly appliesTo: readonly string[]
  readonly defaultValue?: string
  readonly annotations: readonly Annotation[]
}

/** Navigation property path (may hold casts and complex properties) → target entity set (or path, in other containers). */
export interface NavigationBinding {
  readonly path: string
  readonly target: string
}

/** A named collection of entities. @see CSDL 4.01 section 13.2 */
export interface EntitySet {
  readonly kind: 'entitySet'
  readonly name: string
  readonly entityType: string
  readonly includeInServiceDocument: boolean
  readonly bindings: readonly NavigationBinding[]
  readonly annotations: readonly Annotation[]
}

/** A single named entity. @see CSDL 4.01 section 13.3 */
export interface Singleton {
  readonly kind: 'singleton'
  readonly name: string
  readonly entityType: string
  readonly nullable: boolean
  readonly bindings: readonly NavigationBinding[]
  readonly annotations: readonly Annotation[]
}

/** An unbound operation exposed by the container. @see CSDL 4.01 sections 13.5 and 13.6 */
export interface OperationImport {
  readonly kind: 'actionImport' | 'functionImport'
  readonly name: string
  /** Qualified name of the action or function. */
  readonly operation: string
  readonly entitySet?: string
  readonly includeInServiceDocument: boolean
  readonly annotations: readonly Annotation[]
}

/** What a service serves. @see CSDL 4.01 section 13 */
export interface EntityContainer {
  readonly namespace: string
  readonly name: string
  readonly qualifiedName: string
  readonly extends?: string
  readonly entitySets: ReadonlyMap<string, EntitySet>
  readonly singletons: ReadonlyMap<string, Singleton>
  readonly operationImports: ReadonlyMap<string, OperationImport>
  readonly annotations: readonly Annotation[]
}

/** Annotations given outside the element they describe. @see CSDL 4.01 section 14.2 */
export interface ExternalAnnotations {
  readonly target: string
  readonly qualifier?: string
  readonly annotations: readonly Annotation[]
}

/** A namespace and what it defines. @see CSDL 4.01 section 5 */
export interface Schema {
  readonly namespace: string
  readonly alias?: string
  readonly types: ReadonlyMap<string, EdmType>
  /** Overloads by unqualified name. */
  readonly operations: ReadonlyMap<string, readonly Operation[]>
  readonly terms: ReadonlyMap<string, Term>
  readonly containers: ReadonlyMap<string, EntityContainer>
  readonly annotations: readonly Annotation[]
  readonly externalAnnotations: readonly ExternalAnnotations[]
}

/** A reference to another document. @see CSDL 4.01 section 3.3 */
export interface Reference {
  readonly uri: string
  readonly includes: readonly { readonly namespace: string; readonly alias?: string }[]
  readonly includeAnnotations: readonly { readonly termNamespace: string; readonly qualifier?: string; readonly targetNamespace?: string }[]
  readonly annotations: readonly Annotation[]
}

/** Something of the contract that was skipped or repaired. */
export interface ModelWarning {
  readonly line: number
  readonly column: number
  readonly message: string
}
