import { isDeepStrictEqual } from 'node:util'
import type { ODataUrl } from '@tributary/odata-url'
import { LRUCache } from 'lru-cache'
import { liftLiterals, sentinelsOf, type Lifted } from './lifted-literals.js'
import { templateOf, type Places, type Template } from './template.js'

/** Makes something of a path and a query as they are written. */
export type Making<Value> = (text: { readonly path: string; readonly query: string }) => Value

/** What is made of queries that differ in the values of their literals only. */
export interface SharedValues<Value> {
  /**
   * What is made of this query: by filling a template in, where queries like it came before, or anew.
   * @param owner what beside the text it depends on
   * @param holds whether what was filled in is still right
   */
  of(owner: string, text: { readonly path: string; readonly query: string }, make: Making<Value>, holds?: (value: Value) => boolean): { readonly value: Value; readonly shared: boolean }
}

/** How a kind of value holds literals, and when two of them are the same. */
interface Kind<Value> {
  readonly places: (sentinels: readonly string[]) => Places
  readonly same: (one: Value, other: Value) => boolean
}

const mostTemplates = 500

/**
 * Templates are made of queries with literals that nobody else uses, when a second query of a kind arrives, and only kept where filling them in makes the very
 * thing that is made anew; whatever takes something from a literal's value is so found out and made anew each time.
 */
function sharedValues<Value extends object>({ places, same }: Kind<Value>, lift: typeof liftLiterals): SharedValues<Value> {
  const known = new LRUCache<string, { readonly template: Template<Value> | undefined } | 'once'>({ max: mostTemplates })
  const learn = (lifted: Lifted, fresh: Value, make: Making<Value>): Template<Value> | undefined => {
    const sentinels = sentinelsOf(lifted.literals)
    const template = templateOf(make(lifted.with(sentinels)), sentinels.length, places(sentinels))
    return template !== undefined && same(template.fill(textsOf(lifted)), fresh) ? template : undefined
  }
  return {
    of(owner, text, make, holds) {
      const lifted = lift(text.path, text.query)
      if (lifted === undefined) return { value: make(text), shared: false }
      const id = `${owner}\0${lifted.skeleton}`
      const before = known.get(id)
      const filled = typeof before === 'object' ? before.template?.fill(textsOf(lifted)) : undefined
      if (filled !== undefined && holds?.(filled) !== false) return { value: filled, shared: true }
      const value = make(text)
      if (before === undefined) known.set(id, 'once')
      else if (before === 'once' || filled !== undefined) known.set(id, { template: attempted(() => learn(lifted, value, make)) })
      return { value, shared: false }
    },
  }
}

const textsOf = ({ literals }: Lifted): readonly string[] => literals.map(({ text }) => text)

/** A query that fails with other literals depends on their values. */
function attempted<Result>(make: () => Result): Result | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** Syntax trees. Their spans are those of another query: what finds fault with such a tree has to parse the text anew to say where. */
export const sharedTrees = (lift = liftLiterals): SharedValues<ODataUrl> => sharedValues<ODataUrl>({
  places: (sentinels) => ({
    indexOf: (node) => ('kind' in node && node.kind === 'literal' && 'text' in node && typeof node.text === 'string' ? indexIn(sentinels, node.text) : undefined),
    filled: (node, text) => Object.freeze({ ...node, text }),
  }),
  same: (one, other) => treeText(one) === treeText(other),
}, lift)

const treeText = (tree: ODataUrl): string => JSON.stringify(tree, (name, value: unknown) => (name === 'span' || name === 'spans' ? undefined : value instanceof Map ? [...value] : value))

/** Bound and improved queries; they are placed anew, because what a source takes depends on what literals say and how long they are. */
export const sharedQueries = <Bound extends object>(lift = liftLiterals): SharedValues<Bound> => sharedValues<Bound>({
  places: (sentinels) => ({
    indexOf: (node) => ('kind' in node && node.kind === 'literal' && 'value' in node ? indexIn(sentinels, String(node.value)) : undefined),
    filled: (node, text) => Object.freeze({ ...node, value: 'value' in node && typeof node.value === 'number' ? Number(text) : text }),
  }),
  same: isDeepStrictEqual,
}, lift)

/** Lifts literals, of the same text but once: it is parsed, and bound right after. */
export function liftingOnce(): typeof liftLiterals {
  let last: { readonly path: string; readonly query: string; readonly lifted: Lifted | undefined } | undefined
  return (path, query) => {
    if (last?.path !== path || last.query !== query) last = { path, query, lifted: liftLiterals(path, query) }
    return last.lifted
  }
}

function indexIn(sentinels: readonly string[], text: string): number | undefined {
  const index = sentinels.indexOf(text)
  return index < 0 ? undefined : index
}
