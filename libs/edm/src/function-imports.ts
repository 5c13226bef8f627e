import type { Annotation } from './annotation.js'
import type { LegacyIndex } from './legacy-index.js'
import { modernType } from './legacy-types.js'
import type { Operation, OperationImport, Parameter, TypeRef } from './model.js'
import { originTerms } from './origin-terms.js'
import { addNamed, checkAttributes, edmChildren, foreignAttribute, metadataNamespace, requiredAttribute, skip } from './read-context.js'
import { makeAnnotation, withDerived } from './make-annotation.js'
import { annotates, readAnnotations } from './read-xml-annotations.js'
import { readParameter } from './read-xml-members.js'
import { sapLabels } from './sap-annotations.js'
import type { SchemaContext } from './schema-context.js'
import { splitCollection } from './type-ref.js'
import type { XmlElement } from './xml-tree.js'

const attributes: ReadonlySet<string> = new Set(['Name', 'ReturnType', 'EntitySet', 'EntitySetPath', 'IsComposable', 'IsSideEffecting', 'IsBindable', 'MethodAccess'])

/** An operation, and its import unless it is bound. */
export interface ReadFunctionImport {
  readonly operation: Operation
  readonly import?: OperationImport
}

/**
 * A function import of versions 1 to 3. What is fetched with GET, or said to have no side effects, and gives a result is
 * a function; everything else is an action. The HTTP method it was declared with is remembered.
 */
export function readFunctionImport(index: LegacyIndex, context: SchemaContext, element: XmlElement): ReadFunctionImport | undefined {
  const name = requiredAttribute(context, element, 'Name')
  if (name === undefined) return undefined
  checkAttributes(context, element, attributes)
  const { EntitySet: entitySet, EntitySetPath: entitySetPath, IsComposable: composable, IsBindable: bindable } = element.attributes
  const parameters = new Map<string, Parameter>()
  for (const child of edmChildren(context, element)) {
    if (child.name === 'Parameter') addNamed(context, child, parameters, readLegacyParameter(context, child))
    else if (child.name !== 'ReturnType' && !annotates(child)) skip(context, child, element)
  }
  const method = foreignAttribute(element, metadataNamespace, 'HttpMethod')
  const result = resultOf(context, element)
  const kind = result !== undefined && isFunction(element, method) ? 'function' : 'action'
  const bound = bindable === 'true' && parameters.size > 0
  const annotations = withDerived(readAnnotations(context, element), [...origin(method), ...sapLabels(context, element)])
  const operationName = bound ? name : freeName(index, context.namespace, name)
  const operation: Operation = Object.freeze({
    kind,
    namespace: context.namespace,
    name: operationName,
    qualifiedName: `${context.namespace}.${operationName}`,
    bound,
    composable: composable === 'true',
    ...(entitySetPath === undefined || !bound ? {} : { entitySetPath: context.names.path(entitySetPath) }),
    parameters: Object.freeze([...parameters.values()]),
    ...result,
    annotations: bound ? annotations : [],
  })
  if (bound) return { operation }
  const imported: OperationImport = Object.freeze({
    kind: kind === 'function' ? 'functionImport' : 'actionImport',
    name,
    operation: operation.qualifiedName,
    ...(entitySet === undefined ? {} : { entitySet }),
    includeInServiceDocument: false,
    annotations,
  })
  return { operation, import: imported }
}

function isFunction(element: XmlElement, method: string | undefined): boolean {
  if (method !== undefined) return method.trim().toUpperCase() === 'GET'
  return element.attributes['IsSideEffecting'] === 'false'
}

const origin = (method: string | undefined): readonly Annotation[] => (method === undefined ? [] : [makeAnnotation(originTerms.httpMethod, { kind: 'string', text: method.trim().toUpperCase() })])

/** Imports have names of their own; the operation beneath must not take that of a type. */
function freeName(index: LegacyIndex, namespace: string, name: string): string {
  let free = name
  while (index.names.has(`${namespace}.${free}`)) free += '_'
  return free
}

function readLegacyParameter(context: SchemaContext, element: XmlElement): Parameter | undefined {
  const mode = element.attributes['Mode']
  if (mode !== undefined && mode !== 'In') {
    context.warn(element, `The parameter ${element.attributes['Name'] ?? ''} has the mode ${mode}, which has no counterpart, and is skipped.`)
    return undefined
  }
  const read = readParameter(context, element)
  if (read === undefined) return undefined
  const { type, annotations } = modernType(read.type)
  return Object.freeze({ ...read, type, annotations: withDerived(read.annotations, [...annotations, ...sapLabels(context, element)]) })
}

function resultOf(context: SchemaContext, element: XmlElement): { readonly returnType: TypeRef; readonly returnTypeAnnotations?: readonly Annotation[] } | undefined {
  const inner = element.children.find((child) => child.name === 'ReturnType')
  const text = element.attributes['ReturnType'] ?? inner?.attributes['Type']
  if (text === undefined) return undefined
  const { name, collection } = splitCollection(text)
  const { type, annotations } = modernType(Object.freeze({ name: context.names.name(name), collection, nullable: true, facets: Object.freeze({}) }))
  return { returnType: type, ...(annotations.length === 0 ? {} : { returnTypeAnnotations: annotations }) }
}
