import type { Expression, FilteredExpression, LambdaExpression } from '../expression.js'
import type { Value } from '../value.js'
import type { Compiled, CompileIn, RangeHolder, Scope } from './compiled.js'
import { itemColumns } from './row-path.js'

/** `any` and `all` made ready: true or false, never null. */
export function compileLambda(expression: LambdaExpression, scope: Scope, compileIn: CompileIn): Compiled {
  const collection = compileIn(expression.collection, scope)
  if (expression.predicate === undefined) return (row) => asItems(collection(row)).length > 0
  const { holder, predicate } = overItems(expression.collection, expression.variable, expression.predicate, { scope, compileIn })
  const wanted = expression.operator === 'any'
  return (row) => {
    for (const item of asItems(collection(row))) {
      holder.current = item
      if ((predicate(row) === true) === wanted) return wanted
    }
    return !wanted
  }
}

/** The items for which the predicate is true. */
export function compileFiltered(expression: FilteredExpression, scope: Scope, compileIn: CompileIn): Compiled {
  const collection = compileIn(expression.collection, scope)
  const { holder, predicate } = overItems(expression.collection, expression.variable, expression.predicate, { scope, compileIn })
  return (row) => {
    const items = collection(row)
    if (!Array.isArray(items)) return null
    return items.filter((item: Value) => {
      holder.current = item
      return predicate(row) === true
    })
  }
}

interface Context {
  readonly scope: Scope
  readonly compileIn: CompileIn
}

/** A predicate over the items of a collection, and where the item is put before it runs. */
function overItems(collection: Expression, variable: string, predicate: Expression, { scope, compileIn }: Context): { readonly holder: RangeHolder; readonly predicate: Compiled } {
  const columns = itemColumns(collection, scope)
  const holder: RangeHolder = { current: null, ...(columns === undefined ? {} : { columns }) }
  return { holder, predicate: compileIn(predicate, { ...scope, variables: new Map([...scope.variables, [variable, holder]]) }) }
}

const asItems = (value: Value): readonly Value[] => (Array.isArray(value) ? value : [])
