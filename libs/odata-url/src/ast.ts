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
  | ({ readonly kind: 'unknown'; readonly name: string; readonly key?: Key } & Node)

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
  /** `*` with its levels or `/$ref`, or a path that ends in a navigation property (or an unknown name). */
  readonly target: 'all' | readonly SelectSegment[]
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
