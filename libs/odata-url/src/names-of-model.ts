import type { EdmModel, TypeRef } from '@tributary/edm'
import { aggregationNames } from './aggregation-names.js'
import type { ContainerName, MemberName, Names, OperationName, TypeHandle } from './names.js'

/** Conventions of a service that its model does not say. */
export interface NamesOptions {
  readonly keyAsSegment?: boolean
}

const defaultNamespaceTerm = 'Org.OData.Core.V1.DefaultNamespace'

/**
 * The names of an entity data model as the parser asks for them. Names of schemas with Core.DefaultNamespace may come unqualified,
 * and qualified names may use a schema's alias.
 */
export function namesOf(model: EdmModel, { keyAsSegment = false }: NamesOptions = {}): Names {
  const handles = new Map<string, TypeHandle>()
  const handle = (name: string, collection: boolean): TypeHandle => {
    const id = collection ? `Collection(${name})` : name
    const known = handles.get(id)
    if (known !== undefined) return known
    const made = Object.freeze({ name, collection, structured: model.structured(name) !== undefined })
    handles.set(id, made)
    return made
  }
  const handleOf = (type: TypeRef | undefined): { readonly type?: TypeHandle } => (type === undefined ? {} : { type: handle(type.name, type.collection) })
  const qualify = qualifierOf(model)
  return Object.freeze({
    keyAsSegment,
    container: (name: string) => containerName(model, name, handle, handleOf),
    member: (type: TypeHandle | undefined, name: string) => memberName(model, handle, type, name),
    type: (name: string) => typeOf(model, handle, qualify(name)),
    operation: (name: string) => operationName(model, qualify(name), handleOf),
    keyParts: (type: TypeHandle) => {
      const entity = model.entityType(type.name)
      return entity === undefined ? undefined : model.key(entity).length
    },
    ...aggregationNames(model),
  })
}

type HandleFor = (name: string, collection: boolean) => TypeHandle
type HandleOf = (type: TypeRef | undefined) => { readonly type?: TypeHandle }

function containerName(model: EdmModel, name: string, handle: HandleFor, handleOf: HandleOf): ContainerName | undefined {
  const { container } = model
  const set = container?.entitySets.get(name)
  if (set !== undefined) return { kind: 'entitySet', type: handle(set.entityType, true) }
  const singleton = container?.singletons.get(name)
  if (singleton !== undefined) return { kind: 'singleton', type: handle(singleton.entityType, false) }
  const operation = container?.operationImports.get(name)
  if (operation === undefined) return undefined
  const unbound = model.operations(operation.operation).filter(({ bound }) => !bound)
  return { kind: operation.kind, ...handleOf(unbound[0]?.returnType), parameters: parameterNames(unbound) }
}

function memberName(model: EdmModel, handle: HandleFor, type: TypeHandle | undefined, name: string): MemberName | undefined {
  const structured = type === undefined ? undefined : model.structured(type.name)
  if (structured === undefined) return undefined
  const property = model.property(structured, name)
  if (property !== undefined) return { kind: 'property', type: handle(property.type.name, property.type.collection) }
  const navigation = model.navigation(structured, name)
  return navigation === undefined ? undefined : { kind: 'navigation', type: handle(navigation.target, navigation.collection) }
}

function typeOf(model: EdmModel, handle: HandleFor, name: string): TypeHandle | undefined {
  if (name.startsWith('Edm.')) return handle(name, false)
  const type = model.type(name)
  return type === undefined ? undefined : handle(type.qualifiedName, false)
}

function operationName(model: EdmModel, name: string, handleOf: HandleOf): OperationName | undefined {
  const overloads = model.operations(name)
  const [first] = overloads
  return first === undefined ? undefined : { kind: first.kind, ...handleOf(first.returnType), parameters: parameterNames(overloads) }
}

/** Names of all overloads' parameters; a bound operation's first is its binding parameter. Actions take theirs in the body. */
const parameterNames = (overloads: ReturnType<EdmModel['operations']>): readonly string[] =>
  Object.freeze([...new Set(overloads.filter(({ kind }) => kind === 'function').flatMap(({ bound, parameters }) => parameters.slice(bound ? 1 : 0).map(({ name }) => name)))])

/** Turns an unqualified name into the qualified one where a schema is marked as a default namespace, and an alias into its namespace. */
function qualifierOf(model: EdmModel): (name: string) => string {
  const schemas = [...model.schemas.values()]
  const defaults = schemas.filter(({ annotations }) => annotations.some(({ term }) => term === defaultNamespaceTerm))
  const aliases = new Map(schemas.flatMap(({ alias, namespace }) => (alias === undefined ? [] : [[alias, namespace] as const])))
  return (name) => {
    const dot = name.lastIndexOf('.')
    if (dot >= 0) return `${aliases.get(name.slice(0, dot)) ?? name.slice(0, dot)}.${name.slice(dot + 1)}`
    const owner = defaults.find(({ types, operations }) => types.has(name) || operations.has(name))
    return owner === undefined ? name : `${owner.namespace}.${name}`
  }
}
