import * as fc from 'fast-check'
import { openDoor, type DataDoor } from '../../apps/proxy/test/data-door.js'
import { expandFlaws } from '../harness/odata-server-expand.js'
import type { Behaviour } from '../harness/odata-server.js'
import { ask, meaning } from './answers.js'
import { closeLandscape, openLandscape, type Landscape } from './landscape.js'
import type { Mask } from './masks.js'
import { modelOf, type Model } from './model.js'
import { queriesOf } from './queries.js'
import { readable, type Query } from './query.js'
import { referenceOf } from './reference.js'

/**
 * Related rows that a source gives within its rows: all sets of a model lie in one source, which expands well, or with one flaw, and every query expands.
 * `DIFFERENTIAL_RUNS` and `DIFFERENTIAL_SEED` as in the large suite.
 */
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_122)
const runs = Number(process.env['DIFFERENTIAL_RUNS'] ?? 1000)
const models = 4

const others: readonly (readonly [string, Behaviour])[] = [
  ['pages of five, numbers as they are', { pageSize: 5, ieee754: 'ignore' }], ['without case', { caseInsensitive: true }], ['no limits, no order', { top: 'refuse', orderby: 'refuse', count: 'refuse' }], ['no select, or-chains', { select: 'refuse', in: 'refuse' }],
]

const masks: readonly Mask[] = [
  { name: 'expands well', behaviour: () => ({ expand: 'honour' }), probed: true },
  ...others.map(([name, behaviour]): Mask => ({ name, behaviour: () => ({ expand: 'honour', ...behaviour }), probed: true })),
  ...expandFlaws.map((expandFlaw): Mask => ({ name: expandFlaw, behaviour: () => ({ expand: 'honour', expandFlaw }), probed: true })),
]

/** The model with all of its sets in one source. */
function together(model: Model): Model {
  const sets = model.sets.map((set) => ({ ...set, source: 0 }))
  const byName = new Map(sets.map((set) => [set.name, set]))
  return { ...model, sources: 1, sets, set: (name) => byName.get(name) ?? model.set(name) }
}

describe(`related rows within rows, whatever a source gets wrong (seed ${seed})`, () => {
  let door: DataDoor
  let opened: readonly Landscape[] = []
  let offered = 0
  beforeAll(async () => {
    door = await openDoor({ environment: { TRIBUTARY_LOG_LEVEL: 'silent' } })
  })
  afterEach(() => Promise.all(opened.map(closeLandscape)))
  afterAll(() => door.stop())

  it.each(Array.from({ length: models }, (_, index) => seed + 100 + index))('of model %i', async (modelSeed) => {
    const model = together(modelOf(modelSeed))
    opened = await Promise.all(masks.map((mask, number) => openLandscape(model, mask, door, `o${modelSeed}-${number}`)))
    const reference = referenceOf(model)
    const expanding = queriesOf(model).filter(({ options, applied }) => options.expand !== undefined && applied === undefined)
    const check = async (query: Query, other: number): Promise<void> => {
      const right = meaning(model, query, reference(query))
      for (const { mask, slug } of [opened[0], opened[other]].flatMap((one) => one ?? [])) {
        const given = meaning(model, query, await ask(door, slug, model, query))
        if (given !== right) throw new Error(`A source with: ${mask.name}\n${readable(query, model)}${query.pageRows === undefined ? '' : `\nin pages of ${query.pageRows}`}\nright:\n${right}\nanswered:\n${given}`)
      }
    }
    await fc.assert(fc.asyncProperty(expanding, fc.integer({ min: 1, max: masks.length - 1 }), check), { numRuns: Math.ceil(runs / models / 2), seed: modelSeed })
    // Of the requests of probes nothing but a filter and an expand is known.
    const asked = opened.flatMap(({ servers }) => servers).flatMap(({ requests }) => requests).filter(({ options }) => '$expand' in options && Object.keys(options).some((name) => name !== '$expand' && name !== '$filter'))
    offered += asked.length
    expect(opened).toHaveLength(masks.length)
  }, 600_000)

  it('are asked for by many of the queries', () => {
    console.log(`related rows within rows: ${offered} requests`)
    expect(offered).toBeGreaterThan(runs / 20)
  })
})
