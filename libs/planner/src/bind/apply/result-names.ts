import type { EdmModel } from '@tributary/edm'
import type { Column } from '@tributary/plan'
import { remoteNaming } from '../../remote/remote-naming.js'
import { unsupported } from '../refusal.js'
import type { RowScope } from '../row-scope.js'

/**
 * What of results is called otherwise at the source: paths of exposed names, joined by `/`, and the source's name of the last one.
 * @throws HUB_QUERY_UNSUPPORTED where rows stand under a name that the query gave, whose type is not known
 */
export function resultNames(rows: readonly Column[], { exposure, set, entityType }: RowScope, what: string): ReadonlyMap<string, string> {
  const names = remoteNaming(exposure, set.endpoint)
  const found = new Map<string, string>()
  if (names.same) return found
  const walk = (columns: readonly Column[], type: string, prefix: string): void => {
    for (const { name, expanded, fields } of columns) {
      const path = `${prefix}${name}`
      const remote = names.remoteProperty(type, name)
      if (remote !== name) found.set(path, remote)
      if (expanded === undefined && fields === undefined) continue
      const inner = typeOf(exposure.model, type, name)
      if (inner === undefined) throw unsupported(`$apply with ${what} and rows in ${name}, in a data product`, 'Aggregate them into values.')
      if (expanded !== undefined) walk(expanded.columns, inner, `${path}/`)
    }
  }
  walk(rows, entityType.qualifiedName, '')
  return found
}

function typeOf(model: EdmModel, type: string, name: string): string | undefined {
  const structured = model.structured(type)
  return structured === undefined ? undefined : model.navigation(structured, name)?.target ?? model.property(structured, name)?.type.name
}
