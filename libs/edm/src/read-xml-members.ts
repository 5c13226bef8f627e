import type { Annotation } from './annotation.js'
import type { Facets, NavigationProperty, Parameter, Property, ReferentialConstraint, TypeRef } from './model.js'
import { annotates, readAnnotations } from './read-xml-annotations.js'
import { booleanAttribute, checkAttributes, edmChildren, requiredAttribute, skip, type ReadContext } from './read-context.js'
import { facetsOf, splitCollection } from './type-ref.js'
import type { XmlElement } from './xml-tree.js'

const typeAttributes = ['Type', 'Nullable', 'MaxLength', 'Precision', 'Scale', 'Unicode', 'SRID'] as const
/** Facets of versions 1 to 3 that OData 4 has no use for. */
const olderFacets = ['FixedLength', 'Collation', 'ConcurrencyMode', 'CollectionKind', 'Mode'] as const

const propertyAttributes: ReadonlySet<string> = new Set(['Name', 'DefaultValue', ...typeAttributes, ...olderFacets])
const parameterAttributes: ReadonlySet<string> = new Set(['Name', ...typeAttributes, ...olderFacets])
const returnAttributes: ReadonlySet<string> = new Set([...typeAttributes, 'EntitySet'])
const navigationAttributes: ReadonlySet<string> = new Set(['Name', 'Type', 'Nullable', 'Partner', 'ContainsTarget'])

/** The facet attributes of an element. */
export const readFacets = (context: ReadContext, element: XmlElement): Facets =>
  facetsOf(element.attributes, (facet, text) => context.warn(element, `The facet ${facet} cannot be ${text} and is skipped.`))

/** The type an element refers to by its Type, Nullable and facet attributes. */
export function readTypeRef(context: ReadContext, element: XmlElement): TypeRef {
  const text = element.attributes['Type']
  if (text === undefined) context.warn(element, `The ${element.name} ${element.attributes['Name'] ?? ''} has no type; Edm.String is assumed.`)
  const { name, collection } = splitCollection(text ?? 'Edm.String')
  return Object.freeze({
    name: context.names.name(name),
    collection: collection || element.attributes['CollectionKind'] === 'List' || element.attributes['CollectionKind'] === 'Bag',
    nullable: booleanAttribute(context, element, 'Nullable') ?? true,
    facets: readFacets(context, element),
  })
}

/** @see OData CSDL XML 4.01, section 7 */
export function readProperty(context: ReadContext, element: XmlElement): Property | undefined {
  const name = requiredAttribute(context, element, 'Name')
  if (name === undefined) return undefined
  checkAttributes(context, element, propertyAttributes)
  onlyAnnotations(context, element)
  const defaultValue = element.attributes['DefaultValue']
  return Object.freeze({
    kind: 'property',
    name,
    type: readTypeRef(context, element),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    annotations: readAnnotations(context, element),
  })
}

/** Warns of child elements other than annotations. */
export function onlyAnnotations(context: ReadContext, element: XmlElement): void {
  for (const child of edmChildren(context, element)) if (!annotates(child)) skip(context, child, element)
}

/** @see OData CSDL XML 4.01, section 8 */
export function readNavigation(context: ReadContext, element: XmlElement): NavigationProperty | undefined {
  const name = requiredAttribute(context, element, 'Name')
  const type = requiredAttribute(context, element, 'Type')
  if (name === undefined || type === undefined) return undefined
  checkAttributes(context, element, navigationAttributes)
  const { name: target, collection } = splitCollection(type)
  const partner = element.attributes['Partner']
  return Object.freeze({
    kind: 'navigation',
    name,
    target: context.names.name(target),
    collection,
    nullable: !collection && (booleanAttribute(context, element, 'Nullable') ?? true),
    ...(partner === undefined ? {} : { partner: context.names.path(partner) }),
    containsTarget: booleanAttribute(context, element, 'ContainsTarget') ?? false,
    ...readRelation(context, element),
    annotations: readAnnotations(context, element),
  })
}

function readRelation(context: ReadContext, element: XmlElement): Pick<NavigationProperty, 'constraints' | 'onDelete'> {
  const constraints: ReferentialConstraint[] = []
  let onDelete: NavigationProperty['onDelete']
  for (const child of edmChildren(context, element)) {
    if (annotates(child)) continue
    if (child.children.some(annotates)) context.warn(child, `Annotations of ${child.name} are skipped.`)
    if (child.name === 'OnDelete') onDelete = onDeleteOf(context, child)
    else if (child.name === 'ReferentialConstraint') {
      const property = requiredAttribute(context, child, 'Property')
      const referencedProperty = requiredAttribute(context, child, 'ReferencedProperty')
      if (property !== undefined && referencedProperty !== undefined) constraints.push(Object.freeze({ property: context.names.path(property), referencedProperty: context.names.path(referencedProperty) }))
    } else skip(context, child, element)
  }
  return { constraints: Object.freeze(constraints), ...(onDelete === undefined ? {} : { onDelete }) }
}

const deleteActions = ['Cascade', 'None', 'SetNull', 'SetDefault'] as const

/** What an OnDelete element says is done. */
export function onDeleteOf(context: ReadContext, element: XmlElement): NavigationProperty['onDelete'] {
  const action = deleteActions.find((each) => each === element.attributes['Action'])
  if (action === undefined) context.warn(element, `The OnDelete action ${element.attributes['Action'] ?? ''} is not known and is skipped.`)
  return action
}

/** @see OData CSDL XML 4.01, section 12.9 */
export function readParameter(context: ReadContext, element: XmlElement): Parameter | undefined {
  const name = requiredAttribute(context, element, 'Name')
  if (name === undefined) return undefined
  checkAttributes(context, element, parameterAttributes)
  onlyAnnotations(context, element)
  return Object.freeze({ name, type: readTypeRef(context, element), annotations: readAnnotations(context, element) })
}

/** The result of an operation with what annotates it. @see OData CSDL XML 4.01, section 12.8 */
export function readReturnType(context: ReadContext, element: XmlElement): { readonly returnType: TypeRef; readonly returnTypeAnnotations?: readonly Annotation[] } {
  checkAttributes(context, element, returnAttributes)
  onlyAnnotations(context, element)
  const annotations = readAnnotations(context, element)
  return { returnType: readTypeRef(context, element), ...(annotations.length === 0 ? {} : { returnTypeAnnotations: annotations }) }
}
