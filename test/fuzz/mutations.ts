import type { Random } from './random.js'

/** Pieces that mean something to some reader on the way. */
const pieces = [
  "'", "''", '"', '(', ')', '()', '/', '//', '?', '&', '=', ',', ';', ':', '@', '@x', '$', '$it', '$this', '$root', '$count', '$value', '$ref', '$filter', '$all', '$each', '$batch', '$metadata', '%', '%2F', '%27', '%00', '%0d%0a', '%ff', '%C3%28', '%E2%82', '+', '-', '*', '..', '/../', '\\', '#', '~', '|', '{', '}', '[', ']',
  'null', 'true', 'NaN', '-INF', '1e999', '99999999999999999999999999', '-0', '0x10', '1.', '.5', "duration'P'", "binary'='", "geography'SRID=4326;Point(1 2)'", '2024-13-45', '25:61:61', '00000000-0000-0000-0000-000000000000', 'Port.Cargo\'9\'', 'Edm.String', 'not ', ' and ', ' or ', ' eq ', ' in ', ' has ', ' div 0', '/any(', '/all(x:', 'cast(', 'isof(', 'case(', 'Port.Ferry/', 'Collection(',
  '\u0000', '\ud800', '\u202e', 'é', '🚢', '\u00a0', '\r\n', '\t',
]

/** A text with a few of its characters changed, pieces put in, parts repeated or left out. */
export function mutateText(random: Random, text: string): string {
  let changed = text
  for (let left = random.chance(0.6) ? 1 : 1 + random.below(4); left > 0; left--) changed = mutateOnce(random, changed)
  return changed.slice(0, 20_000)
}

function mutateOnce(random: Random, text: string): string {
  const at = random.below(text.length + 1)
  const end = Math.min(text.length, at + 1 + random.below(8))
  switch (random.below(8)) {
    case 0: return text.slice(0, at) + text.slice(end)
    case 1: return text.slice(0, at) + random.pick(pieces) + text.slice(at)
    case 2: return text.slice(0, at) + random.pick(pieces) + text.slice(end)
    case 3: return text.slice(0, end) + text.slice(at)
    case 4: return text.slice(0, at) + String.fromCodePoint(32 + random.below(random.chance(0.8) ? 95 : 0x2000)) + text.slice(at)
    case 5: return text.slice(0, at) + text.slice(at, end).repeat(1 + random.below(random.chance(0.05) ? 500 : 4)) + text.slice(end)
    case 6: return text.slice(0, at)
    default: return text.slice(0, at) + text.slice(at, end).split('').toReversed().join('') + text.slice(end)
  }
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

const names = ['@odata.type', '@odata.id', '@id', '@removed', '@odata.etag', 'Home@odata.bind', 'Crew@odata.bind', 'Berths@delta', 'Home', 'Crew', 'Calls', 'value', 'Code', 'Name', 'Needs', 'Weight', 'Moored', 'Log', 'Lots', 'Nickname', '__proto__', 'constructor', '', 'toString', '@', 'a@b', 'x.y']
const values: readonly Json[] = [null, true, 0, -1, 1.5, 1e308, 9007199254740991, '', 'x', 'AMBER', 'Harbours(1)', "Vessels('AMBER')", '#Port.Ferry', '#Port.Nope', '2024-01-01', 'P1D', 'INF', 'Water,Power', [], {}, [[]], [null], { City: 'x' }, { '@odata.id': 'Sailors(1)' }, { type: 'Point', coordinates: [1, 2] }, { type: 'Point', coordinates: 'x' }, '🚢\u0000']

/** A JSON value with some of its members changed, added, left out or nested. */
export function mutateJson(random: Random, json: Json): Json {
  if (random.chance(0.15)) return random.pick(values)
  if (random.chance(0.03)) return nested(json, 1 + random.below(400))
  if (Array.isArray(json)) {
    const items = json.map((item: Json) => (random.chance(0.4) ? mutateJson(random, item) : item))
    return random.chance(0.3) ? [...items, random.pick(values)] : items
  }
  if (typeof json !== 'object' || json === null) return random.chance(0.5) ? random.pick(values) : json
  const kept = Object.entries(json).filter(() => !random.chance(0.1)).map(([name, value]) => [random.chance(0.1) ? random.pick(names) : name, random.chance(0.35) ? mutateJson(random, value as Json) : value as Json] as const)
  return Object.fromEntries(random.chance(0.4) ? [...kept, [random.pick(names), random.pick(values)] as const] : kept)
}

function nested(json: Json, depth: number): Json {
  let value = json
  for (let left = depth; left > 0; left--) value = left % 2 === 0 ? [value] : { Home: value }
  return value
}

export type { Json }
