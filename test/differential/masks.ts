import type { Behaviour, Obedience } from '../harness/odata-server.js'
import { expandFlaws } from '../harness/odata-server-expand.js'
import type { Dice } from './random-rows.js'

/** What a landscape's sources can do. */
export interface Mask {
  readonly name: string
  /** Of the source with this number; single answers differ from source to source where they are random. */
  readonly behaviour: (source: number) => Behaviour
  /** The sources are probed before they are asked; the others in the background, while queries are answered. */
  readonly probed: boolean
}

const none: Behaviour = {
  filter: 'refuse', orderby: 'refuse', top: 'refuse', skip: 'refuse', count: 'refuse', select: 'refuse', in: 'refuse', functions: 'refuse', arithmetic: 'refuse', maxpagesize: 'ignore', pageSize: 7, expand: 'refuse',
}
const ignoring: Behaviour = { filter: 'ignore', orderby: 'ignore', top: 'ignore', skip: 'ignore', count: 'ignore', select: 'ignore', in: 'ignore', maxpagesize: 'ignore', ieee754: 'ignore', expand: 'ignore' }

const fixed: readonly (readonly [string, Behaviour])[] = [
  ['all', { expand: 'honour' }],
  ['none', none],
  ['ignoring', ignoring],
  ['case-insensitive', { expand: 'honour', caseInsensitive: true, pageSize: 11, nextLinks: 'relative' }],
  ['narrow', { urlLimit: 700, filterTerms: 6, in: 'refuse', pageSize: 5, valueFirst: true, ieee754: 'ignore', expand: 'honour' }],
  ['no language', { functions: 'refuse', arithmetic: 'refuse', in: 'ignore', orderby: 'ignore', encoding: 'gzip' }],
]

const obedience: readonly Obedience[] = ['honour', 'honour', 'refuse', 'ignore']

function randomBehaviour(dice: Dice): Behaviour {
  return {
    filter: dice.pick(obedience), orderby: dice.pick(obedience), top: dice.pick(obedience), skip: dice.pick(obedience), count: dice.pick(obedience), select: dice.pick(obedience), in: dice.pick(obedience),
    maxpagesize: dice.pick(['honour', 'ignore']), functions: dice.pick(['honour', 'refuse']), arithmetic: dice.pick(['honour', 'refuse']), caseInsensitive: dice.chance(0.3), ieee754: dice.pick(['honour', 'ignore']),
    nextLinks: dice.pick(['absolute', 'relative']), valueFirst: dice.chance(0.3),
    ...(dice.chance(0.6) ? { pageSize: dice.pick([1, 4, 9, 20]) } : {}), ...(dice.chance(0.3) ? { urlLimit: dice.pick([500, 1200, 2000]) } : {}), ...(dice.chance(0.3) ? { filterTerms: dice.pick([4, 10, 25]) } : {}),
    ...(dice.chance(0.3) ? { encoding: dice.pick(['gzip', 'br'] as const) } : {}),
    ...(dice.chance(0.4) ? { batch: dice.pick(['honour', 'token'] as const) } : {}),
    expand: dice.pick(obedience), ...(dice.chance(0.5) ? { expandFlaw: dice.pick(expandFlaws) } : {}),
    // Only a long URL is taken for too long where its refusal does not say so.
    ...(dice.chance(0.2) ? { urlLimit: 1200, overlong: dice.pick([404, 'reset'] as const) } : {}),
  }
}

/** The masks of one model: six that are always the same and two random ones. */
export function masksOf(dice: Dice): readonly Mask[] {
  const random = ['random 1', 'random 2'].map((name): Mask => {
    const behaviours = Array.from({ length: 4 }, () => randomBehaviour(dice))
    return { name, behaviour: (source) => behaviours[source] ?? {}, probed: name === 'random 1' }
  })
  return [...fixed.map(([name, behaviour]): Mask => ({ name, behaviour: () => behaviour, probed: behaviour.expand === 'honour' })), ...random]
}
