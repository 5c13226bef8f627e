import type { Expression as Syntax } from '@tributary/odata-url'
import type { Expression, ValueType } from '@tributary/plan'
import type { RowScope } from './row-scope.js'

/** How operands are bound: `bindExpression`, given from there. `expected` is the type the context needs of a literal. */
export type Bind = (syntax: Syntax, scope: RowScope, expected?: ValueType) => Expression
