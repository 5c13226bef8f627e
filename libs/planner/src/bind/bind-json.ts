import type { Expression as Syntax, JsonLiteral, Literal, Span } from '@tributary/odata-url'
import { collectionOf, type Expression, itemOf, literal, nullType, type Value, type ValueType } from '@tributary/plan'
import { typeError, unsupported } from './refusal.js'

/**
 * An array of constants as one constant collection; its type is the expected one, otherwise that of its first item.
 * @throws HUB_QUERY_TYPE for items that are not constants of one type
 */
export function bindArray(items: readonly Syntax[], span: Span, bind: (item: Syntax, type?: ValueType) => Expression, expected?: ValueType): Expression {
  const values: Value[] = []
  let itemType = expected?.collection === true && expected.base !== 'null' ? itemOf(expected) : undefined
  for (const item of items) {
    const bound = bind(item, itemType)
    if (bound.kind !== 'literal') throw typeError({ what: 'An array', span, found: 'a computed item', expected: 'constants' })
    itemType ??= bound.type.base === 'null' ? undefined : bound.type
    values.push(bound.value)
  }
  return literal(collectionOf(itemType ?? nullType), Object.freeze(values))
}

const scalar = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g

/**
 * The items of a JSON array of scalars, numbers with all their digits.
 * @throws HUB_QUERY_UNSUPPORTED for objects and nested arrays
 */
export function jsonItems(syntax: JsonLiteral): readonly Literal[] {
  const parsed: unknown = syntax.members === undefined ? JSON.parse(syntax.text) : undefined
  const isFlat = Array.isArray(parsed) && parsed.every((item) => typeof item !== 'object' || item === null)
  if (!isFlat) throw unsupported('A JSON object or nested array in an expression')
  return (syntax.text.match(scalar) ?? []).map((token) => ({ kind: 'literal', span: syntax.span, ...scalarOf(token) }))
}

function scalarOf(token: string): Pick<Literal, 'type' | 'text'> {
  if (token === 'null') return { type: 'null', text: '' }
  if (token === 'true' || token === 'false') return { type: 'Edm.Boolean', text: token }
  if (token.startsWith('"')) return { type: 'Edm.String', text: String(JSON.parse(token)) }
  return { type: /[eE]/.test(token) ? 'Edm.Double' : token.includes('.') ? 'Edm.Decimal' : 'Edm.Int64', text: token }
}
