import type { StructuredType } from '@tributary/edm'
import type { Span } from '@tributary/odata-url'
import { binary, column, conjunction, type Expression, filtered, instance, literal, nullType, stringType, structuredType, booleanType, type Value, variable, type ValueType } from '@tributary/plan'
import { valueType } from './model-types.js'
import { extend, type Position, readOf, valueAt } from './path-position.js'
import { invalid, typeError } from './refusal.js'
import type { RowScope } from './row-scope.js'
import { isUntyped } from './untyped-operand.js'

/** Where a row says which type it is of. */
const typeColumn = '@odata.type'

/**
 * A position seen as of a derived type: what follows is null where it is of another. Of a collection the items of the type are left.
 * @throws HUB_QUERY_INVALID for a type that is unrelated, HUB_QUERY_TYPE where nothing structured stands
 */
export function castPosition(position: Position, name: string, span: Span, scope: RowScope): Position {
  const { expression, structured, guards } = position
  const target = scope.model.structured(name)
  if (structured === undefined && target !== undefined && expression !== undefined && isUntyped(expression.type)) return castUntyped(position, expression, target, scope)
  if (structured === undefined || target === undefined) throw typeError({ what: `The cast to ${name}`, span, found: expression?.type ?? 'nothing', expected: 'a structured value' })
  if (scope.model.derivesFrom(structured.qualifiedName, target.qualifiedName)) return position
  if (!scope.model.derivesFrom(target.qualifiedName, structured.qualifiedName)) throw invalid(`${target.qualifiedName} does not derive from ${structured.qualifiedName}.`)
  const seen = seenAs(position, target, scope)
  if (expression?.type.collection === true) return { ...seen, expression: itemsOfType(position, target, scope) }
  return { ...seen, guards: [...guards, isInstance(position, target, scope)] }
}

/** What has no declared type is of the one it names. */
function castUntyped(position: Position, expression: Expression, target: StructuredType, { model }: RowScope): Position {
  const names = [target.qualifiedName, ...model.derivedTypes(target.qualifiedName)]
  const isOf = expression.kind === 'literal' ? literal(booleanType, names.includes(namedType(expression.value) ?? '')) : instance(expression, names)
  return { ...position, structured: target, expression: retyped(expression, valueType(model, { name: target.qualifiedName, collection: false })), guards: [...position.guards, isOf] }
}

/** The qualified name of the type that a value in JSON says it is of. */
function namedType(value: Value): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { '@type': told, '@odata.type': prefixed = told } = value as { readonly [name: string]: Value }
  return typeof prefixed === 'string' ? prefixed.slice(prefixed.lastIndexOf('#') + 1) : undefined
}

function seenAs(position: Position, target: StructuredType, { model }: RowScope): Position {
  const entityType = position.row === undefined ? undefined : model.entityType(target.qualifiedName)
  const way = position.way === undefined ? {} : { way: { ...position.way, path: [...position.way.path, target.qualifiedName] } }
  const held = position.holder === undefined ? {} : { holder: { ...position.holder, within: [...position.holder.within, target.qualifiedName] } }
  if (entityType === undefined || position.row === undefined) return { ...position, ...held, ...way, structured: target, expression: retyped(position.expression, valueType(model, { name: target.qualifiedName, collection: false })) }
  const row = { ...position.row, entityType, seen: true as const }
  return { ...position, ...way, structured: target, row, ...(position.related === undefined ? {} : { related: { ...position.related, scope: row } }) }
}

/** The same value, known to be of a derived type. */
function retyped(expression: Expression | undefined, type: ValueType): Expression | undefined {
  return expression?.kind === 'column' || expression?.kind === 'variable' || expression?.kind === 'literal' ? Object.freeze({ ...expression, type: { ...type, collection: expression.type.collection } }) : expression
}

/** Whether what stands at a position is of a derived type, by what it says of itself. */
function isInstance(position: Position, target: StructuredType, { model }: RowScope): Expression {
  return instance(typeOf(position), [target.qualifiedName, ...model.derivedTypes(target.qualifiedName)])
}

function typeOf(position: Position): Expression {
  if (position.row === undefined) return position.expression ?? column(stringType, typeColumn)
  readOf(position, typeColumn)
  return extend(position, stringType, typeColumn)
}

function itemsOfType(position: Position, target: StructuredType, scope: RowScope): Expression {
  const name = '~cast'
  const type = structuredType(target.qualifiedName)
  const item: Position = { ...position, expression: variable(type, name) }
  const collection = position.expression ?? column(stringType, typeColumn)
  return filtered(collection, name, isInstance(item, target, scope))
}

/**
 * `isof` of what a path leads to: a row, a complex value, or a related row. What is missing is of no type.
 * @throws as `castPosition`
 */
export function isofPosition(position: Position, name: string, span: Span, scope: RowScope): Expression {
  const cast = castPosition(position, name, span, scope)
  const { expression } = position
  if (expression?.kind === 'literal') return literal(booleanType, expression.value !== null && cast.guards.every((guard) => guard.kind === 'literal' && guard.value === true))
  const value = valueAt(position)
  const present = value === undefined ? [] : [binary('ne', value, literal(nullType, null))]
  return conjunction([...present, ...cast.guards]) ?? literal(booleanType, true)
}
