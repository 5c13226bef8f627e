import type { EdmModel, EnumType, NavigationProperty, Property, StructuredType } from '@tributary/edm'
import { typeText } from './entity-set-views.js'

/** One difference between two contracts. */
export interface ContractChange {
  readonly severity: 'breaking' | 'compatible'
  /** `Orders`, `Northwind.Order/Freight`, `Northwind.Color/Red` */
  readonly path: string
  readonly message: string
}

/** The compatibility verdict: breaking if one of the changes is. */
export interface ContractChanges {
  readonly verdict: 'identical' | 'compatible' | 'breaking'
  readonly list: readonly ContractChange[]
}

const breaking = (path: string, message: string): ContractChange => Object.freeze({ severity: 'breaking', path, message })
const compatible = (path: string, message: string): ContractChange => Object.freeze({ severity: 'compatible', path, message })

/**
 * What those who use a service meet when `after` replaces `before`: what was taken away or narrowed breaks them, what was added does not.
 * @see OData Protocol 4.01, section 5.2
 */
export function compareContracts(before: EdmModel, after: EdmModel): ContractChanges {
  const list = [...compareSets(before, after), ...compareTypes(before, after)]
  const verdict = list.length === 0 ? 'identical' : list.some(({ severity }) => severity === 'breaking') ? 'breaking' : 'compatible'
  return Object.freeze({ verdict, list: Object.freeze(list) })
}

function compareSets(before: EdmModel, after: EdmModel): readonly ContractChange[] {
  const [old, fresh] = [before.container?.entitySets ?? new Map(), after.container?.entitySets ?? new Map()]
  return compareByName(old, fresh, {
    gone: (name) => [breaking(name, 'The entity set was removed.')],
    come: (name) => [compatible(name, 'The entity set was added.')],
    both: (name, one, other) => (one.entityType === other.entityType ? [] : [breaking(name, `The entity type changed from ${one.entityType} to ${other.entityType}.`)]),
  })
}

interface Cases<T> {
  gone(name: string): readonly ContractChange[]
  come(name: string): readonly ContractChange[]
  both(name: string, before: T, after: T): readonly ContractChange[]
}

const compareByName = <T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>, cases: Cases<T>): readonly ContractChange[] => [
  ...[...before].flatMap(([name, one]) => {
    const other = after.get(name)
    return other === undefined ? cases.gone(name) : cases.both(name, one, other)
  }),
  ...[...after.keys()].filter((name) => !before.has(name)).flatMap((name) => cases.come(name)),
]

const typesOf = (model: EdmModel) => new Map([...model.schemas.values()].flatMap((schema) => [...schema.types.values()].map((type) => [type.qualifiedName, type] as const)))

function compareTypes(before: EdmModel, after: EdmModel): readonly ContractChange[] {
  return compareByName(typesOf(before), typesOf(after), {
    gone: (name) => [breaking(name, 'The type was removed.')],
    come: (name) => [compatible(name, 'The type was added.')],
    both: (name, one, other) => {
      if (one.kind !== other.kind) return [breaking(name, `The ${one.kind} became ${other.kind === 'entity' || other.kind === 'enum' ? 'an' : 'a'} ${other.kind}.`)]
      if (one.kind === 'enum' && other.kind === 'enum') return compareMembers(one, other)
      if (one.kind === 'typeDefinition' && other.kind === 'typeDefinition') {
        return one.underlyingType === other.underlyingType ? [] : [breaking(name, `The underlying type changed from ${one.underlyingType} to ${other.underlyingType}.`)]
      }
      return one.kind === 'typeDefinition' || one.kind === 'enum' || other.kind === 'typeDefinition' || other.kind === 'enum'
        ? []
        : [...compareKeys(before, one, after, other), ...compareProperties(one, other), ...compareNavigation(one, other)]
    },
  })
}

const membersOf = (type: EnumType) => new Map(type.members.map((member) => [member.name, member.value]))

function compareMembers(before: EnumType, after: EnumType): readonly ContractChange[] {
  const path = (name: string) => `${before.qualifiedName}/${name}`
  return compareByName(membersOf(before), membersOf(after), {
    gone: (name) => [breaking(path(name), 'The member was removed.')],
    come: (name) => [compatible(path(name), 'The member was added.')],
    both: (name, one, other) => (one === other ? [] : [breaking(path(name), `The value changed from ${one} to ${other}.`)]),
  })
}

function keyOf(model: EdmModel, { qualifiedName }: StructuredType): string {
  const type = model.entityType(qualifiedName)
  return type === undefined ? '' : model.key(type).map(({ path }) => path).join(', ')
}

function compareKeys(before: EdmModel, one: StructuredType, after: EdmModel, other: StructuredType): readonly ContractChange[] {
  const [old, fresh] = [keyOf(before, one), keyOf(after, other)]
  return old === fresh ? [] : [breaking(one.qualifiedName, `The key changed from (${old}) to (${fresh}).`)]
}

function compareProperties(before: StructuredType, after: StructuredType): readonly ContractChange[] {
  const path = (name: string) => `${before.qualifiedName}/${name}`
  const inherited = before.baseType === after.baseType ? [] : [breaking(before.qualifiedName, `The base type changed from ${before.baseType ?? 'none'} to ${after.baseType ?? 'none'}.`)]
  const own = compareByName(before.properties, after.properties, {
    gone: (name) => [breaking(path(name), 'The property was removed.')],
    come: (name) => [compatible(path(name), 'The property was added.')],
    both: (name, one, other) => compareProperty(path(name), one, other),
  })
  return [...inherited, ...own]
}

function compareProperty(path: string, before: Property, after: Property): readonly ContractChange[] {
  const [one, other] = [before.type, after.type]
  const changes: ContractChange[] = []
  if (!one.nullable && other.nullable) changes.push(breaking(path, 'The property may be null now.'))
  if (one.nullable && !other.nullable) changes.push(compatible(path, 'The property is never null any more.'))
  // Facets of one type say nothing about another.
  if (typeText(one) !== typeText(other)) return [breaking(path, `The type changed from ${typeText(one)} to ${typeText(other)}.`), ...changes]
  for (const facet of ['maxLength', 'precision', 'scale'] as const) {
    const [old, fresh] = [one.facets[facet], other.facets[facet]]
    if (old !== fresh) changes.push((isWider(old, fresh) ? breaking : compatible)(path, `${facet} changed from ${old ?? 'none'} to ${fresh ?? 'none'}.`))
  }
  return changes
}

/** A value that grew may not fit where it is read. */
const isWider = (before: number | string | undefined, after: number | string | undefined): boolean => sizeOf(after) > sizeOf(before)

const sizeOf = (facet: number | string | undefined): number => (typeof facet === 'number' ? facet : Number.POSITIVE_INFINITY)

const shapeOf = ({ target, collection }: NavigationProperty): string => (collection ? `Collection(${target})` : target)

function compareNavigation(before: StructuredType, after: StructuredType): readonly ContractChange[] {
  const path = (name: string) => `${before.qualifiedName}/${name}`
  return compareByName(before.navigation, after.navigation, {
    gone: (name) => [breaking(path(name), 'The navigation property was removed.')],
    come: (name) => [compatible(path(name), 'The navigation property was added.')],
    both: (name, one, other) => (shapeOf(one) === shapeOf(other) ? [] : [breaking(path(name), `The navigation changed from ${shapeOf(one)} to ${shapeOf(other)}.`)]),
  })
}
