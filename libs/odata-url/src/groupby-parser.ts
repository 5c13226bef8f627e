import type { GroupingElement, HierarchyReference, Path } from './ast.js'
import { readGroupingPath } from './grouping-path.js'
import type { TypeHandle } from './names.js'
import { readPrimary } from './primary-parser.js'
import {
  elementOf, expect, node, separated, skipSpace, spanFrom, take, takeComma, takeIdentifier, takeSeparator, takeWord, unexpected, unexpectedNext, type Scanner, type Scope,
} from './scanner.js'
import { typesAlong } from './typed-path.js'

/**
 * Reads `(Country,rollup(Year,Month))`, the cursor on the parenthesis.
 * @throws HUB_QUERY_SYNTAX
 * @see OData Extension for Data Aggregation 4.0, sections 3.2.2 and 6.2.3
 */
export function readGrouping(scanner: Scanner, scope: Scope): readonly GroupingElement[] {
  expect(scanner, '(', 'what to group by, in parentheses')
  const elements = separated(scanner, () => readElement(scanner, scope))
  skipSpace(scanner)
  expect(scanner, ')', "',' or ')'")
  return elements
}

function readElement(scanner: Scanner, scope: Scope): GroupingElement {
  const from = scanner.at
  if (takeCall(scanner, 'rolluprecursive')) return readRecursive(scanner, scope, from)
  return takeCall(scanner, 'rollup') ? readRollup(scanner, scope, from) : readGroupingPath(scanner, scope, 'single')
}

/** The word and its opening parenthesis; nothing is read otherwise. */
function takeCall(scanner: Scanner, word: string): boolean {
  const from = scanner.at
  if (takeWord(scanner, word) && take(scanner, '(')) return true
  scanner.at = from
  return false
}

function readRollup(scanner: Scanner, scope: Scope, from: number): GroupingElement {
  skipSpace(scanner)
  const all = take(scanner, '$all')
  if (all && !takeComma(scanner)) throw unexpected(scanner, "',' and a property")
  const levels = separated(scanner, () => readGroupingPath(scanner, scope, 'single'))
  skipSpace(scanner)
  const [first, ...more] = levels
  const named = first === undefined || all || more.length > 0 ? undefined : leveledHierarchy(scanner, scope, first)
  if (named === undefined && !all && more.length === 0) throw unexpected(scanner, "',' and a property of the next level")
  expect(scanner, ')', "',' or ')'")
  const span = spanFrom(scanner, from)
  return node(scanner, named === undefined ? { kind: 'rollup' as const, all, levels, span } : { ...named, span })
}

type LeveledHierarchy = Omit<Extract<GroupingElement, { kind: 'leveledHierarchy' }>, 'span'>

/** One path names a leveled hierarchy where the model says so, or where it does not know the name. */
function leveledHierarchy(scanner: Scanner, scope: Scope, path: Path): LeveledHierarchy | undefined {
  const last = path.segments.at(-1)
  if (last === undefined || (last.kind !== 'unknown' && last.kind !== 'property')) return undefined
  const { names } = scanner.session
  const known = names.leveledHierarchy?.(typesAlong(names, scope, path).at(-2), last.name) === true
  if (!known && last.kind === 'property') return undefined
  const before = path.segments.slice(0, -1)
  if (before.length === 0) return { kind: 'leveledHierarchy', name: last.name }
  const prefix = node(scanner, { ...path, segments: Object.freeze(before), span: Object.freeze({ start: path.span.start, end: before.at(-1)?.span.end ?? path.span.end }) })
  return { kind: 'leveledHierarchy', path: prefix, name: last.name }
}

function readRecursive(scanner: Scanner, scope: Scope, from: number): GroupingElement {
  skipSpace(scanner)
  const { hierarchy, nodeType } = readHierarchy(scanner, scope)
  const inner = { ...scope, type: nodeType, current: nodeType }
  const apply = takeSeparator(scanner) ? { apply: scanner.session.grammar.apply(scanner, inner) } : {}
  skipSpace(scanner)
  expect(scanner, ')', "',' or ')'")
  return node(scanner, { kind: 'recursiveHierarchy' as const, hierarchy, ...apply, span: spanFrom(scanner, from) })
}

/** A hierarchy as it was read, and the type of its nodes. */
export interface ReadHierarchy {
  readonly hierarchy: HierarchyReference
  readonly nodeType: TypeHandle | undefined
}

/** Reads `$root/SalesOrganizations,SalesOrgHierarchy,ID`. @throws HUB_QUERY_SYNTAX @see OData Extension for Data Aggregation 4.0, section 6 */
export function readHierarchy(scanner: Scanner, scope: Scope): ReadHierarchy {
  const from = scanner.at
  const nodes = scanner.text.startsWith('$', from) ? readPrimary(scanner, scope) : undefined
  if (nodes?.kind !== 'path' || nodes.root.kind !== '$root') throw unexpected(scanner, 'the nodes of a hierarchy, such as $root/Organizations', from)
  expectSeparator(scanner)
  const qualifier = takeIdentifier(scanner, 'the qualifier of a hierarchy')
  expectSeparator(scanner)
  const nodeProperty = readGroupingPath(scanner, scope, 'any')
  const hierarchy = node(scanner, { nodes, qualifier, nodeProperty, span: spanFrom(scanner, from) })
  return { hierarchy, nodeType: elementOf(typesAlong(scanner.session.names, scope, nodes).at(-1)) }
}

function expectSeparator(scanner: Scanner): void {
  if (!takeSeparator(scanner)) throw unexpectedNext(scanner, "','")
}
