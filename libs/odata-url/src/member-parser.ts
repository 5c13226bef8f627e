import type { Expression, Path, PathRoot, PathSegment, SearchExpression } from './ast.js'
import { looksNamed, readNamedArguments } from './arguments-parser.js'
import { readKey } from './key-parser.js'
import { memberOf } from './member-names.js'
import type { TypeHandle } from './names.js'
import {
  elementOf, expect, implicitRoot, look, lookQualified, nested, node, skipSpace, spanFrom, take, takeIdentifier, takeQualified, unexpected,
  type Scanner, type Scope,
} from './scanner.js'

/** A path while it is read: where it stands, and whether more may follow. */
interface Walk {
  readonly scope: Scope
  type: TypeHandle | undefined
  readonly segments: PathSegment[]
  ended: boolean
}

/** Where a path of an expression begins: its root, the type there, and the decoded index it started at. */
export interface PathStart {
  readonly root: PathRoot
  readonly type: TypeHandle | undefined
  readonly from: number
}

/**
 * Reads a path of an expression. With an implicit root its first segment stands here; after any other root a `/` may.
 * @throws HUB_QUERY_SYNTAX
 * @see OData URL Conventions 4.01, section 5.1.1.15
 */
export function readPath(scanner: Scanner, scope: Scope, { root, type, from }: PathStart): Path {
  const walk: Walk = { scope, type, segments: [], ended: false }
  if (root.kind === 'implicit') readSegment(scanner, walk)
  while (!walk.ended && take(scanner, '/')) readSegment(scanner, walk)
  const [first, second] = walk.segments
  // Most paths are one property, whose place is the path's own; what was pushed to has room for sixteen more.
  const alone = root.kind === 'implicit' && second === undefined ? first : undefined
  const segments = Object.freeze(alone === undefined ? walk.segments : [alone])
  return node(scanner, { kind: 'path' as const, root: root === implicitRoot ? root : Object.freeze(root), segments, span: alone?.span ?? spanFrom(scanner, from) })
}

const systemSegment = /\$[a-z]*/iy

function readSegment(scanner: Scanner, walk: Walk): void {
  const unit = scanner.text[scanner.at]
  if (unit === '@') readAnnotation(scanner, walk)
  else if (unit === '$') readSystemSegment(scanner, walk)
  else readNamedSegment(scanner, walk)
}

function readSystemSegment(scanner: Scanner, walk: Walk): void {
  const from = scanner.at
  const name = look(scanner, systemSegment)?.[0].toLowerCase()
  if (name === '$filter') {
    readFilterSegment(scanner, walk, from)
    return
  }
  if (name !== '$count') throw unexpected(scanner, 'a property, $count, any or all')
  scanner.at += name.length
  const options = scanner.text[scanner.at] === '(' ? readCountOptions(scanner, walk) : {}
  push(scanner, walk, { kind: 'count', ...options, span: spanFrom(scanner, from) })
  walk.ended = true
}

function readFilterSegment(scanner: Scanner, walk: Walk, from: number): void {
  scanner.at += '$filter'.length
  const type = elementOf(walk.type)
  const predicate = readPredicate(scanner, { ...walk.scope, type, current: type })
  const key = scanner.text[scanner.at] === '(' ? { key: readKey(scanner) } : {}
  if (key.key !== undefined) walk.type = type
  push(scanner, walk, { kind: 'filter', predicate, ...key, span: spanFrom(scanner, from) })
}

/** Reads `(Age gt 3)`, the cursor on the parenthesis. @throws HUB_QUERY_SYNTAX */
export function readPredicate(scanner: Scanner, scope: Scope): Expression {
  expect(scanner, '(')
  skipSpace(scanner)
  const predicate = scanner.session.grammar.expression(scanner, scope)
  skipSpace(scanner)
  expect(scanner, ')', "an operator or ')'")
  return predicate
}

const countOptions: ReadonlySet<string> = new Set(['$filter', '$search'])

function readCountOptions(scanner: Scanner, walk: Walk): { filter?: Expression; search?: SearchExpression } {
  const type = elementOf(walk.type)
  const scope = { ...walk.scope, type, current: type }
  const { filter, search } = nested(scanner, () => scanner.session.grammar.nestedOptions(scanner, scope, countOptions))
  return { ...(filter === undefined ? {} : { filter }), ...(search === undefined ? {} : { search }) }
}

function readAnnotation(scanner: Scanner, walk: Walk): void {
  const from = scanner.at++
  let term = takeQualified(scanner, 'the name of an annotation')
  if (take(scanner, '#')) term += `#${takeIdentifier(scanner, 'the qualifier of the annotation')}`
  push(scanner, walk, { kind: 'annotation', term, span: spanFrom(scanner, from) })
  walk.type = undefined
}

function readNamedSegment(scanner: Scanner, walk: Walk): void {
  const from = scanner.at
  const name = takeQualified(scanner, 'a property, a type or a function')
  const call = scanner.text[scanner.at] === '('
  const quantifier = call ? name.toLowerCase() : ''
  if (call && (quantifier === 'any' || quantifier === 'all') && scanner.text[from - 1] === '/') {
    readLambda(scanner, walk, { operator: quantifier, from })
    return
  }
  if (call && quantifier === 'aggregate' && scanner.text[from - 1] === '/') {
    readAggregateSegment(scanner, walk, from)
    return
  }
  const member = memberOf(scanner.session.names, walk.type, name)
  if (member?.kind === 'property') {
    push(scanner, walk, { kind: 'property', name, span: spanFrom(scanner, from) })
    walk.type = member.type
  } else if (member?.kind === 'navigation') readNavigation(scanner, walk, { name, type: member.type, from })
  else readTypeOrFunction(scanner, walk, { name, call, from })
}

function readAggregateSegment(scanner: Scanner, walk: Walk, from: number): void {
  expect(scanner, '(')
  skipSpace(scanner)
  const type = elementOf(walk.type)
  const aggregate = nested(scanner, () => scanner.session.grammar.aggregate(scanner, { ...walk.scope, type, current: type }))
  skipSpace(scanner)
  expect(scanner, ')')
  push(scanner, walk, { kind: 'aggregate', aggregate, span: spanFrom(scanner, from) })
  walk.ended = true
}

function readNavigation(scanner: Scanner, walk: Walk, { name, type, from }: { name: string; type: TypeHandle; from: number }): void {
  const key = scanner.text[scanner.at] === '(' ? readKey(scanner) : undefined
  push(scanner, walk, { kind: 'navigation', name, ...(key === undefined ? {} : { key }), span: spanFrom(scanner, from) })
  walk.type = key === undefined ? type : elementOf(type)
}

function readTypeOrFunction(scanner: Scanner, walk: Walk, { name, call, from }: { name: string; call: boolean; from: number }): void {
  const { names } = scanner.session
  const operation = names.operation(name)
  if (call && operation === undefined && !name.includes('.') && !looksNamed(scanner) && !scanner.text.startsWith('()', scanner.at)) {
    push(scanner, walk, { kind: 'unknown', name, key: readKey(scanner), span: spanFrom(scanner, from) })
    walk.type = undefined
    return
  }
  if (call) {
    const args = nested(scanner, () => readNamedArguments(scanner, walk.scope))
    push(scanner, walk, { kind: 'function', name, arguments: args, span: spanFrom(scanner, from) })
    walk.type = operation?.type
    return
  }
  const type = names.type(name)
  if (type === undefined && operation !== undefined) throw unexpected(scanner, "'(' and the arguments of the function")
  push(scanner, walk, type === undefined ? { kind: 'unknown', name, span: spanFrom(scanner, from) } : { kind: 'cast', type: name, span: spanFrom(scanner, from) })
  walk.type = type === undefined ? undefined : Object.freeze({ ...type, collection: walk.type?.collection ?? false })
}

function readLambda(scanner: Scanner, walk: Walk, { operator, from }: { operator: 'any' | 'all'; from: number }): void {
  expect(scanner, '(')
  skipSpace(scanner)
  const body = operator === 'any' && scanner.text[scanner.at] === ')' ? {} : nested(scanner, () => readLambdaBody(scanner, walk))
  skipSpace(scanner)
  expect(scanner, ')', "an operator or ')'")
  push(scanner, walk, { kind: 'lambda', operator, ...body, span: spanFrom(scanner, from) })
  walk.ended = true
}

function readLambdaBody(scanner: Scanner, walk: Walk): { variable: string; predicate: Expression } {
  const variable = takeIdentifier(scanner, 'a variable, such as x:x/Name')
  skipSpace(scanner)
  expect(scanner, ':', "':' after the variable")
  skipSpace(scanner)
  const variables = new Map(walk.scope.variables).set(variable, elementOf(walk.type))
  return { variable, predicate: scanner.session.grammar.expression(scanner, { ...walk.scope, variables }) }
}

function push(scanner: Scanner, walk: Walk, segment: PathSegment): void {
  walk.segments.push(node(scanner, segment))
}

/** True where a name stands here that the model knows as a navigation property of the type. */
export const looksLikeNavigation = (scanner: Scanner, type: TypeHandle | undefined): boolean => {
  const name = lookQualified(scanner)
  return name !== undefined && memberOf(scanner.session.names, type, name)?.kind === 'navigation'
}
