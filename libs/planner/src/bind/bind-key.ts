import { hubError } from '@tributary/errors'
import type { Key } from '@tributary/odata-url'
import { binary, conjunction, type Expression } from '@tributary/plan'
import { bindExpression } from './bind-expression.js'
import { bindKeySegment } from './bind-literal.js'
import { keyParts, keyPartValue, namedPart, type NamedPart } from './key-parts.js'
import { invalid, typeError, unknownProperty } from './refusal.js'
import type { RowScope } from './row-scope.js'

/**
 * A key as a predicate: positional, as a segment, named, composite, or an alternate key.
 * @param told properties whose values the row before tells, by a referential constraint: they may be left out
 * @see OData URL Conventions 4.01, section 4.3.3
 * @throws HUB_QUERY_INVALID where the parts do not make a key, HUB_QUERY_TYPE, HUB_QUERY_UNKNOWN_PROPERTY, HUB_RESOURCE_NOT_FOUND for a segment that is no key
 */
export function bindKey(key: Key, scope: RowScope, told: readonly string[] = []): Expression {
  const parts = key.form === 'named' ? namedParts(key, scope, told) : positionalParts(key, scope, told)
  const predicates = parts.map(([part, value]) => {
    const held = keyPartValue(part, scope)
    const { type } = held
    const bound = value.kind === 'literal' && key.form === 'segment' ? bindKeySegment(value, type) : bindExpression(value, scope, type)
    if (bound === undefined) throw notAddressed(value, scope, type.name)
    if (bound.kind !== 'literal' || bound.value === null) throw typeError({ what: 'A key', span: value.span, found: 'null', expected: type.name })
    if (bound.type.base !== type.base) throw typeError({ what: 'A key', span: value.span, found: bound.type, expected: type.name })
    return binary('eq', held, bound)
  })
  const all = conjunction(predicates)
  if (all === undefined) throw invalid(`The entity set ${scope.set.name} has no key.`, 'Use $filter.')
  return all
}

/** What stands behind a collection and can be no key of it names nothing there. @see OData URL Conventions 4.01, section 4.3.6 */
function notAddressed(value: KeyValue, { entityType, set }: RowScope, type: string): Error {
  const text = value.kind === 'literal' ? value.text : ''
  return hubError('HUB_RESOURCE_NOT_FOUND', { what: `${text} behind ${set.name}`, hint: `It is no operation and no type derived from ${entityType.name}, and it is no key, which is of type ${type}.` }, { target: text })
}

type KeyValue = Key['parts'][number]['value']

function positionalParts(key: Key, scope: RowScope, told: readonly string[]): readonly (readonly [NamedPart, KeyValue])[] {
  const all = keyParts(scope.set)
  if (all.length === 0) throw invalid(`The entity set ${scope.set.name} has no key.`, 'Use $filter.')
  const untold = all.filter(({ name }) => !told.includes(name))
  const parts = key.parts.length === untold.length ? untold : all
  if (key.parts.length !== parts.length) {
    throw invalid(`The key of ${scope.set.name} has ${parts.length} parts, and ${key.parts.length} are given.`, `Name them: (${parts.map(({ name }) => `${name}=…`).join(',')}).`)
  }
  return key.parts.flatMap(({ value }, index) => {
    const part = parts[index]
    return part === undefined ? [] : [[part, value] as const]
  })
}

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
  const primary = keyParts(scope.set)
  const alternate = scope.entityType.alternateKeys.map((parts) => parts.map(({ path, alias }) => namedPart(path, alias)))
  return [...(primary.length === 0 ? [] : [primary]), ...alternate]
}
