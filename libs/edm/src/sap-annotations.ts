import type { Annotation, AnnotationValue } from './annotation.js'
import { sapNamespace, type ReadContext } from './read-context.js'
import { makeAnnotation } from './make-annotation.js'
import type { XmlElement } from './xml-tree.js'

const common = 'com.sap.vocabularies.Common.v1'
const communication = 'com.sap.vocabularies.Communication.v1'

const yes: AnnotationValue = Object.freeze({ kind: 'bool', text: 'true' })
const text = (value: string): AnnotationValue => Object.freeze({ kind: 'string', text: value })
const path = (value: string): AnnotationValue => Object.freeze({ kind: 'path', path: value })

/** Attributes whose value is the term's value. */
const valued: ReadonlyMap<string, readonly [term: string, make: (value: string) => AnnotationValue]> = new Map([
  ['label', [`${common}.Label`, text]],
  ['quickinfo', [`${common}.QuickInfo`, text]],
  ['heading', [`${common}.Heading`, text]],
  ['text', [`${common}.Text`, path]],
  ['field-control', [`${common}.FieldControl`, path]],
] as const)

/** Attribute and value that together amount to a tag. */
const tags: ReadonlyMap<string, string> = new Map([
  ['semantics=currency-code', `${common}.IsCurrency`],
  ['semantics=unit-of-measure', `${common}.IsUnit`],
  ['semantics=email', `${communication}.IsEmailAddress`],
  ['semantics=tel', `${communication}.IsPhoneNumber`],
  ['semantics=url', 'Org.OData.Core.V1.IsURL'],
  ['semantics=year', `${common}.IsCalendarYear`],
  ['semantics=yearmonth', `${common}.IsCalendarYearMonth`],
  ['semantics=yearmonthday', `${common}.IsCalendarDate`],
  ['semantics=fiscalyear', `${common}.IsFiscalYear`],
  ['semantics=fiscalyearperiod', `${common}.IsFiscalYearPeriod`],
  ['display-format=UpperCase', `${common}.IsUpperCase`],
  ['display-format=NonNegative', `${common}.IsDigitSequence`],
  ['visible=false', 'com.sap.vocabularies.UI.v1.Hidden'],
])

const tagging: ReadonlySet<string> = new Set(['semantics', 'display-format', 'visible'])

/** Attributes read elsewhere: from entity sets and their types together, or beside others. */
const elsewhere: ReadonlySet<string> = new Set([
  'creatable', 'updatable', 'deletable', 'updatable-path', 'deletable-path', 'filterable', 'sortable', 'searchable', 'pageable', 'topable', 'addressable',
  'requires-filter', 'required-in-filter', 'filter-restriction', 'unit', 'schema-version', 'content-version', 'unicode', 'supported-formats',
])

/** Labels and tags that `sap:` attributes of one element amount to; what has no counterpart is skipped with a warning. */
export function sapLabels(context: ReadContext, element: XmlElement): readonly Annotation[] {
  const annotations: Annotation[] = []
  for (const { namespace, name, value } of element.foreign) {
    if (namespace !== sapNamespace) continue
    const found = valued.get(name)
    const tag = tagging.has(name) ? tags.get(`${name}=${value}`) : undefined
    if (found !== undefined) annotations.push(makeAnnotation(found[0], found[1](value)))
    else if (tag !== undefined) annotations.push(makeAnnotation(tag, yes))
    else if (!elsewhere.has(name) && !(name === 'visible' && value === 'true')) context.warn(element, `The attribute sap:${name}="${value}" has no counterpart and is skipped.`)
  }
  return annotations
}

function sap(element: XmlElement, name: string): string | undefined {
  for (const each of element.foreign) if (each.name === name && each.namespace === sapNamespace) return each.value
  return undefined
}

/** What more a property's attributes say: its unit, and whether it is computed or fixed once created. */
export function sapPropertyAnnotations(context: ReadContext, element: XmlElement, isCurrency: (path: string) => boolean): readonly Annotation[] {
  if (element.foreign.length === 0) return []
  const annotations = [...sapLabels(context, element)]
  const unit = sap(element, 'unit')
  if (unit !== undefined) annotations.push(makeAnnotation(isCurrency(unit) ? 'Org.OData.Measures.V1.ISOCurrency' : 'Org.OData.Measures.V1.Unit', path(unit)))
  if (sap(element, 'updatable') === 'false') annotations.push(makeAnnotation(sap(element, 'creatable') === 'false' ? 'Org.OData.Core.V1.Computed' : 'Org.OData.Core.V1.Immutable', yes))
  return annotations
}

/** True for a property whose values are currency codes. */
export const holdsCurrency = (element: XmlElement): boolean => sap(element, 'semantics') === 'currency-code'

const capability = (name: string): string => `Org.OData.Capabilities.V1.${name}`

const filterExpressions: Readonly<Record<string, string>> = Object.freeze({ 'single-value': 'SingleValue', 'multi-value': 'MultiValue', interval: 'SingleRange' })

/** What attributes of a type's properties restrict, by the properties' names. */
interface Restrictions {
  readonly required: string[]
  readonly nonFilterable: string[]
  readonly nonSortable: string[]
  readonly nonInsertable: string[]
  /** Property and the expression its filter may have. */
  readonly expressions: (readonly [property: string, allowed: string])[]
}

function restrictionsOf(properties: readonly XmlElement[]): Restrictions {
  const found: Restrictions = { required: [], nonFilterable: [], nonSortable: [], nonInsertable: [], expressions: [] }
  for (const property of properties) {
    const name = property.attributes['Name'] ?? ''
    let [creatable, updatable] = [true, true]
    for (const each of property.foreign) {
      if (each.namespace !== sapNamespace) continue
      if (each.name === 'required-in-filter' && each.value === 'true') found.required.push(name)
      else if (each.name === 'filter-restriction') found.expressions.push([name, filterExpressions[each.value] ?? ''])
      else if (each.value !== 'false') continue
      else if (each.name === 'filterable') found.nonFilterable.push(name)
      else if (each.name === 'sortable') found.nonSortable.push(name)
      else if (each.name === 'creatable') creatable = false
      else if (each.name === 'updatable') updatable = false
    }
    // What can neither be given nor changed is computed: the property itself says so.
    if (!creatable && updatable) found.nonInsertable.push(name)
  }
  return found
}

/** What an entity set allows, from its own attributes and those of its type's properties. */
export function sapSetAnnotations(set: XmlElement, properties: readonly XmlElement[]): readonly Annotation[] {
  const found = restrictionsOf(properties)
  return [
    ...record('FilterRestrictions', {
      RequiresFilter: sap(set, 'requires-filter') === 'true' ? yes : undefined,
      RequiredProperties: propertyPaths(found.required),
      NonFilterableProperties: propertyPaths(found.nonFilterable),
      FilterExpressionRestrictions: expressionRestrictions(found.expressions),
    }),
    ...record('SortRestrictions', { NonSortableProperties: propertyPaths(found.nonSortable) }),
    ...record('SearchRestrictions', { Searchable: bool(sap(set, 'searchable')) }),
    ...record('InsertRestrictions', { Insertable: bool(sap(set, 'creatable')), NonInsertableProperties: propertyPaths(found.nonInsertable) }),
    ...record('UpdateRestrictions', { Updatable: pathOr(sap(set, 'updatable-path'), bool(sap(set, 'updatable'))) }),
    ...record('DeleteRestrictions', { Deletable: pathOr(sap(set, 'deletable-path'), bool(sap(set, 'deletable'))) }),
    ...record('ReadRestrictions', { Readable: sap(set, 'addressable') === 'false' ? bool('false') : undefined }),
    ...paging(set),
  ]
}

/** Without paging neither `$top` nor `$skip` works; `topable` speaks of `$top` alone. */
function paging(set: XmlElement): readonly Annotation[] {
  const pageable = sap(set, 'pageable') !== 'false'
  const topable = pageable && sap(set, 'topable') !== 'false'
  const no: AnnotationValue = Object.freeze({ kind: 'bool', text: 'false' })
  return [...(topable ? [] : [makeAnnotation(capability('TopSupported'), no)]), ...(pageable ? [] : [makeAnnotation(capability('SkipSupported'), no)])]
}

const bool = (value: string | undefined): AnnotationValue | undefined => (value === 'true' || value === 'false' ? Object.freeze({ kind: 'bool', text: value }) : undefined)

const pathOr = (value: string | undefined, other: AnnotationValue | undefined): AnnotationValue | undefined => (value === undefined ? other : path(value))

/** A collection of property paths; undefined where there are none. */
export function propertyPaths(names: readonly string[]): AnnotationValue | undefined {
  if (names.length === 0) return undefined
  return Object.freeze({ kind: 'collection', items: Object.freeze(names.map((name): AnnotationValue => Object.freeze({ kind: 'propertyPath', path: name }))) })
}

function expressionRestrictions(expressions: Restrictions['expressions']): AnnotationValue | undefined {
  const items = expressions.filter(([, allowed]) => allowed !== '').map(([property, allowed]): AnnotationValue => {
    const name: AnnotationValue = Object.freeze({ kind: 'propertyPath', path: property })
    return Object.freeze({ kind: 'record', properties: new Map([['Property', name], ['AllowedExpressions', text(allowed)]]), annotations: [] })
  })
  return items.length === 0 ? undefined : Object.freeze({ kind: 'collection', items: Object.freeze(items) })
}

function record(term: string, members: Readonly<Record<string, AnnotationValue | undefined>>): readonly Annotation[] {
  const properties = new Map<string, AnnotationValue>()
  for (const [name, value] of Object.entries(members)) if (value !== undefined) properties.set(name, value)
  return properties.size === 0 ? [] : [makeAnnotation(capability(term), { kind: 'record', properties, annotations: [] })]
}
