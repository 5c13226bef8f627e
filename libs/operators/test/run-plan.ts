import { execute, defaultLimits, type ExecutionContext, type ExecutionLimits } from '@tributary/operators'
import type { Column, Plan, Value, ValueType } from '@tributary/plan'
import { parseRows, scan, type Scan } from '@tributary/plan'
import type { Answer } from './naive.js'
import { placeFragment, placePlan } from './place-plan.js'
import type { World } from './array-source.js'

/** A context over a world; `limits` replace the default ones. */
export const contextOf = (world: World, { now, ...limits }: Settings = {}, signal: AbortSignal = new AbortController().signal): ExecutionContext => ({
  endpoints: world.endpoints, place: placeFragment, signal, observe: () => undefined, limits: { ...defaultLimits, ...limits }, ...(now === undefined ? {} : { now }),
})

type Settings = Partial<ExecutionLimits> & Pick<ExecutionContext, 'now'>

/** Places and executes a logical plan to its end. */
export async function run(plan: Plan, world: World, limits: Settings = {}): Promise<Answer> {
  const stream = execute(placePlan(plan, world.endpoints), contextOf(world, limits))
  const rows: (readonly Value[])[] = []
  for await (const page of stream.pages) {
    const parsed = page.kind === 'rows' ? page : parseRows(page)
    expect(parsed.columns.map(({ name }) => name)).toEqual(stream.columns.map(({ name }) => name))
    rows.push(...parsed.rows)
  }
  return { rows, count: stream.count() }
}

export const columnOf = (name: string, type: ValueType): Column => ({ name, type })

/** A scan of a set under the names of its columns. */
export const scanOf = (endpoint: string, entitySet: string, columns: readonly Column[], renamed: ReadonlyMap<string, string> = new Map()): Scan =>
  scan({ endpoint, entitySet, entityType: `T.${entitySet}`, renamed, key: [] }, columns)
