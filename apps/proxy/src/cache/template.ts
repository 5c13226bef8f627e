/** A value with places for literals in it. */
export interface Template<Value> {
  /** The value with these texts in the places, in their order. What has no place in it is shared. */
  fill(texts: readonly string[]): Value
}

/** What a place is found by, and what stands in it instead. */
export interface Places {
  /** Which of the literals a node is; undefined: none. */
  readonly indexOf: (node: object) => number | undefined
  /** The node with another text. */
  readonly filled: (node: object, text: string) => object
}

/** Values of more objects are not looked through. */
const MOST_OBJECTS = 20_000

/**
 * Finds the places of `count` literals in a value made of plain objects and lists.
 * Undefined: one of them is in no place, or the value is too large.
 */
export function templateOf<Value extends object>(value: Value, count: number, places: Places): Template<Value> | undefined {
  const found = new Set<number>()
  /** Whether a place is in the object. */
  const seen = new Map<object, boolean>()
  const visit = (node: unknown): boolean => {
    if (!isPlain(node)) return false
    const known = seen.get(node)
    if (known !== undefined) return known
    seen.set(node, false)
    if (seen.size > MOST_OBJECTS) return false
    const index = places.indexOf(node)
    if (index !== undefined) found.add(index)
    let holds = index !== undefined
    for (const inner of Object.values(node)) holds = visit(inner) || holds
    seen.set(node, holds)
    return holds
  }
  visit(value)
  if (found.size !== count || seen.size > MOST_OBJECTS) return undefined
  return { fill: (texts) => filled(value, { texts, seen, places, made: new Map() }) as Value }
}

interface Filling {
  readonly texts: readonly string[]
  readonly seen: ReadonlyMap<object, boolean>
  readonly places: Places
  readonly made: Map<object, object>
}

function filled(node: unknown, filling: Filling): unknown {
  const { texts, seen, places, made } = filling
  if (!isPlain(node) || seen.get(node) !== true) return node
  const known = made.get(node)
  if (known !== undefined) return known
  const index = places.indexOf(node)
  const fresh = index !== undefined
    ? places.filled(node, texts[index] ?? '')
    : Object.freeze(Array.isArray(node) ? node.map((inner) => filled(inner, filling)) : Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, filled(inner, filling)])))
  made.set(node, fresh)
  return fresh
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}
