import { hubError } from '@tributary/errors'
import { createModel } from './create-model.js'
import { defaultContainer } from './default-container.js'
import type { EdmModel } from './edm-model.js'
import { arrayMember, checkMembers, objectMember, requiredMember, textMember, type JsonContext } from './json-context.js'
import { parseJson, lazyPosition, type JsonNode, type JsonObject } from './json-text.js'
import type { EdmVersion, Reference, Schema } from './model.js'
import { originTerms } from './origin-terms.js'
import { nameResolver, splitName, type NameResolver } from './qualified-name.js'
import { readJsonAnnotations } from './read-json-annotations.js'
import { readJsonContainer } from './read-json-container.js'
import { readJsonDefinition, readJsonEnum, readJsonOperation, readJsonStructured, readJsonTerm, type ChildName } from './read-json-types.js'
import { makeAnnotation } from './make-annotation.js'
import { schemaBuilder, withExternalKeys, type SchemaBuilder } from './schema-builder.js'
import { warnings, type Warnings } from './warnings.js'
import type { DocumentLimits } from './xml-tree.js'

const versions: readonly EdmVersion[] = ['2.0', '3.0', '4.0', '4.01']

/**
 * Reads CSDL JSON.
 * @throws HUB_CONTRACT_SYNTAX, HUB_CONTRACT_INVALID
 * @see OData CSDL JSON 4.01
 */
export function modelOfJson(text: string, limits: DocumentLimits): EdmModel {
  const root = parseJson(text, limits)
  if (root.kind !== 'object') throw hubError('HUB_CONTRACT_INVALID', { reason: 'its root is not an object' })
  const found = warnings()
  const names = nameResolver(aliases(root))
  const context: JsonContext = { names, warn: (node, message) => found.warn(lazyPosition(text, node.offset), message) }
  checkMembers(context, root, rootMembers)
  const written = textMember(context, root, '$Version')
  const version = versions.find((each) => each === written)
  if (version === undefined) context.warn(root, `The version ${written ?? '(none)'} is not known; 4.01 is assumed.`)
  const schemas = [...schemaMembers(context, root)].map(([namespace, object]) => readSchema({ context, found, text }, namespace, object))
  const chosen = textMember(context, root, '$EntityContainer')
  return createModel({
    version: version ?? '4.01',
    schemas: withDefault(withExternalKeys(schemas), chosen === undefined ? undefined : names.name(chosen), names),
    references: readReferences(context, root),
    warnings: found.list,
  })
}

const rootMembers: ReadonlySet<string> = new Set(['$Version', '$EntityContainer', '$Reference'])

function* schemaMembers(context: JsonContext, root: JsonObject): Generator<readonly [string, JsonObject]> {
  for (const [name, node] of root.members) {
    if (name.startsWith('$')) continue
    if (name.startsWith('@') || node.kind !== 'object') context.warn(node, `The member ${name} is not a schema and is skipped.`)
    else yield [name, node]
  }
}

function aliases(root: JsonObject): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  const add = (alias: JsonNode | undefined, namespace: string | undefined): void => {
    if (alias?.kind === 'string' && namespace !== undefined) map.set(alias.text, namespace)
  }
  const references = root.members.get('$Reference')
  for (const reference of references?.kind === 'object' ? references.members.values() : []) {
    const include = reference.kind === 'object' ? reference.members.get('$Include') : undefined
    for (const item of include?.kind === 'array' ? include.items : []) {
      const namespace = item.kind === 'object' ? item.members.get('$Namespace') : undefined
      if (item.kind === 'object' && namespace?.kind === 'string') add(item.members.get('$Alias'), namespace.text)
    }
  }
  for (const [name, node] of root.members) if (node.kind === 'object' && !name.startsWith('$')) add(node.members.get('$Alias'), name)
  return map
}

/** @see OData CSDL JSON 4.01, section 4 */
function readReferences(context: JsonContext, root: JsonObject): readonly Reference[] {
  const references = objectMember(context, root, '$Reference')
  return [...(references?.members ?? [])].flatMap(([uri, node]): readonly Reference[] => {
    if (node.kind !== 'object') return []
    const objects = (name: string): readonly JsonObject[] => arrayMember(context, node, name).filter((each) => each.kind === 'object')
    const includes = objects('$Include').flatMap((each) => {
      const namespace = requiredMember(context, each, '$Namespace')
      const alias = textMember(context, each, '$Alias')
      return namespace === undefined ? [] : [Object.freeze({ namespace, ...(alias === undefined ? {} : { alias }) })]
    })
    const includeAnnotations = objects('$IncludeAnnotations').flatMap((each) => {
      const termNamespace = requiredMember(context, each, '$TermNamespace')
      const qualifier = textMember(context, each, '$Qualifier')
      const targetNamespace = textMember(context, each, '$TargetNamespace')
      if (termNamespace === undefined) return []
      return [Object.freeze({ termNamespace, ...(qualifier === undefined ? {} : { qualifier }), ...(targetNamespace === undefined ? {} : { targetNamespace }) })]
    })
    return [Object.freeze({ uri, includes: Object.freeze(includes), includeAnnotations: Object.freeze(includeAnnotations), annotations: readJsonAnnotations(context, node) })]
  })
}

interface SchemaReading {
  readonly context: JsonContext
  readonly found: Warnings
  readonly text: string
}

const schemaMemberNames: ReadonlySet<string> = new Set(['$Alias', '$Annotations'])

function readSchema({ context, found, text }: SchemaReading, namespace: string, object: JsonObject): Schema {
  checkMembers(context, object, schemaMemberNames)
  const builder = schemaBuilder(namespace, textMember(context, object, '$Alias'), found)
  for (const [name, node] of object.members) {
    if (name.startsWith('$') || name.startsWith('@')) continue
    const child: ChildName = { namespace, name, qualifiedName: `${namespace}.${name}` }
    if (node.kind === 'array') for (const each of node.items) readOverload({ context, builder, child, text }, each)
    else if (node.kind === 'object') readChild({ context, builder, child, text }, node)
    else context.warn(node, `The member ${name} is neither an object nor an array and is skipped.`)
  }
  const external = objectMember(context, object, '$Annotations')
  for (const [target, node] of external?.members ?? []) {
    if (node.kind === 'object') builder.external(lazyPosition(text, node.offset), context.names.path(target), readJsonAnnotations(context, node))
  }
  return builder.build(readJsonAnnotations(context, object))
}

interface ChildReading {
  readonly context: JsonContext
  readonly builder: SchemaBuilder
  readonly child: ChildName
  readonly text: string
}

function readOverload({ context, builder, child, text }: ChildReading, node: JsonNode): void {
  if (node.kind === 'object') builder.operation(lazyPosition(text, node.offset), readJsonOperation(context, child, node))
  else context.warn(node, `An overload of ${child.qualifiedName} is not an object and is skipped.`)
}

function readChild({ context, builder, child, text }: ChildReading, node: JsonObject): void {
  const at = lazyPosition(text, node.offset)
  const kind = textMember(context, node, '$Kind')
  switch (kind) {
    case 'EntityType':
    case 'ComplexType':
      return builder.type(at, readJsonStructured(context, child, node))
    case 'EnumType':
      return builder.type(at, readJsonEnum(context, child, node))
    case 'TypeDefinition':
      return builder.type(at, readJsonDefinition(context, child, node))
    case 'Term':
      return builder.term(at, readJsonTerm(context, child, node))
    case 'EntityContainer':
      return builder.container(at, readJsonContainer(context, child, node))
    default:
      return context.warn(node, `The member ${child.name} is of the unknown kind ${kind ?? '(none)'} and is skipped.`)
  }
}

/** Marks the container the document names where it is not the one that would be taken anyway. */
function withDefault(schemas: readonly Schema[], name: string | undefined, names: NameResolver): readonly Schema[] {
  const taken = defaultContainer(new Map(schemas.map((schema) => [schema.namespace, schema])), names)
  if (name === undefined || taken?.qualifiedName === name) return schemas
  const [namespace, simple] = splitName(name)
  return schemas.map((schema) => {
    const container = schema.containers.get(simple)
    if (schema.namespace !== namespace || container === undefined) return schema
    const mark = makeAnnotation(originTerms.defaultContainer, { kind: 'bool', text: 'true' })
    return Object.freeze({ ...schema, containers: new Map([...schema.containers, [simple, Object.freeze({ ...container, annotations: [...container.annotations, mark] })]]) })
  })
}
