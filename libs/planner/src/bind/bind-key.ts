import type { Key } from '@tributary/odata-url'
import { binary, column, conjunction, type Expression, type ValueType } from '@tributary/plan'
import { bindExpression } from './bind-expression.js'
import { bindKeySegment } from './bind-literal.js'
import { valueType } from './model-types.js'
import { invalid, typeError, unknownProperty } from './refusal.js'
import type { RowScope } from './row-scope.js'

/** A part of a key as a place in the row, under the name by which it is given. */
interface NamedPart {
  readonly name: string
  readonly path: readonly [string, ...string[]]
}

/**
 * A key as a predicate: positional, as a segment, named, composite, or an alternate key.
 * @param told properties whose values the row before tells, by a referential constraint: they may be left out
 * @see OData URL Conventions 4.01, section 4.3.3
 * @throws HUB_QUERY_INVALID where the parts do not make a key, HUB_QUERY_TYPE, HUB_QUERY_UNKNOWN_PROPERTY
 */
export function bindKey(key: Key, scope: RowScope, told: readonly string[] = []): Expression {
  const parts = key.form === 'named' ? namedParts(key, scope, told) : positionalParts(key, scope, told)
  const predicates = parts.map(([{ path }, value]) => {
    const type = typeOfPath(path, scope)
    const bound = value.kind === 'literal' && key.form === 'segment' ? bindKeySegment(value, type) : bindExpression(value, scope, type)
    if (bound.kind !== 'literal' || bound.value === null) throw typeError({ what: 'A key', span: value.span, found: 'null', expected: type.name })
    if (bound.type.base !== type.base) throw typeError({ what: 'A key', span: value.span, found: bound.type, expected: type.name })
    return binary('eq', column(type, ...path), bound)
  })
  const all = conjunction(predicates)
  if (all === undefined) throw invalid(`The entity set ${scope.set.name} has no key.`, 'Use $filter.')
  return all
}

type KeyValue = Key['parts'][number]['value']

function positionalParts(key: Key, scope: RowScope, told: readonly string[]): readonly (readonly [NamedPart, KeyValue])[] {
  const all = scope.set.key
  if (all.length === 0) throw invalid(`The entity set ${scope.set.name} has no key.`, 'Use $filter.')
  const untold = all.filter((name) => !told.includes(name))
  const names = key.parts.length === untold.length ? untold : all
  if (key.parts.length !== names.length) {
    throw invalid(`The key of ${scope.set.name} has ${names.length} parts, and ${key.parts.length} are given.`, `Name them: (${names.map((name) => `${name}=…`).join(',')}).`)
  }
  return key.parts.flatMap(({ value }, index) => {
    const name = names[index]
    return name === undefined ? [] : [[simplePart(name), value] as const]
  })
}

const simplePart = (name: string): NamedPart => ({ name, path: [name] })

function namedParts(key: Key, scope: RowScope, told: readonly string[]): readonly (readonly [NamedPart, KeyValue])[] {
  const candidates = keysOf(scope)
  const given = new Map(key.parts.map(({ name, value }) => [name ?? '', value]))
  const shortened = candidates.slice(0, 1).map((parts) => parts.filter(({ name }) => given.has(name) || !told.includes(name))).filter((parts) => parts.length > 0)
  const match = [...candidates, ...shortened].find((parts) => parts.length === given.size && parts.every(({ name }) => given.has(name)))
  if (match === undefined || given.size !== key.parts.length) {
    const known = candidates.flat().map(({ name }) => name)
    const strange = [...given.keys()].find((name) => !known.includes(name))
    if (strange !== undefined && scope.model.property(scope.entityType, strange) === undefined) throw unknownProperty(scope.set.entityType, strange, known)
    const forms = candidates.map((parts) => `(${parts.map(({ name }) => `${name}=…`).join(',')})`)
    throw invalid(`(${[...given.keys()].join(',')}) is no key of ${scope.set.name}.`, forms.length === 0 ? 'It has none; use $filter.' : `Keys: ${forms.join(' or ')}.`)
  }
  return match.flatMap((part) => {
    const value = given.get(part.name)
    return value === undefined ? [] : [[part, value] as const]
  })
}

/** The set's key and the alternate keys of its type. */
function keysOf(scope: RowScope): readonly (readonly NamedPart[])[] {
  const primary = scope.set.key.map(simplePart)
  const alternate = scope.entityType.alternateKeys.map((parts) => parts.map(({ path, alias }): NamedPart => {
    const [first = path, ...rest] = path.split('/')
    return { name: alias ?? path, path: [first, ...rest] }
  }))
  return [...(primary.length === 0 ? [] : [primary]), ...alternate]
}

function typeOfPath(path: readonly [string, ...string[]], { model, entityType }: RowScope): ValueType {
  let structured: Parameters<typeof model.property>[0] = entityType
  let type: ValueType | undefined
  for (const name of path) {
    const property = model.property(structured, name)
    if (property === undefined) throw unknownProperty(structured.qualifiedName, name, model.properties(structured).map((known) => known.name))
    type = valueType(model, property.type)
    structured = model.structured(property.type.name) ?? structured
  }
  if (type === undefined) throw invalid(`The path ${path.join('/')} leads nowhere.`)
  return type
}
