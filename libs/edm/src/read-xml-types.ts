import { alternateKeysOf } from './alternate-keys.js'
import type { ComplexType, EntityType, EnumMember, EnumType, KeyPart, NavigationProperty, Operation, Parameter, Property, StructuredType, Term, TypeDefinition } from './model.js'
import { withDerived } from './make-annotation.js'
import { annotates, readAnnotations } from './read-xml-annotations.js'
import { addNamed, booleanAttribute, checkAttributes, edmChildren, foreignAttribute, metadataNamespace, requiredAttribute, skip } from './read-context.js'
import { onlyAnnotations, readFacets, readNavigation, readParameter, readProperty, readReturnType, readTypeRef } from './read-xml-members.js'
import type { SchemaContext } from './schema-context.js'
import type { XmlElement } from './xml-tree.js'

const structuredAttributes: ReadonlySet<string> = new Set(['Name', 'BaseType', 'Abstract', 'OpenType', 'HasStream'])
const enumAttributes: ReadonlySet<string> = new Set(['Name', 'UnderlyingType', 'IsFlags'])
const memberAttributes: ReadonlySet<string> = new Set(['Name', 'Value'])
const definitionAttributes: ReadonlySet<string> = new Set(['Name', 'UnderlyingType', 'MaxLength', 'Precision', 'Scale', 'Unicode', 'SRID'])
const operationAttributes: ReadonlySet<string> = new Set(['Name', 'IsBound', 'IsComposable', 'EntitySetPath'])
const termAttributes: ReadonlySet<string> = new Set(['Name', 'Type', 'BaseTerm', 'AppliesTo', 'DefaultValue', 'Nullable', 'MaxLength', 'Precision', 'Scale', 'Unicode', 'SRID'])

/** Namespace, name and qualified name of a child of the schema. */
const named = (context: SchemaContext, name: string): { readonly namespace: string; readonly name: string; readonly qualifiedName: string } => ({
  namespace: context.namespace,
  name,
  qualifiedName: `${context.namespace}.${name}`,
})

type StructuredParts = StructuredType & { readonly key: readonly KeyPart[] }

function readStructured(context: SchemaContext, element: XmlElement): StructuredParts | undefined {
  const name = requiredAttribute(context, element, 'Name')
  if (name === undefined) return undefined
  checkAttributes(context, element, structuredAttributes)
  const properties = new Map<string, Property>()
  const navigation = new Map<string, NavigationProperty>()
  let key: readonly KeyPart[] = []
  for (const child of edmChildren(context, element)) {
    if (child.name === 'Property') addNamed(context, child, properties, (context.legacy?.property ?? readProperty)(context, child))
    else if (child.name === 'NavigationProperty') addNamed(context, child, navigation, (context.legacy?.navigation ?? readNavigation)(context, child))
    else if (child.name === 'Key') key = readKey(context, child)
    else if (!annotates(child)) skip(context, child, element)
  }
  const base = element.attributes['BaseType']
  return {
    ...named(context, name),
    ...(base === undefined || base === '' ? {} : { baseType: context.names.name(base.trim()) }),
    abstract: booleanAttribute(context, element, 'Abstract') ?? false,
    open: booleanAttribute(context, element, 'OpenType') ?? false,
    properties,
    navigation,
    key,
    annotations: withDerived(readAnnotations(context, element), context.legacy?.annotationsOf(context, element) ?? []),
  }
}

function readKey(context: SchemaContext, element: XmlElement): readonly KeyPart[] {
  const parts: KeyPart[] = []
  for (const child of edmChildren(context, element)) {
    if (child.name !== 'PropertyRef') skip(context, child, element)
    else {
      const path = requiredAttribute(context, child, 'Name')
      const alias = child.attributes['Alias']
      if (path !== undefined) parts.push(Object.freeze({ path, ...(alias === undefined ? {} : { alias }) }))
    }
  }
  return Object.freeze(parts)
}

/** @see OData CSDL XML 4.01, section 6 */
export function readEntityType(context: SchemaContext, element: XmlElement): EntityType | undefined {
  const parts = readStructured(context, element)
  if (parts === undefined) return undefined
  const hasStream = booleanAttribute(context, element, 'HasStream') ?? foreignAttribute(element, metadataNamespace, 'HasStream') === 'true'
  return Object.freeze({ ...parts, kind: 'entity', hasStream, alternateKeys: alternateKeysOf(parts.annotations) })
}

/** @see OData CSDL XML 4.01, section 9 */
export function readComplexType(context: SchemaContext, element: XmlElement): ComplexType | undefined {
  const parts = readStructured(context, element)
  if (parts === undefined) return undefined
  const { key, ...rest } = parts
  if (key.length > 0) context.warn(element, 'The key of a complex type is skipped.')
  return Object.freeze({ ...rest, kind: 'complex' })
}

/** @see OData CSDL XML 4.01, section 10 */
export function readEnumType(context: SchemaContext, element: XmlElement): EnumType | undefined {
  const name = requiredAttribute(context, element, 'Name')
  if (name === undefined) return undefined
  checkAttributes(context, element, enumAttributes)
  const members = new Map<string, EnumMember>()
  let next = 0n
  for (const child of edmChildren(context, element)) {
    if (annotates(child)) continue
    if (child.name !== 'Member') skip(context, child, element)
    else {
      const member = readMember(context, child, next)
      if (member !== undefined) next = member.value + 1n
      addNamed(context, child, members, member)
    }
  }
  return Object.freeze({
    kind: 'enum',
    ...named(context, name),
    underlyingType: context.names.name((element.attributes['UnderlyingType'] ?? 'Edm.Int32').trim()),
    isFlags: booleanAttribute(context, element, 'IsFlags') ?? false,
    members: Object.freeze([...members.values()]),
    annotations: readAnnotations(context, element),
  })
}

function readMember(context: SchemaContext, element: XmlElement, next: bigint): EnumMember | undefined {
  const name = requiredAttribute(context, element, 'Name')
  if (name === undefined) return undefined
  checkAttributes(context, element, memberAttributes)
  onlyAnnotations(context, element)
  const text = element.attributes['Value']?.trim()
  const valid = text === undefined || /^[+-]?\d{1,19}$/.test(text)
  if (!valid) context.warn(element, `The value ${text} of the member ${name} is not an integer; the next free one is taken.`)
  return Object.freeze({ name, value: text !== undefined && valid ? BigInt(text.replace('+', '')) : next, annotations: readAnnotations(context, element) })
}

/** @see OData CSDL XML 4.01, section 11 */
export function readTypeDefinition(context: SchemaContext, element: XmlElement): TypeDefinition | undefined {
  const name = requiredAttribute(context, element, 'Name')
  const underlyingType = requiredAttribute(context, element, 'UnderlyingType')
  if (name === undefined || underlyingType === undefined) return undefined
  checkAttributes(context, element, definitionAttributes)
  onlyAnnotations(context, element)
  return Object.freeze({
    kind: 'typeDefinition',
    ...named(context, name),
    underlyingType: context.names.name(underlyingType.trim()),
    facets: readFacets(context, element),
    annotations: readAnnotations(context, element),
  })
}

/** An action or function of OData 4. @see OData CSDL XML 4.01, section 12 */
export function readOperation(context: SchemaContext, element: XmlElement): Operation | undefined {
  const name = requiredAttribute(context, element, 'Name')
  if (name === undefined) return undefined
  checkAttributes(context, element, operationAttributes)
  const parameters = new Map<string, Parameter>()
  let result: ReturnType<typeof readReturnType> | undefined
  for (const child of edmChildren(context, element)) {
    if (child.name === 'Parameter') addNamed(context, child, parameters, readParameter(context, child))
    else if (child.name === 'ReturnType') result = readReturnType(context, child)
    else if (!annotates(child)) skip(context, child, element)
  }
  const entitySetPath = element.attributes['EntitySetPath']
  return Object.freeze({
    kind: element.name === 'Action' ? 'action' : 'function',
    ...named(context, name),
    bound: booleanAttribute(context, element, 'IsBound') ?? false,
    composable: booleanAttribute(context, element, 'IsComposable') ?? false,
    ...(entitySetPath === undefined ? {} : { entitySetPath: context.names.path(entitySetPath) }),
    parameters: Object.freeze([...parameters.values()]),
    ...result,
    annotations: readAnnotations(context, element),
  })
}

/** @see OData CSDL XML 4.01, section 14.1 */
export function readTerm(context: SchemaContext, element: XmlElement): Term | undefined {
  const name = requiredAttribute(context, element, 'Name')
  if (name === undefined) return undefined
  checkAttributes(context, element, termAttributes)
  onlyAnnotations(context, element)
  const { BaseTerm: base, DefaultValue: defaultValue, AppliesTo: appliesTo } = element.attributes
  return Object.freeze({
    ...named(context, name),
    type: readTypeRef(context, element),
    ...(base === undefined ? {} : { baseTerm: context.names.name(base.trim()) }),
    appliesTo: Object.freeze((appliesTo ?? '').split(/\s+/).filter((each) => each !== '')),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    annotations: readAnnotations(context, element),
  })
}
