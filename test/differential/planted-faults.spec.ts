import * as fc from 'fast-check'
import { openDoor, type DataDoor } from '../../apps/proxy/test/data-door.js'
import { ask, meaning } from './answers.js'
import { allowed } from './exclusions.js'
import { closeLandscape, openLandscape, type Landscape } from './landscape.js'
import { modelOf, type Model } from './model.js'
import { readable, type Query } from './query.js'
import { queriesOf } from './queries.js'
import { flaws, referenceOf, type Flaw, type Outcome } from './reference.js'

const seed = 20_261_122
const within = 1000

interface Asked {
  readonly model: Model
  readonly landscape: Landscape
  readonly queries: readonly Query[]
}

/** What an engine with the fault would answer. */
function flawed(model: Model, flaw: Flaw): (query: Query) => Outcome {
  return flaw === 'rows of another principal' ? referenceOf(modelOf(model.seed, model.seed + 1)) : referenceOf(model, flaw)
}

describe('the generated queries can tell an engine that is wrong', () => {
  let door: DataDoor
  let asked: readonly Asked[]
  beforeAll(async () => {
    door = await openDoor({ environment: { TRIBUTARY_LOG_LEVEL: 'silent' } })
    const models = Array.from({ length: 4 }, (_, index) => modelOf(seed + index))
    asked = await Promise.all(models.map(async (model, index) => ({
      model, landscape: await openLandscape(model, { name: 'all', behaviour: () => ({}) }, door, `faults-${index}`),
      queries: fc.sample(queriesOf(model), { seed, numRuns: within / models.length }).map((query) => allowed(query, model)),
    })))
  })
  afterAll(async () => {
    await Promise.all(asked.map(({ landscape }) => closeLandscape(landscape)))
    await door.stop()
  })

  it.each(flaws)('%s', async (flaw) => {
    for (const { model, landscape, queries } of asked) {
      const [right, wrong] = [referenceOf(model), flawed(model, flaw)]
      const telling = queries.find((query) => meaning(model, query, right(query)) !== meaning(model, query, wrong(query)))
      if (telling === undefined) continue
      const answered = meaning(model, telling, await ask(door, landscape.slug, model, telling))
      expect([readable(telling, model), answered]).toEqual([readable(telling, model), meaning(model, telling, right(telling))])
      expect(answered).not.toBe(meaning(model, telling, wrong(telling)))
      return
    }
    throw new Error(`none of ${within} queries tells: ${flaw}`)
  })
})
