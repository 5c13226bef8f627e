import { hubError } from '@tributary/errors'
import { createModel } from './create-model.js'
import type { EdmModel } from './edm-model.js'
import { legacyIndex, type LegacyIndex } from './legacy-index.js'
import { legacyReading } from './legacy-reading.js'
import type { EdmVersion, Reference, Schema } from './model.js'
import { nameResolver } from './qualified-name.js'
import { checkAttributes, edmChildren, edmNamespaces, foreignAttribute, metadataNamespace, requiredAttribute, skip, type ReadContext } from './read-context.js'
import { annotates, readAnnotations } from './read-xml-annotations.js'
import { readContainer } from './read-xml-container.js'
import { readComplexType, readEntityType, readEnumType, readOperation, readTerm, readTypeDefinition } from './read-xml-types.js'
import { schemaBuilder, withExternalKeys, type SchemaBuilder } from './schema-builder.js'
import type { SchemaContext } from './schema-context.js'
import { termDefaults } from './term-defaults.js'
import { warnings } from './warnings.js'
import type { XmlElement } from './xml-tree.js'

/** A document taken apart: its schemas and references still as elements. */
interface Document {
  readonly version: EdmVersion
  readonly schemas: readonly XmlElement[]
  readonly references: readonly XmlElement[]
}

/** Reads the element tree of CSDL XML. @throws HUB_CONTRACT_INVALID */
export function modelOfXml(root: XmlElement): EdmModel {
  const document = takeApart(root)
  const found = warnings()
  const names = nameResolver(aliases(document))
  const context: ReadContext = { names, defaults: termDefaults(document.schemas, names), warn: found.warn }
  const references = document.references.flatMap((element) => readReference(context, element))
  const index = legacyIndex(document.schemas, context.names)
  const schemas = document.schemas.map((element) => readSchema(context, index, element))
  return createModel({ version: document.version, schemas: withExternalKeys(schemas), references, warnings: found.list })
}

function takeApart(root: XmlElement): Document {
  if (root.name === 'Schema' && edmNamespaces.has(root.namespace)) return { version: edmNamespaces.get(root.namespace) ?? '4.0', schemas: [root], references: [] }
  if (root.name !== 'Edmx') throw hubError('HUB_CONTRACT_INVALID', { reason: `its root element is ${root.name}, which is not CSDL` })
  const services = root.children.filter((child) => child.name === 'DataServices')
  const schemas = services.flatMap((service) => service.children.filter((child) => child.name === 'Schema' && edmNamespaces.has(child.namespace)))
  const references = [...root.children, ...services.flatMap((service) => service.children)].filter((child) => child.name === 'Reference')
  return { version: versionOf(root, services, schemas), schemas, references }
}

const dataServiceVersions: readonly EdmVersion[] = ['1.0', '2.0', '3.0']

function versionOf(root: XmlElement, services: readonly XmlElement[], schemas: readonly XmlElement[]): EdmVersion {
  const written = root.attributes['Version']?.trim()
  if (written === '4.01' || written === '4.0') return written
  const byNamespace = edmNamespaces.get(schemas[0]?.namespace ?? '') ?? '4.0'
  if (byNamespace === '4.0') return '4.0'
  const [first] = services
  const declared = first === undefined ? undefined : foreignAttribute(first, metadataNamespace, 'DataServiceVersion')
  return dataServiceVersions.find((version) => declared?.trim().startsWith(version)) ?? byNamespace
}

function aliases(document: Document): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  const add = (element: XmlElement, name: string): void => {
    const { Alias: alias, [name]: namespace } = element.attributes
    if (alias !== undefined && namespace !== undefined) map.set(alias, namespace)
  }
  for (const reference of document.references) for (const child of reference.children) if (child.name === 'Include') add(child, 'Namespace')
  for (const schema of document.schemas) {
    for (const child of schema.children) if (child.name === 'Using') add(child, 'Namespace')
    add(schema, 'Namespace')
  }
  return map
}

const referenceAttributes: ReadonlySet<string> = new Set(['Uri', 'Url'])
const includeAttributes: ReadonlySet<string> = new Set(['Namespace', 'Alias'])
const includeAnnotationsAttributes: ReadonlySet<string> = new Set(['TermNamespace', 'Qualifier', 'TargetNamespace'])

/** @see OData CSDL XML 4.01, section 3.3 */
function readReference(context: ReadContext, element: XmlElement): readonly Reference[] {
  const uri = element.attributes['Uri'] ?? element.attributes['Url'] ?? requiredAttribute(context, element, 'Uri')
  if (uri === undefined) return []
  checkAttributes(context, element, referenceAttributes)
  const includes: Reference['includes'][number][] = []
  const includeAnnotations: Reference['includeAnnotations'][number][] = []
  for (const child of element.children) {
    if (annotates(child)) continue
    if (child.name === 'Include') {
      checkAttributes(context, child, includeAttributes)
      const namespace = requiredAttribute(context, child, 'Namespace')
      const alias = child.attributes['Alias']
      if (namespace !== undefined) includes.push(Object.freeze({ namespace, ...(alias === undefined ? {} : { alias }) }))
      if (child.children.some(annotates)) context.warn(child, 'Annotations of Include are skipped.')
    } else if (child.name === 'IncludeAnnotations') {
      checkAttributes(context, child, includeAnnotationsAttributes)
      const { Qualifier: qualifier, TargetNamespace: targetNamespace } = child.attributes
      const termNamespace = requiredAttribute(context, child, 'TermNamespace')
      if (termNamespace !== undefined) includeAnnotations.push(Object.freeze({ termNamespace, ...(qualifier === undefined ? {} : { qualifier }), ...(targetNamespace === undefined ? {} : { targetNamespace }) }))
    } else skip(context, child, element)
  }
  return [Object.freeze({ uri, includes: Object.freeze(includes), includeAnnotations: Object.freeze(includeAnnotations), annotations: readAnnotations(context, element) })]
}

const schemaAttributes: ReadonlySet<string> = new Set(['Namespace', 'Alias'])

function readSchema(outer: ReadContext, index: LegacyIndex, element: XmlElement): Schema {
  const { Namespace: namespace, Alias: alias } = element.attributes
  if (namespace === undefined || namespace === '') throw hubError('HUB_CONTRACT_INVALID', { reason: `the schema at line ${element.line} has no namespace` })
  checkAttributes(outer, element, schemaAttributes)
  const older = edmNamespaces.get(element.namespace) !== '4.0'
  const context: SchemaContext = { ...outer, namespace, ...(older ? { legacy: legacyReading(index, namespace) } : {}) }
  const builder = schemaBuilder(namespace, alias, outer)
  for (const child of edmChildren(context, element)) {
    if (!annotates(child) && !readChild(context, builder, child)) skip(context, child, element)
  }
  return builder.build(readAnnotations(context, element))
}

/** Reads one child of a schema; false: its name is not known. */
function readChild(context: SchemaContext, builder: SchemaBuilder, child: XmlElement): boolean {
  switch (child.name) {
    case 'EntityType':
      builder.type(child, readEntityType(context, child))
      return true
    case 'ComplexType':
      builder.type(child, readComplexType(context, child))
      return true
    case 'EnumType':
      builder.type(child, readEnumType(context, child))
      return true
    case 'TypeDefinition':
      builder.type(child, readTypeDefinition(context, child))
      return true
    case 'Action':
    case 'Function':
      builder.operation(child, readOperation(context, child))
      return true
    case 'Term':
    case 'ValueTerm':
      builder.term(child, readTerm(context, child))
      return true
    case 'EntityContainer':
      readContainerInto(context, builder, child)
      return true
    case 'Annotations':
      readExternal(context, builder, child)
      return true
    default:
      return child.name === 'Association' || child.name === 'Using'
  }
}

function readContainerInto(context: SchemaContext, builder: SchemaBuilder, child: XmlElement): void {
  const read = readContainer(context, child)
  builder.container(child, read?.container)
  for (const operation of read?.operations ?? []) builder.operation(child, operation)
}

/** @see OData CSDL XML 4.01, section 14.2 */
function readExternal(context: SchemaContext, builder: SchemaBuilder, child: XmlElement): void {
  const target = requiredAttribute(context, child, 'Target')
  if (target === undefined) return
  builder.external(child, context.names.path(target.trim()), readAnnotations(context, child, child.attributes['Qualifier']))
}
