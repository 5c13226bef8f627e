import { annotationsOf, type EdmModel } from '@tributary/edm'
import type { AggregateExpression, ApplyExpression, PathSegment, Transformation } from '@tributary/odata-url'
import { primitiveType, untypedType, type ValueType } from '@tributary/plan'
import { valueType } from '../model-types.js'
import { invalid, unsupported } from '../refusal.js'
import type { RowScope } from '../row-scope.js'

const aggregateTerm = 'Org.OData.Aggregation.V1.CustomAggregate'
const supportTerms: ReadonlySet<string> = new Set(['Org.OData.Aggregation.V1.ApplySupported', 'Org.OData.Aggregation.V1.ApplySupportedDefaults'])

/** What of a transformation only the source of the rows can compute, in words for people: `the custom aggregate Forecast`. */
export function sourcesOwn(transformation: Transformation): readonly string[] {
  const found = new Set<string>(setFunction(transformation))
  visit(transformation, found)
  return [...found]
}

/** Everything in a syntax tree, which holds nothing but values, arrays and objects. */
function visit(node: unknown, found: Set<string>): void {
  if (typeof node !== 'object' || node === null) return
  for (const own of isApply(node) ? node.transformations.flatMap(setFunction) : isAggregate(node) ? ownAggregate(node) : []) found.add(own)
  for (const inner of Object.values(node)) visit(inner, found)
}

const setFunction = (transformation: Transformation): readonly string[] => (transformation.kind === 'function' ? [`the set function ${transformation.name}`] : [])
const isApply = (node: object): node is ApplyExpression => 'kind' in node && node.kind === 'apply'
const isAggregate = (node: object): node is AggregateExpression => 'expression' in node && 'from' in node && Array.isArray(node.from)

function ownAggregate({ expression, method, from }: AggregateExpression): readonly string[] {
  const methods = [method, ...from.map((step) => step.method)].filter((name) => name?.includes('.') === true).map((name) => `the aggregation method ${name}`)
  const last = method === undefined && expression.kind === 'path' ? expression.segments.at(-1) : undefined
  return last === undefined || !('name' in last) ? methods : [`the custom aggregate ${last.name}`, ...methods]
}

/**
 * The type of a custom aggregate of what a path leads to.
 * @throws HUB_QUERY_INVALID where the contract declares none of this name
 * @see OData Extension for Data Aggregation 4.0 section 5.2
 */
export function customAggregateType(before: readonly PathSegment[], name: string, scope: RowScope): ValueType {
  const type = before.reduce((at, segment) => typeBehind(at, segment, scope.model), scope.entityType.qualifiedName)
  const declared = targetsOf(type, scope).flatMap((target) => annotationsOf(scope.model, target)).find(({ term, qualifier }) => term === aggregateTerm && qualifier === name)
  if (declared === undefined) throw invalid(`${name} is aggregated without a method, and ${scope.set.name} declares no custom aggregate of this name.`, `Say how: ${name} with sum as Total.`)
  return declared.value.kind === 'string' ? valueType(scope.model, { name: declared.value.text, collection: false }) : primitiveType('Edm.Decimal')
}

/** Where annotations may stand that are about instances of a type: on it and those it derives from, on its sets, on their container. */
function targetsOf(type: string, { model }: RowScope): readonly string[] {
  const types: string[] = []
  for (let at = model.structured(type); at !== undefined && !types.includes(at.qualifiedName); at = at.baseType === undefined ? undefined : model.structured(at.baseType)) types.push(at.qualifiedName)
  const { container } = model
  if (container === undefined) return types
  const sets = [...container.entitySets.values()].filter(({ entityType }) => types.includes(entityType)).map((set) => `${container.qualifiedName}/${set.name}`)
  return [...types, ...sets, container.qualifiedName]
}

function typeBehind(typeName: string, segment: PathSegment, model: EdmModel): string {
  if (segment.kind === 'cast') return segment.type
  const type = model.structured(typeName)
  if (type === undefined || !('name' in segment)) return typeName
  return model.navigation(type, segment.name)?.target ?? model.property(type, segment.name)?.type.name ?? typeName
}

/**
 * The type of what a custom aggregation method gives: that of the function of its name, where the contract has one, else untyped.
 * @throws HUB_QUERY_UNSUPPORTED where the source declares no such method
 */
export function customMethodType(method: string, { exposure, set }: RowScope): ValueType {
  const model = exposure.endpoints.get(set.endpoint)?.model
  if (model === undefined || !customMethods(model, set.remoteSet).has(method)) throw unsupported(`The aggregation method ${method} in $apply`, `The source ${set.endpoint} declares no such method (Aggregation.ApplySupported).`)
  const [operation] = model.operations(method)
  return operation?.returnType === undefined ? untypedType : valueType(model, operation.returnType)
}

/** The custom aggregation methods that a source declares for one of its sets. @see OData Extension for Data Aggregation 4.0 section 5.1 */
export function customMethods(model: EdmModel, set: string): ReadonlySet<string> {
  const { container } = model
  const type = container?.entitySets.get(set)?.entityType
  const targets = [...(container === undefined ? [] : [`${container.qualifiedName}/${set}`, container.qualifiedName]), ...(type === undefined ? [] : [type])]
  const values = targets.flatMap((target) => annotationsOf(model, target)).filter(({ term }) => supportTerms.has(term)).map(({ value }) => (value.kind === 'record' ? value.properties.get('CustomAggregationMethods') : undefined))
  return new Set(values.flatMap((value) => (value?.kind === 'collection' ? value.items.flatMap((item) => ('text' in item ? [item.text] : [])) : [])))
}
