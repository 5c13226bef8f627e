import type { Annotation } from './annotation.js'
import type { EntitySet, NavigationProperty, Operation, OperationImport, Property } from './model.js'
import type { ReadContext } from './read-context.js'
import type { XmlElement } from './xml-tree.js'

/** What the readers of schema children need: the schema's namespace, and how versions 1 to 3 differ. */
export interface SchemaContext extends ReadContext {
  readonly namespace: string
  /** Present where the schema is of version 1, 2 or 3. */
  readonly legacy?: LegacyReading
}

/** What versions 1 to 3 say in another way. */
export interface LegacyReading {
  property(context: ReadContext, element: XmlElement): Property | undefined
  navigation(context: ReadContext, element: XmlElement): NavigationProperty | undefined
  /** Annotations that attributes of an element amount to. */
  annotationsOf(context: ReadContext, element: XmlElement): readonly Annotation[]
  /** The bindings and annotations of an entity set. */
  entitySet(context: ReadContext, container: XmlElement, element: XmlElement): Pick<EntitySet, 'bindings' | 'annotations'>
  /** A function import is an operation and, unless bound, its import. */
  functionImport(context: SchemaContext, element: XmlElement): { readonly operation: Operation; readonly import?: OperationImport } | undefined
}
