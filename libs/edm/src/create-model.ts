import { hubError } from '@tributary/errors'
import { findBindingTarget } from './binding-target.js'
import { defaultContainer } from './default-container.js'
import type { EdmModel } from './edm-model.js'
import { inheritance, type Inheritance } from './inheritance.js'
import type { EdmType, EdmVersion, EntityType, KeyPart, ModelWarning, NavigationProperty, Operation, Property, Reference, Schema, StructuredType } from './model.js'
import { nameResolver, splitName } from './qualified-name.js'

/** What a model is made of. */
export interface ModelParts {
  readonly version: EdmVersion
  readonly schemas: readonly Schema[]
  readonly references?: readonly Reference[]
  readonly warnings?: readonly ModelWarning[]
}

/**
 * Makes a model of schema values: the look-ups are computed on first use and kept.
 * @throws HUB_CONTRACT_INVALID where there is no schema, two have one namespace, or a type or container is its own ancestor
 */
export function createModel(parts: ModelParts): EdmModel {
  const references = Object.freeze([...(parts.references ?? [])])
  const schemas = byNamespace(parts.schemas)
  const names = nameResolver(aliasesOf(parts.schemas, references))
  const find = (qualified: string): EdmType | undefined => {
    const [namespace, name] = splitName(qualified)
    return schemas.get(namespace)?.types.get(name)
  }
  const type = (name: string): EdmType | undefined => find(name) ?? find(names.name(name))
  const ancestry = inheritance(schemas, type)
  const model: EdmModel = {
    version: parts.version,
    references,
    schemas,
    container: defaultContainer(schemas, names),
    warnings: Object.freeze([...(parts.warnings ?? [])]),
    type,
    structured: (name) => structuredOrNone(type(name)),
    entityType: (name) => entityOrNone(type(name)),
    ...memberLookUps(ancestry),
    ...typeLookUps(ancestry, type),
    operations(qualifiedName) {
      const [namespace, name] = splitName(names.name(qualifiedName))
      return schemas.get(namespace)?.operations.get(name) ?? noOperations
    },
    bindingTarget: (setOrSingleton, path) => findBindingTarget(model, setOrSingleton, names.path(path)),
  }
  return Object.freeze(model)
}

const noOperations: readonly Operation[] = Object.freeze([])

function byNamespace(schemas: readonly Schema[]): ReadonlyMap<string, Schema> {
  if (schemas.length === 0) throw hubError('HUB_CONTRACT_INVALID', { reason: 'it holds no schema' })
  const map = new Map<string, Schema>()
  for (const schema of schemas) {
    if (map.has(schema.namespace)) throw hubError('HUB_CONTRACT_INVALID', { reason: `two schemas have the namespace ${schema.namespace}` })
    map.set(schema.namespace, schema)
  }
  return map
}

/** Alias → namespace, of the schemas and of the references' inclusions. */
export function aliasesOf(schemas: Iterable<Pick<Schema, 'namespace' | 'alias'>>, references: readonly Reference[]): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>()
  for (const reference of references) for (const { alias, namespace } of reference.includes) if (alias !== undefined) aliases.set(alias, namespace)
  for (const { alias, namespace } of schemas) if (alias !== undefined) aliases.set(alias, namespace)
  return aliases
}

const structuredOrNone = (type: EdmType | undefined): StructuredType | undefined => (type?.kind === 'entity' || type?.kind === 'complex' ? type : undefined)

const entityOrNone = (type: EdmType | undefined): EntityType | undefined => (type?.kind === 'entity' ? type : undefined)

type MemberLookUps = Pick<EdmModel, 'property' | 'navigation' | 'properties' | 'navigations' | 'key'>

function memberLookUps(ancestry: Inheritance): MemberLookUps {
  const properties = new WeakMap<StructuredType, ReadonlyMap<string, Property>>()
  const navigations = new WeakMap<StructuredType, ReadonlyMap<string, NavigationProperty>>()
  const lists = new WeakMap<object, readonly unknown[]>()
  const propertyMap = (type: StructuredType): ReadonlyMap<string, Property> => kept(properties, type, () => merged(ancestry.line(type), (each) => each.properties))
  const navigationMap = (type: StructuredType): ReadonlyMap<string, NavigationProperty> => kept(navigations, type, () => merged(ancestry.line(type), (each) => each.navigation))
  const listOf = <V>(map: ReadonlyMap<string, V>): readonly V[] => kept(lists, map, () => Object.freeze([...map.values()])) as readonly V[]
  return {
    property: (type, name) => propertyMap(type).get(name),
    navigation: (type, name) => navigationMap(type).get(name),
    properties: (type) => listOf(propertyMap(type)),
    navigations: (type) => listOf(navigationMap(type)),
    key: (type) => ancestry.line(type).reduce<readonly KeyPart[]>((key, each) => ('key' in each && each.key.length > 0 ? each.key : key), type.key),
  }
}

function kept<K extends object, V>(cache: WeakMap<K, V>, key: K, compute: () => V): V {
  let value = cache.get(key)
  if (value === undefined) cache.set(key, (value = compute()))
  return value
}

/** Members of a line of types, the base's first; a type's own member of the same name stands in the base's place. */
function merged<V>(line: readonly (StructuredType | EntityType)[], members: (type: StructuredType) => ReadonlyMap<string, V>): ReadonlyMap<string, V> {
  const [only] = line
  if (line.length === 1 && only !== undefined) return members(only)
  return new Map(line.flatMap((type) => [...members(type)]))
}

type TypeLookUps = Pick<EdmModel, 'derivesFrom' | 'derivedTypes' | 'underlying'>

function typeLookUps(ancestry: Inheritance, type: (name: string) => EdmType | undefined): TypeLookUps {
  const nameOf = (name: string): string => type(name)?.qualifiedName ?? name
  return {
    derivesFrom: (name, base) => nameOf(name) === nameOf(base) || ancestry.derived(nameOf(base)).has(nameOf(name)),
    derivedTypes: (base) => [...ancestry.derived(nameOf(base))],
    underlying(name) {
      const found = type(name)
      return found?.kind === 'typeDefinition' || found?.kind === 'enum' ? found.underlyingType : name
    },
  }
}
