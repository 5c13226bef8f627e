import { type Aggregation, columnsOf, type Expression, outerName, type Reached, transformExpression, valueName } from '@tributary/plan'

/** The columns of its rows that a path to what is reached reads. */
export const readByReached = (reached: Reached): readonly string[] => [...firstOf(reached), ...named(conditionsOf(reached))]

const firstOf = ({ path, values }: Reached): readonly string[] => [path[0] ?? values[0]].flatMap((name) => name ?? [])

/** Conditions that are looked at with the rows a path begins with. */
const conditionsOf = ({ path, only = [], onlyValues = [] }: Reached): readonly Expression[] =>
  [...only.filter(({ depth }) => depth === 0), ...(path.length === 0 ? onlyValues : [])].map(({ condition }) => condition)

const named = (expressions: readonly Expression[]): readonly string[] => expressions.flatMap((expression) => [...columnsOf(expression)]).filter((name) => name !== valueName)

/** The columns that an aggregation reads of the rows it is computed of. */
export function readByAggregation({ over, ...aggregation }: Aggregation): readonly string[] {
  return over === undefined ? readOfRows(aggregation) : [...readByReached(over), ...readOfOuter(aggregation)]
}

/** The columns that what is aggregated reads of the rows at the end of its path, where it has one. */
export const readOfRows = ({ over: _over, ...aggregation }: Omit<Aggregation, 'column'>): readonly string[] =>
  [...named(expressionsIn(aggregation)), ...partsOf(aggregation).flatMap(({ reached }) => (reached === undefined ? [] : firstOf(reached)))].filter((name) => name !== outerName)

type Part = Omit<Aggregation, 'column' | 'over'>

/** The aggregation and those within it. */
const partsOf = (part: Part): readonly Part[] => [part, ...(part.of === undefined ? [] : partsOf(part.of.aggregation))]

const expressionsIn = (part: Part): readonly Expression[] =>
  partsOf(part).flatMap(({ expression, reached, of }) => [...(expression === undefined ? [] : [expression]), ...(reached === undefined ? [] : conditionsOf(reached)), ...(of?.groups ?? [])])

/** What reached rows read of the row that they are reached from. */
function readOfOuter(part: Part): readonly string[] {
  const names: string[] = []
  for (const expression of expressionsIn(part)) {
    transformExpression(expression, (inner) => {
      const [root, name] = inner.kind === 'column' ? inner.path : []
      if (root === outerName && name !== undefined) names.push(name)
      return inner
    })
  }
  return names
}
