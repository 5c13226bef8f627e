import type { EdmModel } from '@tributary/edm'
import { addressOf } from './addresses.js'
import type { Entity, Store } from './store.js'

type State = Readonly<Record<string, unknown>>

const named = <T>(record: Readonly<Record<string, T>>, show: (value: T) => unknown) => Object.fromEntries(Object.keys(record).toSorted().map((name) => [name, show(record[name] as T)]))

function entityState(model: EdmModel, one: Entity): State {
  const { type, values, links, children, streams, dynamic, version } = one
  return {
    type, version, dynamic, values: named(values, (value) => (typeof value === 'number' ? String(value) : value)),
    links: named(links, (entities) => entities.map((to) => addressOf(model, to)).toSorted()),
    children: named(children, (entities) => entities.map((child) => entityState(model, child))),
    streams: named(streams, (media) => ({ ...media, bytes: Buffer.from(media.bytes).toString('base64') })),
  }
}

/** Everything in the store as JSON text, links as addresses; empty lists of links are left out. */
export function stateOf(model: EdmModel, { sets, singletons }: Store): string {
  const all = [...Object.values(sets).flat(), ...Object.values(singletons)].map((one) => [addressOf(model, one), entityState(model, one)] as const)
  return JSON.stringify(Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1))), (_, value: unknown) => (Array.isArray(value) && value.length === 0 ? undefined : value), 1)
}
