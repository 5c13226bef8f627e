import type { Expression as Syntax, HierarchyReference, NamedArgument, Path, PathSegment } from '@tributary/odata-url'
import { binary, booleanType, collectionOf, column, columnsOf, type Expression, lambda, type PositionStep, transformExpression, variable } from '@tributary/plan'
import { readByReached } from '../../rules/read-by-aggregation.js'
import type { Bind } from '../bind-operand.js'
import type { Position } from '../path-position.js'
import { invalid } from '../refusal.js'
import type { RowScope } from '../row-scope.js'
import { bindHierarchy } from './hierarchy.js'
import { type NotedRows, notedRows } from './noted-value.js'

const tests: ReadonlyMap<string, { readonly test: PositionStep['test']; readonly other?: string }> = new Map([
  ['isroot', { test: 'isroot' }], ['isleaf', { test: 'isleaf' }], ['isdescendant', { test: 'isdescendant', other: 'Ancestor' }],
  ['isancestor', { test: 'isancestor', other: 'Descendant' }], ['issibling', { test: 'issibling', other: 'Other' }],
] as const)

const namespaces: ReadonlySet<string> = new Set(['Aggregation', 'Org.OData.Aggregation.V1'])

/** True for the functions of the aggregation vocabulary that tell where a node stands. */
export const isHierarchyFunction = (name: string): boolean => namespaces.has(name.slice(0, name.lastIndexOf('.'))) && tests.has(name.slice(name.lastIndexOf('.') + 1))

/** True for the function that gives the node which the rows at hand are rolled up to. */
export const isRollupNode = (name: string): boolean => namespaces.has(name.slice(0, name.lastIndexOf('.'))) && name.endsWith('.rollupnode')

/**
 * `Aggregation.rollupnode(Position=2)`: the node of the second `rolluprecursive` around.
 * @throws HUB_QUERY_INVALID where rows are not rolled up so often
 * @see OData Extension for Data Aggregation 4.0 section 6.3
 */
export function rollupNode({ name, arguments: given }: Extract<PathSegment, { kind: 'function' }>, scope: RowScope): Position {
  const position = Number(literalOf(resolved(given.find((one) => one.name === 'Position')?.value, scope)) ?? '1')
  const found = scope.rollupNodes?.[position - 1]
  if (found === undefined) throw invalid(`${name} gives the node of a rolluprecursive, of which there are ${scope.rollupNodes?.length ?? 0} around.`, 'Use it in the transformations of groupby((rolluprecursive(…)),…), before they aggregate.')
  const { entityType } = found.scope
  return { expression: column(Object.freeze({ name: entityType.qualifiedName, collection: false, base: 'structured' }), found.name), structured: entityType, row: found.scope, guards: [] }
}

/**
 * `Aggregation.isdescendant(HierarchyNodes=$root/Regions,HierarchyQualifier='Geo',Node=Code,Ancestor='EU')`, of the row that the expression is about or of
 * one that a lambda goes through.
 * @throws HUB_QUERY_INVALID for missing arguments, HUB_QUERY_UNSUPPORTED where a lambda goes through no entities
 * @see OData Extension for Data Aggregation 4.0 section 5.5.2.1
 */
export function bindHierarchyFunction({ name, arguments: given, span }: Extract<PathSegment, { kind: 'function' }>, scope: RowScope, bind: Bind): Expression {
  const known = tests.get(name.slice(name.lastIndexOf('.') + 1))
  if (known === undefined) throw new Error(`${name} is no function of the aggregation vocabulary`)
  const argument = (wanted: string): Syntax | undefined => resolved(given.find((one: NamedArgument) => one.name === wanted)?.value, scope)
  const node = requirePath(argument('Node'), name, 'Node')
  const rows = notedRows(node.root, scope, name)
  const nodeProperty: Path = { ...node, root: { kind: 'implicit' } }
  const reference: HierarchyReference = { nodes: requirePath(argument('HierarchyNodes'), name, 'HierarchyNodes'), qualifier: textOf(argument('HierarchyQualifier'), name), nodeProperty, span }
  const bound = bindHierarchy(reference, rows.scope, never, { bind })
  const other = known.other === undefined ? undefined : argument(known.other)
  if (known.other !== undefined && other === undefined) throw invalid(`${name} needs the argument ${known.other}.`)
  const distance = literalOf(argument('MaxDistance'))
  const { id } = bound.hierarchy
  const against = other === undefined ? undefined : bind(other, scope, id.type)
  const own = against === undefined ? undefined : overRows(against, rows)
  const step: Omit<PositionStep, 'name'> = {
    kind: 'position', test: known.test, ...bound.hierarchy, includeSelf: literalOf(argument('IncludeSelf'))?.toLowerCase() === 'true',
    ...(own === undefined ? {} : { other: own }), ...(distance === undefined ? {} : { maxDistance: Number(distance) }),
  }
  for (const read of [...readByReached(step.nodes), ...(own === undefined ? [] : columnsOf(own))]) rows.read(read)
  const noted = rows.notes.position(bound.nodes, step)
  if (own !== undefined || against === undefined) return rows.value(noted, booleanType)
  // The other node is told by another row: whether it is among all that there are.
  return lambda('any', rows.value(noted, collectionOf(id.type)), otherNode, binary('eq', variable(id.type, otherNode), against))
}

const otherNode = '~other'

/** The functions take nodes as they are. */
function never(): never {
  throw new Error('The nodes of a function are not transformed')
}

/** An expression over the rows for which the place of a node is noted; undefined where it is of other rows. */
function overRows(expression: Expression, { variable: name }: NotedRows): Expression | undefined {
  if (name === undefined) return expression
  let own = columnsOf(expression).size === 0
  const turned = transformExpression(expression, (part) => {
    if (part.kind !== 'variable') return part
    const [first, ...rest] = part.path
    own &&= part.name === name && first !== undefined
    return first === undefined ? part : column(part.type, first, ...rest)
  })
  return own ? turned : undefined
}

/** A parameter alias stands for its value. */
function resolved(value: Syntax | undefined, { aliases }: RowScope): Syntax | undefined {
  return value?.kind === 'alias' ? aliases.get(value.name) : value
}

function requirePath(value: Syntax | undefined, name: string, argument: string): Path {
  if (value?.kind !== 'path') throw invalid(`${name} needs the argument ${argument}, a path.`)
  return value
}

function textOf(value: Syntax | undefined, name: string): string {
  if (value?.kind !== 'literal') throw invalid(`${name} needs the argument HierarchyQualifier, a text.`)
  return value.text
}

const literalOf = (value: Syntax | undefined): string | undefined => (value?.kind === 'literal' ? value.text : undefined)
