import { type Aggregation, type Column, limit, type Plan, type PositionStep, transformation, type ValueType } from '@tributary/plan'

/** An aggregation that still has no column. */
export type Unnamed = Omit<Aggregation, 'column'>

/** Values that expressions over rows need beside the rows' own: noted while expressions are bound, computed before they are evaluated. */
export interface Notes {
  /** A hidden column with what is aggregated of that which each row reaches. */
  ofRow(aggregation: Unnamed, type: ValueType): Column
  /** A hidden column with what is aggregated of all rows, the same in each. */
  ofAll(aggregation: Unnamed, type: ValueType): Column
  /** A hidden column with what is aggregated of that which the first row reaches, and every other one as well. */
  ofAny(aggregation: Unnamed, type: ValueType): Column
  /** The name of a hidden column with whether a row's node stands where it is asked to among these nodes. */
  position(nodes: () => Plan, step: Omit<PositionStep, 'name'>): string
  /** The rows with the hidden columns noted so far. */
  over(rows: Plan): Plan
  /** How often `over` reads the rows. */
  copies(): number
}

/** Numbers for the names of hidden columns: no two in one query are the same. */
export interface HiddenNames {
  next: number
}

/** The rows with what is aggregated of all of `those`. */
const attached = (rows: Plan, those: Plan, measures: readonly Aggregation[]): Plan =>
  (measures.length === 0 ? rows : transformation([rows, transformation([those], { kind: 'aggregates', groups: [], sets: [[]], measures })], { kind: 'attach' }))

/** Nothing noted yet. */
export function newNotes(names: HiddenNames): Notes {
  const ofRows: Aggregation[] = []
  const ofAll: Aggregation[] = []
  const ofAny: Aggregation[] = []
  const positions: { readonly nodes: () => Plan; readonly step: PositionStep }[] = []
  const noted = (into: Aggregation[]) => (aggregation: Unnamed, type: ValueType): Column => {
    const column: Column = Object.freeze({ name: `~value${names.next++}`, type })
    into.push(Object.freeze({ ...aggregation, column }))
    return column
  }
  return {
    ofRow: noted(ofRows),
    ofAll: noted(ofAll),
    ofAny: noted(ofAny),
    position(nodes, step) {
      const name = `~value${names.next++}`
      positions.push({ nodes, step: Object.freeze({ ...step, name }) })
      return name
    },
    copies: () => 1 + [ofAll, ofAny].filter((those) => those.length > 0).length,
    over(rows) {
      const placed = positions.reduce((input, { nodes, step }) => transformation([input, nodes()], step), rows)
      const reduced = ofRows.length === 0 ? placed : transformation([placed], { kind: 'reduce', aggregations: ofRows })
      return attached(attached(reduced, rows, ofAll), limit(rows, 0, 1), ofAny)
    },
  }
}
