import * as fc from 'fast-check'
import { openDoor, type DataDoor } from '../../apps/proxy/test/data-door.js'
import { randomOf } from '../harness/odata-server.js'
import { ask, isFilled, meaning } from './answers.js'
import { Coverage } from './coverage.js'
import { allowed, isAsked } from './exclusions.js'
import { closeLandscape, openLandscape, type Landscape } from './landscape.js'
import { masksOf } from './masks.js'
import { modelOf } from './model.js'
import { readable, type Query } from './query.js'
import { queriesOf } from './queries.js'
import { diceOf } from './random-rows.js'
import { referenceOf } from './reference.js'

/**
 * Every answer equals what an evaluation of its own computes from the rows, whatever the sources honour, refuse or ignore.
 * `DIFFERENTIAL_RUNS=10000 npm test -- test/differential` is the large run; `DIFFERENTIAL_SEED` chooses models, masks and queries.
 */
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_122)
const runs = Number(process.env['DIFFERENTIAL_RUNS'] ?? 1000)
const models = Math.max(8, Math.ceil(runs / 500))
const largeRun = 10_000
const names = masksOf(diceOf(randomOf(seed))).map(({ name }) => name)
const others = names.slice(2)

describe(`answers, whatever the sources can do (seed ${seed})`, () => {
  const coverage = new Coverage()
  const opened: Landscape[] = []
  /** Requests by which a source was asked for related rows within rows, those of probes left out. */
  let expanding = 0
  let door: DataDoor
  beforeAll(async () => {
    door = await openDoor({ environment: { TRIBUTARY_LOG_LEVEL: 'silent' } })
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(closeLandscape))
  })
  afterAll(() => door.stop())

  it.each(Array.from({ length: models }, (_, index) => seed + index))('of model %i', async (modelSeed) => {
    const model = modelOf(modelSeed)
    for (const [number, mask] of masksOf(diceOf(randomOf(modelSeed + 500))).entries()) opened.push(await openLandscape(model, mask, door, `m${modelSeed}-${number}`))
    const landscapes = [...opened]
    const reference = referenceOf(model)
    const check = async (query: Query, other: string): Promise<void> => {
      const expected = reference(query)
      const right = meaning(model, query, expected)
      const asked = landscapes.filter(({ mask }) => ['all', 'none', other].includes(mask.name) && isAsked(query, mask))
      coverage.add(query, asked.map(({ mask }) => mask.name), isFilled(expected))
      for (const { mask, slug } of asked) {
        const given = meaning(model, query, await ask(door, slug, model, query))
        if (given !== right) throw new Error(`Sources that honour: ${mask.name}\n${readable(query, model)}${query.pageRows === undefined ? '' : `\nin pages of ${query.pageRows}`}\nright:\n${right}\nanswered:\n${given}`)
      }
    }
    const numRuns = Math.ceil(runs / models)
    const before = coverage.total
    await fc.assert(fc.asyncProperty(queriesOf(model).map((query) => allowed(query, model)), fc.constantFrom(...others), check), { numRuns, seed: modelSeed })
    expect(coverage.total - before).toBe(numRuns)
    expanding += landscapes.flatMap(({ servers }) => servers).flatMap(({ requests }) => requests).filter(({ options }) => '$expand' in options && Object.keys(options).some((name) => name !== '$expand' && name !== '$filter')).length
  }, 600_000)

  it('were asked for often enough, and mostly have rows', () => {
    const least = coverage.least(['all', 'none'])
    console.log(`${coverage.table(names)}\nleast: ${least.pair}, ${least.count} times\nrelated rows within rows: ${expanding} requests`)
    expect(expanding).toBeGreaterThan(0)
    expect(coverage.total).toBeGreaterThanOrEqual(runs)
    expect(coverage.share).toBeGreaterThanOrEqual(0.6)
    const enough = runs >= largeRun ? 20 : 0
    expect(least.count < enough ? `${least.pair} only ${least.count} times` : 'often enough').toBe('often enough')
  })
})
