import type { Operation } from '@tributary/edm'
import { addressOf } from './addresses.js'
import { jsonBody, preference, refuses, type Asked, type Reply } from './exchange.js'
import { guard } from './guard.js'
import { run, type Result } from './operations.js'
import { writeEntity, writeValue } from './payload.js'
import { jsonReply, read } from './reading.js'
import { readTyped } from './read-values.js'
import { appliedTo, asItIsNow, attempt, exceptionOf, referenceTo, type Outcome } from './several.js'
import type { Entity } from './store.js'
import { Refusal, type Json } from './values.js'
import { placeOf, type Place } from './walk.js'
import { resolve } from './writing-entities.js'

type Action = Extract<Place, { kind: 'action' }>

/** The overload that is called, and what it is given. @throws Refusal 400, 405 */
function calledBy(asked: Asked, { operation: any, overloads }: Action): { readonly operation: Operation; readonly given: Readonly<Record<string, ReturnType<typeof readTyped>>> } {
  const { service, request } = asked
  refuses(service, 'actions')
  if (request.method !== 'POST') throw new Refusal(405, `${request.method} is not allowed here`)
  const body = jsonBody(asked)
  const operation = overloads.at(-1) ?? any
  const own = operation.parameters.slice(operation.bound ? 1 : 0)
  for (const name of Object.keys(body)) if (!own.some((one) => one.name === name) && !name.startsWith('@')) throw new Refusal(400, `${operation.name} takes no ${name}`)
  return { operation, given: Object.fromEntries(own.map(({ name, type }) => [name, body[name] === undefined || body[name] === null ? null : readTyped(service.model, type, body[name])])) }
}

/** Calls an action. @throws Refusal */
export function act(asked: Asked, place: Action): Reply {
  const { service, request, scope } = asked
  const { operation: any, bound, overloads } = place
  if (bound.length === 1 && !(overloads[0]?.parameters[0]?.type.collection ?? false) && any.bound && request.method === 'POST') guard(asked, bound[0])
  const { operation, given } = calledBy(asked, place)
  const result = run(operation, { model: service.model, store: service.store, bound, given })
  if (preference(request.headers, 'return') === 'minimal') return { status: 204, headers: { 'preference-applied': 'return=minimal' } }
  return read({ ...asked, scope }, placeOf(service, operation, result))
}

/** Calls an action once for each member. @see OData Protocol 4.01 section 11.5.2 @throws Refusal */
export function actEach(asked: Asked, place: Action): Reply {
  const { service: { model }, request: { headers } } = asked
  const { operation, given } = calledBy(asked, place)
  const members = place.bound.map((one) => ({ address: addressOf(model, one), reference: referenceTo(asked, model, one) }))
  const outcomes = members.map(({ address }) => attempt(asked, (now) => {
    const one = resolve(now, address)
    guard(now, one)
    return shown(now, operation, run(operation, { model, store: now.service.store, bound: [one], given }))
  }))
  const wish = preference(headers, 'return')
  if (outcomes.every((one) => 'done' in one) && (wish === 'minimal' || operation.returnType === undefined)) return { status: 204, headers: appliedTo(asked) }
  const value = outcomes.flatMap((outcome, index): readonly Json[] => ('refusal' in outcome ? [{ ...members[index]?.reference, ...exceptionOf('invoke', outcome.refusal) }] : outcome.done === undefined ? [] : [outcome.done]))
  return jsonReply(asked, { status: 200, context: contextOf(asked, operation), headers: appliedTo(asked) }, { value })
}

/** The results of a function, once for each member. @throws Refusal */
export function readEach(asked: Asked, { operation, bound, given }: Extract<Place, { kind: 'results' }>): Reply {
  const now = asItIsNow(asked)
  const outcomes: readonly Outcome<Json | undefined>[] = bound.map((one: Entity) => ({ done: shown(now, operation, run(operation, { model: now.service.model, store: now.service.store, bound: [one], given })) }))
  return jsonReply(asked, { status: 200, context: contextOf(asked, operation) }, { value: outcomes.flatMap((one) => ('done' in one && one.done !== undefined ? [one.done] : [])) })
}

/** The context of a collection of results. */
function contextOf({ service }: Asked, operation: Operation): string {
  const place = placeOf(service, operation, { kind: 'entities', entities: [] })
  const name = operation.returnType?.name ?? ''
  return place.kind === 'entities' && service.model.entityType(name) !== undefined ? place.context : `Collection(${name})`
}

/** One result as a member of a collection. */
function shown({ format, scope, service, url: { options } }: Asked, operation: Operation, result: Result): Json | undefined {
  const place = placeOf(service, operation, result)
  const writing = { format, scope: { ...scope, store: service.store } }
  if (place.kind === 'entity') return place.item === undefined ? null : writeEntity(writing, place.item, place.declared, options)
  if (place.kind === 'entities') return place.items.map((one) => writeEntity(writing, one, place.declared, options))
  return place.kind === 'value' ? writeValue(writing, place.type.name, place.value, { owner: undefined, path: '', wanted: options }) : undefined
}
