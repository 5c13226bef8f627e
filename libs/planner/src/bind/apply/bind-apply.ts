import type { ApplyExpression } from '@tributary/odata-url'
import type { RowScope, Transformed } from '../row-scope.js'

/** How a sequence of transformations is bound: `bindApply`, given from there. */
export type BindApply = (apply: ApplyExpression, scope: RowScope) => Transformed
