import type { SearchExpression } from '@tributary/odata-url'
import { binary, booleanType, call, type Column, column, type Expression, literal, not, nullType, stringType } from '@tributary/plan'

/**
 * `$search` as a predicate: a word or phrase is found where it occurs, whatever its case, in one of the row's string properties.
 * @see OData URL Conventions 4.01 section 5.1.7
 */
export function bindSearch(search: SearchExpression, columns: readonly Column[]): Expression {
  return searchIn(search, columns.filter(({ name, type }) => type.base === 'Edm.String' && !type.collection && !name.startsWith('@')).map(({ name, type }) => column(type, name)))
}

/** The same in texts that are not all columns of the row. */
export const searchIn = (search: SearchExpression, texts: readonly Expression[]): Expression => found(search, texts, false)

/** `exact`: null has to be false, because a negation stands around. */
function found(search: SearchExpression, texts: readonly Expression[], exact: boolean): Expression {
  switch (search.kind) {
    case 'term': return foundText(search.text.toLowerCase(), texts, exact)
    case 'not': return not(found(search.operand, texts, true))
    case 'and': case 'or': return binary(search.kind, found(search.left, texts, exact), found(search.right, texts, exact))
  }
}

function foundText(text: string, texts: readonly Expression[], exact: boolean): Expression {
  const ways = texts.map((read): Expression => {
    const occurs = call('contains', booleanType, call('tolower', stringType, read), literal(stringType, text))
    return exact ? binary('and', binary('ne', read, literal(nullType, null)), occurs) : occurs
  })
  const [first, ...rest] = ways
  return first === undefined ? literal(booleanType, false) : rest.reduce((left, right) => binary('or', left, right), first)
}
