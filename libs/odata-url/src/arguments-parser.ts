import type { Expression, NamedArgument } from './ast.js'
import { expect, look, node, skipSpace, spanFrom, take, takeIdentifier, type Scanner, type Scope } from './scanner.js'

const namedArgument = /\([ \t]*[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*[ \t]*=/uy

/** True where `(name=` stands here: arguments by name, as operations of the model take them. */
export const looksNamed = (scanner: Scanner): boolean => look(scanner, namedArgument) !== undefined

/** Reads `(a=1,b=@b)`, the cursor on the parenthesis. @throws HUB_QUERY_SYNTAX */
export function readNamedArguments(scanner: Scanner, scope: Scope): readonly NamedArgument[] {
  return readParenthesised(scanner, () => {
    const from = scanner.at
    const name = takeIdentifier(scanner, 'the name of a parameter')
    skipSpace(scanner)
    expect(scanner, '=')
    skipSpace(scanner)
    const value = scanner.session.grammar.expression(scanner, scope)
    return node(scanner, { name, value, span: spanFrom(scanner, from) })
  })
}

/** Reads `(x,y add 1)`, the cursor on the parenthesis. @throws HUB_QUERY_SYNTAX */
export const readArguments = (scanner: Scanner, scope: Scope): readonly Expression[] =>
  readParenthesised(scanner, () => scanner.session.grammar.expression(scanner, scope))

function readParenthesised<T>(scanner: Scanner, item: () => T): readonly T[] {
  expect(scanner, '(')
  skipSpace(scanner)
  const items: T[] = []
  if (take(scanner, ')')) return Object.freeze(items)
  do {
    skipSpace(scanner)
    items.push(item())
    skipSpace(scanner)
  } while (take(scanner, ','))
  expect(scanner, ')', "an operator, ',' or ')'")
  return Object.freeze(items)
}
