import type { Expression } from './expression.js'
import type { Column, ExpandedShape } from './page.js'
import type { Group, Measure } from './aggregation.js'

/**
 * Set transformations. What plans they consist of is left open (`P`), for a plan may be a transformation.
 */

/**
 * A set transformation of `$apply` that is more than a filter, a sort, a limit or one plain aggregation. Rules and sources take it for what
 * it is: nothing is moved through it.
 * @see OData Extension for Data Aggregation 4.0 sections 3 and 6
 */
export interface TransformationOf<P> {
  readonly kind: 'transformation'
  /** The rows that are transformed; what follows them is the step's. */
  readonly inputs: readonly [P, ...P[]]
  readonly step: StepOf<P>
  readonly columns: readonly Column[]
}

/** The rows that the step around gives: those of one group, or those related to one row. */
export interface Given {
  readonly kind: 'given'
  readonly columns: readonly Column[]
}

/** What is done to rows. */
export type StepOf<P> =
  | AggregatesStep | GroupsStepOf<P> | NestedStepOf<P> | UnnestStep | NestStep | WrapStep | SpreadStep | ProjectStep | AttachStep | CutStep | ReduceStep
  | RelativesStep | TraverseStep | SubtreesStepOf<P> | PositionStep

/** One row per group, as `Aggregate`, with what that cannot say: grouping sets, groups by entities, values reached through collections. */
export interface AggregatesStep extends Grouping {
  readonly kind: 'aggregates'
  readonly measures: readonly Aggregation[]
}

/** The rows of each group transformed by themselves; what they are grouped by is put into each row of the result. */
export interface GroupsStepOf<P> extends Grouping {
  readonly kind: 'groups'
  /** Over `Given` rows. */
  readonly each: P
}

/** What rows are grouped by. */
export interface Grouping {
  readonly groups: readonly GroupKey[]
  /** Positions of the groups of each grouping; a rollup has several. What a grouping leaves out is absent from its rows. */
  readonly sets: readonly (readonly number[])[]
}

/** A value rows are grouped by, or an entity. */
export interface GroupKey extends Group {
  /** Rows that do not meet it have no value at all: those of other types than a cast names. */
  readonly only?: Expression
  /** Positions in the path whose names lead to collections: the value stands in the only item. */
  readonly collections?: readonly number[]
  /** Of an entity: what tells whether two are the same. */
  readonly identity?: readonly Expression[]
  /** Of an entity: how it is shown. */
  readonly shape?: ExpandedShape
  /** Of a complex value: its properties. */
  readonly fields?: readonly Column[]
}

/**
 * What is computed of the rows of a group. `expression` is of the row, and undefined where `of` or `reached` says where values come from. With
 * `over` all of it is of the rows at the end of that path, which have the row they are reached from in a column `$it`.
 */
export interface Aggregation extends Measure {
  readonly reached?: Reached
  readonly of?: PartialAggregation
  readonly over?: ReachedRows
}

/** Rows that a path leads to: related ones, or complex values by their properties. */
export interface ReachedRows extends Reached {
  /** Of complex values: their properties. Undefined: the columns of the related rows. */
  readonly fields?: readonly Column[]
}

/** What a path through navigations and collections leads to. Nulls on the way lead nowhere. */
export interface Reached {
  /** Expanded columns, one within the other. */
  readonly path: readonly string[]
  /** Columns of the rows at the end of `path` that tell whether two are the same: each is taken once per group. Undefined: all are taken. */
  readonly identity?: readonly string[]
  /** Conditions that rows on the way meet, by how many names of `path` lead to them: casts, and what is filtered by. */
  readonly only?: readonly { readonly depth: number; readonly condition: Expression }[]
  /** Conditions that values on the way meet, by how many names of `values` lead to them: over the row at the end of `path`, with the value in a column `$this`. */
  readonly onlyValues?: readonly { readonly depth: number; readonly condition: Expression; readonly type: Expression['type'] }[]
  /** Properties from there, collections of values on the way gone through; none: the rows themselves. */
  readonly values: readonly string[]
  /** Of the values. */
  readonly type: Expression['type']
}

/** `Amount with sum from Time with average`: the values are results of another aggregation over parts of the group. */
export interface PartialAggregation {
  readonly groups: readonly Expression[]
  readonly aggregation: Aggregation
}

/** Adds a column: the rows in another one transformed, row by row; under the name of that one it takes its place. */
export interface NestedStepOf<P> extends NestedPart {
  readonly kind: 'nested'
  readonly from: string
  /** Rows that do not meet it are given nothing: they are of other types than a cast names. */
  readonly only?: Expression
  /** Which of the rows that were made are given, and whether it is told how many they were. */
  readonly page?: { readonly skip: number; readonly take?: number; readonly count: boolean }
  /** What is made sees the row around, in a column `aroundName`: this row by some of its columns, or what this row itself sees. */
  readonly around?: { readonly kind: 'row'; readonly names: readonly string[] } | { readonly kind: 'same' }
  /** Of complex columns that are shown in part: those, with the fields that are. */
  readonly narrowed?: readonly Column[]
  /** Over `Given` rows. */
  readonly each: P
}

/** A row for each of the rows in a column, with that one in a column more; with `outer` a row without any stays, its new column null. */
export interface UnnestStep extends NestedPart {
  readonly kind: 'unnest'
  readonly from: string
  readonly outer: boolean
  /** Rows are multiplied that nothing joins: there may only be so many as one operator may hold. Whose rows, for the error. */
  readonly product?: string
}

/** One row, whose columns hold all rows of the inputs. */
export interface NestStep {
  readonly kind: 'nest'
  readonly parts: readonly NestedPart[]
}

/** Each row becomes the only value of a row: what it is called, and what of it is shown. */
export interface WrapStep extends NestedPart {
  readonly kind: 'wrap'
}

/** The rows that stand in a column, in the place of those that hold them. */
export interface SpreadStep {
  readonly kind: 'spread'
  readonly from: string
}

/** Rows with these columns and no others. */
export interface ProjectStep {
  readonly kind: 'project'
  readonly columns: readonly ProjectedColumn[]
}

/** A column, and which of the row's it is taken from. */
export interface ProjectedColumn {
  readonly column: Column
  /** Undefined: it is absent. */
  readonly from?: string
  /** The value is turned into one of the column's type. */
  readonly cast?: true
  /** Of rows within it: their columns. */
  readonly inner?: readonly ProjectedColumn[]
}

/** A column that holds rows: what of them is shown, and what their context URL says. */
export interface NestedPart {
  readonly name: string
  readonly shown: readonly string[]
  /** Left out: they are what the context URL around says. */
  readonly context?: string
  /** Qualified name, where they are entities still. */
  readonly type?: string
  /** Columns that are read whatever is shown: the key of rows that are told with their ids. */
  readonly kept?: readonly string[]
}

/** The first input's rows, each with the columns of the one row that the second yields: values of the whole collection. */
export interface AttachStep {
  readonly kind: 'attach'
}

/** The first rows: so many, or until their values add up to an amount, or to a share of all. `amount` is the same for every row. */
export interface CutStep {
  readonly kind: 'cut'
  readonly unit: 'count' | 'sum' | 'percent'
  readonly amount: Expression
  readonly value: Expression
}

/** Adds columns: what is aggregated of that which each row reaches. */
export interface ReduceStep {
  readonly kind: 'reduce'
  readonly aggregations: readonly Aggregation[]
}

/** Nodes and their parents: the rows of an input of the step. */
export interface Hierarchy {
  /** The identifier of a node, over its row. */
  readonly id: Expression
  /** The identifiers of its parents, over its row. */
  readonly parents: Reached
  /** The identifiers of the nodes that a row of the first input belongs to. */
  readonly nodes: Reached
}

/** The rows whose nodes are above or below those of the start rows, the second input; the third are the nodes. */
export interface RelativesStep extends Hierarchy {
  readonly kind: 'relatives'
  readonly direction: 'ancestors' | 'descendants'
  readonly maxDistance?: number
  readonly keepStart: boolean
}

/**
 * The rows in the order of their nodes, the second input: parents before or behind their children, beginning at the nodes of the third input
 * or, without one, at those that have no parents. A node that is met several times has its rows each time.
 */
export interface TraverseStep extends Hierarchy, NodeShown {
  readonly kind: 'traverse'
  readonly order: 'preorder' | 'postorder'
  /** A column of the nodes as `shownOfNode` sees them: the identifiers of those above, as text, nearest first. */
  readonly upPath?: Column
}

/** The rows of each node and all nodes below it, transformed by themselves: of each node of the second input, or of those of the third. */
export interface SubtreesStepOf<P> extends Hierarchy, NodeShown, Grouping {
  readonly kind: 'subtrees'
  /** A column that the given rows have more: the node. It holds the columns of the rows of nodes. */
  readonly node?: Column
  /** Over `Given` rows. */
  readonly each: P
}

/** What of a node is put into the rows of a result. */
export interface NodeShown {
  /** Over the rows of nodes. */
  readonly shownOfNode: readonly GroupKey[]
}

/**
 * Adds a column: whether a row's node stands where it is asked to in the hierarchy of the second input. Where another node is needed and none is
 * told: the identifiers of all nodes for which it does.
 */
export interface PositionStep extends Hierarchy {
  readonly kind: 'position'
  readonly name: string
  readonly test: 'isroot' | 'isleaf' | 'isdescendant' | 'isancestor' | 'issibling'
  /** The identifier of the other node, over the row. */
  readonly other?: Expression
  readonly maxDistance?: number
  readonly includeSelf: boolean
}
