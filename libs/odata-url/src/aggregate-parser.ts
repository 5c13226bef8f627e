import type { AggregateExpression, AggregateFrom, ComputeItem, Expression, Path } from './ast.js'
import { readGroupingPath } from './grouping-path.js'
import { readPath } from './member-parser.js'
import {
  implicitRoot, look, lookQualified, node, separated, spanFrom, takeIdentifier, takeKeyword, unexpected, unexpectedNext,
  type Scanner, type Scope,
} from './scanner.js'
import { decodedIndex } from './source-text.js'
import { leadsThroughCollection, typesAlong } from './typed-path.js'

/** What an expression is to an aggregation: it decides whether a method may or must follow. */
type Operand = 'expression' | 'count' | 'custom'

/**
 * Reads what is aggregated and how, without a name for it: `Amount with sum from Time with average`, `Forecast`, `$count`.
 * @throws HUB_QUERY_SYNTAX
 * @see OData Extension for Data Aggregation 4.0, sections 3.2.1 and 6.3
 */
export function readAggregate(scanner: Scanner, scope: Scope): AggregateExpression {
  const { aggregate } = readOperandAndMethods(scanner, scope)
  return node(scanner, aggregate)
}

/** Reads one item of the transformation `aggregate`, which has a name unless it is a custom aggregate. @throws HUB_QUERY_SYNTAX */
export function readAggregateItem(scanner: Scanner, scope: Scope): AggregateExpression {
  const start = scanner.at
  const { aggregate, operand } = readOperandAndMethods(scanner, scope)
  const alias = readAlias(scanner, operand === 'custom' && aggregate.from.length === 0)
  return node(scanner, { ...aggregate, ...(alias === undefined ? {} : { alias }), span: spanFrom(scanner, start) })
}

/** Reads `Price mul Quantity as Total` and further ones. @throws HUB_QUERY_SYNTAX @see OData URL Conventions 4.01, section 5.1.3 */
export function readCompute(scanner: Scanner, scope: Scope): readonly ComputeItem[] {
  return separated(scanner, () => {
    const from = scanner.at
    const expression = scanner.session.grammar.expression(scanner, scope)
    const name = readAlias(scanner, false) ?? ''
    return node(scanner, { expression, name, span: spanFrom(scanner, from) })
  })
}

/** White space, `as` and a name. @throws HUB_QUERY_SYNTAX where it is missing and not optional */
export function readAlias(scanner: Scanner, optional: boolean): string | undefined {
  if (takeKeyword(scanner, 'as')) return takeIdentifier(scanner, 'a name')
  if (optional) return undefined
  throw unexpectedNext(scanner, 'as and a name')
}

interface Aggregation {
  readonly aggregate: AggregateExpression
  readonly operand: Operand
}

function readOperandAndMethods(scanner: Scanner, scope: Scope): Aggregation {
  const from = scanner.at
  const given = look(scanner, /\$count/iy) === undefined ? scanner.session.grammar.expression(scanner, scope) : readCount(scanner, scope)
  refuseCollections(scanner, scope, given)
  const counted = given.kind === 'path' && given.segments.at(-1)?.kind === 'count'
  const method = counted ? undefined : readMethod(scanner)
  const expression = method === undefined && !counted ? customAggregate(scanner, scope, given) : given
  if (expression === undefined) throw unexpectedNext(scanner, 'with and a method')
  const operand = counted ? 'count' : method === undefined ? 'custom' : 'expression'
  const aggregate = { expression, ...(method === undefined ? {} : { method }), from: readFrom(scanner, scope, operand), span: spanFrom(scanner, from) }
  return { aggregate, operand }
}

const readCount = (scanner: Scanner, scope: Scope): Path => readPath(scanner, scope, { root: implicitRoot, type: scope.type, from: scanner.at })

const standardMethod = /^(?:sum|min|max|average|countdistinct)$/i

function readMethod(scanner: Scanner): string | undefined {
  if (!takeKeyword(scanner, 'with')) return undefined
  const name = lookQualified(scanner)
  const standard = name !== undefined && standardMethod.test(name)
  if (name === undefined || (!standard && !name.includes('.'))) throw unexpected(scanner, 'sum, min, max, average, countdistinct or a qualified name')
  scanner.at += name.length
  return standard ? name.toLowerCase() : name
}

function readFrom(scanner: Scanner, scope: Scope, operand: Operand): readonly AggregateFrom[] {
  const steps: AggregateFrom[] = []
  for (let from = scanner.at; takeKeyword(scanner, 'from'); from = scanner.at) {
    const paths = separated(scanner, () => readGroupingPath(scanner, scope, 'single'))
    const method = readMethod(scanner)
    if (method === undefined && operand !== 'custom') throw unexpectedNext(scanner, 'with and a method')
    steps.push(node(scanner, { paths, ...(method === undefined ? {} : { method }), span: spanFrom(scanner, from) }))
  }
  return Object.freeze(steps)
}

/** The path with its last segment as custom aggregate; as it is where its last name is unknown; undefined if it is neither. */
function customAggregate(scanner: Scanner, scope: Scope, given: Expression): Expression | undefined {
  const last = given.kind === 'path' ? given.segments.at(-1) : undefined
  if (given.kind !== 'path' || last === undefined || (last.kind !== 'property' && last.kind !== 'unknown')) return undefined
  const { names } = scanner.session
  const type = typesAlong(names, scope, given).at(-2)
  if (names.customAggregate?.(type, last.name) === true) {
    const segment = node(scanner, { kind: 'customAggregate' as const, name: last.name, span: last.span })
    return node(scanner, { ...given, segments: Object.freeze([...given.segments.slice(0, -1), segment]) })
  }
  return last.kind === 'unknown' && last.key === undefined ? given : undefined
}

/** Values of many related instances can be aggregated, and not computed with. */
function refuseCollections(scanner: Scanner, scope: Scope, given: Expression): void {
  const found = given.kind === 'path' ? undefined : operands(given).find((path) => leadsThroughCollection(scanner.session.names, scope, path))
  if (found === undefined) return
  scanner.at = decodedIndex(scanner.source, found.span.end)
  throw unexpectedNext(scanner, 'with and a method: the path leads through a collection')
}

function operands(tree: Expression): readonly Path[] {
  const paths: Path[] = []
  const open: Expression[] = [tree]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'path') paths.push(next)
    else if (next.kind === 'binary') open.push(next.right, next.left)
    else if (next.kind === 'unary') open.push(next.operand)
    else if (next.kind === 'call') open.push(...next.arguments.toReversed())
  }
  return paths
}
