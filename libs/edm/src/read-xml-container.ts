import type { EntityContainer, EntitySet, NavigationBinding, Operation, OperationImport, Singleton } from './model.js'
import { withDerived } from './make-annotation.js'
import { annotates, readAnnotations } from './read-xml-annotations.js'
import { addNamed, booleanAttribute, checkAttributes, edmChildren, requiredAttribute, skip } from './read-context.js'
import type { SchemaContext } from './schema-context.js'
import type { XmlElement } from './xml-tree.js'

const containerAttributes: ReadonlySet<string> = new Set(['Name', 'Extends'])
const setAttributes: ReadonlySet<string> = new Set(['Name', 'EntityType', 'IncludeInServiceDocument'])
const singletonAttributes: ReadonlySet<string> = new Set(['Name', 'Type', 'Nullable'])
const importAttributes: ReadonlySet<string> = new Set(['Name', 'Action', 'Function', 'EntitySet', 'IncludeInServiceDocument'])

/** A container, and the operations that function imports of versions 1 to 3 amount to. */
export interface ReadContainer {
  readonly container: EntityContainer
  readonly operations: readonly Operation[]
}

/** @see OData CSDL XML 4.01, section 13 */
export function readContainer(context: SchemaContext, element: XmlElement): ReadContainer | undefined {
  const name = requiredAttribute(context, element, 'Name')
  if (name === undefined) return undefined
  checkAttributes(context, element, containerAttributes)
  const entitySets = new Map<string, EntitySet>()
  const singletons = new Map<string, Singleton>()
  const operationImports = new Map<string, OperationImport>()
  const operations: Operation[] = []
  for (const child of edmChildren(context, element)) {
    if (child.name === 'EntitySet') addNamed(context, child, entitySets, readEntitySet(context, element, child))
    else if (child.name === 'Singleton') addNamed(context, child, singletons, readSingleton(context, element, child))
    else if (context.legacy !== undefined && child.name === 'FunctionImport') {
      const read = context.legacy.functionImport(context, child)
      if (read !== undefined) operations.push(read.operation)
      addNamed(context, child, operationImports, read?.import)
    } else if (child.name === 'ActionImport' || child.name === 'FunctionImport') addNamed(context, child, operationImports, readImport(context, element, child))
    else if (!annotates(child) && !(context.legacy !== undefined && child.name === 'AssociationSet')) skip(context, child, element)
  }
  const base = element.attributes['Extends']
  const container = Object.freeze({
    namespace: context.namespace,
    name,
    qualifiedName: `${context.namespace}.${name}`,
    ...(base === undefined ? {} : { extends: qualify(context, base.trim()) }),
    entitySets,
    singletons,
    operationImports,
    annotations: withDerived(readAnnotations(context, element), context.legacy?.annotationsOf(context, element) ?? []),
  })
  return { container, operations }
}

/** Version 3 extends a container of the same schema by its simple name. */
const qualify = (context: SchemaContext, name: string): string => (name.includes('.') ? context.names.name(name) : `${context.namespace}.${name}`)

function readEntitySet(context: SchemaContext, container: XmlElement, element: XmlElement): EntitySet | undefined {
  const name = requiredAttribute(context, element, 'Name')
  const entityType = requiredAttribute(context, element, 'EntityType')
  if (name === undefined || entityType === undefined) return undefined
  checkAttributes(context, element, setAttributes)
  const older = context.legacy?.entitySet(context, container, element)
  return Object.freeze({
    kind: 'entitySet',
    name,
    entityType: context.names.name(entityType.trim()),
    includeInServiceDocument: booleanAttribute(context, element, 'IncludeInServiceDocument') ?? true,
    bindings: older?.bindings ?? readBindings(context, container, element),
    annotations: older?.annotations ?? readAnnotations(context, element),
  })
}

function readSingleton(context: SchemaContext, container: XmlElement, element: XmlElement): Singleton | undefined {
  const name = requiredAttribute(context, element, 'Name')
  const type = requiredAttribute(context, element, 'Type')
  if (name === undefined || type === undefined) return undefined
  checkAttributes(context, element, singletonAttributes)
  return Object.freeze({
    kind: 'singleton',
    name,
    entityType: context.names.name(type.trim()),
    nullable: booleanAttribute(context, element, 'Nullable') ?? false,
    bindings: readBindings(context, container, element),
    annotations: readAnnotations(context, element),
  })
}

function readBindings(context: SchemaContext, container: XmlElement, element: XmlElement): readonly NavigationBinding[] {
  const bindings = new Map<string, NavigationBinding>()
  for (const child of edmChildren(context, element)) {
    if (annotates(child)) continue
    if (child.name !== 'NavigationPropertyBinding') {
      skip(context, child, element)
      continue
    }
    const path = requiredAttribute(context, child, 'Path')
    const target = requiredAttribute(context, child, 'Target')
    if (path === undefined || target === undefined) continue
    const binding = { path: context.names.path(path), target: localTarget(context, container, target) }
    if (bindings.has(binding.path)) context.warn(child, `The path ${binding.path} is bound twice; the first counts.`)
    else bindings.set(binding.path, Object.freeze(binding))
  }
  return Object.freeze([...bindings.values()])
}

/** A target in the same container is the set's name, however it was written. */
function localTarget(context: SchemaContext, container: XmlElement, text: string): string {
  const target = context.names.path(text)
  const own = container.attributes['Name'] ?? ''
  for (const prefix of [`${context.namespace}.${own}/`, `${own}/`]) if (target.startsWith(prefix)) return target.slice(prefix.length)
  return target
}

function readImport(context: SchemaContext, container: XmlElement, element: XmlElement): OperationImport | undefined {
  const kind = element.name === 'ActionImport' ? 'actionImport' : 'functionImport'
  const name = requiredAttribute(context, element, 'Name')
  const operation = requiredAttribute(context, element, kind === 'actionImport' ? 'Action' : 'Function')
  if (name === undefined || operation === undefined) return undefined
  checkAttributes(context, element, importAttributes)
  const entitySet = element.attributes['EntitySet']
  return Object.freeze({
    kind,
    name,
    operation: context.names.name(operation.trim()),
    ...(entitySet === undefined ? {} : { entitySet: localTarget(context, container, entitySet) }),
    includeInServiceDocument: kind === 'functionImport' && (booleanAttribute(context, element, 'IncludeInServiceDocument') ?? false),
    annotations: readAnnotations(context, element),
  })
}
