import type { Expression, Key, NamedArgument, TypeName } from './ast.js'
import { looksNamed, readArguments, readNamedArguments } from './arguments-parser.js'
import { canonicalFunctions } from './canonical-functions.js'
import { readJson } from './json-parser.js'
import { readAlias, readKey } from './key-parser.js'
import { readLiteral } from './literals.js'
import { looksLikeNavigation, readPath } from './member-parser.js'
import type { TypeHandle } from './names.js'
import {
  elementOf, expect, implicitRoot, look, lookQualified, nested, node, skipSpace, spanFrom, take, takeIdentifier, unexpected, type Scanner, type Scope,
} from './scanner.js'

const operand = 'a value, a property or a function'

/**
 * Reads what an operator may stand beside: a literal, a path, a call, an alias, JSON.
 * @throws HUB_QUERY_SYNTAX
 */
export function readPrimary(scanner: Scanner, scope: Scope): Expression {
  const literal = readLiteral(scanner)
  if (literal !== undefined) return literal
  switch (scanner.text[scanner.at]) {
    case '[':
    case '{':
      return readJson(scanner, scope)
    case '@':
      return readAliasOrAnnotation(scanner, scope)
    case '$':
      return readSystemRoot(scanner, scope)
    default:
      return readNamed(scanner, scope)
  }
}

const annotation = /@[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*[.#]/uy

function readAliasOrAnnotation(scanner: Scanner, scope: Scope): Expression {
  const from = scanner.at
  if (look(scanner, annotation) !== undefined) return readPath(scanner, scope, { root: implicitRoot, type: scope.type, from })
  const alias = readAlias(scanner)
  if (scanner.text[scanner.at] !== '/') return alias
  return readPath(scanner, scope, { root: { kind: 'alias', name: alias.name }, type: undefined, from })
}

const systemName = /\$[a-z]+/iy

function readSystemRoot(scanner: Scanner, scope: Scope): Expression {
  const from = scanner.at
  const name = look(scanner, systemName)?.[0].toLowerCase()
  if (name === '$these') {
    scanner.at += name.length
    return readPath(scanner, scope, { root: { kind: name }, type: collectionOf(scope.current), from })
  }
  if (name === '$it' || name === '$this') {
    scanner.at += name.length
    return readPath(scanner, scope, { root: { kind: name }, type: name === '$it' ? scope.it : scope.current, from })
  }
  if (name !== '$root') throw unexpected(scanner, operand)
  scanner.at += name.length
  expect(scanner, '/')
  return readRootPath(scanner, scope, from)
}

const collectionOf = (type: TypeHandle | undefined): TypeHandle | undefined => (type === undefined ? undefined : Object.freeze({ ...type, collection: true }))

function readRootPath(scanner: Scanner, scope: Scope, from: number): Expression {
  const set = takeIdentifier(scanner, 'an entity set or a singleton')
  const container = scanner.session.names.container(set)
  const call = scanner.text[scanner.at] === '('
  const operation = container?.kind === 'functionImport'
  const args: readonly NamedArgument[] | undefined = operation && call ? nested(scanner, () => readNamedArguments(scanner, scope)) : undefined
  const key: Key | undefined = scanner.text[scanner.at] === '(' ? readKey(scanner) : undefined
  const type = key === undefined ? container?.type : elementOf(container?.type)
  const root = { kind: '$root' as const, set, ...(key === undefined ? {} : { key }), ...(args === undefined ? {} : { arguments: args }) }
  return readPath(scanner, scope, { root, type, from })
}

function readNamed(scanner: Scanner, scope: Scope): Expression {
  const from = scanner.at
  const name = lookQualified(scanner)
  if (name === undefined) throw unexpected(scanner, operand)
  if (scanner.text[from + name.length] === '(') return readCallOrPath(scanner, scope, name)
  if (scope.variables.has(name)) {
    scanner.at += name.length
    return readPath(scanner, scope, { root: { kind: 'variable', name }, type: scope.variables.get(name), from })
  }
  return readPath(scanner, scope, { root: implicitRoot, type: scope.type, from })
}

function readCallOrPath(scanner: Scanner, scope: Scope, name: string): Expression {
  const from = scanner.at
  const canonical = canonicalFunctions.get(name.toLowerCase())
  if (canonical?.name !== name && looksLikeNavigation(scanner, scope.type)) return readPath(scanner, scope, { root: implicitRoot, type: scope.type, from })
  if (canonical !== undefined) {
    scanner.at += name.length
    const args = nested(scanner, () => readCanonicalArguments(scanner, scope, canonical.name))
    return node(scanner, { kind: 'call' as const, name: canonical.name, arguments: args, span: spanFrom(scanner, from) })
  }
  if (/^(?:any|all|aggregate)$/i.test(name)) throw unexpected(scanner, `a collection before /${name}`)
  scanner.at += name.length
  const ofModel = looksNamed(scanner) || name.includes('.') || scanner.session.names.operation(name) !== undefined
  if (ofModel) {
    scanner.at = from
    return readPath(scanner, scope, { root: implicitRoot, type: scope.type, from })
  }
  const args = nested(scanner, () => readArguments(scanner, scope))
  return node(scanner, { kind: 'call' as const, name, arguments: args, span: spanFrom(scanner, from) })
}

function readCanonicalArguments(scanner: Scanner, scope: Scope, name: string): readonly Expression[] {
  if (name === 'cast' || name === 'isof') return readTypeArguments(scanner, scope)
  if (name === 'case') return readCases(scanner, scope)
  return readArguments(scanner, scope)
}

const typeName = /(?:(Collection)\(([\p{L}\p{N}_.]+)\)|([\p{L}\p{N}_.]+))[ \t]*(?=\))/iuy

function readTypeArguments(scanner: Scanner, scope: Scope): readonly Expression[] {
  expect(scanner, '(')
  skipSpace(scanner)
  const args: Expression[] = []
  if (look(scanner, typeName) === undefined) {
    args.push(scanner.session.grammar.expression(scanner, scope))
    skipSpace(scanner)
    expect(scanner, ',', "an operator, or ',' and a type")
    skipSpace(scanner)
  }
  args.push(readTypeName(scanner))
  expect(scanner, ')')
  return Object.freeze(args)
}

function readTypeName(scanner: Scanner): TypeName {
  const from = scanner.at
  const match = look(scanner, typeName)
  const name = match?.[2] ?? match?.[3]
  if (match === undefined || name === undefined) throw unexpected(scanner, 'the name of a type')
  scanner.at += match[0].trimEnd().length
  const type = node(scanner, { kind: 'typeName' as const, name, collection: match[1] !== undefined, span: spanFrom(scanner, from) })
  skipSpace(scanner)
  return type
}

function readCases(scanner: Scanner, scope: Scope): readonly Expression[] {
  const args: Expression[] = []
  const { expression } = scanner.session.grammar
  expect(scanner, '(')
  do {
    skipSpace(scanner)
    args.push(readCondition(scanner, scope))
    skipSpace(scanner)
    args.push(expression(scanner, scope))
    skipSpace(scanner)
  } while (take(scanner, ','))
  expect(scanner, ')', "an operator, ',' or ')'")
  return Object.freeze(args)
}

const timeAtEnd = /(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,12})?)?$/

/** A condition and its colon. A time of day at its end that leaves no colon was a number: `case(X gt 10:20)`. */
function readCondition(scanner: Scanner, scope: Scope): Expression {
  const { expression } = scanner.session.grammar
  const from = scanner.at
  const condition = expression(scanner, scope)
  const end = scanner.at
  skipSpace(scanner)
  if (take(scanner, ':')) return condition
  const time = timeAtEnd.exec(scanner.text.slice(Math.max(from, end - longestTime), end))?.[0]
  if (time === undefined) throw unexpected(scanner, "an operator, or ':' and a value")
  const before = scanner.numberAt
  Object.assign(scanner, { at: from, numberAt: end - time.length })
  const shorter = expression(scanner, scope)
  Object.assign(scanner, { numberAt: before })
  skipSpace(scanner)
  expect(scanner, ':', "an operator, or ':' and a value")
  return shorter
}

const longestTime = '23:59:59.123456789012'.length
