import type { Column, ExpandedShape } from './page.js'
import type { NestedStep, Plan, Step, Transformation } from './plan.js'
import { expandedColumn, outputColumns } from './output-columns.js'
import { booleanType, collectionOf } from './value-type.js'
import type { GroupKey, Grouping, NestedPart, PositionStep } from './transformation.js'

/** A set transformation over rows; its columns follow from the inputs and the step. */
export function transformation(inputs: readonly [Plan, ...Plan[]], step: Step): Transformation {
  return Object.freeze({ kind: 'transformation', inputs: Object.freeze(inputs), step: Object.freeze(step), columns: Object.freeze(columnsAfter(inputs, step)) })
}

/** True if each row of the result is made of one row of the input: which rows there are, and in what order, is the input's. */
export const goesRowByRow = ({ step }: Transformation): boolean => step.kind === 'reduce' || step.kind === 'nested'

/** The plans a step applies to given rows. */
export const innerOf = ({ step }: Transformation): readonly Plan[] => ('each' in step ? [step.each] : [])

/** The node over other inputs and with another inner plan. */
export function withInner({ step }: Transformation, inputs: readonly [Plan, ...Plan[]], [each]: readonly Plan[]): Transformation {
  return transformation(inputs, each === undefined || !('each' in step) ? step : { ...step, each })
}

function columnsAfter(inputs: readonly [Plan, ...Plan[]], step: Step): readonly Column[] {
  const [input, other] = inputs
  switch (step.kind) {
    case 'aggregates': return [...groupColumns(step), ...step.measures.map(({ column }) => column)]
    case 'groups': return mergeColumns(groupColumns(step), outputColumns(step.each))
    case 'nested': return withNested(outputColumns(input), step.from, nestedColumn(outputColumns(input), step, outputColumns(step.each)))
    case 'unnest': return [...outputColumns(input), unnestedColumn(outputColumns(input), step.from, step)]
    case 'nest': return step.parts.map((part, index) => rowsColumn(part, outputColumns(inputs[index] ?? input), true))
    case 'wrap': return [rowsColumn(step, outputColumns(input), false)]
    case 'spread': return nestedRows(outputColumns(input).find(({ name }) => name === step.from)).columns
    case 'project': return step.columns.map(({ column }) => column)
    case 'attach': return [...outputColumns(input), ...(other === undefined ? [] : outputColumns(other))]
    case 'cut': return outputColumns(input)
    case 'reduce': return [...outputColumns(input), ...step.aggregations.map(({ column }) => column)]
    case 'relatives': return outputColumns(input)
    case 'traverse': return mergeColumns(ofNode(step.shownOfNode), outputColumns(input))
    case 'subtrees': return mergeColumns(ofNode(step.shownOfNode), mergeColumns(groupColumns(step), outputColumns(step.each)))
    case 'position': return [...outputColumns(input), Object.freeze({ name: step.name, type: givesNodes(step) ? collectionOf(step.id.type) : booleanType })]
  }
}

/** True of a step that needs another node and is told none: it gives all that it holds for. */
export const givesNodes = ({ test, other }: Pick<PositionStep, 'test' | 'other'>): boolean => other === undefined && test !== 'isroot' && test !== 'isleaf'

const ofNode = (groups: readonly GroupKey[]): readonly Column[] => groupColumns({ groups, sets: [groups.map((_, index) => index)] })

const rowsColumn = ({ name, shown, context, type, kept }: NestedPart, columns: readonly Column[], toMany: boolean): Column =>
  expandedColumn(name, type ?? 'Edm.Untyped', { toMany, columns, visible: shown, ...(context === undefined ? {} : { context }), ...(kept === undefined ? {} : { kept }) })

/** What is made of the rows in a column stands beside it, or, under the same name, in its place. */
const withNested = (columns: readonly Column[], from: string, made: Column): readonly Column[] =>
  (made.name === from ? columns.map((column) => (column.name === from ? made : column)) : [...columns, made])

function nestedColumn(within: readonly Column[], step: NestedStep, columns: readonly Column[]): Column {
  const source = within.find(({ name }) => name === step.from)
  const narrowed = new Map(step.narrowed?.map((column) => [column.name, column]))
  const made = rowsColumn(step, columns.map((column) => narrowed.get(column.name) ?? column), source?.type.collection === true)
  return step.only === undefined ? made : Object.freeze({ ...made, derived: true })
}

/** Name of the column in which a condition on values sees the value. */
export const valueName = '$this'

/** Name of the column in which rows that are reached see the row they are reached from. */
export const outerName = '$it'

/** Name of the column in which rows see the row around them: no property can have it. */
export const aroundName = '~it'

/** The row around as a column of the rows that are made for it; undefined: they do not see it. */
export function aroundColumn({ around }: Pick<NestedStep, 'around'>, input: readonly Column[]): Column | undefined {
  if (around?.kind !== 'row') return around === undefined ? undefined : input.find(({ name }) => name === aroundName)
  const names = new Set(around.names)
  return expandedColumn(aroundName, 'Edm.Untyped', { toMany: false, columns: input.filter(({ name }) => names.has(name)), visible: [] })
}

function unnestedColumn(within: readonly Column[], from: string, part: NestedPart): Column {
  const source = within.find(({ name }) => name === from)
  return rowsColumn(part, nestedRows(source).columns, false)
}

/** The rows in a column: those of an expand by its columns, those of complex values by their fields. */
export const nestedRows = (column: Column | undefined): Pick<ExpandedShape, 'columns'> => column?.expanded ?? { columns: column?.fields ?? [] }

/** The columns that groups make of a result: what has a path of several names stands within the first. What not every grouping has may be absent. */
export function groupColumns({ groups, sets }: Grouping): readonly Column[] {
  const always = new Set(groups.filter(({ only }, position) => only === undefined && sets.every((set) => set.includes(position))))
  return columnsAt(groups, always, 0)
}

function columnsAt(groups: readonly GroupKey[], always: ReadonlySet<GroupKey>, depth: number): readonly Column[] {
  const names = [...new Set(groups.map(({ path }) => path[depth] ?? ''))]
  return names.map((name) => {
    const inner = groups.filter(({ path }) => path[depth] === name)
    const absent = inner.some((group) => always.has(group)) ? {} : { derived: true as const }
    const own = inner.find(({ path }) => path.length === depth + 1)
    if (own !== undefined) return Object.freeze({ name, type: own.expression.type, ...absent, ...(own.shape === undefined ? {} : { expanded: own.shape }), ...(own.fields === undefined ? {} : { fields: own.fields }) })
    const columns = columnsAt(inner, always, depth + 1)
    const toMany = inner.some(({ collections }) => collections?.includes(depth) === true)
    return Object.freeze({ ...expandedColumn(name, 'Edm.Untyped', { toMany, columns, visible: columns.map((shown) => shown.name) }), ...absent })
  })
}

/** What groups put into rows, then what these have beside it. */
export function mergeColumns(ofGroups: readonly Column[], ofRows: readonly Column[]): readonly Column[] {
  const merged = ofGroups.map((column) => {
    const other = ofRows.find(({ name }) => name === column.name)
    if (column.expanded === undefined || other?.expanded === undefined || column.expanded.toMany || other.expanded.toMany) return column
    const columns = mergeColumns(column.expanded.columns, other.expanded.columns)
    const visible = [...new Set([...column.expanded.visible, ...other.expanded.visible])]
    return expandedColumn(column.name, column.type.name, { toMany: false, columns, visible })
  })
  const names = new Set(merged.map(({ name }) => name))
  return [...merged, ...ofRows.filter(({ name }) => !names.has(name))]
}
