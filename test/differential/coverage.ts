import type { Step } from './applied.js'
import { parts, type Expression } from './expression.js'
import type { Options, Query } from './query.js'

function operatorOf(expression: Expression): readonly string[] {
  const path = expression.node === 'property' && expression.from.through.length > 0 ? ['path to one'] : []
  switch (expression.node) {
    case 'binary': return [expression.operator]
    case 'not': case 'negate': case 'in': case 'has': return [expression.node]
    case 'typed': return [expression.test]
    case 'marks': return [`collection/${expression.operator}`]
    case 'call': return [`${expression.name}()`]
    case 'lambda': return [expression.body === undefined ? 'any()' : expression.operator]
    case 'count': return ['navigation/$count']
    case 'related': return ['navigation eq null']
    case 'literal': return expression.raw === null ? ['null'] : []
    default: return path
  }
}

function* ofOptions(options: Options, prefix: string): Generator<string> {
  const { filter, orderby = [], expand = [] } = options
  for (const name of Object.keys(options)) yield `${prefix}$${name}`
  for (const expression of filter === undefined ? [] : parts(filter)) yield* operatorOf(expression)
  for (const { by, descending } of orderby) {
    if (descending) yield 'desc'
    for (const expression of parts(by)) yield* operatorOf(expression)
  }
  for (const one of expand) yield* ofOptions(one.options, '$expand/')
}

function* ofSteps(steps: readonly Step[]): Generator<string> {
  for (const step of steps) {
    switch (step.step) {
      case 'select': case 'cut': {
        yield `${step.method}()`
        break
      }
      case 'group': {
        yield step.rolled > 0 ? 'rollup()' : 'groupby()'
        if (step.each.length > 0 && step.each.every((each) => each.step !== 'aggregate')) yield 'each group'
        yield* ofSteps(step.each)
        break
      }
      case 'aggregate': {
        for (const { method, of, from } of step.measures) {
          yield `with ${method ?? '$count'}`
          if (of.what === 'reached') yield 'aggregated path'
          if (from !== undefined) yield 'from'
        }
        break
      }
      case 'concat': {
        yield 'concat()'
        for (const part of step.parts) yield* ofSteps(part)
        break
      }
      default: yield `${step.step === 'order' ? 'orderby' : step.step === 'having' ? 'filter' : step.step}()`
    }
  }
}

/** What a query makes use of, each name once. */
export function operatorsOf(query: Query): ReadonlySet<string> {
  return new Set([
    ...ofOptions(query.options, ''), ...(query.key === undefined ? [] : ['key']), ...(query.path.length === 0 ? [] : ['navigation path']), ...(query.property === undefined ? [] : ['property']),
    ...(query.crossed === undefined ? [] : ['$crossjoin']), ...(query.applied === undefined ? [] : ['$apply', ...ofSteps(query.applied.steps)]), ...(query.countOnly ? ['/$count'] : []), ...(query.pageRows === undefined ? [] : ['maxpagesize']),
  ])
}

const line = (name: string, cells: readonly (string | number)[]): string => `${name.padEnd(22)}${cells.map((cell) => String(cell).padStart(18)).join('')}`

/** Counts how often each operator met each mask, and how many queries had rows to show. */
export class Coverage {
  private readonly counts = new Map<string, Map<string, number>>()
  private queries = 0
  private filled = 0

  add(query: Query, masks: readonly string[], filled: boolean): void {
    this.queries += 1
    this.filled += filled ? 1 : 0
    for (const operator of operatorsOf(query)) {
      const row = this.counts.get(operator) ?? new Map<string, number>()
      this.counts.set(operator, row)
      for (const mask of masks) row.set(mask, (row.get(mask) ?? 0) + 1)
    }
  }

  get total(): number {
    return this.queries
  }

  get share(): number {
    return this.filled / this.queries
  }

  /** The pairs of an operator and a mask that met least often. */
  least(masks: readonly string[]): { readonly pair: string; readonly count: number } {
    const pairs = [...this.counts].flatMap(([operator, row]) => masks.map((mask) => ({ pair: `${operator} × ${mask}`, count: row.get(mask) ?? 0 })))
    return pairs.toSorted((a, b) => a.count - b.count)[0] ?? { pair: 'nothing', count: 0 }
  }

  table(masks: readonly string[]): string {
    const rows = [...this.counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([operator, row]) => line(operator, masks.map((mask) => row.get(mask) ?? 0)))
    return [`${this.queries} queries, ${Math.round(this.share * 100)} % with rows`, line('', masks), ...rows].join('\n')
  }
}
