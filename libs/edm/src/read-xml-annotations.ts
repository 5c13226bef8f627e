import type { Annotation, AnnotationValue, PathKind } from './annotation.js'
import { annotationKey, makeAnnotation } from './make-annotation.js'
import { edmChildren, requiredAttribute, skip, type ReadContext } from './read-context.js'
import { booleanOf, splitCollection } from './type-ref.js'
import { isPlain, type XmlElement } from './xml-tree.js'

type ConstantKind = Extract<AnnotationValue, { readonly text: string }>['kind']

const constants: ReadonlyMap<string, ConstantKind> = new Map([
  ['String', 'string'], ['Bool', 'bool'], ['Int', 'int'], ['Decimal', 'decimal'], ['Float', 'float'], ['Date', 'date'],
  ['DateTimeOffset', 'dateTimeOffset'], ['DateTime', 'dateTimeOffset'], ['Duration', 'duration'], ['Guid', 'guid'],
  ['TimeOfDay', 'timeOfDay'], ['Time', 'timeOfDay'], ['Binary', 'binary'], ['EnumMember', 'enumMember'],
])

const paths: ReadonlyMap<string, PathKind> = new Map([
  ['Path', 'path'], ['PropertyPath', 'propertyPath'], ['NavigationPropertyPath', 'navigationPropertyPath'], ['AnnotationPath', 'annotationPath'],
  ['ModelElementPath', 'modelElementPath'], ['AnyPropertyPath', 'anyPropertyPath'],
])

/** Operator elements by their number of operands; And and Or may take more than two in practice. */
const operators: ReadonlySet<string> = new Set(['And', 'Or', 'Not', 'Eq', 'Ne', 'Gt', 'Ge', 'Lt', 'Le', 'Has', 'In', 'Neg', 'Add', 'Sub', 'Mul', 'Div', 'DivBy', 'Mod'])

const isAnnotation = (element: XmlElement): boolean => element.name === 'Annotation' || element.name === 'ValueAnnotation'

/** True for the elements that annotate the element around them. */
export const annotates = (element: XmlElement): boolean => isAnnotation(element) || element.name === 'TypeAnnotation' || element.name === 'Documentation'

const noAnnotations: readonly Annotation[] = Object.freeze([])

/**
 * The annotations given inside an element; `qualifier` is that of the surrounding Annotations element.
 * @see OData CSDL XML 4.01, section 14.3
 */
export function readAnnotations(context: ReadContext, element: XmlElement, qualifier?: string): readonly Annotation[] {
  let found: Map<string, Annotation> | undefined
  for (const child of element.children) {
    if (!annotates(child)) continue
    const read = isAnnotation(child) ? one(readAnnotation(context, child, qualifier)) : readOlder(context, child)
    for (const annotation of read) {
      found ??= new Map()
      const key = annotationKey(annotation)
      if (found.has(key)) context.warn(child, `The term ${annotation.term} is applied twice to one element; the first counts.`)
      else found.set(key, annotation)
    }
  }
  return found === undefined ? noAnnotations : Object.freeze([...found.values()])
}

const one = <V>(value: V | undefined): readonly V[] => (value === undefined ? [] : [value])

/** Documentation of versions 1 to 3 becomes descriptions; annotations by type have no counterpart. */
function readOlder(context: ReadContext, element: XmlElement): readonly Annotation[] {
  if (element.name === 'TypeAnnotation') {
    context.warn(element, 'Annotations by type have no counterpart in OData 4 and are skipped.')
    return noAnnotations
  }
  return element.children.flatMap((child) => {
    const term = child.name === 'Summary' ? 'Org.OData.Core.V1.Description' : child.name === 'LongDescription' ? 'Org.OData.Core.V1.LongDescription' : undefined
    const text = child.text.trim()
    return term === undefined || text === '' ? [] : [makeAnnotation(term, { kind: 'string', text })]
  })
}

function readAnnotation(context: ReadContext, element: XmlElement, outerQualifier: string | undefined): Annotation | undefined {
  const term = requiredAttribute(context, element, 'Term')
  if (term === undefined) return undefined
  const qualifier = element.attributes['Qualifier'] ?? outerQualifier
  const name = context.names.name(term.trim())
  return Object.freeze({
    term: name,
    ...(qualifier === undefined ? {} : { qualifier }),
    // Without an expression the term's default applies. Where the term is defined elsewhere it is a tag, in practice.
    value: readValue(context, element) ?? context.defaults.get(name) ?? presence,
    annotations: readAnnotations(context, element),
  })
}

const presence: AnnotationValue = Object.freeze({ kind: 'bool', text: 'true' })

/** The expression an element carries as attribute or as child element. */
function readValue(context: ReadContext, element: XmlElement): AnnotationValue | undefined {
  for (const name in element.attributes) {
    const value = valueOf(context, name, element.attributes[name] ?? '')
    if (value !== undefined) return value
    if (!carriers.has(name) && isPlain(name)) context.warn(element, `The attribute ${name} is not known on ${element.name} and is skipped.`)
  }
  for (const child of edmChildren(context, element)) {
    if (!annotates(child)) return readExpression(context, child)
  }
  return undefined
}

const carriers: ReadonlySet<string> = new Set(['Term', 'Qualifier', 'Property'])

function valueOf(context: ReadContext, name: string, text: string): AnnotationValue | undefined {
  const constant = constants.get(name)
  if (constant !== undefined) return constantOf(context, constant, text)
  const path = paths.get(name)
  if (path !== undefined) return Object.freeze({ kind: path, path: context.names.path(text.trim()) })
  if (name === 'UrlRef' || name === 'Url') return Object.freeze({ kind: 'urlRef', value: Object.freeze({ kind: 'string', text }) })
  return undefined
}

function constantOf(context: ReadContext, kind: ConstantKind, text: string): AnnotationValue {
  if (kind === 'string') return Object.freeze({ kind, text })
  if (kind === 'bool') return Object.freeze({ kind, text: String(booleanOf(text) ?? text.trim()) })
  return Object.freeze({ kind, text: kind === 'enumMember' ? context.names.path(text.trim().replaceAll(/\s+/g, ' ')) : text.trim() })
}

const nullValue: AnnotationValue = Object.freeze({ kind: 'null' })

/** An expression in element form; an unknown one becomes null, with a warning. */
function readExpression(context: ReadContext, element: XmlElement): AnnotationValue {
  if (element.name !== 'UrlRef' && element.name !== 'Url') {
    const simple = valueOf(context, element.name, element.text)
    if (simple !== undefined) return simple
  }
  if (operators.has(element.name)) return Object.freeze({ kind: 'operator', operator: element.name, arguments: operands(context, element) })
  return readComposite(context, element)
}

function readComposite(context: ReadContext, element: XmlElement): AnnotationValue {
  switch (element.name) {
    case 'Null':
      return nullValue
    case 'Collection':
      return Object.freeze({ kind: 'collection', items: operands(context, element) })
    case 'Record':
      return readRecord(context, element)
    case 'If':
      return Object.freeze({ kind: 'if', arguments: operands(context, element) })
    case 'Apply':
      return Object.freeze({ kind: 'apply', function: context.names.name(element.attributes['Function'] ?? ''), arguments: operands(context, element) })
    case 'Cast':
    case 'IsOf':
    case 'IsType':
      return readCast(context, element)
    case 'LabeledElement':
      return Object.freeze({ kind: 'labeled', name: element.attributes['Name'] ?? '', value: labeledValue(context, element) })
    case 'LabeledElementReference':
      return Object.freeze({ kind: 'labeledReference', name: context.names.name((element.attributes['Name'] ?? element.text).trim()) })
    case 'UrlRef':
    case 'Url':
      return Object.freeze({ kind: 'urlRef', value: first(operands(context, element)) })
    default:
      context.warn(element, `The expression ${element.name} is not known and counts as null.`)
      return nullValue
  }
}

const first = (values: readonly AnnotationValue[]): AnnotationValue => values[0] ?? nullValue

const operands = (context: ReadContext, element: XmlElement): readonly AnnotationValue[] =>
  Object.freeze(edmChildren(context, element).filter((child) => !annotates(child)).map((child) => readExpression(context, child)))

function labeledValue(context: ReadContext, element: XmlElement): AnnotationValue {
  for (const name in element.attributes) {
    const value = name === 'Name' ? undefined : valueOf(context, name, element.attributes[name] ?? '')
    if (value !== undefined) return value
  }
  return first(operands(context, element))
}

function readCast(context: ReadContext, element: XmlElement): AnnotationValue {
  const { name, collection } = splitCollection(element.attributes['Type'] ?? 'Edm.String')
  const kind = element.name === 'Cast' ? 'cast' : 'isOf'
  return Object.freeze({ kind, type: context.names.name(name), collection, argument: first(operands(context, element)) })
}

function readRecord(context: ReadContext, element: XmlElement): AnnotationValue {
  const properties = new Map<string, AnnotationValue>()
  for (const child of edmChildren(context, element)) {
    if (annotates(child)) continue
    if (child.name !== 'PropertyValue') {
      skip(context, child, element)
      continue
    }
    const property = requiredAttribute(context, child, 'Property')
    if (property === undefined) continue
    if (child.children.some(annotates)) context.warn(child, 'Annotations of property values are skipped.')
    if (properties.has(property)) context.warn(child, `A record gives ${property} twice; the first counts.`)
    else properties.set(property, readValue(context, child) ?? presence)
  }
  const type = element.attributes['Type']
  return Object.freeze({
    kind: 'record',
    ...(type === undefined ? {} : { type: context.names.name(type.trim()) }),
    properties,
    annotations: readAnnotations(context, element),
  })
}
