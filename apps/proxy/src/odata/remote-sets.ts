import { inputsOf, type Plan } from '@tributary/plan'
import type { RemoteSet } from '../data/prober.js'

/** The remote entity sets a plan reads, each once. */
export function remoteSetsOf(plan: Plan): readonly RemoteSet[] {
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
