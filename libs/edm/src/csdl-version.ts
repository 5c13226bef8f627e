import type { Annotation, AnnotationValue } from './annotation.js'
import type { EdmModel } from './edm-model.js'
import type { Operation, Schema } from './model.js'

const laterOperators: ReadonlySet<string> = new Set(['Has', 'In', 'Neg', 'Add', 'Sub', 'Mul', 'Div', 'DivBy', 'Mod'])

/** True where the model uses what version 4.0 does not know: clients that expect 4.0 could not read it as such. */
export function isVersion401(model: EdmModel): boolean {
  return [...model.schemas.values()].some(schemaIs401)
}

function schemaIs401(schema: Schema): boolean {
  const types = [...schema.types.values()].some((type) => {
    if (type.kind === 'entity') return annotated(type.annotations) || [...type.properties.values(), ...type.navigation.values()].some(({ annotations }) => annotated(annotations)) || untyped([...type.properties.values()].map((each) => each.type))
    if (type.kind === 'complex') return annotated(type.annotations) || type.navigation.size > 0 && [...type.navigation.values()].some((each) => each.containsTarget && each.target === 'Edm.EntityType') || untyped([...type.properties.values()].map((each) => each.type))
    return annotated(type.annotations)
  })
  if (types || annotated(schema.annotations) || schema.externalAnnotations.some(({ annotations }) => annotated(annotations))) return true
  if ([...schema.operations.values()].flat().some(operationIs401)) return true
  return [...schema.containers.values()].some((container) => annotated(container.annotations) || [...container.singletons.values()].some(({ nullable }) => nullable) || [...container.entitySets.values()].some(({ annotations }) => annotated(annotations)))
}

const untyped = (types: readonly { readonly name: string; readonly facets: { readonly scale?: number | 'variable' | 'floating' } }[]): boolean => types.some(({ name, facets }) => name === 'Edm.Untyped' || facets.scale === 'floating')

const operationIs401 = (operation: Operation): boolean => annotated(operation.returnTypeAnnotations ?? []) || annotated(operation.annotations) || operation.parameters.some(({ annotations }) => annotated(annotations))

const annotated = (annotations: readonly Annotation[]): boolean => annotations.some((each) => usesLater(each.value) || annotated(each.annotations))

function usesLater(value: AnnotationValue): boolean {
  switch (value.kind) {
    case 'modelElementPath':
    case 'anyPropertyPath':
      return true
    case 'operator':
      return laterOperators.has(value.operator) || value.arguments.some(usesLater)
    case 'apply':
    case 'if':
      return value.arguments.some(usesLater)
    case 'collection':
      return value.items.some(usesLater)
    case 'record':
      return annotated(value.annotations) || [...value.properties.values()].some(usesLater)
    case 'cast':
    case 'isOf':
      return usesLater(value.argument)
    case 'labeled':
    case 'urlRef':
      return usesLater(value.value)
    default:
      return false
  }
}
