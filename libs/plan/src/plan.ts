import type { Expression, OrderKey } from './expression.js'
import type { Column } from './page.js'
import type { Group, Measure } from './aggregation.js'
import type { AppliedOf } from './applied.js'
import type { Given, GroupsStepOf, NestedStepOf, StepOf, SubtreesStepOf, TransformationOf } from './transformation.js'

/**
 * A query as a value: a tree of frozen nodes, logical first; `place` replaces fragments by `Remote` nodes.
 * Expressions use the exposed names of columns; only a `Scan` knows the remote ones.
 */
export type Plan = Scan | Filter | Sort | Limit | Expand | SemiJoin | Compute | Aggregate | Concat | Transformation | Given | Remote | RemoteScan | Rows

/** What a source makes of the rows of a set before it gives them. */
export type Applied = AppliedOf<Plan>

/** A set transformation over plans. */
export type Transformation = TransformationOf<Plan>
/** What a set transformation does. */
export type Step = StepOf<Plan>
/** The rows of each group transformed by themselves. */
export type GroupsStep = GroupsStepOf<Plan>
/** Rows within rows transformed. */
export type NestedStep = NestedStepOf<Plan>
/** The rows below each node of a hierarchy transformed. */
export type SubtreesStep = SubtreesStepOf<Plan>

/** All rows of one remote entity set. */
export interface Scan {
  readonly kind: 'scan'
  readonly target: ScanTarget
  /** Exposed names. Columns nobody needs are left out by a rule. */
  readonly columns: readonly Column[]
  /** The rows are what the source makes of those of the set; `columns` are the columns of its results. */
  readonly applied?: Applied
  /** Related rows that are wanted within the rows; each that the source gives is a hidden column more. */
  readonly inlined?: readonly Inlined[]
}

/**
 * Related rows that a source is asked to give within the rows they belong to, by `$expand`. Names are the exposed ones, unless told.
 * @see OData Protocol 4.01 section 11.2.5.2
 */
export interface Inlined {
  /** The hidden column of the outer rows in which they come; `linkColumn` of it tells whether there are more of them. */
  readonly column: string
  /** The source's own navigation property. */
  readonly navigation: string
  readonly toMany: boolean
  readonly target: ScanTarget
  /** What is read of them. */
  readonly columns: readonly Column[]
  /** Only these are wanted; rows that come beside them do no harm. */
  readonly filter?: Expression
  /** With `top`: only the first of each row's are wanted. */
  readonly order: readonly OrderKey[]
  readonly top?: number
}

/** Which entity set of which endpoint, and what its columns are called there. */
export interface ScanTarget {
  /** Slug of the service endpoint. */
  readonly endpoint: string
  readonly entitySet: string
  /** Qualified name of the remote entity type; a derived type casts the set. */
  readonly entityType: string
  /** Of a cast: exposed names of the types whose rows are meant. Where the source does not cast, the others are left out by the type that rows name. */
  readonly only?: readonly string[]
  /** Exposed name → remote name, only where they differ. */
  readonly renamed: ReadonlyMap<string, string>
  /** Exposed names of the key's columns; empty: no key. */
  readonly key: readonly string[]
  /** Rows that are no entity set's: a singleton, a contained collection, what a function returns. `entitySet` is then the set they belong to, or ''. */
  readonly resource?: RemoteResource
  /** Where values may name their type and types have other names than at the remote: remote → exposed qualified names. */
  readonly typeNames?: ReadonlyMap<string, string>
}

/** A collection or a single entity below the service root that has to be addressed by its path. */
export interface RemoteResource {
  /** Below the service root, in the remote's names, percent-encoded: `Me`, `People('x')/Trips`, `NearestAirport(lat=1,lon=2)`. */
  readonly path: string
  /** The answer is one entity (or nothing), not a collection: no option but `$select` applies to it. */
  readonly single: boolean
  /**
   * Keys that the path lacks: it goes on with each of them, in parentheses, and then with `after`. Such a resource is only ever read by keys
   * (the inner side of a bind join), one request a key, and its rows carry the key in the columns named here.
   */
  readonly gaps?: readonly ResourceGap[]
  /** A column that holds 1 in the row of a resource which has no key: by it belong together the row and what is found below its path. */
  readonly mark?: string
  /** What is there is a value, in a column called `value`, or a complex one: no option applies, and there has to be an answer. */
  readonly bare?: true
  /** Query options that belong to the path, percent-encoded: `@p1={"City":"Bern"}`. */
  readonly options?: readonly string[]
  /** It is what an operation gives: a refusal is about the call, not about the path. */
  readonly called?: true
}

/** A place in a resource's path that a key fills: `People` + `('x')` + `/Trips`. */
export interface ResourceGap {
  /** The parts of the key: the remote's name, and the column that holds the value. */
  readonly key: readonly { readonly name: string; readonly column: string }[]
  /** The key is not part of the path, which has only one row to go on from: it tells whose rows these are. */
  readonly unwritten?: true
  /** The parts are arguments: their names are always written. */
  readonly named?: true
  /** What follows the key, percent-encoded. */
  readonly after: string
}

/** The rows for which the predicate is true: neither false nor null. */
export interface Filter {
  readonly kind: 'filter'
  readonly input: Plan
  readonly predicate: Expression
}

/** A stable sort; nulls lowest, strings by code point. */
export interface Sort {
  readonly kind: 'sort'
  readonly input: Plan
  readonly keys: readonly [OrderKey, ...OrderKey[]]
}

/** Skips, then takes; `count` asks for the number of rows of the input before both. */
export interface Limit {
  readonly kind: 'limit'
  readonly input: Plan
  readonly skip: number
  readonly take?: number
  readonly count: boolean
}

/** Adds a column with the related rows of `related`, per row of `input`. Rows without a match keep null or an empty collection. */
export interface Expand {
  readonly kind: 'expand'
  readonly input: Plan
  readonly navigation: Column
  /** Join columns: of the input and of `related`, in pairs. Null never joins. */
  readonly on: readonly [JoinPair, ...JoinPair[]]
  /** Rows of the target; nested filters are in it, what applies per parent is in `perParent`. */
  readonly related: Plan
  readonly perParent: PerParent
  /** The source's own navigation property that leads from the rows of the input's set to the related ones; left out: none, or not from all of them. */
  readonly remoteNavigation?: string
  /** The rows of the input offer the related ones: found by placing. */
  readonly inline?: InlineOffer
}

/**
 * Rows come with their related ones, which the source was asked for. These are an offer: what cannot be believed of it is looked up by keys.
 */
export interface InlineOffer {
  readonly inlined: Inlined
  /** The source gives the first `inlined.top` of each row only. */
  readonly limited: boolean
  /** The source tells how many there are. */
  readonly counted: boolean
  /** Whose rows offer them. */
  readonly endpoint: string
  readonly entitySet: string
  /** What reading them so, and by keys, is expected to cost. */
  readonly costs?: InlineCosts
}

/** Expected costs of both ways to the related rows, in milliseconds. */
export interface InlineCosts {
  readonly keys: number
  readonly inlineMs: number
  readonly bindMs: number
}

/**
 * The rows of `input` that have a row of `related`; with `anti`, those that have none. Null never joins. The same as a filter with `any`
 * over an expand, and executed as whatever is cheapest: `ways` are found by placing.
 */
export interface SemiJoin {
  readonly kind: 'semiJoin'
  readonly input: Plan
  readonly on: readonly [JoinPair, ...JoinPair[]]
  /** Only its join columns are read. */
  readonly related: Plan
  readonly anti: boolean
  readonly ways?: SemiJoinWays
}

/** Other ways to the rows of a semi-join, placed. */
export interface SemiJoinWays {
  /** For few keys: an expand of key rows by the rows of the input; undefined where the input is not read by keys (an anti-join). */
  readonly byKeys?: Expand
  /** For too many keys to hold: the keys of the input's rows are looked up among the related ones. */
  readonly lookup: Plan
  /** The order that the other ways come in; rows read by keys are sorted by it. */
  readonly order: readonly OrderKey[]
}

/** Adds columns, each computed of the row's other columns. */
export interface Compute {
  readonly kind: 'compute'
  readonly input: Plan
  readonly computed: readonly ComputedColumn[]
}

/** A column and what it is computed by. */
export interface ComputedColumn {
  readonly column: Column
  readonly expression: Expression
}

/** One row per group of equal values; without groups one row in all. `columns`: the groups', nested as their paths say, then the measures'. */
export interface Aggregate {
  readonly kind: 'aggregate'
  readonly input: Plan
  readonly groups: readonly Group[]
  readonly measures: readonly Measure[]
  readonly columns: readonly Column[]
  /** A group may come several times, each time with what was computed of some of its rows: what stands above brings these together. */
  readonly partial?: true
}

/** The rows of all inputs, one after the other; what an input has no column for is absent. */
export interface Concat {
  readonly kind: 'concat'
  readonly inputs: readonly Plan[]
  readonly columns: readonly Column[]
}

/** A column of the input and the column of the related rows it has to equal. */
export interface JoinPair {
  readonly from: string
  readonly to: string
  /** Rows of the input that do not say that they are of one of these types (qualified names) never join: they have no such navigation. */
  readonly of?: readonly string[]
}

/** What nested options ask for each parent: executed after the join. */
export interface PerParent {
  readonly order: readonly OrderKey[]
  readonly skip: number
  readonly take?: number
  readonly count: boolean
}

/** Constant rows. */
export interface Rows {
  readonly kind: 'constantRows'
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly import('./value.js').Value[])[]
}

/** What one source is asked for, before it says what it takes: limit(sort(filter(scan))). */
export interface Fragment {
  readonly scan: Scan
  readonly filter?: Expression
  readonly order: readonly OrderKey[]
  readonly skip: number
  readonly take?: number
  readonly count: boolean
  /** Exposed columns whose values arrive in batches: the inner side of a bind join. */
  readonly keys: readonly string[]
}

/** Related rows that a source gives within the rows. */
export interface InlineTaken {
  readonly navigation: string
  readonly limited: boolean
  readonly counted: boolean
}

/** A placed fragment: `plan` is its execution (a RemoteScan under our residual operators); the fragment allows to place it anew. */
export interface Remote {
  readonly kind: 'remote'
  readonly fragment: Fragment
  readonly plan: Plan
}

/** What the source accepted. `handle` is opaque to everyone but the source. */
export interface RemoteScan {
  readonly kind: 'remoteScan'
  readonly target: ScanTarget
  readonly columns: readonly Column[]
  readonly accepted: unknown
  /** For explain: what the source took, in words. */
  readonly taken: readonly string[]
  /** The source tells the number of rows. */
  readonly counted?: boolean
  /** What of the results of its `$apply` is called otherwise there; left out: it gives the rows of the set. */
  readonly results?: Applied['renamed']
  /** What of `Scan.inlined` it gives, by navigation. */
  readonly inlines?: readonly InlineTaken[]
}
