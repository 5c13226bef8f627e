import type { EdmModel } from './edm-model.js'
import type { NavigationBinding } from './model.js'

/**
 * The target bound to a navigation path of an entity set or singleton. The path may hold type casts the binding leaves
 * out, and may lead on through sets: the longest bound prefix is taken, then its target's own bindings.
 * @see OData CSDL XML 4.01, section 13.4
 */
export function findBindingTarget(model: EdmModel, setOrSingleton: string, path: string): string | undefined {
  const { container } = model
  const bindings = (container?.entitySets.get(setOrSingleton) ?? container?.singletons.get(setOrSingleton))?.bindings
  if (bindings === undefined) return undefined
  const segments = path.split('/')
  for (let length = segments.length; length > 0; length -= 1) {
    const target = bestBinding(model, bindings, segments.slice(0, length))?.target
    if (target === undefined) continue
    const rest = segments.slice(length).filter((segment, index, all) => !isCast(segment) || index < all.length - 1)
    return rest.length === 0 ? target : findBindingTarget(model, target, rest.join('/'))
  }
  return undefined
}

const isCast = (segment: string): boolean => segment.includes('.')

/** The matching binding with the most casts: the most specific one. */
function bestBinding(model: EdmModel, bindings: readonly NavigationBinding[], path: readonly string[]): NavigationBinding | undefined {
  let best: NavigationBinding | undefined
  let bestLength = 0
  for (const binding of bindings) {
    const segments = binding.path.split('/')
    if (segments.length > bestLength && matches(model, segments, path)) {
      best = binding
      bestLength = segments.length
    }
  }
  return best
}

function matches(model: EdmModel, binding: readonly string[], path: readonly string[]): boolean {
  let at = 0
  for (const segment of path) {
    const expected = binding[at]
    if (isCast(segment)) {
      if (expected !== undefined && isCast(expected) && model.derivesFrom(segment, expected)) at += 1
    } else if (segment === expected) at += 1
    else return false
  }
  return at === binding.length
}
