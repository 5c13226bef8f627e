import type { Exposure } from '@tributary/catalog'
import type { Expression } from '@tributary/odata-url'
import { unsupported } from '../bind/refusal.js'
import { remoteExpression } from './remote-expression.js'
import { remoteNaming } from './remote-naming.js'
import { spansSources } from './spans-sources.js'

/** What a condition that a source decides is about. */
export interface ConditionPlace {
  readonly exposure: Exposure
  readonly endpoint: string
  /** Qualified name of the exposed type; undefined: not known. */
  readonly type?: string | undefined
  readonly aliases: ReadonlyMap<string, Expression>
}

/**
 * An expression that a source evaluates when it changes something, in its names. In a service it stays as it is; in a data product
 * parameter aliases are replaced by what they stand for, because their names mean something only in their places.
 * @throws HUB_REQUEST_SPANS_SOURCES along a relationship of a product, HUB_QUERY_UNSUPPORTED
 */
export function remoteCondition(given: Expression, { exposure, endpoint, type, aliases }: ConditionPlace): Expression {
  const names = remoteNaming(exposure, endpoint)
  if (names.same) return given
  return remoteExpression(given, {
    exposure, endpoint, names, aliases, type, variables: new Map(),
    leaves: (path) => spansSources(`A condition with ${path}`, [endpoint]),
    unclear: (name) => unsupported(`A condition with a path beyond ${name}, in a data product`, 'What its names mean at the source is not known.'),
  })
}
