import type { Annotation, AnnotationValue } from './annotation.js'
import type { JsonContext } from './json-context.js'
import type { JsonNode, JsonObject } from './json-text.js'
import { annotationKey } from './make-annotation.js'

const none: readonly Annotation[] = Object.freeze([])
const nullValue: AnnotationValue = Object.freeze({ kind: 'null' })

/**
 * Annotations among the members of an object: `@Term#Qualifier`, those of a member `name` as `name@Term`; annotations of
 * an annotation as `@Term@Other`.
 * @see OData CSDL JSON 4.01, section 14.3
 */
export function readJsonAnnotations(context: JsonContext, object: JsonObject, name = ''): readonly Annotation[] {
  let found: Map<string, Annotation> | undefined
  const prefix = `${name}@`
  for (const [member, node] of object.members) {
    if (!member.startsWith(prefix) || isControl(member)) continue
    const rest = member.slice(prefix.length)
    // `@Term@Other` belongs to the annotation `@Term`, which reads it itself.
    if (rest.includes('@')) {
      if (!object.members.has(`${prefix}${rest.slice(0, rest.lastIndexOf('@'))}`)) context.warn(node, `The annotation ${member} has nothing to annotate and is skipped.`)
      continue
    }
    const hash = rest.indexOf('#')
    const qualifier = hash < 0 ? undefined : rest.slice(hash + 1)
    const annotation: Annotation = Object.freeze({
      term: context.names.name(hash < 0 ? rest : rest.slice(0, hash)),
      ...(qualifier === undefined ? {} : { qualifier }),
      value: readJsonValue(context, node),
      annotations: readJsonAnnotations(context, object, member),
    })
    found ??= new Map()
    const key = annotationKey(annotation)
    if (found.has(key)) context.warn(node, `The term ${annotation.term} is applied twice to one element; the first counts.`)
    else found.set(key, annotation)
  }
  return found === undefined ? none : Object.freeze([...found.values()])
}

/** `@type` and its like say what an object is; they annotate nothing. */
const isControl = (member: string): boolean => member === '@type' || member === '@odata.type'

/**
 * A constant or dynamic expression. JSON does not tell a date, a path or an enumeration member from other strings:
 * without the term's definition they are strings.
 * @see OData CSDL JSON 4.01, section 14.4
 */
export function readJsonValue(context: JsonContext, node: JsonNode): AnnotationValue {
  switch (node.kind) {
    case 'null':
      return nullValue
    case 'boolean':
      return Object.freeze({ kind: 'bool', text: String(node.value) })
    case 'number':
      return Object.freeze({ kind: /[eE]/.test(node.text) ? 'float' : node.text.includes('.') ? 'decimal' : 'int', text: node.text })
    case 'string':
      return Object.freeze({ kind: 'string', text: node.text })
    case 'array':
      return Object.freeze({ kind: 'collection', items: Object.freeze(node.items.map((item) => readJsonValue(context, item))) })
    case 'object':
      return readDynamic(context, node) ?? readRecord(context, node)
  }
}

const operators: ReadonlySet<string> = new Set(['And', 'Or', 'Not', 'Eq', 'Ne', 'Gt', 'Ge', 'Lt', 'Le', 'Has', 'In', 'Neg', 'Add', 'Sub', 'Mul', 'Div', 'DivBy', 'Mod'])

/** Those of one operand take it as it is: a list would be a collection. */
const unary: ReadonlySet<string> = new Set(['Not', 'Neg'])

function readDynamic(context: JsonContext, object: JsonObject): AnnotationValue | undefined {
  for (const [name, node] of object.members) {
    if (!name.startsWith('$') || name.includes('@')) continue
    const operator = name.slice(1)
    if (operators.has(operator)) return Object.freeze({ kind: 'operator', operator, arguments: unary.has(operator) ? Object.freeze([readJsonValue(context, node)]) : operands(context, node) })
    const value = readNamed(context, object, operator, node)
    if (value !== undefined) return value
  }
  return undefined
}

const operands = (context: JsonContext, node: JsonNode): readonly AnnotationValue[] =>
  Object.freeze(node.kind === 'array' ? node.items.map((item) => readJsonValue(context, item)) : [readJsonValue(context, node)])

const text = (node: JsonNode | undefined): string => (node?.kind === 'string' ? node.text : '')

function readNamed(context: JsonContext, object: JsonObject, name: string, node: JsonNode): AnnotationValue | undefined {
  const member = (key: string): string => text(object.members.get(key))
  switch (name) {
    case 'Path':
      return Object.freeze({ kind: 'path', path: context.names.path(text(node)) })
    case 'Null':
      return nullValue
    case 'If':
      return Object.freeze({ kind: 'if', arguments: operands(context, node) })
    case 'Apply':
      return Object.freeze({ kind: 'apply', function: context.names.name(member('$Function')), arguments: operands(context, node) })
    case 'Cast':
    case 'IsOf': {
      const collection = object.members.get('$Collection')
      const type = context.names.name(member('$Type') || 'Edm.String')
      return Object.freeze({ kind: name === 'Cast' ? 'cast' : 'isOf', type, collection: collection?.kind === 'boolean' && collection.value, argument: readJsonValue(context, node) })
    }
    case 'LabeledElement':
      return Object.freeze({ kind: 'labeled', name: member('$Name'), value: readJsonValue(context, node) })
    case 'LabeledElementReference':
      return Object.freeze({ kind: 'labeledReference', name: context.names.name(text(node)) })
    case 'UrlRef':
      return Object.freeze({ kind: 'urlRef', value: readJsonValue(context, node) })
    default:
      return undefined
  }
}

function readRecord(context: JsonContext, object: JsonObject): AnnotationValue {
  const properties = new Map<string, AnnotationValue>()
  for (const [name, node] of object.members) {
    if (name.startsWith('$') && !name.includes('@')) context.warn(node, `The expression ${name} is not known and is skipped.`)
    else if (!name.includes('@')) properties.set(name, readJsonValue(context, node))
    else if (!name.startsWith('@')) context.warn(node, 'Annotations of property values are skipped.')
  }
  const type = text(object.members.get('@type') ?? object.members.get('@odata.type'))
  return Object.freeze({
    kind: 'record',
    // The type is a URL whose fragment is the qualified name.
    ...(type === '' ? {} : { type: context.names.name(type.slice(type.indexOf('#') + 1)) }),
    properties,
    annotations: readJsonAnnotations(context, object),
  })
}
