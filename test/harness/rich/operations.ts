import type { EdmModel, Operation } from '@tributary/edm'
import { addDecimals, compareValues, dateTimeOffsetType, decimalType, type Value } from '@tributary/plan'
import { entity, related, remove, touch, type Entity, type Store } from './store.js'
import { Refusal } from './values.js'

/** What an operation gives. */
export type Result =
  | { readonly kind: 'none' }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'entity'; readonly entity: Entity | undefined }
  | { readonly kind: 'entities'; readonly entities: readonly Entity[] }

/** What an operation is given: the store, what it is bound to, its arguments by name. */
export interface Call {
  readonly model: EdmModel
  readonly store: Store
  readonly bound: readonly Entity[]
  readonly given: Readonly<Record<string, Value>>
}

type Implementation = (call: Call) => Result

const value = (found: Value): Result => ({ kind: 'value', value: found })
const setOf = ({ store }: Call, name: string): readonly Entity[] => store.sets[name] ?? []
const sum = (amounts: readonly Value[]): string => amounts.reduce<string>((total, one) => (one === null || one === undefined ? total : addDecimals(total, one)), '0')
const heavier = (a: Entity, b: Entity): number => compareValues(decimalType, a.values['Weight'], b.values['Weight'])
const since = (call: Entity, day: Value): boolean => compareValues(dateTimeOffsetType, call.values['Arrived'], `${String(day)}T00:00:00Z`) >= 0

function only({ bound: [first] }: Call): Entity {
  if (first === undefined) throw new Refusal(404, 'there is nothing to bind to')
  return first
}

const lots = (given: Value): readonly Readonly<Record<string, Value>>[] => (Array.isArray(given) ? given as readonly Readonly<Record<string, Value>>[] : [])

function nearest(call: Call): Result {
  if (Math.abs(Number(call.given['lat'])) > 90) throw new Refusal(400, 'lat is no latitude')
  const far = (one: Entity): number => {
    const position = (one.values['Address'] as { readonly Position?: { readonly coordinates: readonly [number, number] } | null }).Position
    return position === null || position === undefined ? Infinity : Math.hypot(position.coordinates[0] - Number(call.given['lon']), position.coordinates[1] - Number(call.given['lat']))
  }
  return { kind: 'entity', entity: setOf(call, 'Harbours').toSorted((a, b) => far(a) - far(b))[0] }
}

function found(call: Call): Result {
  const { store, given } = call
  const id = Math.max(0, ...setOf(call, 'Harbours').map((one) => Number(one.values['Id']))) + 1
  if (given['address'] === null || given['address'] === undefined) throw new Refusal(400, 'address is missing')
  const made = entity('Port.Harbour', { Id: id, Name: given['name'], Address: given['address'], Anchorages: [], Area: null, Opens: null, Closes: null, Remarks: null, Revision: 1 }, { name: 'Harbours' })
  store.sets['Harbours'] = [...setOf(call, 'Harbours'), made]
  return { kind: 'entity', entity: made }
}

function load(call: Call): Result {
  const one = only(call)
  one.values['Lots'] = [...lots(one.values['Lots']), ...lots(call.given['lots'])]
  touch(one)
  return value(sum(lots(one.values['Lots']).map(({ Weight }) => Weight)))
}

function rename(call: Call): Result {
  const one = only(call)
  if (typeof call.given['name'] !== 'string') throw new Refusal(400, 'name is missing')
  one.values['Name'] = call.given['name']
  touch(one)
  return { kind: 'entity', entity: one }
}

function totalLoaded(call: Call): Result {
  const calls = related(call.model, call.store, only(call), 'Calls')
  return value(sum(calls.filter((one) => call.given['since'] === undefined || since(one, call.given['since'])).map(({ values }) => values['Loaded'])))
}

const implementations: Readonly<Record<string, Implementation>> = {
  Greeting: () => value("Ahoy, 'port'!"),
  NearestHarbour: nearest,
  CallsOf: (call) => {
    const codes = Array.isArray(call.given['codes']) ? call.given['codes'] as readonly Value[] : []
    if (codes.includes('')) throw new Refusal(400, 'an empty code')
    return { kind: 'entities', entities: setOf(call, 'Calls').filter(({ values }) => codes.includes(values['VesselCode'])) }
  },
  LoadedAt: (call) => value(sum(setOf(call, 'Calls').filter((one) => one.values['HarbourId'] === call.given['harbour'] && (call.given['since'] === undefined || since(one, call.given['since']))).map(({ values }) => values['Loaded']))),
  Normalised: ({ given: { address } }) => {
    if (address === null || address === undefined) return value(null)
    const given = address as Readonly<Record<string, Value>>
    return value({ ...given, City: String(given['City']).trim().toUpperCase(), Country: given['Country'] ?? 'XX' })
  },
  KindsSeen: (call) => value([...new Set(setOf(call, 'Vessels').flatMap(({ values }) => (typeof values['Cargo'] === 'string' ? [values['Cargo']] : [])))]),
  TotalLoaded: totalLoaded,
  Heaviest: ({ bound }) => ({ kind: 'entity', entity: bound.toSorted(heavier).at(-1) }),
  HeavierThan: ({ bound, given: { weight } }) => ({ kind: 'entities', entities: bound.filter(({ values }) => values['Weight'] !== null && compareValues(decimalType, values['Weight'], weight) > 0) }),
  Seats: (call) => value(Math.floor(Number(only(call).values['Passengers'] ?? 0) / Number(call.given['decks']))),
  IsOpen: (call) => {
    const { Opens, Closes } = only(call).values
    return value(typeof Opens === 'string' && typeof Closes === 'string' ? Opens <= String(call.given['at']) && String(call.given['at']) <= Closes : null)
  },
  Guests: (call) => ({ kind: 'entities', entities: related(call.model, call.store, only(call), 'Vessels') }),
  ClearLogs: (call) => {
    for (const one of setOf(call, 'Vessels')) one.values['Log'] = []
    return { kind: 'none' }
  },
  Announce: ({ given: { text, times } }) => value(Array.from({ length: Number(times ?? 1) }, () => text ?? null)),
  Found: found,
  Summed: ({ given }) => value({ Label: 'sum', Weight: sum(lots(given['lots']).map(({ Weight }) => Weight)), Kind: null, Marks: lots(given['lots']).map(({ Label }) => Label ?? null) }),
  Rename: rename,
  Load: load,
  Retire: (call) => {
    remove(call.store, only(call))
    return { kind: 'none' }
  },
  CloseAll: ({ bound, given: { at } }) => {
    for (const one of bound) {
      one.values['Closes'] = at ?? null
      touch(one)
    }
    return { kind: 'entities', entities: bound }
  },
}

/** Runs an overload. @throws Refusal */
export function run(operation: Operation, call: Call): Result {
  const implementation = implementations[operation.name]
  if (implementation === undefined) throw new Refusal(501, `${operation.name} is not built`)
  return implementation(call)
}
