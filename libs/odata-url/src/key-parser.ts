import type { Alias, Key, Literal } from './ast.js'
import { readLiteral } from './literals.js'
import { expect, look, node, spanFrom, take, takeIdentifier, unexpected, type Scanner } from './scanner.js'

type KeyPart = Key['parts'][number]

const namedPart = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*=/uy

/**
 * Reads a key predicate, the cursor on its parenthesis: `(3)`, `(ID=3)`, `(A='x',B=@b)`.
 * @throws HUB_QUERY_SYNTAX
 * @see OData URL Conventions 4.01, section 4.3
 */
export function readKey(scanner: Scanner): Key {
  const from = scanner.at
  expect(scanner, '(')
  const named = look(scanner, namedPart) !== undefined
  const parts = named ? namedKeyParts(scanner) : [positionalKeyPart(scanner)]
  expect(scanner, ')', named ? "',' or ')'" : "')'")
  return node(scanner, { form: named ? ('named' as const) : ('positional' as const), parts: Object.freeze(parts), span: spanFrom(scanner, from) })
}

/** Reads `@name`. @throws HUB_QUERY_SYNTAX */
export function readAlias(scanner: Scanner): Alias {
  const from = scanner.at
  expect(scanner, '@')
  const name = takeIdentifier(scanner, 'the name of a parameter alias')
  return node(scanner, { kind: 'alias' as const, name, span: spanFrom(scanner, from) })
}

function namedKeyParts(scanner: Scanner): KeyPart[] {
  const parts: KeyPart[] = []
  do parts.push(namedKeyPart(scanner))
  while (take(scanner, ','))
  return parts
}

function namedKeyPart(scanner: Scanner): KeyPart {
  const from = scanner.at
  const name = takeIdentifier(scanner, 'the name of a key property')
  expect(scanner, '=')
  const value = readKeyValue(scanner)
  return Object.freeze({ name, value, span: spanFrom(scanner, from) })
}

function positionalKeyPart(scanner: Scanner): KeyPart {
  const from = scanner.at
  const value = readKeyValue(scanner)
  return Object.freeze({ value, span: spanFrom(scanner, from) })
}

function readKeyValue(scanner: Scanner): Literal | Alias {
  if (scanner.text[scanner.at] === '@') return readAlias(scanner)
  const value = readLiteral(scanner)
  if (value === undefined) throw unexpected(scanner, 'a literal or a parameter alias')
  return value
}
