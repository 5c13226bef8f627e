import { hubError } from '@tributary/errors'
import { modelOf } from '../services/contract-models.js'
import { entitySetViews } from '../services/entity-set-views.js'
import { findService } from '../services/find-service.js'
import type { AttributeView, EntitySetView } from '../services/service-view.js'
import { fold, wordsOf } from '../search/words.js'
import type { SuggestRelationships } from '../use-cases.js'
import type { RelationshipSuggestion, SuggestedEnd } from './product-view.js'

const mostServices = 10
const mostSuggestions = 100

interface Candidate {
  readonly service: string
  readonly set: EntitySetView
}

export const suggestRelationships: SuggestRelationships = async (ports, services) => {
  const slugs = [...new Set(services)]
  if (slugs.length === 0 || slugs.length > mostServices) throw hubError('HUB_REQUEST_INVALID', { reason: `service must be given 1 to ${mostServices} times` }, { target: 'service' })
  const candidates = await ports.store.read(async (catalog) => {
    const found: Candidate[] = []
    for (const slug of slugs) {
      const service = await findService(catalog, slug)
      const sets = entitySetViews(await modelOf(ports.contracts, catalog, service.contract))
      found.push(...sets.map((set) => ({ service: slug, set })))
    }
    return found
  })
  const suggestions = candidates.flatMap((from) => candidates.flatMap((to) => (isPair(from, to, slugs.length) ? suggest(from, to) : [])))
  return Object.freeze(suggestions.toSorted((a, b) => b.score - a.score || (spoken(a) < spoken(b) ? -1 : 1)).slice(0, mostSuggestions))
}

const spoken = ({ from, to }: RelationshipSuggestion): string => `${from.service}.${from.entitySet} ${to.service}.${to.entitySet}`

/** Between services; within one only if it is the only one named. */
const isPair = (from: Candidate, to: Candidate, services: number): boolean => from.set !== to.set && (services === 1 || from.service !== to.service)

/** A foreign key in `from` for the one-part key of `to`: to-one, many leading to it. */
function suggest(from: Candidate, to: Candidate): readonly RelationshipSuggestion[] {
  const key = to.set.attributes.filter((attribute) => attribute.key)
  const [target] = key
  if (target === undefined || key.length !== 1) return []
  return from.set.attributes.flatMap((attribute) => {
    const match = matchOf(attribute, target, to.set)
    if (match === undefined || !isSameKind(attribute, target)) return []
    const isOwnKey = attribute.key && from.set.keys.length === 1
    // Two sets with one key are two faces of one thing at most: less likely than a reference.
    const score = Math.max(0, match.score - (isOwnKey ? 0.3 : 0) - (attribute.type === target.type ? 0 : 0.1))
    if (score < leastScore) return []
    return [Object.freeze({
      from: endOf(from, attribute),
      to: endOf(to, target),
      name: navigationName(attribute, target, to.set),
      on: [{ from: attribute.name, to: target.name }],
      multiplicity: '0..1' as const,
      inverseMultiplicity: isOwnKey ? ('0..1' as const) : ('*' as const),
      reason: match.reason,
      score: Math.round(score * 100) / 100,
    })]
  })
}

const leastScore = 0.4
/** Key names that say nothing without their entity's name. */
const bareKeys = new Set(['id', 'key', 'code', 'no', 'nr', 'number', 'guid', 'uuid'])

function matchOf(attribute: AttributeView, target: AttributeView, set: EntitySetView): { readonly score: number; readonly reason: string } | undefined {
  const [name, key] = [fold(attribute.name), fold(target.name)]
  const isBare = bareKeys.has(key)
  const entities = entityWords(set)
  if (entities.some((entity) => name === `${entity}${key}`)) return { score: isBare ? 0.9 : 0.85, reason: `${attribute.name} names ${set.name} and its key ${target.name}` }
  if (name === key && !isBare) return { score: entities.some((entity) => key.startsWith(entity)) ? 0.95 : 0.75, reason: `${attribute.name} is named like the key of ${set.name}` }
  if (entities.some((entity) => name.endsWith(`${entity}${key}`)) || (!isBare && name.endsWith(key) && name.length > key.length)) {
    return { score: 0.6, reason: `${attribute.name} ends like the key of ${set.name}` }
  }
  return undefined
}

/** What an entity is called: its type's name, its set's, and that in the singular. */
function entityWords({ name, entityType }: EntitySetView): readonly string[] {
  const set = fold(name)
  return [...new Set([fold(entityType.split('.').at(-1) ?? ''), set, set.replace(/ies$/, 'y'), set.replace(/s$/, '')])].filter((word) => word !== '')
}

const numbers = /^Edm\.(?:Byte|SByte|Int16|Int32|Int64|Decimal)$/

const isSameKind = (one: AttributeView, other: AttributeView): boolean => one.type === other.type || (numbers.test(one.type) && numbers.test(other.type))

const endOf = ({ service, set }: Candidate, { name, type }: AttributeView): SuggestedEnd => ({ service, entitySet: set.name, columns: [{ name, type }] })

/** `CustomerID` leads to `Customer`. */
function navigationName(attribute: AttributeView, target: AttributeView, set: EntitySetView): string {
  const parts = wordsOf(attribute.name)[0]?.parts ?? []
  const last = parts.at(-1)
  const stem = last !== undefined && bareKeys.has(last.text) ? attribute.name.slice(0, last.start).replace(/_+$/, '') : ''
  if (stem !== '') return stem
  const type = set.entityType.split('.').at(-1) ?? set.name
  return attribute.name === type || target.name === type ? `${type}Entity` : type
}
