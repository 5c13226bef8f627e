import { annotationsOf, type AnnotationValue, type EdmModel, findAnnotation } from '@tributary/edm'
import type { PathSegment, Span } from '@tributary/odata-url'
import { booleanType, decimalType, doubleType, type Expression, int32Type, int64Type, literal, nullType, primitiveType, stringType, untypedType, type Value, type ValueType } from '@tributary/plan'
import type { Position } from './path-position.js'
import { unsupported } from './refusal.js'
import type { RowScope } from './row-scope.js'

type Annotation = Extract<PathSegment, { readonly kind: 'annotation' }>

/** Goes on from a position by one segment. */
export type Follow = (position: Position, segment: PathSegment) => Position

/**
 * `Price/@Measures.ISOCurrency`: what the contract says of a property, or with nothing before it of the type. A path in it leads from the value that has the property.
 * @throws HUB_QUERY_UNSUPPORTED for what the contract does not say: what sources say in their answers is no part of rows
 * @see OData URL Conventions 4.01 section 5.1.1.15.3
 */
export function annotatedPosition(position: Position, segment: Annotation, { model }: RowScope, follow: Follow): Position {
  const { said = position.structured === undefined ? undefined : { target: position.structured.qualifiedName, of: position } } = position
  const [name = '', qualifier] = segment.term.split('#')
  const found = said === undefined ? undefined : findAnnotation(annotationsOf(model, said.target), termOf(name, model), qualifier)
  if (said === undefined || found === undefined) throw unsupported(`The annotation ${segment.term} in an expression`, 'The contract does not say it here, and what sources say of values is not compared (Capabilities.AnnotationValuesInQuerySupported is false).')
  const { value } = found
  if ('path' in value) return value.path.split('/').reduce<Position>((before, step) => follow(before, stepOf(step, segment.span)), said.of)
  return { expression: constant(value, segment.term), structured: undefined, guards: [] }
}

/** The qualified name of a term, whose vocabulary may be named by the alias under which the contract includes it. */
function termOf(name: string, model: EdmModel): string {
  const dot = name.lastIndexOf('.')
  const [prefix, own] = [name.slice(0, dot), name.slice(dot + 1)]
  const included = [...model.references.flatMap(({ includes }) => includes), ...[...model.schemas.values()].map(({ namespace, alias }) => ({ namespace, alias }))].find(({ alias }) => alias === prefix)
  return included === undefined ? name : `${included.namespace}.${own}`
}

const stepOf = (name: string, span: Span): PathSegment => (name.includes('.') ? { kind: 'cast', type: name, span } : { kind: 'unknown', name, span })

const textTypes: ReadonlyMap<AnnotationValue['kind'], ValueType> = new Map<AnnotationValue['kind'], ValueType>([
  ['string', stringType], ['enumMember', stringType], ['decimal', decimalType], ['date', primitiveType('Edm.Date')], ['dateTimeOffset', primitiveType('Edm.DateTimeOffset')], ['duration', primitiveType('Edm.Duration')],
  ['guid', primitiveType('Edm.Guid')], ['timeOfDay', primitiveType('Edm.TimeOfDay')], ['binary', primitiveType('Edm.Binary')],
])

function constant(value: AnnotationValue, term: string): Expression {
  if (value.kind === 'null') return literal(nullType, null)
  if (value.kind === 'record' || value.kind === 'collection') return literal(untypedType, jsonOf(value, term))
  if (!('text' in value)) throw unsupported(`The annotation ${term}, whose value is computed, in an expression`)
  if (value.kind === 'bool') return literal(booleanType, value.text === 'true')
  if (value.kind === 'int') return Number.isSafeInteger(Number(value.text)) && Math.abs(Number(value.text)) < 2 ** 31 ? literal(int32Type, Number(value.text)) : literal(int64Type, value.text)
  if (value.kind === 'float') return literal(doubleType, value.text === 'INF' ? Infinity : value.text === '-INF' ? -Infinity : Number(value.text))
  return literal(textTypes.get(value.kind) ?? stringType, value.text)
}

function jsonOf(value: AnnotationValue, term: string): Value {
  if (value.kind === 'collection') return value.items.map((item) => jsonOf(item, term))
  if (value.kind === 'record') return Object.fromEntries([...value.properties].map(([name, member]) => [name, jsonOf(member, term)]))
  const made = constant(value, term)
  return made.kind === 'literal' ? made.value : null
}
