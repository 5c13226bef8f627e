import { hubError } from '@tributary/errors'
import type { ApplyExpression, ComputeItem, OrderItem, QueryOptions, Transformation } from '@tributary/odata-url'
import { type Column, compute, concat, type ComputedColumn, filter, limit, outputColumns, type Plan, sort } from '@tributary/plan'
import { bindAtSource } from './apply/at-source.js'
import { bindRecursive, bindRelatives, bindTraverse } from './apply/hierarchical.js'
import { bindAddNested, bindExpandStep, bindJoin, bindNest } from './apply/nested.js'
import { newNotes } from './apply/notes.js'
import { bindSelection } from './apply/selection.js'
import { united } from './apply/united-columns.js'
import { bindAggregate, bindGroupBy, resultScope } from './bind-aggregate.js'
import { bindExpression, bindPredicate } from './bind-expression.js'
import { bindOrder, keyOrder } from './bind-order.js'
import { bindSearch } from './bind-search.js'
import { withFollowed } from './followed-paths.js'
import { columnsOfType } from './model-types.js'
import { invalid, typeError, unsupported } from './refusal.js'
import type { RowScope, Transformed } from './row-scope.js'

/**
 * Binds `$apply`, then `$compute`. All transformations before an aggregation share the hidden columns of their rows.
 * @throws HUB_QUERY_UNSUPPORTED naming the transformation that is not executed, HUB_QUERY_* as `bindExpression`
 * @see OData Extension for Data Aggregation 4.0 section 3
 */
export function bindTransformations({ apply, compute: items }: QueryOptions, scope: RowScope): Transformed {
  const applied = apply === undefined ? untouched(scope) : bindWhole(apply, scope)
  const computed = items === undefined ? applied : then(applied, withNotes(applied, (noted) => bindCompute(items, noted)))
  return { ...computed, scope: { ...computed.scope, notes: newNotes(scope.names), ...belowOf(computed.scope) } }
}

/** What only the source computes goes there, with all before it. */
function bindWhole(apply: ApplyExpression, scope: RowScope): Transformed {
  const atSource = bindAtSource(apply, scope, bindApply)
  return atSource === undefined ? bindApply(apply, scope) : then(atSource.applied, bindApply(atSource.rest, atSource.applied.scope))
}

/** How often the rows beneath may be read: each concat multiplies it. */
const mostCopies = 32

const untouched = (scope: RowScope, ordered = false): Transformed => ({ scope, ordered, over: (rows) => rows })

function then(first: Transformed, second: Transformed): Transformed {
  const copies = copied((first.copies ?? 1) * (second.copies ?? 1))
  return { scope: second.scope, ordered: second.ordered === true, over: (rows) => second.over(first.over(rows)), copies }
}

function copied(copies: number): number {
  if (copies > mostCopies) throw hubError('HUB_QUERY_LIMIT', { limit: mostCopies, what: 'sequences of concat in $apply' }, { target: '$apply' })
  return copies
}

/** A sequence of transformations of the rows of a scope. @throws as `bindTransformations` */
export const bindApplied = (apply: ApplyExpression, scope: RowScope): Transformed => bindApply(apply, scope)

function bindApply({ transformations }: ApplyExpression, scope: RowScope): Transformed {
  const bound = transformations.reduce((before, transformation) => then(before, withNotes(before, (noted) => bindTransformation(transformation, noted, before.ordered === true))), untouched(scope))
  return { ...bound, scope: { ...bound.scope, ...(scope.notes === undefined ? {} : { notes: scope.notes }) } }
}

/** Binds a step whose expressions may need values of the whole collection: they are computed right beneath it. */
function withNotes({ scope }: Pick<Transformed, 'scope'>, bindStep: (scope: RowScope) => Transformed): Transformed {
  const notes = newNotes(scope.names)
  const below = belowOf(scope)
  const step = bindStep({ ...scope, notes, ...below })
  const { notes: _notes, below: _below, ...after } = step.scope
  return { ...step, scope: after, over: (rows) => step.over(notes.over(withBelow(rows, below))), copies: (step.copies ?? 1) * notes.copies() }
}

/** Results follow nothing but what stands below `$root`. */
export const belowOf = ({ rows }: Pick<RowScope, 'rows'>): Pick<RowScope, 'below'> => (rows === undefined ? {} : { below: new Map() })

/** Results with what they follow. */
export const withBelow = (rows: Plan, { below }: Pick<RowScope, 'below'>): Plan => (below === undefined ? rows : withFollowed(rows, { followed: below }))

function bindTransformation(transformation: Transformation, scope: RowScope, ordered: boolean): Transformed {
  switch (transformation.kind) {
    case 'identity': return untouched(scope, ordered)
    case 'filter': {
      const predicate = bindPredicate(transformation.predicate, scope)
      return { scope, ordered, over: (rows) => filter(rows, predicate) }
    }
    case 'search': {
      const predicate = bindSearch(transformation.search, columnsInScope(scope))
      return { scope, ordered, over: (rows) => filter(rows, predicate) }
    }
    case 'compute': return { ...bindCompute(transformation.items, scope), ordered }
    case 'aggregate': return bindAggregate(transformation.items, scope)
    case 'groupby': return transformation.grouping.some(({ kind }) => kind === 'recursiveHierarchy') ? bindRecursive(transformation.grouping, transformation.apply, scope, bindApply) : bindGroupBy(transformation, scope, bindApply)
    case 'orderby': return inOrder(transformation.items, scope, ordered)
    case 'top': return cut(scope, ordered, (rows) => limit(rows, 0, transformation.count))
    case 'skip': return cut(scope, ordered, (rows) => limit(rows, transformation.count))
    case 'topcount': case 'topsum': case 'toppercent': case 'bottomcount': case 'bottomsum': case 'bottompercent': return bindSelection(transformation, scope)
    case 'concat': return bindConcat(transformation.sequences, scope)
    case 'addnested': return { ...bindAddNested(transformation, scope, bindApply), ordered }
    case 'join': case 'outerjoin': return bindJoin(transformation, scope, bindApply)
    case 'nest': return bindNest(transformation, scope, bindApply)
    case 'expand': return { ...bindExpandStep(transformation, scope, bindApply), ordered }
    case 'function': return bindSetFunction(transformation.name, scope)
    case 'ancestors': case 'descendants': return bindRelatives(transformation, scope, bindApply)
    case 'traverse': return bindTraverse(transformation, scope, bindApply)
  }
}

/** A function of the source, whose result is made of the same properties, some of which may be missing. */
function bindSetFunction(name: string, scope: RowScope): Transformed {
  if (scope.applied !== 'source') throw unsupported(`The set function ${name} here`, 'Only the source of the rows computes it: as a transformation of $apply on an entity set of that source.')
  const rows = scope.rows?.map((column) => Object.freeze({ ...column, derived: true }))
  return { scope: rows === undefined ? scope : { ...scope, rows }, over: (input) => input }
}

/** Rows are cut where they have an order that is the same each time: their own, or else that of their key. */
function cut(scope: RowScope, ordered: boolean, within: (rows: Plan) => Plan): Transformed {
  const [first, ...rest] = ordered ? [] : keyOrder([], scope)
  return { scope, ordered: ordered || first !== undefined, over: (rows) => within(first === undefined ? rows : sort(rows, [first, ...rest])) }
}

/** The columns that rows of a scope have, hidden ones left out. */
export const columnsInScope = ({ rows, computed, model, entityType }: RowScope): readonly Column[] => rows ?? [...columnsOfType(model, entityType), ...computed.values()]

function bindCompute(items: readonly ComputeItem[], scope: RowScope): Transformed {
  const added: ComputedColumn[] = []
  const names = new Set(columnsInScope(scope).map(({ name }) => name))
  for (const { name, expression: syntax } of items) {
    if (names.has(name)) throw invalid(`${name} is computed, and is there already.`)
    names.add(name)
    const expression = bindExpression(syntax, scope)
    if (expression.type.base === 'null' || expression.type.base === 'structured') throw typeError({ what: `The computed property ${name}`, span: syntax.span, found: expression.type, expected: 'a value of a primitive type' })
    added.push(Object.freeze({ column: Object.freeze({ name, type: expression.type, dynamic: true }), expression }))
  }
  const columns = added.map(({ column }) => column)
  return { scope: withColumns(scope, columns), over: (rows) => compute(rows, added) }
}

function withColumns(scope: RowScope, columns: readonly Column[]): RowScope {
  if (scope.rows !== undefined) return { ...scope, rows: [...scope.rows, ...columns] }
  return { ...scope, computed: new Map([...scope.computed, ...columns.map((column) => [column.name, column] as const)]) }
}

/** An order of its own is total, so that it is the same on every page: rows that it does not part keep the order they had, or have that of their key. */
function inOrder(items: readonly OrderItem[], scope: RowScope, ordered: boolean): Transformed {
  const given = bindOrder(items, scope)
  const [first, ...rest] = ordered ? given : [...given, ...keyOrder(given, scope)]
  return first === undefined ? untouched(scope, true) : { scope, ordered: true, over: (rows) => sort(rows, [first, ...rest]) }
}

/** In an order that is the same each time: the results of several sequences come one behind the other, page by page. */
function stable(part: Transformed): Transformed {
  const [first, ...rest] = part.ordered === true ? [] : keyOrder([], part.scope)
  return first === undefined ? part : { ...part, ordered: true, over: (rows) => sort(part.over(rows), [first, ...rest]) }
}

/** The results of several sequences over the same rows. */
function bindConcat(sequences: readonly ApplyExpression[], scope: RowScope): Transformed {
  const parts = sequences.map((sequence) => stable(bindApply(sequence, scope)))
  const copies = copied(parts.reduce((sum, part) => sum + (part.copies ?? 1), 0))
  const { columns: rows, over } = united(parts.map((part) => columnsInScope(part.scope)))
  if (parts.some((part) => part.scope.rows !== undefined)) return { scope: resultScope(scope, rows), over: (input) => concat(parts.map((part, index) => over[index]?.(part.over(input)) ?? part.over(input)), rows), copies, ordered: true }
  // All parts give entities still: what is hidden in their rows stays.
  const own = new Set(columnsOfType(scope.model, scope.entityType).map(({ name }) => name))
  const computed = new Map(rows.filter(({ name }) => !own.has(name)).map((column) => [column.name, column]))
  const joined = new Map(parts.flatMap((part) => [...(part.scope.joined ?? [])]))
  return {
    scope: { ...scope, computed, joined, repeats: true }, copies, ordered: true,
    over(input) {
      const inputs = parts.map((part) => part.over(input))
      const all = united(inputs.map(outputColumns))
      return concat(inputs.map((rows, index) => all.over[index]?.(rows) ?? rows), all.columns)
    },
  }
}

/** True where `$apply` ends with rows in an order that the client asked for. */
export function keepsOrder({ apply, orderby }: QueryOptions): boolean {
  const given = apply?.transformations ?? []
  return orderby === undefined && given.findLastIndex(orders) > given.findLastIndex((one) => unordering.has(one.kind) || (one.kind === 'groupby' && !traverses(one)))
}

/** An order, a traversal, results one behind the other, and groups in the order of a traversal. */
const orders = (given: Transformation): boolean => given.kind === 'orderby' || given.kind === 'traverse' || given.kind === 'concat' || (given.kind === 'groupby' && traverses(given))

const traverses = ({ grouping: [only, ...others] }: Extract<Transformation, { kind: 'groupby' }>): boolean =>
  others.length === 0 && only?.kind === 'recursiveHierarchy' && only.apply?.transformations.at(-1)?.kind === 'traverse'

const unordering: ReadonlySet<Transformation['kind']> = new Set<Transformation['kind']>([
  'aggregate', 'nest', 'topcount', 'topsum', 'toppercent', 'bottomcount', 'bottomsum', 'bottompercent', 'ancestors', 'descendants', 'function',
])
