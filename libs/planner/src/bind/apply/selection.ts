import type { Expression as Syntax, SelectionMethod } from '@tributary/odata-url'
import { type Expression, isInteger, isNumeric, limit, orderKey, type OrderKey, type Plan, sort, transformation } from '@tributary/plan'
import { bindExpression } from '../bind-expression.js'
import { comparable } from '../comparable-types.js'
import { keyOrder } from '../bind-order.js'
import { typeError } from '../refusal.js'
import type { RowScope, Transformed } from '../row-scope.js'

interface Selection {
  readonly kind: SelectionMethod
  readonly amount: Syntax
  readonly value: Syntax
}

type Unit = 'count' | 'sum' | 'percent'

const units: Readonly<Record<SelectionMethod, Unit>> = { topcount: 'count', topsum: 'sum', toppercent: 'percent', bottomcount: 'count', bottomsum: 'sum', bottompercent: 'percent' }

/**
 * The rows with the highest or lowest values: so many, or until the values add up. Rows of equal value are taken by their key, so that it is
 * the same rows each time.
 * @throws HUB_QUERY_TYPE
 * @see OData Extension for Data Aggregation 4.0 section 3.3.1
 */
export function bindSelection({ kind, amount: amountSyntax, value: valueSyntax }: Selection, scope: RowScope): Transformed {
  const unit = units[kind]
  const amount = bindExpression(amountSyntax, scope)
  requireAmount(unit, amount, amountSyntax)
  const value = bindExpression(valueSyntax, scope)
  const fits = unit === 'count' ? comparable(value.type) : isNumeric(value.type.base)
  if (value.type.collection || !fits) throw typeError({ what: kind, span: valueSyntax.span, found: value.type, expected: unit === 'count' ? 'a value that can be ordered' : 'a number' })
  const first = orderKey(value, kind.startsWith('top'))
  const keys: readonly [OrderKey, ...OrderKey[]] = [first, ...keyOrder([first], scope)]
  const cut = (rows: Plan): Plan => (unit === 'count' && amount.kind === 'literal' ? limit(rows, 0, Number(amount.value)) : transformation([rows], { kind: 'cut', unit, amount, value }))
  return { scope, ordered: true, over: (rows) => cut(sort(rows, keys)) }
}

function requireAmount(unit: Unit, { type, ...amount }: Expression, { span }: Syntax): void {
  const number = amount.kind === 'literal' ? Number(amount.value ?? Number.NaN) : undefined
  const right = unit === 'count' ? number === undefined || (Number.isSafeInteger(number) && number >= 1) : unit === 'percent' ? number === undefined || (number > 0 && number <= 100) : !Number.isNaN(number ?? 0)
  const expected = { count: 'a positive whole number', sum: 'a number', percent: 'a number above 0, at most 100' }[unit]
  if (!right || type.collection || !(unit === 'count' ? isInteger(type.base) || type.base === 'Edm.Decimal' : isNumeric(type.base))) throw typeError({ what: 'How much to select', span, found: type, expected })
}
