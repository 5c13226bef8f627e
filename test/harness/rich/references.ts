import { jsonBody, refuses, type Asked, type Reply } from './exchange.js'
import { controlText } from './read-values.js'
import { link, related, unlink, type Entity } from './store.js'
import { isObject, Refusal, type Json } from './values.js'
import type { Place } from './walk.js'
import { resolve } from './writing-entities.js'

const done: Reply = { status: 204, headers: {} }

function target(asked: Asked, json: Json | undefined): Entity {
  const id = isObject(json) ? controlText(json, 'id') : undefined
  if (id === undefined) throw new Refusal(400, 'a reference has an id')
  return resolve(asked, id)
}

/** Adds, sets and removes references. @throws Refusal */
export function changeRef(asked: Asked, place: Place): Reply {
  const { request: { method }, service } = asked
  refuses(service, 'ref')
  if (place.kind !== 'entity' && place.kind !== 'entities') throw new Refusal(400, '$ref needs entities')
  const { origin: { from, path } } = place
  if (from === undefined || path === undefined) throw new Refusal(405, 'only relationships have references that change')
  if (place.kind === 'entities') return changeMany(asked, { from, path })
  if (method === 'PUT' && place.key === undefined) link(service.model, from, path, target(asked, jsonBody(asked)))
  else if (method === 'DELETE' && place.item !== undefined) unlink(service.model, from, path, place.item)
  else if (method === 'DELETE') throw new Refusal(place.key === undefined ? 204 : 404, 'there is no such reference')
  else throw new Refusal(405, `${method} is not allowed here`)
  return done
}

function changeMany(asked: Asked, { from, path }: { readonly from: Entity; readonly path: string }): Reply {
  const { request: { method }, service: { model, store }, url: { options } } = asked
  if (method === 'POST') link(model, from, path, target(asked, jsonBody(asked)))
  else if (method === 'DELETE' && options.id !== undefined) {
    const gone = resolve(asked, options.id)
    if (!related(model, store, from, path).includes(gone)) throw new Refusal(404, 'there is no such reference')
    unlink(model, from, path, gone)
  } else if (method === 'PUT') {
    const { value } = jsonBody(asked)
    if (!Array.isArray(value)) throw new Refusal(400, 'references are an array')
    const wanted = value.map((one: Json) => target(asked, one))
    for (const old of related(model, store, from, path)) if (!wanted.includes(old)) unlink(model, from, path, old)
    for (const one of wanted) link(model, from, path, one)
  } else throw new Refusal(405, `${method} is not allowed here`)
  return done
}
