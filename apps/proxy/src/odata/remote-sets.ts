import { inputsOf, type Plan } from '@tributary/plan'
import type { RemoteSet } from '../data/prober.js'

const known = new WeakMap<Plan, readonly RemoteSet[]>()

/** The remote entity sets a plan reads, each once. Found out once for each plan, which many requests may share. */
export function remoteSetsOf(plan: Plan): readonly RemoteSet[] {
  const found = known.get(plan)
  if (found !== undefined) return found
  const sets = setsIn(plan)
  known.set(plan, sets)
  return sets
}

function setsIn(plan: Plan): readonly RemoteSet[] {
  const met = new Map<string, RemoteSet>()
  const visit = (node: Plan): void => {
    if (node.kind === 'remote') {
      const { endpoint, entitySet, resource } = node.fragment.scan.target
      if (resource === undefined) met.set(`${endpoint}/${entitySet}`, { endpoint, entitySet })
    }
    for (const input of inputsOf(node)) visit(input)
  }
  visit(plan)
  return [...met.values()]
}
