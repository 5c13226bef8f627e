import type { Expression as Syntax, HierarchyReference, NamedArgument, Path, PathSegment } from '@tributary/odata-url'
import { booleanType, column, type Expression, type PositionStep } from '@tributary/plan'
import type { Bind } from '../bind-operand.js'
import type { Position } from '../path-position.js'
import { invalid, unsupported } from '../refusal.js'
import type { RowScope } from '../row-scope.js'
import { bindHierarchy } from './hierarchy.js'

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
 * `Aggregation.isdescendant(HierarchyNodes=$root/Regions,HierarchyQualifier='Geo',Node=Code,Ancestor='EU')`.
 * @throws HUB_QUERY_INVALID for missing arguments, HUB_QUERY_UNSUPPORTED where an expression is about the rows of several collections
 * @see OData Extension for Data Aggregation 4.0 section 5.5.2.1
 */
export function bindHierarchyFunction({ name, arguments: given, span }: Extract<PathSegment, { kind: 'function' }>, scope: RowScope, bind: Bind): Expression {
  const { notes } = scope
  if (notes === undefined || scope.variables.size > 0) throw unsupported(`${name} here`, 'It is answered in $filter, $orderby, $compute and $apply, of the rows themselves.')
  const known = tests.get(name.slice(name.lastIndexOf('.') + 1))
  if (known === undefined) throw unsupported(`The function ${name}`)
  const argument = (wanted: string): Syntax | undefined => resolved(given.find((one: NamedArgument) => one.name === wanted)?.value, scope)
  const reference: HierarchyReference = { nodes: requirePath(argument('HierarchyNodes'), name, 'HierarchyNodes'), qualifier: textOf(argument('HierarchyQualifier'), name), nodeProperty: requirePath(argument('Node'), name, 'Node'), span }
  const bound = bindHierarchy(reference, scope, () => never(name))
  const other = known.other === undefined ? undefined : argument(known.other)
  if (known.other !== undefined && other === undefined) throw invalid(`${name} needs the argument ${known.other}.`)
  const distance = literalOf(argument('MaxDistance'))
  const found = notes.position(bound.nodes(), {
    kind: 'position', test: known.test, ...bound.hierarchy, includeSelf: literalOf(argument('IncludeSelf'))?.toLowerCase() === 'true',
    ...(other === undefined ? {} : { other: bind(other, scope, bound.hierarchy.id.type) }), ...(distance === undefined ? {} : { maxDistance: Number(distance) }),
  })
  return column(booleanType, found)
}

function never(name: string): never {
  throw unsupported(`Transformed nodes in ${name}`)
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
