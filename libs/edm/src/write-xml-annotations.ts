import type { Annotation, AnnotationValue, PathKind } from './annotation.js'
import { typeText } from './type-ref.js'
import type { XmlAttributes, XmlWriter } from './xml-text.js'

const constantNames = Object.freeze({
  string: 'String', bool: 'Bool', int: 'Int', decimal: 'Decimal', float: 'Float', date: 'Date', dateTimeOffset: 'DateTimeOffset', duration: 'Duration',
  guid: 'Guid', timeOfDay: 'TimeOfDay', binary: 'Binary', enumMember: 'EnumMember',
})

const pathNames: Readonly<Record<PathKind, string>> = Object.freeze({
  path: 'Path', propertyPath: 'PropertyPath', navigationPropertyPath: 'NavigationPropertyPath', annotationPath: 'AnnotationPath',
  modelElementPath: 'ModelElementPath', anyPropertyPath: 'AnyPropertyPath',
})

/** Writes Annotation elements. */
export function writeAnnotations(xml: XmlWriter, annotations: readonly Annotation[]): void {
  for (const { term, qualifier, value, annotations: inner } of annotations) {
    writeCarrier(xml, { name: 'Annotation', attributes: { Term: term, Qualifier: qualifier }, value, annotations: inner })
  }
}

interface Carrier {
  readonly name: string
  readonly attributes: XmlAttributes
  readonly value: AnnotationValue
  readonly annotations: readonly Annotation[]
}

/** An element whose value is an attribute where that is possible and a child element otherwise. */
function writeCarrier(xml: XmlWriter, { name, attributes, value, annotations }: Carrier): void {
  const [attribute, text] = asAttribute(value) ?? []
  const all = attribute === undefined ? attributes : { ...attributes, [attribute]: text }
  xml.element(name, all, () => {
    if (attribute === undefined) writeExpression(xml, value)
    writeAnnotations(xml, annotations)
  })
}

function asAttribute(value: AnnotationValue): readonly [string, string] | undefined {
  if ('text' in value) return [constantNames[value.kind], value.text]
  if ('path' in value) return [pathNames[value.kind], value.path]
  return undefined
}

function writeExpression(xml: XmlWriter, value: AnnotationValue): void {
  if ('text' in value) return xml.text(constantNames[value.kind], value.text)
  if ('path' in value) return xml.text(pathNames[value.kind], value.path)
  const all = (values: readonly AnnotationValue[]) => (): void => {
    for (const each of values) writeExpression(xml, each)
  }
  switch (value.kind) {
    case 'null':
      return xml.element('Null', {})
    case 'collection':
      return xml.element('Collection', {}, all(value.items))
    case 'record':
      return writeRecord(xml, value)
    case 'apply':
      return xml.element('Apply', { Function: value.function }, all(value.arguments))
    case 'operator':
      return xml.element(value.operator, {}, all(value.arguments))
    case 'if':
      return xml.element('If', {}, all(value.arguments))
    case 'cast':
      return xml.element('Cast', { Type: typeText({ name: value.type, collection: value.collection }) }, all([value.argument]))
    case 'isOf':
      return xml.element('IsOf', { Type: typeText({ name: value.type, collection: value.collection }) }, all([value.argument]))
    case 'labeled':
      return xml.element('LabeledElement', { Name: value.name }, all([value.value]))
    case 'labeledReference':
      return xml.text('LabeledElementReference', value.name)
    case 'urlRef':
      return xml.element('UrlRef', {}, all([value.value]))
  }
}

function writeRecord(xml: XmlWriter, record: Extract<AnnotationValue, { readonly kind: 'record' }>): void {
  xml.element('Record', { Type: record.type }, () => {
    for (const [property, value] of record.properties) writeCarrier(xml, { name: 'PropertyValue', attributes: { Property: property }, value, annotations: [] })
    writeAnnotations(xml, record.annotations)
  })
}
