import type { ExposedNavigation, Exposure } from '@tributary/catalog'
import type { ODataUrl, PathSegment, ResourceSegment, Span } from '@tributary/odata-url'
import { type Expand, type Expression, filter, type Plan } from '@tributary/plan'
import { newNotes, type Notes } from './apply/notes.js'
import { bindPredicate } from './bind-expression.js'
import { bindKey } from './bind-key.js'
import { requireNavigation } from './navigations.js'
import { invalid, resourceNotFound, noSuchSegment, unsupported } from './refusal.js'
import { functionRows } from './operation-rows.js'
import { relatedRows, singletonScope } from './related-scope.js'
import { type RowScope, rowScope } from './row-scope.js'
import { scanOf } from './scan-set.js'
import { unknownOperation } from './unknown-operation.js'

/** A condition on rows of a path, and what has to be noted of the rows before it is looked at: values of all of them. */
export interface Condition {
  readonly predicate: Expression
  readonly notes?: Notes
}

/** A condition compares with values of all rows: none may be left out before. */
const isOfAll = ({ conditions }: Pick<AddressStep, 'conditions'>): boolean => conditions.some(({ notes }) => notes !== undefined && notes.copies() > 1)

/** The rows that a step's conditions are about: the one with its key, unless these compare it with others. */
export const keyedRows = (step: AddressStep): Plan => (step.key === undefined || isOfAll(step) ? scanOf(step.scope) : filter(scanOf(step.scope), step.key))

/** The rows that meet all conditions of a step. */
export function meeting(rows: Plan, step: Pick<AddressStep, 'conditions' | 'key'>): Plan {
  const met = step.conditions.reduce((before, { predicate, notes }) => filter(notes?.over(before) ?? before, predicate), rows)
  return step.key !== undefined && isOfAll(step) ? filter(met, step.key) : met
}

/** Rows on the way of a resource path, and which of them are meant. */
export interface AddressStep {
  readonly scope: RowScope
  /** How they were reached from the step before; undefined: the path begins here. */
  readonly reached?: { readonly navigation: ExposedNavigation; readonly on: Expand['on'] }
  /** The rows' key, where one row is meant by it. */
  readonly key?: Expression
  /** What `/$filter(…)` leaves of the rows. */
  readonly conditions: readonly Condition[]
  /** Qualified name of a derived type, where the path casts. */
  readonly cast?: string
}

type Predicate = Extract<ResourceSegment, { readonly kind: 'filter' }>['predicate']

/** What a resource path addresses: a way through sets of rows, then perhaps into a row. */
export interface Address {
  readonly steps: readonly [AddressStep, ...AddressStep[]]
  /** One row (a key, a singleton, or a to-one navigation); otherwise many. */
  readonly single: boolean
  /** Properties from the row on, casts of complex values left out. */
  readonly property: readonly string[]
  /** Casts, positions and filters behind so many of the properties, in their order. */
  readonly turns?: readonly ({ readonly depth: number } & ({ readonly type: string } | { readonly ordinal: number } | { readonly predicate: Predicate }))[]
  readonly tail: 'none' | 'value' | 'count' | 'ref'
}

/** The last step of the way: where the answer's rows are. */
export const lastStep = (address: Address): AddressStep => address.steps[address.steps.length - 1] ?? address.steps[0]

/**
 * Resolves the resource path of a URL.
 * @throws HUB_RESOURCE_NOT_FOUND, HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_INVALID, HUB_QUERY_UNSUPPORTED
 */
export function resolveAddress(url: ODataUrl, exposure: Exposure): Address {
  if (url.resource.kind !== 'path') throw invalid(`A ${url.resource.kind} request has no rows.`)
  const [first, ...rest] = url.resource.segments
  if (first === undefined) throw invalid('The resource path is empty.')
  const called = functionRows(url, exposure)
  let address = called === undefined ? enter(first, exposure, url) : withKey({ steps: [{ scope: called.scope, conditions: [] }], single: called.single, property: [], tail: 'none' }, called.key)
  for (const segment of called?.rest ?? rest) address = follow(address, segment, exposure)
  return address
}

function enter(segment: ResourceSegment, exposure: Exposure, url: ODataUrl): Address {
  const { aliases } = url.options
  if (segment.kind === 'singleton') {
    const scope = singletonScope(exposure, segment.name, aliases)
    if (scope === undefined) throw unsupported(`The singleton ${segment.name}`)
    return { steps: [{ scope, conditions: [] }], single: true, property: [], tail: 'none' }
  }
  if (segment.kind === 'operation') throw unsupported(`The operation ${segment.name}`)
  if (segment.kind !== 'entitySet' && segment.kind !== 'unknown') throw unsupported(`A path that begins with $${segment.kind}`)
  const set = exposure.sets.get(segment.name)
  if (set === undefined && segment.kind === 'unknown') throw unknownOperation(segment, exposure) ?? resourceNotFound(`The entity set ${segment.name}`, segment.name, [...exposure.sets.keys(), ...(exposure.model.container?.singletons.keys() ?? [])])
  if (set === undefined) throw resourceNotFound(`The entity set ${segment.name}`, segment.name, [...exposure.sets.keys(), ...(exposure.model.container?.singletons.keys() ?? [])])
  const scope = rowScope(exposure, set, aliases)
  return withKey({ steps: [{ scope, conditions: [] }], single: false, property: [], tail: 'none' }, segment.key)
}

type WithKey = Extract<ResourceSegment, { readonly kind: 'entitySet' }>['key']

function withKey(address: Address, key: WithKey): Address {
  if (key === undefined) return address
  const last = lastStep(address)
  if (address.single) throw invalid(`A key is given for ${last.scope.set.name}, which is a single row already.`)
  const told = last.reached?.navigation.on.map(({ to }) => to)
  return { ...address, steps: replaceLast(address, { ...last, key: bindKey(key, last.scope, told) }), single: true }
}

function replaceLast({ steps: [first, ...rest] }: Address, step: AddressStep): readonly [AddressStep, ...AddressStep[]] {
  return rest.length === 0 ? [step] : [first, ...rest.slice(0, -1), step]
}

function follow(address: Address, segment: ResourceSegment, exposure: Exposure): Address {
  if (address.tail !== 'none') throw invalid(`Nothing may follow $${address.tail}.`)
  switch (segment.kind) {
    case 'navigation': return followNavigation(address, segment)
    case 'property': return followProperty(address, segment.name)
    case 'unknown': return followUnknown(address, segment)
    case 'cast': return followCast(address, segment, exposure)
    case 'count':
      if (address.property.length === 0 && address.single) throw invalid('$count counts a collection, and the path leads to one row.')
      return { ...address, tail: 'count' }
    case 'value': return { ...address, tail: 'value' }
    case 'ref':
      if (address.property.length > 0) throw invalid('$ref refers to entities, and the path leads to a property.')
      return { ...address, tail: 'ref' }
    case 'filter': return followFilter(address, segment)
    case 'ordinal': return followOrdinal(address, segment.index)
    case 'operation': throw unsupported(`The operation ${segment.name}`)
    case 'each': case 'query': throw unsupported(`/$${segment.kind} in a path`)
    case 'batch': case 'all': case 'entity': case 'crossjoin': throw invalid(`$${segment.kind} may only begin a path.`)
    case 'entitySet': case 'singleton': throw invalid(`${segment.name} may only begin a path.`)
  }
}

function requireRow(address: Address, name: string): void {
  if (address.property.length > 0) return
  if (!address.single) throw invalid(`${name} needs one row of ${lastStep(address).scope.set.name}.`, `Give a key: ${lastStep(address).scope.set.name}(…)/${name}.`)
}

function followNavigation(address: Address, segment: Extract<ResourceSegment, { readonly kind: 'navigation' }>): Address {
  requireRow(address, segment.name)
  const from = lastStep(address).scope
  const navigation = requireNavigation(from, segment.name, propertyWay(address).map((part) => ('type' in part ? part.type : part.name)))
  const { scope, on } = relatedRows(from, navigation)
  const last = lastStep(address)
  const before = address.property.length === 0 ? address.steps : replaceLast(address, { ...last, conditions: [...last.conditions, isThere(address, segment.span)] })
  const steps: Address['steps'] = [...before, { scope, reached: { navigation, on }, conditions: [] }]
  return withKey({ steps, property: [], tail: 'none', single: !navigation.toMany }, segment.key)
}

type Part = { readonly kind: 'property'; readonly name: string } | { readonly kind: 'cast'; readonly type: string }

/** The properties of the path from the row on, with the casts between them. */
const propertyWay = ({ property, turns = [] }: Address): readonly Part[] =>
  property.flatMap((name, index): readonly Part[] => [{ kind: 'property', name }, ...turns.flatMap((turn): readonly Part[] => (turn.depth === index + 1 && 'type' in turn ? [{ kind: 'cast', type: turn.type }] : []))])

/** Nothing is reached from a complex value that is null, or of another type than the path says. */
function isThere(address: Address, span: Span): Condition {
  const segments = propertyWay(address).map((part): PathSegment => ({ ...part, span }))
  return { predicate: bindPredicate({ kind: 'binary', operator: 'ne', left: { kind: 'path', root: { kind: 'implicit' }, segments, span }, right: { kind: 'literal', type: 'null', text: 'null', span }, span }, lastStep(address).scope) }
}

function followProperty(address: Address, name: string): Address {
  requireRow(address, name)
  return { ...address, property: [...address.property, name] }
}

function followUnknown(address: Address, segment: Extract<ResourceSegment, { readonly kind: 'unknown' }>): Address {
  const { scope } = lastStep(address)
  const { model, entityType } = scope
  const operation = unknownOperation(segment, scope.exposure)
  if (operation !== undefined) throw operation
  if (address.property.length === 0) {
    // Parsers without the model of a cast do not know what a name is.
    if (model.navigation(entityType, segment.name) !== undefined) return followNavigation(address, { kind: 'navigation', name: segment.name, span: segment.span, ...(segment.key === undefined ? {} : { key: segment.key }) })
    if (scope.set.navigations.has(segment.name)) throw unsupported(`The navigation property ${segment.name}`)
    if (entityType.open && segment.key === undefined) return followProperty(address, segment.name)
    const known = [...model.properties(entityType), ...model.navigations(entityType)].map(({ name }) => name)
    throw noSuchSegment(entityType.qualifiedName, segment.name, known)
  }
  return followProperty(address, segment.name)
}

function followFilter(address: Address, segment: Extract<ResourceSegment, { readonly kind: 'filter' }>): Address {
  if (address.property.length > 0) return filterItems(address, segment)
  if (address.single) throw invalid('/$filter needs a collection, and the path leads to one row.')
  const last = lastStep(address)
  const notes = newNotes(last.scope.names)
  const predicate = bindPredicate(segment.predicate, { ...last.scope, notes })
  // The rows of a step on the way are those of one row, and their values would be those of all.
  if (notes.copies() > 1 && segment.key !== undefined && address.steps.length > 1) throw unsupported('A value of a collection in /$filter before a key, on the way of a path', 'Ask for the row by its key alone.')
  return withKey({ ...address, steps: replaceLast(address, { ...last, conditions: [...last.conditions, { predicate, notes }] }) }, segment.key)
}

/** The items of a collection within the row; bound with the property, whose type is known there. */
function filterItems(address: Address, { predicate, key }: Extract<ResourceSegment, { readonly kind: 'filter' }>): Address {
  if (key !== undefined) throw invalid(`The items of ${address.property.join('/')} have no key.`)
  return { ...address, turns: [...(address.turns ?? []), { depth: address.property.length, predicate }] }
}

function followOrdinal(address: Address, index: number): Address {
  if (address.property.length === 0) throw unsupported('Addressing an entity by its position', 'Only collections whose order is kept have positions.')
  return { ...address, turns: [...(address.turns ?? []), { depth: address.property.length, ordinal: index }] }
}

function followCast(address: Address, segment: Extract<ResourceSegment, { readonly kind: 'cast' }>, exposure: Exposure): Address {
  const last = lastStep(address)
  const { scope } = last
  if (address.property.length > 0) return castProperty(address, segment, exposure)
  const type = exposure.model.entityType(segment.type)
  if (type === undefined || !exposure.model.derivesFrom(type.qualifiedName, scope.entityType.qualifiedName)) {
    throw invalid(`${segment.type} is no entity type derived from ${scope.entityType.qualifiedName}.`)
  }
  if (type.qualifiedName === scope.entityType.qualifiedName) return withKey(scope.declared === undefined ? address : { ...address, steps: replaceLast(address, { ...last, cast: type.qualifiedName }) }, segment.key)
  const inner: RowScope = { ...scope, entityType: type }
  return withKey({ ...address, steps: replaceLast(address, { ...last, scope: inner, cast: type.qualifiedName }) }, segment.key)
}

/** A complex value seen as of a derived type; bound with the property, whose type is known there. */
function castProperty(address: Address, { type, key }: Extract<ResourceSegment, { readonly kind: 'cast' }>, { model }: Exposure): Address {
  const complex = model.structured(type)
  if (complex === undefined || key !== undefined) throw invalid(`${type} is no complex type.`)
  return { ...address, turns: [...(address.turns ?? []), { depth: address.property.length, type: complex.qualifiedName }] }
}
