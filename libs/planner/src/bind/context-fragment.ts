import type { ExposedSet } from '@tributary/catalog'
import { conjuncts, type Expression, printExpression } from '@tributary/plan'
import { type Address, type AddressStep, lastStep } from './address.js'

/**
 * What stands in the parentheses of a context URL, nothing if neither `$select` nor `$expand` was given.
 * @see OData JSON 4.01 section 10.7 to 10.10
 */
export function printSelectList(selected: readonly string[] | undefined, expanded: readonly string[]): string | undefined {
  if (selected === undefined && expanded.length === 0) return undefined
  return [...(selected ?? []), ...expanded].join(',')
}

/**
 * What follows `$metadata#` in the context URL of an answer.
 * @see OData JSON 4.01 section 10
 */
export function contextFragment(address: Address, selectList: string | undefined): string {
  if (address.tail === 'ref') return address.single ? '$ref' : 'Collection($ref)'
  const step = lastStep(address)
  const rows = rowsPath(address)
  const list = selectList === undefined ? '' : `(${selectList})`
  if (address.property.length > 0) return `${propertyContext(address, rows)}${list}`
  const { qualifiedName } = step.scope.entityType
  if (rows === undefined) return address.single ? `${qualifiedName}${list}` : `Collection(${qualifiedName})${list}`
  const cast = step.cast === undefined ? '' : `/${step.cast}`
  return `${rows}${cast}${list}${address.single && !isSingleton(address) ? '/$entity' : ''}`
}

const isSingleton = ({ steps }: Address): boolean => steps.length === 1 && steps[0].scope.result !== true && steps[0].scope.read?.resource.single === true

/** Where a property is found; without the key of its row, where that is reached by a navigation. */
function propertyContext(address: Address, rows: string | undefined): string {
  const { scope, key } = lastStep(address)
  const cast = castOf(address)
  const path = propertyPath(address)
  if (rows === undefined) return `${scope.entityType.qualifiedName}/${path}`
  return `${rows}${key === undefined ? '' : printKey(key, scope.set)}${cast === undefined ? '' : `/${cast}`}/${path}`
}

/** The type that has the property, where not all rows of the set do. */
function castOf(address: Address): string | undefined {
  const { cast, scope: { declared, set, model } } = lastStep(address)
  const type = model.entityType(set.entityType)
  const isOfSet = type !== undefined && model.property(type, address.property[0] ?? '') !== undefined
  return cast ?? (isOfSet ? undefined : declared)
}

/** What follows a row's id in the context of one of its properties; undefined: the path tells the key, or there is none. */
export function behindRow(address: Address, selectList: string | undefined): string | undefined {
  const { key, reached, scope } = lastStep(address)
  const cast = castOf(address)
  if (address.property.length === 0 || key !== undefined || (reached === undefined && scope.result !== true) || scope.set.key.length === 0) return undefined
  return `${cast === undefined ? '' : `/${cast}`}/${propertyPath(address)}${selectList === undefined ? '' : `(${selectList})`}`
}

/** The properties with the casts and positions behind them; filters are no part of it. */
const propertyPath = ({ property, turns = [] }: Address): string =>
  property.flatMap((name, index) => [name, ...turns.filter(({ depth }) => depth === index + 1).flatMap((turn) => ('type' in turn ? [turn.type] : 'ordinal' in turn ? [String(turn.ordinal)] : []))]).join('/')

/** The set, or the path of containment from one, that the last rows belong to; undefined: they belong to none. */
function rowsPath({ steps }: Address): string | undefined {
  let path: string | undefined
  let before: AddressStep | undefined
  for (const step of steps) {
    if (isUnbound(step)) path = undefined
    else path = step.reached === undefined || step.reached.navigation.target !== undefined ? step.scope.set.name : contained(step, before, path)
    before = step
  }
  return path
}

/** What an operation returns belongs to a set only where the contract says which. */
const isUnbound = ({ reached, scope: { result, set, exposure } }: AddressStep): boolean => reached === undefined && result === true && exposure.sets.get(set.name) !== set

function contained({ scope, reached }: AddressStep, before: AddressStep | undefined, path: string | undefined): string | undefined {
  if (path === undefined || before === undefined || reached === undefined || scope.contained !== true) return undefined
  const whose = before.key === undefined ? (before.scope.place?.single === true ? '' : undefined) : printKey(before.key, before.scope.set)
  return whose === undefined ? undefined : `${path}${whose}${before.cast === undefined ? '' : `/${before.cast}`}/${reached.navigation.remoteNavigation ?? reached.navigation.name}`
}

function printKey(key: Expression, { keyAliases }: ExposedSet): string {
  const named = (part: string): string => keyAliases?.get(part) ?? part
  const parts = conjuncts(key).flatMap((part) => (part.kind === 'binary' ? [[named(printExpression(part.left)), encodeURIComponent(printExpression(part.right)).replaceAll('%27', "'")] as const] : []))
  return parts.length === 1 ? `(${parts[0]?.[1] ?? ''})` : `(${parts.map(([name, value]) => `${name}=${value}`).join(',')})`
}
