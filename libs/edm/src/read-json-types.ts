import { alternateKeysOf } from './alternate-keys.js'
import { arrayMember, checkMembers, flagMember, namedMembers, objectMember, requiredMember, textMember, type JsonContext } from './json-context.js'
import type { JsonNode, JsonObject } from './json-text.js'
import type { ComplexType, EntityType, EnumMember, EnumType, KeyPart, NavigationProperty, Operation, Parameter, Property, Term, TypeDefinition } from './model.js'
import { readJsonAnnotations } from './read-json-annotations.js'
import { readJsonFacets, readJsonNavigation, readJsonParameter, readJsonProperty, readJsonReturnType, readJsonTypeRef, scalarText } from './read-json-members.js'

/** Name of a schema child, with its namespace. */
export interface ChildName {
  readonly namespace: string
  readonly name: string
  readonly qualifiedName: string
}

const typeMembers: ReadonlySet<string> = new Set(['$Kind', '$BaseType', '$Abstract', '$OpenType', '$HasStream', '$Key'])
const enumMembers: ReadonlySet<string> = new Set(['$Kind', '$UnderlyingType', '$IsFlags'])
const definitionMembers: ReadonlySet<string> = new Set(['$Kind', '$UnderlyingType', '$MaxLength', '$Precision', '$Scale', '$Unicode', '$SRID'])
const operationMembers: ReadonlySet<string> = new Set(['$Kind', '$IsBound', '$IsComposable', '$EntitySetPath', '$Parameter', '$ReturnType'])
const termMembers: ReadonlySet<string> = new Set(['$Kind', '$Type', '$Collection', '$Nullable', '$MaxLength', '$Precision', '$Scale', '$Unicode', '$SRID', '$BaseTerm', '$AppliesTo', '$DefaultValue'])

/** @see OData CSDL JSON 4.01, sections 6 and 9 */
export function readJsonStructured(context: JsonContext, name: ChildName, object: JsonObject): EntityType | ComplexType {
  checkMembers(context, object, typeMembers)
  const properties = new Map<string, Property>()
  const navigation = new Map<string, NavigationProperty>()
  for (const [member, child] of namedMembers(context, object)) {
    const kind = textMember(context, child, '$Kind') ?? 'Property'
    if (kind === 'NavigationProperty') {
      const read = readJsonNavigation(context, member, child)
      if (read !== undefined) navigation.set(member, read)
    } else if (kind === 'Property') properties.set(member, readJsonProperty(context, member, child))
    else context.warn(child, `The member ${member} is of the unknown kind ${kind} and is skipped.`)
  }
  const base = textMember(context, object, '$BaseType')
  const shared = {
    ...name,
    ...(base === undefined ? {} : { baseType: context.names.name(base) }),
    abstract: flagMember(context, object, '$Abstract'),
    open: flagMember(context, object, '$OpenType'),
    properties,
    navigation,
    annotations: readJsonAnnotations(context, object),
  }
  if (textMember(context, object, '$Kind') === 'ComplexType') return Object.freeze({ ...shared, kind: 'complex' })
  const key = Object.freeze(arrayMember(context, object, '$Key').flatMap((part) => readKeyPart(context, part)))
  return Object.freeze({ ...shared, kind: 'entity', hasStream: flagMember(context, object, '$HasStream'), key, alternateKeys: alternateKeysOf(shared.annotations) })
}

function readKeyPart(context: JsonContext, node: JsonNode): readonly KeyPart[] {
  if (node.kind === 'string') return [Object.freeze({ path: node.text })]
  if (node.kind === 'object') {
    const [alias, path] = [...node.members][0] ?? []
    if (alias !== undefined && path?.kind === 'string') return [Object.freeze({ path: path.text, alias })]
  }
  context.warn(node, 'A key part is neither a path nor an alias with a path; it is skipped.')
  return []
}

/** @see OData CSDL JSON 4.01, section 10 */
export function readJsonEnum(context: JsonContext, name: ChildName, object: JsonObject): EnumType {
  checkMembers(context, object, enumMembers)
  const members: EnumMember[] = []
  for (const [member, node] of object.members) {
    if (member.startsWith('$') || member.includes('@')) continue
    const text = scalarText(node)
    if (text === undefined || !/^-?\d{1,19}$/.test(text)) context.warn(node, `The value of the member ${member} is not an integer; it is skipped.`)
    else members.push(Object.freeze({ name: member, value: BigInt(text), annotations: readJsonAnnotations(context, object, member) }))
  }
  return Object.freeze({
    kind: 'enum',
    ...name,
    underlyingType: textMember(context, object, '$UnderlyingType') ?? 'Edm.Int32',
    isFlags: flagMember(context, object, '$IsFlags'),
    members: Object.freeze(members),
    annotations: readJsonAnnotations(context, object),
  })
}

/** @see OData CSDL JSON 4.01, section 11 */
export function readJsonDefinition(context: JsonContext, name: ChildName, object: JsonObject): TypeDefinition | undefined {
  const underlyingType = requiredMember(context, object, '$UnderlyingType')
  if (underlyingType === undefined) return undefined
  checkMembers(context, object, definitionMembers)
  return Object.freeze({ kind: 'typeDefinition', ...name, underlyingType: context.names.name(underlyingType), facets: readJsonFacets(context, object), annotations: readJsonAnnotations(context, object) })
}

/** @see OData CSDL JSON 4.01, section 12 */
export function readJsonOperation(context: JsonContext, name: ChildName, object: JsonObject): Operation | undefined {
  const kind = textMember(context, object, '$Kind')
  if (kind !== 'Action' && kind !== 'Function') {
    context.warn(object, `An overload of ${name.qualifiedName} is neither Action nor Function; it is skipped.`)
    return undefined
  }
  checkMembers(context, object, operationMembers)
  const parameters = arrayMember(context, object, '$Parameter').flatMap((each): readonly Parameter[] => {
    const read = each.kind === 'object' ? readJsonParameter(context, each) : undefined
    return read === undefined ? [] : [read]
  })
  const result = objectMember(context, object, '$ReturnType')
  const entitySetPath = textMember(context, object, '$EntitySetPath')
  return Object.freeze({
    kind: kind === 'Action' ? 'action' : 'function',
    ...name,
    bound: flagMember(context, object, '$IsBound'),
    composable: flagMember(context, object, '$IsComposable'),
    ...(entitySetPath === undefined ? {} : { entitySetPath: context.names.path(entitySetPath) }),
    parameters: Object.freeze(parameters),
    ...(result === undefined ? {} : readJsonReturnType(context, result)),
    annotations: readJsonAnnotations(context, object),
  })
}

/** @see OData CSDL JSON 4.01, section 14.1 */
export function readJsonTerm(context: JsonContext, name: ChildName, object: JsonObject): Term {
  checkMembers(context, object, termMembers)
  const base = textMember(context, object, '$BaseTerm')
  const defaultValue = scalarText(object.members.get('$DefaultValue'))
  return Object.freeze({
    ...name,
    type: readJsonTypeRef(context, object),
    ...(base === undefined ? {} : { baseTerm: context.names.name(base) }),
    appliesTo: Object.freeze(arrayMember(context, object, '$AppliesTo').flatMap((each) => (each.kind === 'string' ? [each.text] : []))),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    annotations: readJsonAnnotations(context, object),
  })
}
