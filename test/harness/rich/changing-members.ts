import type { Value } from '@tributary/plan'
import { addressOf } from './addresses.js'
import { holds } from './evaluate.js'
import { jsonBody, refuses, type Asked, type Reply } from './exchange.js'
import { guard } from './guard.js'
import { control, writeEntity } from './payload.js'
import { jsonReply, listOf, read } from './reading.js'
import { readTyped } from './read-values.js'
import { appliedTo, asItIsNow, attempt, exceptionOf, isQuiet, referenceTo, type Outcome } from './several.js'
import { remove, structuredOf, touch, type Entity } from './store.js'
import { Refusal, type Json, type JsonObject } from './values.js'
import type { Place } from './walk.js'
import { mergeComplex, resolve, update } from './writing-entities.js'

type Entities = Extract<Place, { kind: 'entities' }>
type Values = Extract<Place, { kind: 'value' }>

/** Changes or deletes each member of a collection by itself. @see OData Protocol 4.01 sections 11.4.15, 11.4.16 @throws Refusal */
export function changeEach(asked: Asked, place: Place): Reply {
  const { request: { method }, service } = asked
  refuses(service, 'each')
  if ((['search', 'orderby', 'top', 'skip', 'count'] as const).some((name) => asked.url.options[name] !== undefined)) throw new Refusal(400, 'an answer to a change is not paged or sorted')
  if (method !== 'PATCH' && method !== 'DELETE') throw new Refusal(405, `${method} is not allowed here`)
  if (place.kind === 'value') return changeValues(asked, place)
  if (place.kind !== 'entities') throw new Refusal(400, '$each needs a collection')
  return method === 'PATCH' ? updateEach(asked, place) : deleteEach(asked, place)
}

/** A member by the address it had: what fails puts others in its place. */
interface Member {
  readonly address: string
}

const membersOf = ({ service: { model } }: Asked, { items }: Entities): readonly Member[] => items.map((one) => ({ address: addressOf(model, one) }))

const tried = <T>(asked: Asked, members: readonly Member[], change: (now: Asked, one: Entity) => T): readonly Outcome<T>[] =>
  members.map(({ address }) => attempt(asked, (now) => change(now, resolve(now, address))))

function updateEach(asked: Asked, place: Entities): Reply {
  const body = jsonBody(asked)
  const members = membersOf(asked, place)
  const outcomes = tried(asked, members, (now, one) => {
    guard(now, one)
    update(now, one, body)
  })
  if (isQuiet(asked, outcomes)) return { status: 204, headers: appliedTo(asked) }
  const now = asItIsNow(asked)
  const { format, scope, url: { options } } = now
  const wanted = ({ address }: Member): boolean => options.filter === undefined || holds({ ...scope, self: { kind: 'entity', entity: resolve(now, address) } }, options.filter)
  const value = members.flatMap((member, index): readonly Json[] => {
    const { address } = member
    const told = writeEntity({ format, scope }, resolve(now, address), place.declared, options)
    const outcome = outcomes[index]
    if (outcome !== undefined && 'refusal' in outcome) return [{ ...told, ...exceptionOf('update', outcome.refusal) }]
    return wanted(member) ? [told] : []
  })
  return jsonReply(asked, { status: 200, context: `${place.context}${listOf(scope.model, place.type, options)}`, headers: appliedTo(asked) }, { value })
}

function deleteEach(asked: Asked, place: Entities): Reply {
  const members = membersOf(asked, place)
  const { format, service: { model } } = asked
  const gone = place.items.map((one) => referenceTo(asked, model, one))
  const outcomes = tried(asked, members, (now, one) => {
    guard(now, one)
    remove(now.service.store, one)
  })
  if (outcomes.every((one) => 'done' in one)) return { status: 204, headers: appliedTo(asked) }
  const value = outcomes.map((outcome, index): Json => ('refusal' in outcome ? { ...gone[index], ...exceptionOf('delete', outcome.refusal) } : { [control(format, 'removed')]: { reason: 'deleted' }, ...gone[index] }))
  return jsonReply(asked, { status: 200, context: `${place.context}/$delta`, headers: appliedTo(asked) }, { value })
}

/** Members of a collection of values: those that were not filtered away. */
function changeValues(asked: Asked, place: Values): Reply {
  const { request: { method }, service: { model } } = asked
  const { owner, type, members } = place
  if (owner === undefined || !type.collection) throw new Refusal(405, 'these members stay')
  guard(asked, owner.entity)
  const all = owner.entity.values[owner.path] as readonly Value[]
  const chosen = new Set(members ?? all.keys())
  const body = method === 'PATCH' ? jsonBody(asked) : {}
  const changed = method === 'DELETE' ? all.filter((_, index) => !chosen.has(index)) : all.map((one, index) => (chosen.has(index) ? changedValue(model, { type, before: one }, body) : one))
  owner.entity.values = { ...owner.entity.values, [owner.path]: changed }
  touch(owner.entity)
  if (method === 'DELETE' || isQuiet(asked, [])) return { status: 204, headers: appliedTo(asked) }
  const reply = read(asked, { ...place, value: changed.filter((_, index) => chosen.has(index)) })
  return { ...reply, headers: { ...reply.headers, ...appliedTo(asked) } }
}

interface Before {
  readonly type: Values['type']
  readonly before: Value
}

function changedValue(model: Asked['service']['model'], { type, before }: Before, body: JsonObject): Value {
  if (model.structured(type.name) !== undefined) return mergeComplex(model, { type: structuredOf(model, type.name).qualifiedName, before }, body)
  const { value } = body
  if (value === undefined) throw new Refusal(400, 'the body has no value')
  return readTyped(model, { ...type, collection: false }, value)
}
