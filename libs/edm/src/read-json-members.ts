import { checkMembers, flagMember, requiredMember, textMember, type JsonContext } from './json-context.js'
import type { JsonNode, JsonObject } from './json-text.js'
import type { Facets, NavigationProperty, Parameter, Property, ReferentialConstraint, TypeRef } from './model.js'
import { readJsonAnnotations } from './read-json-annotations.js'
import { facetsOf } from './type-ref.js'

const typeMembers = ['$Type', '$Collection', '$Nullable', '$MaxLength', '$Precision', '$Scale', '$Unicode', '$SRID'] as const
const propertyMembers: ReadonlySet<string> = new Set(['$Kind', '$DefaultValue', ...typeMembers])
const navigationMembers: ReadonlySet<string> = new Set(['$Kind', '$Type', '$Collection', '$Nullable', '$Partner', '$ContainsTarget', '$ReferentialConstraint', '$OnDelete'])
const parameterMembers: ReadonlySet<string> = new Set(['$Name', ...typeMembers])
const returnMembers: ReadonlySet<string> = new Set(typeMembers)

/** The text of a constant, however JSON writes it. */
export function scalarText(node: JsonNode | undefined): string | undefined {
  if (node === undefined) return undefined
  if (node.kind === 'string' || node.kind === 'number') return node.text
  return node.kind === 'boolean' ? String(node.value) : undefined
}

/** The facets among an object's members. */
export function readJsonFacets(context: JsonContext, object: JsonObject): Facets {
  const text = (name: string): string | undefined => scalarText(object.members.get(name))
  const attributes = { MaxLength: text('$MaxLength'), Precision: text('$Precision'), Scale: text('$Scale'), Unicode: text('$Unicode'), SRID: text('$SRID') }
  return facetsOf(attributes, (facet, value) => context.warn(object, `The facet ${facet} cannot be ${value} and is skipped.`))
}

/** The type an object refers to by `$Type`, `$Collection`, `$Nullable` and facets; Edm.String where it names none. */
export function readJsonTypeRef(context: JsonContext, object: JsonObject): TypeRef {
  const name = context.names.name(textMember(context, object, '$Type') ?? 'Edm.String')
  const facets = readJsonFacets(context, object)
  return Object.freeze({
    name,
    collection: flagMember(context, object, '$Collection'),
    nullable: flagMember(context, object, '$Nullable'),
    // In JSON a decimal without a scale has a variable one.
    facets: name === 'Edm.Decimal' && facets.scale === undefined ? Object.freeze({ ...facets, scale: 'variable' as const }) : facets,
  })
}

/** @see OData CSDL JSON 4.01, section 7 */
export function readJsonProperty(context: JsonContext, name: string, object: JsonObject): Property {
  checkMembers(context, object, propertyMembers)
  const defaultValue = scalarText(object.members.get('$DefaultValue'))
  return Object.freeze({
    kind: 'property',
    name,
    type: readJsonTypeRef(context, object),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    annotations: readJsonAnnotations(context, object),
  })
}

const deleteActions = ['Cascade', 'None', 'SetNull', 'SetDefault'] as const

/** @see OData CSDL JSON 4.01, section 8 */
export function readJsonNavigation(context: JsonContext, name: string, object: JsonObject): NavigationProperty | undefined {
  const target = requiredMember(context, object, '$Type')
  if (target === undefined) return undefined
  checkMembers(context, object, navigationMembers)
  const collection = flagMember(context, object, '$Collection')
  const partner = textMember(context, object, '$Partner')
  const action = textMember(context, object, '$OnDelete')
  const onDelete = deleteActions.find((each) => each === action)
  if (action !== undefined && onDelete === undefined) context.warn(object, `The OnDelete action ${action} is not known and is skipped.`)
  return Object.freeze({
    kind: 'navigation',
    name,
    target: context.names.name(target),
    collection,
    nullable: !collection && flagMember(context, object, '$Nullable'),
    ...(partner === undefined ? {} : { partner: context.names.path(partner) }),
    containsTarget: flagMember(context, object, '$ContainsTarget'),
    constraints: readConstraints(context, object),
    ...(onDelete === undefined ? {} : { onDelete }),
    annotations: readJsonAnnotations(context, object),
  })
}

function readConstraints(context: JsonContext, object: JsonObject): readonly ReferentialConstraint[] {
  const node = object.members.get('$ReferentialConstraint')
  const constraints: ReferentialConstraint[] = []
  for (const [property, referenced] of node?.kind === 'object' ? node.members : []) {
    if (property.includes('@')) context.warn(referenced, 'Annotations of ReferentialConstraint are skipped.')
    else if (referenced.kind === 'string') constraints.push(Object.freeze({ property: context.names.path(property), referencedProperty: context.names.path(referenced.text) }))
    else context.warn(referenced, `The constraint on ${property} is not a string and is skipped.`)
  }
  return Object.freeze(constraints)
}

/** @see OData CSDL JSON 4.01, section 12.9 */
export function readJsonParameter(context: JsonContext, object: JsonObject): Parameter | undefined {
  const name = requiredMember(context, object, '$Name')
  if (name === undefined) return undefined
  checkMembers(context, object, parameterMembers)
  return Object.freeze({ name, type: readJsonTypeRef(context, object), annotations: readJsonAnnotations(context, object) })
}

/** @see OData CSDL JSON 4.01, section 12.8 */
export function readJsonReturnType(context: JsonContext, object: JsonObject): { readonly returnType: TypeRef; readonly returnTypeAnnotations?: ReturnType<typeof readJsonAnnotations> } {
  checkMembers(context, object, returnMembers)
  const annotations = readJsonAnnotations(context, object)
  return { returnType: readJsonTypeRef(context, object), ...(annotations.length === 0 ? {} : { returnTypeAnnotations: annotations }) }
}
