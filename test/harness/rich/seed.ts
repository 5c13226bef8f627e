import type { EdmModel } from '@tributary/edm'
import type { Value } from '@tributary/plan'
import { entity, link, type Entity, type Store } from './store.js'
import { typeMember } from './values.js'

const point = (lon: number, lat: number) => ({ type: 'Point', coordinates: [lon, lat] })
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const address = (Street: string | null, City: string, Country: string | null, Position: Value = null): Record<string, Value> => ({ Street, City, Country, Position })
const lot = (Label: string, Weight: string, Kind: Value, ...Marks: string[]): Value => ({ Label, Weight, Kind, Marks })

interface VesselRow {
  readonly type?: string
  readonly values: Readonly<Record<string, Value>>
}

const vessel = (Code: string, Name: string, values: Readonly<Record<string, Value>>, type = 'Port.Vessel'): VesselRow => ({
  type, values: { Code, Name, Built: null, Weight: null, Draught: null, Cargo: null, Needs: '0', Moored: null, Log: [], Lots: [], Kinds: [], Revision: 1, ...values },
})

const vesselRows: readonly VesselRow[] = [
  vessel('AMBER', 'Amber Tide', { Built: '1998-04-02', Weight: '1250.500', Draught: '4.20', Cargo: 'Grain', Needs: 'Water,Power', Moored: address('Mole 1', 'Kiel', 'DE', point(10.13, 54.32)), Log: ['sailed', 'moored', 'sailed'], Lots: [lot('A-1', '10.250', 'Grain', 'dry'), lot('A-2', '0.750', 'General')], Kinds: ['Grain', 'General'] }),
  vessel('BRISK', 'Brisk', { Built: '2011-11-30', Weight: '980.000', Draught: '3.10', Cargo: 'Steel', Needs: 'Crane', Kinds: ['Steel'] }),
  vessel('CORAL', "Coral d'Or", { Built: '1975-01-01', Weight: '20000.125', Draught: '11.75', Needs: 'Water,Crane,Fuel', Moored: { [typeMember]: 'Port.QuayAddress', ...address(null, 'Turku', 'FI'), Quay: 'West', Door: 7 }, Log: ['laid up'] }),
  vessel('DAWN', 'Dawn Ferry', { Built: '2005-06-15', Weight: '3400.000', Draught: '5.00', Cargo: 'Vehicles', Needs: 'Power', Passengers: 420, Route: { type: 'LineString', coordinates: [[10.1, 54.3], [11.2, 54.9], [12.1, 55.3]] } }, 'Port.Ferry'),
  vessel('EIDER', 'Eider/Ferry', { Built: '2019-02-28', Weight: '2800.750', Draught: '4.80', Cargo: 'Vehicles', Needs: 'Power,Fuel', Passengers: 180, Route: null }, 'Port.Ferry'),
  vessel('FORCE', 'Force 9', { Built: '2001-09-09', Weight: '310.000', Draught: '2.95', Needs: 'Fuel', Pull: '9007199254740993', Nickname: 'Old Bull', Winches: 3, Strong: true }, 'Port.Tug'),
  vessel('GÖTA', 'Göta 100% + Älv', { Built: null, Weight: '640.000', Draught: null, Cargo: 'General', Log: ['', 'smörgås'] }),
  vessel('HERON', 'Heron', { Built: '1998-04-02', Weight: '75.125', Draught: '1.05', Pull: null }, 'Port.Tug'),
]

const harbourRows: readonly Readonly<Record<string, Value>>[] = [
  { Id: 1, Name: 'Kiel', Address: address('Kai 4', 'Kiel', 'DE', point(10.14, 54.33)), Anchorages: [address('Förde', 'Kiel', 'DE'), { [typeMember]: 'Port.QuayAddress', ...address(null, 'Laboe', 'DE'), Quay: 'North', Door: null }], Area: { type: 'Polygon', coordinates: [[[10, 54], [11, 54], [11, 55], [10, 55], [10, 54]]] }, Opens: '06:00:00', Closes: '22:30:00', Remarks: { Text: 'busy', Grade: 4, Pilot: 'yes', Depthmark: 12 } },
  { Id: 2, Name: 'Turku', Address: { [typeMember]: 'Port.QuayAddress', ...address('Linnankatu', 'Turku', 'FI', point(22.2, 60.45)), Quay: 'East', Door: 12 }, Anchorages: [], Area: null, Opens: '00:00:00', Closes: '23:59:59', Remarks: null },
  { Id: 3, Name: 'Visby', Address: address(null, 'Visby', 'SE', point(18.28, 57.64)), Anchorages: [address('Outer', 'Visby', null)], Area: null, Opens: null, Closes: null, Remarks: { Text: null, Grade: null } },
  { Id: 4, Name: 'Nowhere', Address: address(null, 'Nowhere', null), Anchorages: [], Area: null, Opens: '09:15:00', Closes: '17:45:00', Remarks: { Text: 'empty', Grade: 1 } },
]

const call = (VesselCode: string, Number: number, HarbourId: Value, rest: readonly [Value, Value, Value, Value]): Readonly<Record<string, Value>> =>
  ({ VesselCode, Number, HarbourId, Arrived: rest[0], Left: rest[1], Stay: rest[2], Loaded: rest[3] })

const callRows = [
  call('AMBER', 1, 1, ['2023-03-26T01:59:59.999+01:00', '2023-03-27T10:00:00Z', 'P1DT9H0.001S', '120.500']),
  call('AMBER', 2, 2, ['2024-02-29T23:30:00-05:00', null, null, '0.000']),
  call('AMBER', 3, 1, ['2024-07-01T00:00:00Z', '2024-07-01T12:30:00Z', 'PT12H30M', null]),
  call('BRISK', 1, 2, ['2022-12-31T23:59:59Z', '2023-01-01T00:00:01Z', 'PT2S', '999.999']),
  call('CORAL', 1, 3, ['2021-05-05T05:05:05.050Z', null, null, '20000.125']),
  call('DAWN', 1, 1, ['2024-06-15T08:00:00+02:00', '2024-06-15T09:00:00+02:00', 'PT1H', '310.250']),
  call('DAWN', 2, 3, ['2024-06-16T08:00:00+02:00', '2024-06-16T09:15:00+02:00', 'PT1H15M', '290.000']),
  call('DAWN', 3, null, ['2024-06-17T08:00:00+02:00', null, '-PT5M', null]),
  call('FORCE', 7, 1, ['1999-12-31T00:00:00Z', '2000-01-01T00:00:00Z', 'P1D', '1.000']),
]

const readingRows: readonly Readonly<Record<string, Value>>[] = [
  { Id: '0a1b2c3d-0000-4000-8000-000000000001', Flag: true, Tiny: -128, Octet: 255, Small: -32768, Whole: 2147483647, Large: '9223372036854775807', Exact: '12345678901234567890.0123456789', Open: '0.1', Half: Math.fround(0.1), Real: 1.5e300, Text: "quote's & <tag> \"x\" \\ \u00e9\u{1F6A2}", Raw: 'AAEC_-8=', Day: '2024-02-29', Clock: '23:59:59.999999', At: '2024-02-29T12:00:00.123456+05:30', Took: 'P3DT4H5M6.789S', Other: 'FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF', Spot: point(18.05, 59.33), Kind: 'Vehicles', Numbers: ['9007199254740993', '-1', '0'] },
  { Id: '0a1b2c3d-0000-4000-8000-000000000002', Flag: false, Tiny: 127, Octet: 0, Small: 32767, Whole: -2147483648, Large: '-9223372036854775808', Exact: '-0.0000000001', Open: '100.00', Half: Infinity, Real: -Infinity, Text: '', Raw: '', Day: '0001-01-01', Clock: '00:00:00', At: '1969-12-31T23:59:59Z', Took: '-PT0.001S', Other: null, Spot: null, Kind: 'General', Numbers: [] },
  { Id: '0a1b2c3d-0000-4000-8000-000000000003', Flag: null, Tiny: null, Octet: null, Small: null, Whole: null, Large: null, Exact: null, Open: null, Half: NaN, Real: NaN, Text: null, Raw: null, Day: null, Clock: null, At: null, Took: null, Other: null, Spot: null, Kind: null, Numbers: ['5'] },
  { Id: '0a1b2c3d-0000-4000-8000-000000000004', Flag: true, Tiny: 0, Octet: 1, Small: 12, Whole: 42, Large: '9007199254740993', Exact: '42.0000000000', Open: '9007199254740993.5', Half: 0.5, Real: 0.1, Text: 'plain', Raw: 'Zg==', Day: '2024-03-01', Clock: '12:00:00', At: '2024-02-29T12:00:00Z', Took: 'PT0S', Other: '0a1b2c3d-0000-4000-8000-000000000001', Spot: point(0, 0), Kind: 'Steel', Numbers: ['1', '2', '3'] },
]

const tideRows: readonly Readonly<Record<string, Value>>[] = [
  { Day: '2024-01-01', High: '03:12:00', Height: '2.10' }, { Day: '2024-01-02', High: '04:01:30', Height: '2.05' }, { Day: '2024-01-03', High: null, Height: null }, { Day: '2023-12-31', High: '02:20:15', Height: '-0.40' },
]

const sailorRows: readonly Readonly<Record<string, Value>>[] = [
  { Id: '1', Name: 'Bosun Alder', Papers: 'P-100', Born: '1980-05-17', Rank: 3 }, { Id: '2', Name: 'Mate Birch', Papers: 'P-200', Born: '1991-10-03', Rank: 2 },
  { Id: '9007199254740993', Name: 'Deckhand Cedar', Papers: "P'3/00", Born: null, Rank: 1 }, { Id: '-4', Name: 'Cook Elm', Papers: 'P-400', Born: '1975-12-24', Rank: 1 },
]

const fill = (store: Store, name: string, type: string, rows: readonly Readonly<Record<string, Value>>[]): void => {
  store.sets[name] = rows.map((values) => entity(`Port.${type}`, { ...values }, { name }))
}

/** The store as it is at the start: the same rows and links every time. */
export function seed(model: EdmModel): Store {
  const store: Store = { sets: {}, singletons: {} }
  store.sets['Vessels'] = vesselRows.map(({ type = 'Port.Vessel', values }) => entity(type, { ...values }, { name: 'Vessels' }))
  fill(store, 'Harbours', 'Harbour', harbourRows.map((row) => ({ ...row, Revision: 1 })))
  fill(store, 'Calls', 'Call', callRows)
  fill(store, 'Readings', 'Reading', readingRows)
  fill(store, 'Tides', 'Tide', tideRows)
  fill(store, 'Sailors', 'Sailor', sailorRows)
  fill(store, 'Photos', 'Photo', [{ Id: 1, Title: 'At sea', Taken: '2024-05-01T10:00:00Z' }, { Id: 2, Title: null, Taken: null }])
  fill(store, 'Authorities', 'Authority', [{ Code: 'BSH', Name: 'Hydrographic Agency', Mails: ['post@bsh.example', 'chart@bsh.example'] }, { Code: 'A/B & C', Name: 'Odd Office', Mails: [] }])
  store.singletons['Office'] = entity('Port.Office', { Id: 1, Title: 'Harbour Master', Seat: address('Tower', 'Kiel', 'DE') }, { name: 'Office' })
  store.singletons['Flagship'] = entity('Port.Ferry', { ...vesselRows[3]?.values, Code: 'FLAG', Name: 'Flag of Kiel' }, { name: 'Flagship' })
  contain(store)
  connect(model, store)
  streams(store)
  return store
}

/** The entity of a set by the value of one property. */
function pick(store: Store, set: string, name: string, value: Value): Entity {
  const found = store.sets[set]?.find((one) => one.values[name] === value)
  if (found === undefined) throw new Error(`no ${set} with ${name} ${String(value)}`)
  return found
}

const child = (parent: Entity, path: string, type: string, rows: readonly Readonly<Record<string, Value>>[]): void => {
  const many = path !== 'Pilotage'
  parent.children[path] = rows.map((values) => entity(`Port.${type}`, { ...values }, { parent, path, many }))
}

function contain(store: Store): void {
  const [kiel, turku] = [pick(store, 'Harbours', 'Id', 1), pick(store, 'Harbours', 'Id', 2)]
  child(kiel, 'Berths', 'Berth', [{ Number: 1, Length: 120.5, Depth: Math.fround(8.2), Occupied: true }, { Number: 2, Length: 80, Depth: 6, Occupied: false }, { Number: 3, Length: null, Depth: null, Occupied: false }])
  child(turku, 'Berths', 'Berth', [{ Number: 1, Length: 200.25, Depth: 12.5, Occupied: true }])
  child(kiel, 'Pilotage', 'Pilotage', [{ Id: 1, Fee: '350.00', Compulsory: true }])
  const office = store.singletons['Office']
  if (office !== undefined) child(office, 'Notices', 'Notice', [{ Number: 1, Words: 'Fog' }, { Number: 2, Words: null }])
}

function connect(model: EdmModel, store: Store): void {
  const join = (from: Entity | undefined, path: string, to: Entity): void => {
    if (from !== undefined) link(model, from, path, to)
  }
  const [kiel, turku] = [pick(store, 'Harbours', 'Id', 1), pick(store, 'Harbours', 'Id', 2)]
  const [amber, dawn, coral] = [pick(store, 'Vessels', 'Code', 'AMBER'), pick(store, 'Vessels', 'Code', 'DAWN'), pick(store, 'Vessels', 'Code', 'CORAL')]
  const [alder, birch, cedar] = [pick(store, 'Sailors', 'Papers', 'P-100'), pick(store, 'Sailors', 'Papers', 'P-200'), pick(store, 'Sailors', 'Papers', "P'3/00")]
  const bsh = pick(store, 'Authorities', 'Code', 'BSH')
  join(amber, 'Home', kiel)
  join(dawn, 'Home', kiel)
  join(coral, 'Home', turku)
  join(dawn, 'Sister', pick(store, 'Vessels', 'Code', 'EIDER'))
  for (const sailor of [alder, birch]) join(amber, 'Crew', sailor)
  for (const sailor of [birch, cedar]) join(dawn, 'Crew', sailor)
  join(birch, 'Mentor', alder)
  join(cedar, 'Mentor', alder)
  join(amber, 'Moored/Authority', bsh)
  join(kiel, 'Address/Authority', bsh)
  join(turku, 'Address/Authority', pick(store, 'Authorities', 'Code', 'A/B & C'))
  join(kiel.children['Berths']?.[0], 'Vessel', amber)
  join(pick(store, 'Photos', 'Id', 1), 'Of', amber)
  join(store.singletons['Office'], 'Lead', alder)
  // a singleton is nobody's partner: its links are its own
  if (store.singletons['Flagship'] !== undefined) store.singletons['Flagship'].links['Home'] = [kiel]
}

function streams(store: Store): void {
  const first = pick(store, 'Photos', 'Id', 1)
  first.streams[''] = { bytes: Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 255]), type: 'image/png', version: 1 }
  first.streams['Thumbnail'] = { bytes: bytes('<svg/>'), type: 'image/svg+xml', version: 1 }
  pick(store, 'Photos', 'Id', 2).streams[''] = { bytes: bytes('just text, Grüße'), type: 'text/plain;charset=utf-8', version: 1 }
  pick(store, 'Harbours', 'Id', 1).streams['Chart'] = { bytes: bytes('0123456789'), type: 'application/octet-stream', version: 1 }
}
