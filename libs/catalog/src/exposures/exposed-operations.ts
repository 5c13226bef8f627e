import { operationAnnotations, parameterAnnotations, returnTypeAnnotations, type Annotation, type EdmModel, type Operation, type Parameter, type TypeRef } from '@tributary/edm'
import { keptNavigations, type ResolvedEntity } from '../products/resolved-entity.js'
import type { PublishedOperations } from '../products/definition.js'
import type { TypeFamily } from './type-family.js'

/** What a product has of a service, before its operations. */
export interface OperationsPlace {
  readonly model: EdmModel
  /** The product's entities of this service. */
  readonly families: readonly TypeFamily[]
  readonly published: PublishedOperations
  /** Qualified names, at the service, of other types that the entities' properties are made of. */
  readonly valueTypes: ReadonlySet<string>
}

/** An overload of the service that the product has, and to which of its entities it is bound. */
export interface TakenOperation {
  readonly operation: Operation
  /** `type`: the binding type in the product. Without a family it is no entity's. */
  readonly binding?: { readonly family: TypeFamily; readonly type: string }
}

/** Entities of such types, and values of such, would come in names of the service. */
const unnamed: ReadonlySet<string> = new Set(['Edm.EntityType', 'Edm.ComplexType', 'Edm.Untyped'])
const earlier: ReadonlySet<string> = new Set(['1.0', '2.0', '3.0'])

/**
 * The overloads whose signatures name only what the product exposes: bound ones once for each exposed type they are bound to, unbound ones
 * where the service imports them. Services of earlier versions have none that could be called.
 */
export function takenOperations(place: OperationsPlace): readonly TakenOperation[] {
  const { model, published } = place
  if (published === 'none' || earlier.has(model.version)) return []
  const imported = published === 'bound' ? new Set<Operation>() : new Set([...(model.container?.operationImports.values() ?? [])].flatMap(({ operation }) => model.operations(operation)).filter(({ bound }) => !bound))
  const all = [...model.schemas.values()].flatMap(({ operations }) => [...operations.values()])
  return all.flatMap((overloads) => nearest(model, overloads.filter((operation) => isExpressible(operation, place)).flatMap((operation) => (operation.bound ? bindingsOf(operation, place) : imported.has(operation) ? [{ operation }] : []))))
}

const ownTypes = ({ bound, parameters, returnType }: Operation): readonly TypeRef[] =>
  [...parameters.slice(bound ? 1 : 0).map(({ type }) => type), ...(returnType === undefined ? [] : [returnType])]

/** Names of the types, other than entity types, that the overloads' parameters and results are made of. */
export const signatureTypes = (taken: readonly TakenOperation[]): readonly string[] => taken.flatMap(({ operation }) => ownTypes(operation).map(({ name }) => name))

function isExpressible(operation: Operation, { model, families }: OperationsPlace): boolean {
  return ownTypes(operation).every(({ name }) => {
    if (name.startsWith('Edm.')) return !unnamed.has(name)
    const type = model.type(name)
    return type !== undefined && (type.kind !== 'entity' || families.some(({ types }) => types.has(type.qualifiedName)))
  })
}

/** What an operation is bound to in the product. An entity that is of a type below the one it is bound to has the operation itself. */
function bindingsOf(operation: Operation, { model, families, valueTypes }: OperationsPlace): readonly TakenOperation[] {
  const [binding] = operation.parameters
  if (binding === undefined) return []
  const type = model.type(binding.type.name)
  if (type?.kind !== 'entity' && binding.type.name !== 'Edm.EntityType') {
    return (type === undefined ? binding.type.name.startsWith('Edm.') && !unnamed.has(binding.type.name) : valueTypes.has(type.qualifiedName)) ? [{ operation }] : []
  }
  return families.flatMap((family): readonly TakenOperation[] => {
    const own = type === undefined ? undefined : family.types.get(type.qualifiedName)
    if (own !== undefined) return [{ operation, binding: { family, type: own } }]
    const [root] = family.types
    const isAbove = root !== undefined && (type === undefined || model.derivesFrom(root[0], type.qualifiedName))
    return isAbove ? [{ operation, binding: { family, type: root[1] } }] : []
  })
}

/** Of overloads that come to be bound to one type, with the same parameters, the one that is bound nearest to it at the service. */
function nearest(model: EdmModel, taken: readonly TakenOperation[]): readonly TakenOperation[] {
  return [...Map.groupBy(taken, placeOf).values()].flatMap((same) => same.toSorted((a, b) => depth(model, b) - depth(model, a)).slice(0, 1))
}

function placeOf({ operation: { kind, bound, parameters }, binding }: TakenOperation): string {
  const [first] = parameters
  const at = bound && first !== undefined ? `${binding?.type ?? first.type.name} ${String(first.type.collection)}` : ''
  const own = kind === 'action' ? [] : parameters.slice(bound ? 1 : 0).map(({ name, type }) => `${name}:${type.collection ? '*' : ''}${type.name}`)
  return [kind, at, ...own].join(' ')
}

/** How many types stand above the one that an overload is bound to. */
function depth(model: EdmModel, { operation: { parameters: [first] } }: TakenOperation): number {
  let above = 0
  for (let at = model.entityType(first?.type.name ?? ''); at?.baseType !== undefined && above < 100; at = model.entityType(at.baseType)) above += 1
  return first?.type.name === 'Edm.EntityType' ? -1 : above
}

/** How the product writes what it takes. */
export interface OperationNaming extends OperationsPlace {
  readonly namespace: string
  /** All entities of the product. */
  readonly entities: readonly ResolvedEntity[]
  /** The product's name of a type that is no entity's. */
  readonly valueType: (name: string) => string
  /** An unused name of the namespace. */
  readonly give: (...wishes: readonly string[]) => string
  readonly isCarried: (annotation: Annotation) => boolean
}

/** Operations of a product's schema, by unqualified name, and what they are called at their service. */
export interface ExposedOperations {
  readonly operations: ReadonlyMap<string, readonly Operation[]>
  /** Qualified names: the product's → the service's. */
  readonly names: ReadonlyMap<string, string>
}

/** Writes overloads in the product's names; all of one name get one name. */
export function exposedOperations(taken: readonly TakenOperation[], naming: OperationNaming): ExposedOperations {
  const groups = [...Map.groupBy(taken, ({ operation }) => operation.qualifiedName)].map(([remote, overloads]) => {
    const { name: own, namespace } = overloads[0]?.operation ?? { name: '', namespace: '' }
    const name = naming.give(own, `${namespace.split('.').at(-1) ?? ''}_${own}`)
    return { remote, name, overloads: overloads.map((one) => written(one, name, naming)) }
  })
  return {
    operations: new Map(groups.map(({ name, overloads }) => [name, overloads])),
    names: new Map(groups.map(({ remote, name }) => [`${naming.namespace}.${name}`, remote])),
  }
}

function written(taken: TakenOperation, name: string, naming: OperationNaming): Operation {
  const { operation, binding } = taken
  const { model, namespace, isCarried } = naming
  const { entitySetPath: _path, returnType, returnTypeAnnotations: _said, ...rest } = operation
  const leads = pathOf(taken, naming)
  const result = returnType === undefined ? undefined : leads?.family.types.get(model.entityType(returnType.name)?.qualifiedName ?? '') ?? exposedName(returnType.name, taken, naming)
  const saidOfResult = returnTypeAnnotations(model, operation).filter(isCarried)
  const parameter = (one: Parameter, index: number): Parameter => {
    const type = operation.bound && index === 0 && binding !== undefined ? binding.type : exposedName(one.type.name, taken, naming)
    return Object.freeze({ ...one, type: Object.freeze({ ...one.type, name: type }), annotations: parameterAnnotations(model, operation, one).filter(isCarried) })
  }
  return Object.freeze({
    ...rest, namespace, name, qualifiedName: `${namespace}.${name}`,
    parameters: operation.parameters.map(parameter),
    ...(returnType === undefined || result === undefined ? {} : { returnType: Object.freeze({ ...returnType, name: result }) }),
    ...(leads === undefined || returnType === undefined ? {} : { entitySetPath: leads.path }),
    ...(saidOfResult.length === 0 ? {} : { returnTypeAnnotations: saidOfResult }),
    annotations: operationAnnotations(model, operation).filter(isCarried),
  })
}

/** A type in the product: of the bound entity where it has one like it, else of the set an import names, else of the first entity that has. */
function exposedName(name: string, { operation, binding }: TakenOperation, { model, families, valueType }: OperationNaming): string {
  const entity = model.entityType(name)
  if (entity === undefined) return valueType(name)
  const declared = [...(model.container?.operationImports.values() ?? [])].find((one) => one.operation === operation.qualifiedName)?.entitySet
  const wished = [...(binding === undefined ? [] : [binding.family]), ...families.filter(({ resolved }) => !operation.bound && resolved.set.name === declared), ...families]
  return wished.flatMap(({ types }) => types.get(entity.qualifiedName) ?? [])[0] ?? name
}

/** The set path in the product's names, and the entity it leads to; undefined: it leads out of the product, or there is none. */
function pathOf({ operation: { entitySetPath, parameters: [first], returnType }, binding }: TakenOperation, { model, families, entities }: OperationNaming): { readonly path: string; readonly family: TypeFamily } | undefined {
  const [start, ...steps] = entitySetPath?.split('/') ?? []
  if (start === undefined || start !== first?.name || binding === undefined) return undefined
  let family = binding.family
  const path = [start]
  for (const step of steps) {
    const cast = step.includes('.') ? family.types.get(model.entityType(step)?.qualifiedName ?? '') : undefined
    const target = cast === undefined ? keptNavigations(family.resolved, entities).find(({ navigation }) => navigation.name === step)?.target : family.resolved
    const next = families.find(({ resolved }) => resolved === target)
    if (next === undefined) return undefined
    family = next
    path.push(cast ?? step)
  }
  return family.types.has(model.entityType(returnType?.name ?? '')?.qualifiedName ?? '') ? { path: path.join('/'), family } : undefined
}
