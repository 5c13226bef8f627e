import { nearest, parameterAnnotations, type EdmModel, type Operation, type Parameter } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import { invalid, resourceNotFound } from './refusal.js'

/** What a bound operation is called on. */
export interface Binding {
  /** Qualified name of a type of the model, or `Edm.…`. */
  readonly name: string
  readonly collection: boolean
}

/** A call as its URL has it. */
export interface CalledOperation {
  /** As it was written, for errors. */
  readonly name: string
  /** Names of the arguments in the URL; an action's stand in the body. */
  readonly given: readonly string[]
}

const defaultNamespaceTerm = 'Org.OData.Core.V1.DefaultNamespace'
const optionalTerm = 'Org.OData.Core.V1.OptionalParameter'

/** The parameters a call gives: a bound operation's first is what it is bound to. */
export const ownParameters = ({ bound, parameters }: Operation): readonly Parameter[] => (bound ? parameters.slice(1) : parameters)

/** True where a call may leave the parameter out. */
export const isOptional = (model: EdmModel, operation: Operation, parameter: Parameter): boolean =>
  parameterAnnotations(model, operation, parameter).some(({ term }) => term === optionalTerm)

/** Overloads by the name a URL has: qualified, with a schema's alias, or of a default namespace without it. @see OData URL Conventions 4.01, section 4.5.1 */
export function operationsNamed(model: EdmModel, name: string): readonly Operation[] {
  const dot = name.lastIndexOf('.')
  const own = name.slice(dot + 1)
  const schemas = [...model.schemas.values()].filter(({ alias, namespace, annotations }) =>
    (dot < 0 ? annotations.some(({ term }) => term === defaultNamespaceTerm) : [alias, namespace].includes(name.slice(0, dot))))
  return schemas.flatMap(({ operations }) => operations.get(own) ?? [])
}

/**
 * The overload of an operation import that a call means.
 * @throws HUB_RESOURCE_NOT_FOUND naming the parameters that are missing or unknown, HUB_QUERY_INVALID for one that is given twice
 * @see OData CSDL XML 4.01, sections 12.2 and 13.5
 */
export function importedOverload(model: EdmModel, operation: string, called: CalledOperation): Operation {
  const overloads = model.operations(operation).filter(({ bound }) => !bound)
  if (overloads.length === 0) throw resourceNotFound(`The operation ${operation} of the import ${called.name}`, called.name)
  return byArguments(model, overloads, called)
}

/**
 * The overload of a bound operation that a call means: bound to the type itself or the nearest of its base types, and with these parameters.
 * @throws HUB_RESOURCE_NOT_FOUND where it is bound to something else, and naming the parameters that are missing or unknown
 * @see OData CSDL XML 4.01, section 12.6
 */
export function boundOverload(model: EdmModel, overloads: readonly Operation[], called: CalledOperation & { readonly binding: Binding }): Operation {
  const { name, binding } = called
  const bound = overloads.filter((one) => one.bound)
  const fitting = bound.filter((one) => bindsTo(model, one, binding))
  if (fitting.length === 0) {
    const others = bound.map((one) => printBinding(one.parameters[0]?.type))
    const hint = others.length === 0 ? 'It is not bound to anything; call its import.' : `It is bound to ${[...new Set(others)].join(', ')}.`
    throw hubError('HUB_RESOURCE_NOT_FOUND', { what: `The operation ${name} on ${printBinding(binding)}`, hint }, { target: name })
  }
  return byArguments(model, nearestBound(model, fitting), called)
}

const printBinding = (type: Binding | undefined): string => (type === undefined ? 'nothing' : type.collection ? `Collection(${type.name})` : type.name)

/** Abstract types that every type of a kind derives from. @see OData CSDL XML 4.01, section 4.4 */
function isA(model: EdmModel, name: string, base: string): boolean {
  switch (base) {
    case 'Edm.Untyped': return true
    case 'Edm.EntityType': return model.entityType(name) !== undefined
    case 'Edm.ComplexType': return model.structured(name) !== undefined && model.entityType(name) === undefined
    case 'Edm.PrimitiveType': return model.structured(name) === undefined
    default: return name === base || model.derivesFrom(name, base)
  }
}

function bindsTo(model: EdmModel, { parameters: [first] }: Operation, { name, collection }: Binding): boolean {
  return first !== undefined && first.type.collection === collection && isA(model, name, first.type.name)
}

/** Those whose binding type no other's derives from. */
function nearestBound(model: EdmModel, fitting: readonly Operation[]): readonly Operation[] {
  return fitting.filter((one) => !fitting.some((other) => bindingType(other) !== bindingType(one) && isA(model, bindingType(other), bindingType(one))))
}

const bindingType = ({ parameters: [first] }: Operation): string => first?.type.name ?? ''

/** The one overload that takes these arguments; of several the one with the fewest parameters. */
function byArguments(model: EdmModel, overloads: readonly Operation[], { name, given }: CalledOperation): Operation {
  const twice = given.find((one, index) => given.indexOf(one) !== index)
  if (twice !== undefined) throw invalid(`The parameter ${twice} of ${name} is given twice.`)
  const [first] = overloads
  if (first?.kind === 'action') {
    if (given.length > 0) throw invalid(`The action ${name} takes its parameters in the body of the request.`, 'Send them as a JSON object.')
    return first
  }
  const taking = overloads.filter((one) => faultOf(model, one, given) === undefined).toSorted((a, b) => a.parameters.length - b.parameters.length)
  const [best] = taking
  if (best !== undefined) return best
  const only = overloads.length === 1 ? overloads[0] : undefined
  const fault = only === undefined ? '' : `It ${faultOf(model, only, given) ?? ''}. `
  throw hubError('HUB_RESOURCE_NOT_FOUND', { what: `The function ${name}(${given.join(',')})`, hint: fault + overloadsHint(name, overloads, given) }, { target: name })
}

/** What is wrong with a call of this overload; undefined: nothing. */
function faultOf(model: EdmModel, operation: Operation, given: readonly string[]): string | undefined {
  const own = ownParameters(operation)
  const unknown = given.find((one) => !own.some((parameter) => parameter.name === one))
  if (unknown !== undefined) return `has no parameter ${unknown}`
  const missing = own.filter((parameter) => !isOptional(model, operation, parameter) && !given.includes(parameter.name))
  return missing.length === 0 ? undefined : `lacks ${missing.length === 1 ? 'the parameter' : 'the parameters'} ${missing.map((parameter) => parameter.name).join(', ')}`
}

function overloadsHint(name: string, overloads: readonly Operation[], given: readonly string[]): string {
  const names = new Set(overloads.flatMap((one) => ownParameters(one).map((parameter) => parameter.name)))
  const strange = given.find((one) => !names.has(one))
  const near = strange === undefined ? undefined : nearest(strange, names)
  const forms = overloads.map((one) => `${name}(${ownParameters(one).map((parameter) => `${parameter.name}=…`).join(',')})`)
  return `${near === undefined ? '' : `Did you mean ${near}? `}Write ${forms.join(' or ')}.`
}
