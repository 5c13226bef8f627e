import { readAggregateItem, readAlias, readCompute } from './aggregate-parser.js'
import { readNamedArguments } from './arguments-parser.js'
import type { ApplyExpression, ExpandTransformation, NamedApply, Path, SelectionMethod, Span, Transformation } from './ast.js'
import { readGrouping } from './groupby-parser.js'
import { readGroupingPath } from './grouping-path.js'
import { readAncestors, readTraverse } from './hierarchy-parser.js'
import { readOrderBy } from './order-parser.js'
import {
  elementOf, expect, look, lookQualified, nested, node, separated, skipSpace, spanFrom, take, takeSeparator, takeWord, unexpected, type Scanner, type Scope,
} from './scanner.js'
import { readSearch } from './search-parser.js'
import { typesAlong } from './typed-path.js'

/**
 * Reads a sequence of set transformations. Names that a transformation makes are unknown names in those that follow: the binder's.
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT
 * @see OData Extension for Data Aggregation 4.0, section 3
 */
export function readApply(scanner: Scanner, scope: Scope): ApplyExpression {
  const from = scanner.at
  const transformations: Transformation[] = []
  do transformations.push(readTransformation(scanner, scope))
  while (take(scanner, '/'))
  return node(scanner, { kind: 'apply' as const, transformations: Object.freeze(transformations), span: spanFrom(scanner, from) })
}

type WithoutSpan<T> = T extends { readonly span: Span } ? Omit<T, 'span'> : never
type Read = (scanner: Scanner, scope: Scope) => WithoutSpan<Transformation>

const selection =
  (kind: SelectionMethod): Read =>
  (scanner, scope) => {
    const amount = scanner.session.grammar.expression(scanner, scope)
    skipSpace(scanner)
    expect(scanner, ',', "an operator, or ',' and a value")
    skipSpace(scanner)
    return { kind, amount, value: scanner.session.grammar.expression(scanner, scope) }
  }

/** How the parameters of each transformation are read, from the first to before the closing parenthesis. */
const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['aggregate', (scanner, scope) => ({ kind: 'aggregate', items: separated(scanner, () => readAggregateItem(scanner, scope)) })],
  ['groupby', (scanner, scope) => ({ kind: 'groupby', grouping: readGrouping(scanner, scope), ...readFurtherApply(scanner, scope) })],
  ['filter', (scanner, scope) => ({ kind: 'filter', predicate: scanner.session.grammar.expression(scanner, scope) })],
  ['search', (scanner) => ({ kind: 'search', search: readSearch(scanner) })],
  ['compute', (scanner, scope) => ({ kind: 'compute', items: readCompute(scanner, scope) })],
  ['concat', readConcat],
  ['orderby', (scanner, scope) => ({ kind: 'orderby', items: readOrderBy(scanner, scope) })],
  ['top', (scanner) => ({ kind: 'top', count: readCount(scanner) })],
  ['skip', (scanner) => ({ kind: 'skip', count: readCount(scanner) })],
  ['topcount', selection('topcount')],
  ['topsum', selection('topsum')],
  ['toppercent', selection('toppercent')],
  ['bottomcount', selection('bottomcount')],
  ['bottomsum', selection('bottomsum')],
  ['bottompercent', selection('bottompercent')],
  ['join', (scanner, scope) => ({ kind: 'join', ...readJoin(scanner, scope) })],
  ['outerjoin', (scanner, scope) => ({ kind: 'outerjoin', ...readJoin(scanner, scope) })],
  ['nest', (scanner, scope) => ({ kind: 'nest', items: readNamedApplies(scanner, scope) })],
  ['addnested', readAddNested],
  ['expand', (scanner, scope) => readExpandParameters(scanner, scope)],
  ['ancestors', (scanner, scope) => ({ kind: 'ancestors', ...readAncestors(scanner, scope) })],
  ['descendants', (scanner, scope) => ({ kind: 'descendants', ...readAncestors(scanner, scope) })],
  ['traverse', (scanner, scope) => ({ kind: 'traverse', ...readTraverse(scanner, scope, looksLikeTransformation) })],
])

function readTransformation(scanner: Scanner, scope: Scope): Transformation {
  const from = scanner.at
  const name = lookQualified(scanner)
  if (name === undefined) throw unexpected(scanner, 'a set transformation')
  if (name.includes('.')) {
    scanner.at += name.length
    const args = nested(scanner, () => readNamedArguments(scanner, scope))
    return node(scanner, { kind: 'function' as const, name, arguments: args, span: spanFrom(scanner, from) })
  }
  if (takeWord(scanner, 'identity')) return node(scanner, { kind: 'identity' as const, span: spanFrom(scanner, from) })
  const read = readers.get(name.toLowerCase())
  if (read === undefined) throw unexpected(scanner, 'a set transformation')
  scanner.at += name.length
  expect(scanner, '(')
  skipSpace(scanner)
  const parameters = read(scanner, scope)
  skipSpace(scanner)
  expect(scanner, ')', "',' or ')'")
  return node(scanner, { ...parameters, span: spanFrom(scanner, from) } as Transformation)
}

/**
 * True where a transformation begins and not an expression. `concat` is the name of a function, too: what it holds decides; a function
 * of the service transforms where it gives a collection of instances.
 */
function looksLikeTransformation(scanner: Scanner): boolean {
  const from = scanner.at
  while (takeWord(scanner, 'concat') && take(scanner, '(')) skipSpace(scanner)
  const name = lookQualified(scanner) ?? ''
  scanner.at += name.length
  const call = scanner.text[scanner.at] === '('
  scanner.at = from
  if (!call) return name.toLowerCase() === 'identity'
  if (!name.includes('.')) return readers.has(name.toLowerCase())
  const type = scanner.session.names.operation(name)?.type
  return type?.collection === true && type.structured
}

const readFurtherApply = (scanner: Scanner, scope: Scope): { readonly apply?: ApplyExpression } =>
  takeSeparator(scanner) ? { apply: scanner.session.grammar.apply(scanner, scope) } : {}

function readConcat(scanner: Scanner, scope: Scope): WithoutSpan<Extract<Transformation, { kind: 'concat' }>> {
  const sequences = separated(scanner, () => scanner.session.grammar.apply(scanner, scope))
  skipSpace(scanner)
  if (sequences.length < 2) throw unexpected(scanner, "',' and another sequence")
  return { kind: 'concat', sequences }
}

/** More instances than a safe integer counts do not exist: a larger number means as much. */
function readCount(scanner: Scanner): number {
  const digits = look(scanner, /\d+/y)?.[0]
  if (digits === undefined) throw unexpected(scanner, 'a non-negative integer')
  scanner.at += digits.length
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER)
}

/** A path to related or nested instances and the scope of transformations of them. */
function readInner(scanner: Scanner, scope: Scope): { readonly path: Path; readonly inner: Scope } {
  const path = readGroupingPath(scanner, scope, 'instances')
  const type = elementOf(typesAlong(scanner.session.names, scope, path).at(-1))
  return { path, inner: { ...scope, type, current: type } }
}

function readJoin(scanner: Scanner, scope: Scope): Pick<Extract<Transformation, { kind: 'join' | 'outerjoin' }>, 'path' | 'alias' | 'apply'> {
  const { path, inner } = readInner(scanner, scope)
  const type = typesAlong(scanner.session.names, scope, path).at(-1)
  if (type?.collection === false) throw unexpected(scanner, 'a collection: the path leads to a single value')
  const alias = readAlias(scanner, false) ?? ''
  return { path, alias, ...readFurtherApply(scanner, inner) }
}

const readNamedApplies = (scanner: Scanner, scope: Scope): readonly NamedApply[] =>
  separated(scanner, () => {
    const from = scanner.at
    const apply = scanner.session.grammar.apply(scanner, scope)
    const alias = readAlias(scanner, false) ?? ''
    return node(scanner, { apply, alias, span: spanFrom(scanner, from) })
  })

function readAddNested(scanner: Scanner, scope: Scope): WithoutSpan<Extract<Transformation, { kind: 'addnested' }>> {
  const { path, inner } = readInner(scanner, scope)
  if (!takeSeparator(scanner)) throw unexpected(scanner, "',' and a set transformation")
  return { kind: 'addnested', path, items: readNamedApplies(scanner, inner) }
}

function readExpandParameters(scanner: Scanner, scope: Scope): WithoutSpan<ExpandTransformation> {
  const { path, inner } = readInner(scanner, scope)
  const steps: Transformation[] = []
  while (takeSeparator(scanner)) {
    const from = scanner.at
    const step = nested(scanner, () => readTransformation(scanner, inner))
    const allowed = step.kind === 'expand' || (step.kind === 'filter' && steps.length === 0)
    if (!allowed) throw unexpected(scanner, 'filter (first) or expand', from)
    steps.push(step)
  }
  const [first] = steps
  const expands = steps.filter((step) => step.kind === 'expand')
  return { kind: 'expand', path, ...(first?.kind === 'filter' ? { predicate: first.predicate } : {}), nested: Object.freeze(expands) }
}
