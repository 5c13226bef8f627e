import type { AnnotationValue } from './annotation.js'
import { booleanOf } from './type-ref.js'
import type { NameResolver } from './qualified-name.js'
import type { Position } from './warnings.js'
import { isPlain, type XmlElement } from './xml-tree.js'

/** What every part of the XML reader needs to know. */
export interface ReadContext {
  readonly names: NameResolver
  /** Values of annotations that have none, by term. */
  readonly defaults: ReadonlyMap<string, AnnotationValue>
  warn(position: Position, message: string): void
}

/** Namespaces of CSDL itself by the protocol version they came with; `Schema` and everything in it. */
export const edmNamespaces: ReadonlyMap<string, '1.0' | '2.0' | '3.0' | '4.0'> = new Map([
  ['http://schemas.microsoft.com/ado/2006/04/edm', '1.0'],
  ['http://schemas.microsoft.com/ado/2007/05/edm', '1.0'],
  ['http://schemas.microsoft.com/ado/2008/01/edm', '2.0'],
  ['http://schemas.microsoft.com/ado/2008/09/edm', '2.0'],
  ['http://schemas.microsoft.com/ado/2009/08/edm', '2.0'],
  ['http://schemas.microsoft.com/ado/2009/11/edm', '3.0'],
  ['http://docs.oasis-open.org/odata/ns/edm', '4.0'],
])

/** Namespace of the `sap:` attributes of version 2 services. */
export const sapNamespace = 'http://www.sap.com/Protocols/SAPData'
/** Namespace of the `m:` attributes of versions 1 to 3. */
export const metadataNamespace = 'http://schemas.microsoft.com/ado/2007/08/dataservices/metadata'
/** Namespace of generation hints such as `StoreGeneratedPattern`. */
export const edmAnnotationNamespace = 'http://schemas.microsoft.com/ado/2009/02/edm/annotation'

/** Namespaces whose attributes are read where they mean something, and XML's own. */
const understood: ReadonlySet<string> = new Set([sapNamespace, metadataNamespace, edmAnnotationNamespace, 'http://www.w3.org/XML/1998/namespace'])

/** The children that are CSDL; what is foreign is skipped with a warning. */
export function edmChildren(context: ReadContext, element: XmlElement): readonly XmlElement[] {
  const isEdm = (child: XmlElement): boolean => child.namespace === element.namespace || edmNamespaces.has(child.namespace)
  if (element.children.every(isEdm)) return element.children
  return element.children.filter((child) => {
    if (isEdm(child)) return true
    context.warn(child, `The element ${child.name} of ${child.namespace || 'no namespace'} is skipped.`)
    return false
  })
}

/** Says that an element is not known where it stands. */
export function skip(context: ReadContext, child: XmlElement, parent: XmlElement): void {
  context.warn(child, `The element ${child.name} is not known in ${parent.name} and is skipped.`)
}

/** Warns of attributes that are not among the known ones. */
export function checkAttributes(context: ReadContext, element: XmlElement, known: ReadonlySet<string>): void {
  for (const name in element.attributes) {
    if (!known.has(name) && isPlain(name)) context.warn(element, `The attribute ${name} is not known on ${element.name} and is skipped.`)
  }
  for (const { namespace, name } of element.foreign) {
    if (!understood.has(namespace)) context.warn(element, `The attribute ${name} of ${namespace} is skipped.`)
  }
}

/** A boolean attribute; a text that is none counts as absent, with a warning. */
export function booleanAttribute(context: ReadContext, element: XmlElement, name: string): boolean | undefined {
  const text = element.attributes[name]
  if (text === undefined) return undefined
  const value = booleanOf(text)
  if (value === undefined) context.warn(element, `The attribute ${name} of ${element.name} is not a boolean: ${text}.`)
  return value
}

/** A required attribute; where it is missing the element is skipped with a warning. */
export function requiredAttribute(context: ReadContext, element: XmlElement, name: string): string | undefined {
  const text = element.attributes[name]
  if (text === undefined || text === '') {
    context.warn(element, `An element ${element.name} has no ${name} and is skipped.`)
    return undefined
  }
  return text
}

/** The value of an attribute of another namespace. */
export const foreignAttribute = (element: XmlElement, namespace: string, name: string): string | undefined =>
  element.foreign.length === 0 ? undefined : element.foreign.find((each) => each.namespace === namespace && each.name === name)?.value

/** Adds to a map what has a new name; a second of the same name is skipped with a warning. */
export function addNamed<V extends { readonly name: string }>(context: ReadContext, at: XmlElement, map: Map<string, V>, value: V | undefined): void {
  if (value === undefined) return
  if (map.has(value.name)) context.warn(at, `There is a second ${at.name} named ${value.name}; it is skipped.`)
  else map.set(value.name, value)
}
