import type { EdmModel, TypeRef } from '@tributary/edm'
import { typeText } from '../services/entity-set-views.js'
import type { ProductDefinition, ProductRelationship } from './definition.js'
import { faultAt, hint, identifierFaults, type Faults } from './fault-list.js'
import { renamed, resolveEntity, spokenEntity, type ExposedColumn, type ResolvedEntity } from './resolved-entity.js'

const multiplicities: readonly string[] = ['1', '0..1', '*']

/** What is wrong with the relationships of a product. */
export const relationshipFaults = (definition: ProductDefinition, models: ReadonlyMap<string, EdmModel>): Faults =>
  definition.relationships.flatMap((relationship, index) => faultsOf(definition, relationship, `relationships[${index}]`, models))

function faultsOf(definition: ProductDefinition, relationship: ProductRelationship, field: string, models: ReadonlyMap<string, EdmModel>): Faults {
  const names = definition.entities.map(({ name }) => name)
  const end = (name: string) => definition.entities.find((entity) => entity.name === name)
  const unknownEnds = (['from', 'to'] as const)
    .filter((which) => end(relationship[which]) === undefined)
    .map((which) => faultAt(`${field}.${which}`, `the product has no entity ${relationship[which]}${hint(relationship[which], names)}`))
  const [fromEntity, toEntity] = [end(relationship.from), end(relationship.to)]
  const from = fromEntity === undefined ? undefined : resolveEntity(fromEntity, models)
  const to = toEntity === undefined ? undefined : resolveEntity(toEntity, models)
  return [
    ...unknownEnds,
    ...identifierFaults(`${field}.name`, relationship.name),
    ...(relationship.inverse === undefined ? [] : identifierFaults(`${field}.inverse`, relationship.inverse)),
    ...multiplicityFaults(relationship, field),
    ...(relationship.on.length === 0 ? [faultAt(`${field}.on`, 'needs at least one pair of properties')] : []),
    // Without its entity a property cannot be judged: that fault is already listed.
    ...(from === undefined || to === undefined ? [] : [...columnFaults(relationship, field, from, to), ...keylessFaults(relationship, field, from, to)]),
  ]
}

const multiplicityFaults = (relationship: ProductRelationship, field: string): Faults =>
  (['multiplicity', 'inverseMultiplicity'] as const)
    .filter((which) => relationship[which] !== undefined && !multiplicities.includes(relationship[which]))
    .map((which) => faultAt(`${field}.${which}`, `must be one of ${multiplicities.join(', ')}`))

function columnFaults(relationship: ProductRelationship, field: string, from: ResolvedEntity, to: ResolvedEntity): Faults {
  return relationship.on.flatMap((pair, index) => {
    const at = `${field}.on[${index}]`
    const [left, right] = [columnNamed(from, pair.from), columnNamed(to, pair.to)]
    const missing = [
      ...(left === undefined ? [missingColumn(from, pair.from, `${at}.from`)] : []),
      ...(right === undefined ? [missingColumn(to, pair.to, `${at}.to`)] : []),
    ]
    if (left === undefined || right === undefined) return missing
    const [leftType, rightType] = [left.property.type, right.property.type]
    if (areComparable({ ref: leftType, model: from.model }, { ref: rightType, model: to.model })) return []
    return [faultAt(at, `${spokenEntity(from.entity)}/${pair.from} (${typeText(leftType)}) cannot be compared with ${spokenEntity(to.entity)}/${pair.to} (${typeText(rightType)}): ${comparableKinds}`)]
  })
}

const columnNamed = ({ columns }: ResolvedEntity, name: string): ExposedColumn | undefined => columns.find(({ exposed }) => exposed === name)

function missingColumn({ entity, model, type, columns }: ResolvedEntity, name: string, field: string) {
  const unselected = model.properties(type).some((property) => renamed(entity, property.name) === name)
  if (unselected) return faultAt(field, `${name} is not in the select of ${spokenEntity(entity)}`)
  const exposedAs = columns.find(({ remote }) => remote === name)?.exposed
  if (exposedAs !== undefined) return faultAt(field, `${spokenEntity(entity)} exposes ${name} as ${exposedAs}; use that name`)
  return faultAt(field, `${spokenEntity(entity)} has no property ${name}${hint(name, columns.map(({ exposed }) => exposed))}`)
}

interface Typed {
  readonly ref: TypeRef
  readonly model: EdmModel
}

const numbers = new Set(['Byte', 'SByte', 'Int16', 'Int32', 'Int64', 'Decimal', 'Single', 'Double'].map((name) => `Edm.${name}`))
const equatable = new Set(['String', 'Guid', 'Boolean', 'Date', 'DateTimeOffset', 'TimeOfDay', 'Duration', 'Binary'].map((name) => `Edm.${name}`))

const comparableKinds = 'values of one type join, numbers of any type with each other, and text with integers, decimals and guids that it writes in digits'

/** Numbers that text may write without loss. */
const exactNumbers = new Set([...numbers].filter((name) => name !== 'Edm.Single' && name !== 'Edm.Double'))

/** Values of one Edm type can be joined, numbers of any type with each other, text with what it can write exactly; members of one enumeration only. */
function areComparable(left: Typed, right: Typed): boolean {
  if (left.ref.collection || right.ref.collection) return false
  const [one, other] = [kindOf(left), kindOf(right)]
  if (one === undefined || other === undefined) return false
  return one === other || isTextOf(left, right) || isTextOf(right, left)
}

/** Text that a number or a guid is written as. */
function isTextOf(text: Typed, value: Typed): boolean {
  const [one, other] = [text, value].map(({ ref, model }) => model.underlying(ref.name))
  return one === 'Edm.String' && other !== undefined && (other === 'Edm.Guid' || exactNumbers.has(other))
}

function kindOf({ ref, model }: Typed): string | undefined {
  const type = model.type(ref.name)
  if (type?.kind === 'enum') return JSON.stringify(type.members.map(({ name, value }) => [name, String(value)]))
  if (type?.kind === 'entity' || type?.kind === 'complex') return undefined
  const primitive = model.underlying(ref.name)
  return numbers.has(primitive) ? 'number' : equatable.has(primitive) ? primitive : undefined
}

/** A set without a key has no rows that could be addressed: nothing leads back, and no single row is led to but by an alternate key. */
function keylessFaults(relationship: ProductRelationship, field: string, from: ResolvedEntity, to: ResolvedEntity): Faults {
  const keyless = [from, to].filter(({ model, type }) => model.key(type).length === 0)
  const faults = relationship.inverse === undefined ? [] : keyless.slice(0, 1).map(({ entity }) => faultAt(`${field}.inverse`, `${spokenEntity(entity)} has no key, so nothing can lead back`))
  if (!keyless.includes(to) || relationship.multiplicity === '*') return faults
  const columns = relationship.on.map((pair) => columnNamed(to, pair.to)?.remote)
  const isAlternateKey = to.type.alternateKeys.some((key) => key.length === columns.length && key.every(({ path }) => columns.includes(path)))
  return isAlternateKey ? faults : [...faults, faultAt(`${field}.multiplicity`, `${spokenEntity(to.entity)} has no key; lead to * or join on one of its alternate keys`)]
}
