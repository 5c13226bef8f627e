import type { Annotation, AnnotationValue } from './annotation.js'
import type { EdmModel } from './edm-model.js'
import type { EdmType, Facets, Operation, Schema } from './model.js'

/** True where the model uses what version 4.0 does not know: clients that expect 4.0 could not read it as such. */
export function isVersion401(model: EdmModel): boolean {
  for (const schema of model.schemas.values()) {
    for (const use of typeUses(schema)) if (use.name === 'Edm.Untyped' || use.facets.scale === 'floating') return true
    for (const list of annotationLists(schema)) if (annotated(list)) return true
    for (const container of schema.containers.values()) for (const { nullable } of container.singletons.values()) if (nullable) return true
    for (const overloads of schema.operations.values()) if (overloads.some((each) => (each.returnTypeAnnotations ?? []).length > 0)) return true
  }
  return false
}

/** A type where it is used, with its facets. */
interface TypeUse {
  readonly name: string
  readonly facets: Facets
}

function* typeUses(schema: Schema): Generator<TypeUse> {
  for (const type of schema.types.values()) {
    if (type.kind === 'typeDefinition') yield { name: type.underlyingType, facets: type.facets }
    else if (type.kind !== 'enum') for (const property of type.properties.values()) yield property.type
  }
  for (const operation of allOperations(schema)) {
    for (const parameter of operation.parameters) yield parameter.type
    if (operation.returnType !== undefined) yield operation.returnType
  }
  for (const term of schema.terms.values()) yield term.type
}

const allOperations = (schema: Schema): readonly Operation[] => [...schema.operations.values()].flat()

function* annotationLists(schema: Schema): Generator<readonly Annotation[]> {
  yield schema.annotations
  for (const each of schema.externalAnnotations) yield each.annotations
  for (const type of schema.types.values()) {
    yield type.annotations
    for (const member of membersOf(type)) yield member.annotations
  }
  for (const operation of allOperations(schema)) {
    yield operation.annotations
    for (const parameter of operation.parameters) yield parameter.annotations
  }
  for (const term of schema.terms.values()) yield term.annotations
  for (const container of schema.containers.values()) {
    yield container.annotations
    for (const child of [...container.entitySets.values(), ...container.singletons.values(), ...container.operationImports.values()]) yield child.annotations
  }
}

function membersOf(type: EdmType): readonly { readonly annotations: readonly Annotation[] }[] {
  if (type.kind === 'enum') return type.members
  return type.kind === 'typeDefinition' ? [] : [...type.properties.values(), ...type.navigation.values()]
}

const annotated = (annotations: readonly Annotation[]): boolean => annotations.some((each) => isLater(each.value) || annotated(each.annotations))

const laterOperators: ReadonlySet<string> = new Set(['Has', 'In', 'Neg', 'Add', 'Sub', 'Mul', 'Div', 'DivBy', 'Mod'])

function isLater(value: AnnotationValue): boolean {
  switch (value.kind) {
    case 'modelElementPath':
    case 'anyPropertyPath':
      return true
    case 'operator':
      return laterOperators.has(value.operator) || value.arguments.some(isLater)
    case 'apply':
    case 'if':
      return value.arguments.some(isLater)
    case 'collection':
      return value.items.some(isLater)
    case 'record':
      return annotated(value.annotations) || [...value.properties.values()].some(isLater)
    case 'cast':
    case 'isOf':
      return isLater(value.argument)
    case 'labeled':
    case 'urlRef':
      return isLater(value.value)
    default:
      return false
  }
}
