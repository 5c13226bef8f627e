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
  const end = segments.findLastIndex((segment) => !isCast(segment)) + 1
  for (let length = end; length > 0; length -= 1) {
    // A cast belongs to what comes after it.
    if (isCast(segments[length - 1] ?? '')) continue
    const target = bestBinding(model, bindings, segments.slice(0, length))?.target
    if (target !== undefined) return length === end ? target : findBindingTarget(model, target, segments.slice(length, end).join('/'))
  }
  return undefined
}

const isCast = (segment: string): boolean => segment.includes('.')

/** The most specific of the matching bindings. */
function bestBinding(model: EdmModel, bindings: readonly NavigationBinding[], path: readonly string[]): NavigationBinding | undefined {
  let best: { readonly binding: NavigationBinding; readonly segments: readonly string[] } | undefined
  for (const binding of bindings) {
    const segments = binding.path.split('/')
    if (matches(model, segments, path) && (best === undefined || isMoreSpecific(model, segments, best.segments))) best = { binding, segments }
  }
  return best?.binding
}

/** More casts are more specific; of as many, those to derived types. */
function isMoreSpecific(model: EdmModel, a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return a.length > b.length
  return a.every((segment, index) => segment === b[index] || model.derivesFrom(segment, b[index] ?? ''))
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
