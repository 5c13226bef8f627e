import type { Annotation } from './annotation.js'
import type { EdmModel } from './edm-model.js'
import type { EntityContainer, Operation, Parameter, StructuredType } from './model.js'
import { splitName } from './qualified-name.js'

/**
 * All annotations of a model element by its path, names in full: those inside the element first, then those given for it
 * from outside. Paths: `Ns.Type`, `Ns.Type/Property`, `Ns.Enum/Member`, `Ns.Container`, `Ns.Container/Set`, `Ns.Operation`
 * (all overloads), `Ns.Operation(Edm.String)`, `Ns.Operation/Parameter`, `Ns.Operation/$ReturnType`, `Ns.Term`. An inherited
 * property has the annotations its declaring type gives it. Empty where there is no such element.
 * @see OData CSDL XML 4.01, section 14.2.2
 */
export function annotationsOf(model: EdmModel, target: string): readonly Annotation[] {
  const external = externalsOf(model)
  const { inline, paths } = elementAt(model, target)
  const outside = paths.flatMap((path) => external.get(path) ?? none)
  return outside.length === 0 ? inline : [...inline, ...outside]
}

/**
 * The annotations of a parameter of one overload, those given from outside with or without the overload's signature among them.
 * @see OData CSDL XML 4.01, section 14.2.2
 */
export const parameterAnnotations = (model: EdmModel, operation: Operation, { name }: Parameter): readonly Annotation[] =>
  annotationsOf(model, `${operation.qualifiedName}${signatureOf(operation)}/${name}`)

/** The annotations of one overload, those given from outside with or without its signature among them. @see OData CSDL XML 4.01, section 14.2.2 */
export const operationAnnotations = (model: EdmModel, operation: Operation): readonly Annotation[] => ofOverload(model, operation, '', operation.annotations)

/** The annotations of what one overload returns. @see OData CSDL XML 4.01, section 14.2.2 */
export const returnTypeAnnotations = (model: EdmModel, operation: Operation): readonly Annotation[] => ofOverload(model, operation, '/$ReturnType', operation.returnTypeAnnotations ?? none)

/** What is said of an operation without a signature is said of all its overloads, what stands within one of it alone. */
function ofOverload(model: EdmModel, operation: Operation, suffix: string, inline: readonly Annotation[]): readonly Annotation[] {
  const external = externalsOf(model)
  return [...inline, ...[`${operation.qualifiedName}${signatureOf(operation)}${suffix}`, `${operation.qualifiedName}${suffix}`].flatMap((path) => external.get(path) ?? none)]
}

const none: readonly Annotation[] = Object.freeze([])

const perModel = new WeakMap<EdmModel, ReadonlyMap<string, readonly Annotation[]>>()

function externalsOf(model: EdmModel): ReadonlyMap<string, readonly Annotation[]> {
  const known = perModel.get(model)
  if (known !== undefined) return known
  const map = new Map<string, readonly Annotation[]>()
  for (const schema of model.schemas.values()) {
    for (const { target, qualifier, annotations } of schema.externalAnnotations) {
      const own = qualifier === undefined ? annotations : annotations.map((each) => (each.qualifier === undefined ? { ...each, qualifier } : each))
      map.set(target, [...(map.get(target) ?? none), ...own])
    }
  }
  perModel.set(model, map)
  return map
}

/** An element's own annotations, and the paths by which others may speak of it. */
interface Found {
  readonly inline: readonly Annotation[]
  readonly paths: readonly string[]
}

function elementAt(model: EdmModel, target: string): Found {
  const slash = target.indexOf('/', Math.max(0, target.indexOf(')')))
  const [first, rest] = slash < 0 ? [target, undefined] : [target.slice(0, slash), target.slice(slash + 1)]
  const type = model.type(first)
  if (type !== undefined && rest === undefined) return { inline: type.annotations, paths: [target] }
  if (type?.kind === 'enum') return { inline: type.members.find(({ name }) => name === rest)?.annotations ?? none, paths: [target] }
  if ((type?.kind === 'entity' || type?.kind === 'complex') && rest !== undefined) return memberAt(model, type, rest)
  const [namespace, name] = splitName(first)
  const schema = model.schemas.get(namespace)
  const container = schema?.containers.get(name)
  if (container !== undefined) return { inline: inContainer(container, rest), paths: [target] }
  const term = rest === undefined ? schema?.terms.get(name) : undefined
  return term === undefined ? operationAt(model, first, rest) : { inline: term.annotations, paths: [target] }
}

function memberAt(model: EdmModel, type: StructuredType, name: string): Found {
  const paths: string[] = []
  const seen = new Set<StructuredType>()
  for (let at: StructuredType | undefined = type; at !== undefined && !seen.has(at); at = at.baseType === undefined ? undefined : model.structured(at.baseType)) {
    seen.add(at)
    paths.push(`${at.qualifiedName}/${name}`)
  }
  return { inline: (model.property(type, name) ?? model.navigation(type, name))?.annotations ?? none, paths }
}

function inContainer(container: EntityContainer, name: string | undefined): readonly Annotation[] {
  if (name === undefined) return container.annotations
  return (container.entitySets.get(name) ?? container.singletons.get(name) ?? container.operationImports.get(name))?.annotations ?? none
}

function operationAt(model: EdmModel, first: string, rest: string | undefined): Found {
  const open = first.indexOf('(')
  const name = open < 0 ? first : first.slice(0, open)
  const suffix = rest === undefined ? '' : `/${rest}`
  const overloads = model.operations(name).filter((each) => open < 0 || signatureOf(each) === first.slice(open))
  return { inline: overloads.flatMap((each) => ofOperation(each, rest)), paths: open < 0 ? [`${name}${suffix}`] : [`${first}${suffix}`, `${name}${suffix}`] }
}

/** `(Ns.Type,Collection(Edm.String))`: all parameters of a function, the binding parameter of an action. */
function signatureOf(operation: Operation): string {
  const given = operation.kind === 'function' ? operation.parameters : operation.parameters.slice(0, operation.bound ? 1 : 0)
  return `(${given.map(({ type }) => (type.collection ? `Collection(${type.name})` : type.name)).join(',')})`
}

function ofOperation(operation: Operation, rest: string | undefined): readonly Annotation[] {
  if (rest === undefined) return operation.annotations
  if (rest === '$ReturnType') return operation.returnTypeAnnotations ?? none
  return operation.parameters.find(({ name }) => name === rest)?.annotations ?? none
}
