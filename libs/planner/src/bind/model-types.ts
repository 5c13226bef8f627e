import { annotationValue, type EdmModel, type Property, type StructuredType, type TypeRef } from '@tributary/edm'
import { type BaseType, type Column, collectionOf, enumType, primitiveType, stringType, structuredType, untypedType, type ValueType } from '@tributary/plan'

const primitives: ReadonlySet<string> = new Set<BaseType>([
  'Edm.String', 'Edm.Boolean', 'Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Double', 'Edm.Single', 'Edm.Date',
  'Edm.TimeOfDay', 'Edm.DateTimeOffset', 'Edm.Duration', 'Edm.Guid', 'Edm.Binary', 'Edm.Stream', 'Edm.Geography', 'Edm.Geometry', 'Edm.Untyped',
])

type Primitive = Exclude<BaseType, 'enum' | 'structured' | 'null'>

const isPrimitive = (name: string): name is Primitive => primitives.has(name)

const primitiveBase = (name: string): Primitive =>
  isPrimitive(name) ? name : name.startsWith('Edm.Geography') ? 'Edm.Geography' : name.startsWith('Edm.Geometry') ? 'Edm.Geometry' : 'Edm.Untyped'

/** The type of values of a type of the model. Abstract and unknown types are `Edm.Untyped`: carried, never looked into. */
export function valueType(model: EdmModel, ref: Pick<TypeRef, 'name' | 'collection'>): ValueType {
  const item = itemType(model, ref.name)
  return ref.collection ? collectionOf(item) : item
}

function itemType(model: EdmModel, name: string): ValueType {
  if (name.startsWith('Edm.')) return isPrimitive(name) ? primitiveType(name) : Object.freeze({ name, collection: false, base: primitiveBase(name) })
  const type = model.type(name)
  if (type === undefined) return Object.freeze({ name, collection: false, base: 'Edm.Untyped' })
  switch (type.kind) {
    case 'enum': return enumType(type.qualifiedName, new Map(type.members.map((member) => [member.name, member.value])), { ...(type.isFlags ? { flags: true } : {}), underlying: primitiveBase(type.underlyingType) })
    case 'typeDefinition': return Object.freeze({ name: type.qualifiedName, collection: false, base: primitiveBase(model.underlying(type.qualifiedName)) })
    default: return structuredType(type.qualifiedName, () => propertiesOf(model, type))
  }
}

const ordered = 'Org.OData.Core.V1.Ordered'

/** The type of a property's values; a collection has an order only where the contract says so. */
export function propertyType(model: EdmModel, property: Property): ValueType {
  const type = valueType(model, property.type)
  if (!type.collection) return type
  const said = annotationValue(property.annotations, ordered)
  return said === undefined || ('text' in said && said.text === 'false') ? Object.freeze({ ...type, unordered: true }) : type
}

const typesOfProperties = new WeakMap<StructuredType, ReadonlyMap<string, ValueType>>()

/** The types of a structured type's properties, those of derived types included; one to which two give different types is untyped. */
function propertiesOf(model: EdmModel, type: StructuredType): ReadonlyMap<string, ValueType> {
  const known = typesOfProperties.get(type)
  if (known !== undefined) return known
  const found = new Map<string, ValueType>()
  for (const member of [type, ...model.derivedTypes(type.qualifiedName).flatMap((name) => model.structured(name) ?? [])]) {
    for (const property of model.properties(member)) {
      const own = propertyType(model, property)
      const other = found.get(property.name)
      found.set(property.name, other === undefined || sameType(other, own) ? own : untypedType)
    }
  }
  typesOfProperties.set(type, found)
  return found
}

/**
 * The columns rows of a structured type have: its properties, those of derived types (absent where a row is of another type), and
 * `@odata.type` where a row may be of a derived type, `*` where it may have undeclared properties. Streams are no columns.
 */
export function columnsOfType(model: EdmModel, type: StructuredType): readonly Column[] {
  const ofModel = collected.get(model) ?? new Map<string, readonly Column[]>()
  collected.set(model, ofModel)
  const known = ofModel.get(type.qualifiedName)
  if (known !== undefined) return known
  const columns = collectColumns(model, type, new Set())
  ofModel.set(type.qualifiedName, columns)
  return columns
}

/** Models are immutable, so what was collected stays right as long as the model lives. */
const collected = new WeakMap<EdmModel, Map<string, readonly Column[]>>()

function collectColumns(model: EdmModel, type: StructuredType, within: ReadonlySet<string>): readonly Column[] {
  const derived = model.derivedTypes(type.qualifiedName).flatMap((name) => model.structured(name) ?? [])
  const family = [type, ...derived]
  const columns = new Map<string, Column>()
  const inner = new Set([...within, type.qualifiedName])
  for (const member of family) {
    for (const property of model.properties(member)) {
      if (property.type.name === 'Edm.Stream') continue
      const known = columns.get(property.name)
      const found = withDefault(columnOf(model, property.name, property.type, inner), property)
      const added = member === type ? found : Object.freeze({ ...found, derived: true })
      columns.set(property.name, known === undefined ? added : sameType(known.type, found.type) ? known : untyped(property.name))
    }
  }
  if (derived.length > 0) columns.set('@odata.type', Object.freeze({ name: '@odata.type', type: stringType }))
  if (family.some((member) => member.open)) columns.set('*', Object.freeze({ name: '*', type: primitiveType('Edm.Untyped') }))
  return Object.freeze([...columns.values()])
}

const sameType = (a: ValueType, b: ValueType): boolean => a.name === b.name && a.collection === b.collection

/** Two derived types give one name to different types: such a value is carried only. */
const untyped = (name: string): Column => Object.freeze({ name, type: primitiveType('Edm.Untyped'), derived: true })

const numbers: ReadonlySet<string> = new Set(['Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Double', 'Edm.Single'])

/** The value that the contract says a property has where nothing else is said. Text that stands for none is not believed. */
function withDefault(column: Column, { defaultValue }: Property): Column {
  const { base, collection } = column.type
  if (defaultValue === undefined || collection || base === 'structured' || base === 'Edm.Untyped') return column
  if (base === 'Edm.Boolean') return /^(?:true|false)$/.test(defaultValue) ? Object.freeze({ ...column, default: defaultValue === 'true' }) : column
  if (!numbers.has(base)) return Object.freeze({ ...column, default: defaultValue })
  return defaultValue.trim() === '' || Number.isNaN(Number(defaultValue)) ? column : Object.freeze({ ...column, default: Number(defaultValue) })
}

function columnOf(model: EdmModel, name: string, ref: TypeRef, within: ReadonlySet<string>): Column {
  const type = valueType(model, ref)
  const complex = type.base === 'structured' ? model.structured(ref.name) : undefined
  // a complex type within itself has no end: its inner occurrence is carried whole
  if (complex === undefined || within.has(complex.qualifiedName)) return Object.freeze({ name, type })
  return Object.freeze({ name, type, fields: collectColumns(model, complex, within) })
}
