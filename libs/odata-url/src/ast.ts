/**
 * The syntax tree of an OData URL: frozen nodes, each with its place in the raw, percent-encoded text.
 * The tree decides structure only; types, unknown names and their nearest neighbours are the binder's.
 * @see OData URL Conventions 4.01
 */

/** Half-open range of UTF-16 offsets into the raw text that was parsed. */
export interface Span {
  readonly start: number
  readonly end: number
}

interface Node {
  readonly span: Span
}

// ── Literals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Types a literal shows by its form. `Edm.Int64` is any integer; the binder narrows or widens by context. */
export type LiteralType =
  | 'Edm.String' | 'Edm.Boolean' | 'Edm.Int64' | 'Edm.Decimal' | 'Edm.Double' | 'Edm.Date' | 'Edm.TimeOfDay' | 'Edm.DateTimeOffset'
  | 'Edm.Duration' | 'Edm.Guid' | 'Edm.Binary' | 'Edm.Geography' | 'Edm.Geometry' | 'enum' | 'null'

/**
 * A primitive literal. `text` is the decoded value: a string without quotes and doubled quotes, a number's digits, a duration's
 * ISO text without prefix, an enumeration's member list; '' for null.
 */
export interface Literal extends Node {
  readonly kind: 'literal'
  readonly type: LiteralType
  readonly text: string
  /** Qualified name of an enumeration written with its type (`Sales.Pattern'Yellow'`). */
  readonly enumType?: string
}

/** `@name`, whose value is given elsewhere in the query or missing (then null). */
export interface Alias extends Node {
  readonly kind: 'alias'
  readonly name: string
}

// ── Expressions ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Operators between two operands, in lower case whatever the text had. Precedence: URL Conventions 4.01, section 5.1.1.17. */
export type BinaryOperator =
  | 'or' | 'and' | 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'has' | 'in'
  | 'add' | 'sub' | 'mul' | 'div' | 'divby' | 'mod'

/** `left operator right`. Runs of `and` or `or` lean left up to 32 operands and are balanced beyond; other operators lean left. */
export interface Binary extends Node {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}

/** `not x` and `-x`; a minus before a number is part of the literal. */
export interface Unary extends Node {
  readonly kind: 'unary'
  readonly operator: 'not' | 'negate'
  readonly operand: Expression
}

/** A canonical or custom function call in an expression; the name is in canonical case for canonical functions. */
export interface Call extends Node {
  readonly kind: 'call'
  readonly name: string
  readonly arguments: readonly Expression[]
}

/** A type name as argument of `cast` and `isof`. */
export interface TypeName extends Node {
  readonly kind: 'typeName'
  readonly name: string
  readonly collection: boolean
}

/** `('a','b')` to the right of `in`; also a JSON array of scalars there, and anywhere an array that holds expressions. */
export interface List extends Node {
  readonly kind: 'list'
  readonly items: readonly Expression[]
}

/** A JSON array or object literal, as parameter alias values and function arguments allow. */
export interface JsonLiteral extends Node {
  readonly kind: 'json'
  /** The decoded text; valid JSON unless `members` is there. */
  readonly text: string
  /** Of an object some of whose values are expressions (`{"a":Price add 1}`); then `text` is not JSON. */
  readonly members?: readonly { readonly name: string; readonly value: Expression }[]
}

/** Where a path begins. `implicit` is the current instance. */
export type PathRoot =
  | { readonly kind: 'implicit' }
  | { readonly kind: '$it' }
  | { readonly kind: '$this' }
  /** The collection that the current instance is a member of. */
  | { readonly kind: '$these' }
  | { readonly kind: 'variable'; readonly name: string }
  /** `@name/…`: a path below a parameter alias. */
  | { readonly kind: 'alias'; readonly name: string }
  /** `$root/Set(key)`, `$root/Singleton`, or a function import with its arguments. */
  | { readonly kind: '$root'; readonly set: string; readonly key?: Key; readonly arguments?: readonly NamedArgument[] }

/** A path to a value: `Address/City`, `Customer/Orders/$count`, `Items/any(i:i/Quantity gt 1)`. */
export interface Path extends Node {
  readonly kind: 'path'
  readonly root: PathRoot
  readonly segments: readonly PathSegment[]
}

/** One step of a path in an expression. */
export type PathSegment =
  | ({ readonly kind: 'property'; readonly name: string } & Node)
  | ({ readonly kind: 'navigation'; readonly name: string; readonly key?: Key } & Node)
  /** A name the model does not have here; `suggestions` are the binder's. */
  | ({ readonly kind: 'unknown'; readonly name: string; readonly key?: Key } & Node)
  | ({ readonly kind: 'cast'; readonly type: string } & Node)
  | ({ readonly kind: 'count'; readonly filter?: Expression; readonly search?: SearchExpression } & Node)
  /** `$filter(Age gt 3)`, with the key of one of the members left where given. */
  | ({ readonly kind: 'filter'; readonly predicate: Expression; readonly key?: Key } & Node)
  /** `Sales/aggregate(Amount with sum)`. */
  | ({ readonly kind: 'aggregate'; readonly aggregate: AggregateExpression } & Node)
  /** Only as the last segment of what is aggregated. */
  | ({ readonly kind: 'customAggregate'; readonly name: string } & Node)
  | ({ readonly kind: 'lambda'; readonly operator: 'any' | 'all'; readonly variable?: string; readonly predicate?: Expression } & Node)
  | ({ readonly kind: 'function'; readonly name: string; readonly arguments: readonly NamedArgument[] } & Node)
  | ({ readonly kind: 'annotation'; readonly term: string } & Node)

/** `name=value` of an operation's arguments. */
export interface NamedArgument extends Node {
  readonly name: string
  readonly value: Expression
}

/** What `$filter`, `$orderby`, parameter aliases and arguments hold. */
export type Expression = Literal | Alias | Binary | Unary | Call | TypeName | List | JsonLiteral | Path

// ── Keys and resource paths ──────────────────────────────────────────────────────────────────────────────────────────

/** `(3)` and `/3` are positional; `(ID=3)` and `(A='x',B=2)` named. A named key may be an alternate key. */
export interface Key extends Node {
  readonly form: 'positional' | 'named' | 'segment'
  /** `name` is undefined where positional. Values are literals or aliases; of a key segment the raw decoded string as Edm.String literal. */
  readonly parts: readonly { readonly name?: string; readonly value: Literal | Alias; readonly span: Span }[]
}

/** One step of a resource path. */
export type ResourceSegment =
  | ({ readonly kind: 'entitySet'; readonly name: string; readonly key?: Key } & Node)
  | ({ readonly kind: 'singleton'; readonly name: string } & Node)
  | ({ readonly kind: 'property'; readonly name: string } & Node)
  | ({ readonly kind: 'navigation'; readonly name: string; readonly key?: Key } & Node)
  | ({ readonly kind: 'cast'; readonly type: string; readonly key?: Key } & Node)
  /** A bound or imported operation, with or without arguments. */
  | ({ readonly kind: 'operation'; readonly name: string; readonly arguments: readonly NamedArgument[]; readonly key?: Key } & Node)
  | ({ readonly kind: 'count' | 'value' | 'ref' } & Node)
  /** `/$filter(Age gt 3)`: the members for which this is true; with the key of one of them. */
  | ({ readonly kind: 'filter'; readonly predicate: Expression; readonly key?: Key } & Node)
  /** `/$each`: the action that follows (or the change) is for each member by itself. */
  | ({ readonly kind: 'each' } & Node)
  /** `/$query`: the query options are the body of the request. */
  | ({ readonly kind: 'query' } & Node)
  /** `/0`, `/-1`: a member of an ordered collection by its position, from the end where negative. */
  | ({ readonly kind: 'ordinal'; readonly index: number } & Node)
  /** Only first: `$batch`, `$all`, `$entity` (whose id is the option `$id`). */
  | ({ readonly kind: 'batch' | 'all' | 'entity' } & Node)
  /** Only first: `$crossjoin(Orders,Items)`. */
  | ({ readonly kind: 'crossjoin'; readonly sets: readonly string[] } & Node)
  /** A name the model does not have here; `call` where empty parentheses show that a function is meant. */
  | ({ readonly kind: 'unknown'; readonly name: string; readonly key?: Key; readonly call?: true } & Node)

/** What the URL addresses. */
export type Resource =
  | ({ readonly kind: 'service' } & Node)
  | ({ readonly kind: 'metadata' } & Node)
  | ({ readonly kind: 'path'; readonly segments: readonly ResourceSegment[] } & Node)

// ── Query options ────────────────────────────────────────────────────────────────────────────────────────────────────

/** A path of `$select` or `$expand`: properties, navigation, complex types, casts. */
export type SelectSegment =
  | ({ readonly kind: 'property' | 'navigation' | 'unknown'; readonly name: string } & Node)
  | ({ readonly kind: 'cast'; readonly type: string } & Node)
  /** Only in `$select`: an action or function, with parameter names where an overload is meant. */
  | ({ readonly kind: 'operation'; readonly name: string; readonly parameters?: readonly string[] } & Node)
  | ({ readonly kind: 'annotation'; readonly term: string } & Node)
  /** Only as the last segment of an `$expand` path: `Address/*`. */
  | ({ readonly kind: 'star' } & Node)

/** One item of `$select`. */
export type SelectItem =
  | ({ readonly kind: 'all' } & Node)
  /** `NS.*`: all actions and functions of a schema. */
  | ({ readonly kind: 'allOperations'; readonly namespace: string } & Node)
  | ({ readonly kind: 'path'; readonly segments: readonly SelectSegment[]; readonly options?: QueryOptions } & Node)

/** One item of `$expand`. */
export interface ExpandItem extends Node {
  /** `*` with its levels or `/$ref`, the media stream, or a path that ends in a navigation or stream property (or an unknown name). */
  readonly target: 'all' | '$value' | readonly SelectSegment[]
  readonly suffix?: '$ref' | '$count'
  readonly options: QueryOptions
}

/** One item of `$orderby`. */
export interface OrderItem extends Node {
  readonly expression: Expression
  readonly descending: boolean
}

/** A search: words and phrases joined by AND, OR and NOT; side by side is AND. */
export type SearchExpression =
  | ({ readonly kind: 'term'; readonly text: string; readonly phrase: boolean } & Node)
  | ({ readonly kind: 'not'; readonly operand: SearchExpression } & Node)
  | ({ readonly kind: 'and' | 'or'; readonly left: SearchExpression; readonly right: SearchExpression } & Node)

// ── Aggregation ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** `Price mul Quantity as Total`: a property computed for each instance. */
export interface ComputeItem extends Node {
  readonly expression: Expression
  readonly name: string
}

/**
 * `Amount with sum from Time with average as Total`. Without a method the expression is a path that ends in a `count` or
 * `customAggregate` segment (or an unknown name).
 */
export interface AggregateExpression extends Node {
  readonly expression: Expression
  /** A standard method in lower case, or the qualified name of a custom one. */
  readonly method?: string
  readonly from: readonly AggregateFrom[]
  readonly alias?: string
}

/** `from Time,Product/Name with average`: the aggregation is by these first, and its results are aggregated again. */
export interface AggregateFrom extends Node {
  readonly paths: readonly Path[]
  /** Undefined where the custom aggregate says how. */
  readonly method?: string
}

/** `$root/SalesOrganizations,SalesOrgHierarchy,ID`: a recursive hierarchy, and which property of the input holds its nodes' ids. */
export interface HierarchyReference extends Node {
  readonly nodes: Path
  readonly qualifier: string
  readonly nodeProperty: Path
}

/** One of what `groupby` groups by. */
export type GroupingElement =
  | Path
  /** `rollup($all,Country,Name)`: subtotals per level; `all` adds the grand total. */
  | ({ readonly kind: 'rollup'; readonly all: boolean; readonly levels: readonly Path[] } & Node)
  /** `rollup(Customer/CustomerHierarchy)`: the levels are those of a named hierarchy, found below the path. */
  | ({ readonly kind: 'leveledHierarchy'; readonly path?: Path; readonly name: string } & Node)
  | ({ readonly kind: 'recursiveHierarchy'; readonly hierarchy: HierarchyReference; readonly apply?: ApplyExpression } & Node)

/** What `topcount` and its like keep instances by. */
export type SelectionMethod = 'topcount' | 'topsum' | 'toppercent' | 'bottomcount' | 'bottomsum' | 'bottompercent'

/** `identity as Stuff`: a transformed collection under a name. */
export interface NamedApply extends Node {
  readonly apply: ApplyExpression
  readonly alias: string
}

/** One set transformation. @see OData Extension for Data Aggregation 4.0, sections 3 and 6 */
export type Transformation =
  | ({ readonly kind: 'aggregate'; readonly items: readonly AggregateExpression[] } & Node)
  | ({ readonly kind: 'groupby'; readonly grouping: readonly GroupingElement[]; readonly apply?: ApplyExpression } & Node)
  | ({ readonly kind: 'filter'; readonly predicate: Expression } & Node)
  | ({ readonly kind: 'search'; readonly search: SearchExpression } & Node)
  | ({ readonly kind: 'compute'; readonly items: readonly ComputeItem[] } & Node)
  | ({ readonly kind: 'concat'; readonly sequences: readonly ApplyExpression[] } & Node)
  | ({ readonly kind: 'identity' } & Node)
  | ({ readonly kind: 'orderby'; readonly items: readonly OrderItem[] } & Node)
  | ({ readonly kind: 'top' | 'skip'; readonly count: number } & Node)
  | ({ readonly kind: SelectionMethod; readonly amount: Expression; readonly value: Expression } & Node)
  | ({ readonly kind: 'join' | 'outerjoin'; readonly path: Path; readonly alias: string; readonly apply?: ApplyExpression } & Node)
  | ({ readonly kind: 'nest'; readonly items: readonly NamedApply[] } & Node)
  | ({ readonly kind: 'addnested'; readonly path: Path; readonly items: readonly NamedApply[] } & Node)
  | ExpandTransformation
  | ({ readonly kind: 'ancestors' | 'descendants'; readonly hierarchy: HierarchyReference; readonly apply: ApplyExpression; readonly maxDistance?: number; readonly keepStart: boolean } & Node)
  | ({ readonly kind: 'traverse'; readonly hierarchy: HierarchyReference; readonly order: 'preorder' | 'postorder'; readonly apply?: ApplyExpression; readonly orderby: readonly OrderItem[] } & Node)
  /** A service-defined function over the input set. */
  | ({ readonly kind: 'function'; readonly name: string; readonly arguments: readonly NamedArgument[] } & Node)

/** `expand(Sales,filter(Amount gt 3),expand(Product))`, as earlier versions of the extension had it. */
export interface ExpandTransformation extends Node {
  readonly kind: 'expand'
  readonly path: Path
  readonly predicate?: Expression
  readonly nested: readonly ExpandTransformation[]
}

/** A sequence of set transformations, each applied to the result of the one before. */
export interface ApplyExpression extends Node {
  readonly kind: 'apply'
  readonly transformations: readonly Transformation[]
}

/** A bound of a period: a date or point in time, or one without limit. @see OData Extension for Temporal Data 4.0, section 4.2 */
export type TemporalBound = 'min' | 'max' | Expression

/** System options by meaning; of a nested list the ones that stood in the parentheses. */
export interface QueryOptions {
  readonly filter?: Expression
  readonly select?: readonly SelectItem[]
  readonly expand?: readonly ExpandItem[]
  readonly orderby?: readonly OrderItem[]
  readonly top?: number
  readonly skip?: number
  readonly count?: boolean
  readonly search?: SearchExpression
  readonly levels?: number | 'max'
  readonly format?: string
  readonly skiptoken?: string
  readonly apply?: ApplyExpression
  readonly compute?: readonly ComputeItem[]
  readonly deltatoken?: string
  /** Where a new member goes, from the end where negative. */
  readonly index?: number
  /** `*` is the current one. */
  readonly schemaversion?: string
  /** The id of an entity, absolute or relative. */
  readonly id?: string
  readonly at?: TemporalBound
  readonly from?: TemporalBound
  readonly to?: TemporalBound
  readonly toInclusive?: TemporalBound
  /** Implicit parameter aliases: arguments of the operation without parentheses that the resource path ends in. */
  readonly parameters?: ReadonlyMap<string, Expression>
  /** Parameter aliases by name without `@`. */
  readonly aliases: ReadonlyMap<string, Expression>
  /** Options that are not the protocol's: neither `$`, `@` nor (4.01) a system option's name. */
  readonly custom: readonly { readonly name: string; readonly value: string }[]
  /** Where each system option stood, by canonical name with `$`. */
  readonly spans: ReadonlyMap<string, Span>
}

/** A URL below a service root. */
export interface ODataUrl {
  readonly resource: Resource
  readonly options: QueryOptions
}
