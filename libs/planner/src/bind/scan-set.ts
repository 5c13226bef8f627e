import { type Scan, scan } from '@tributary/plan'
import { columnsOfType } from './model-types.js'
import type { RowScope } from './row-scope.js'
import { exposedTypeNames, mayNameType } from './type-names.js'

/** All rows and columns of a set; a derived type of the scope casts it. */
export function scanOf(scope: RowScope): Scan {
  const { set, entityType, model, exposure } = scope
  const columns = [...columnsOfType(model, entityType), ...(scope.read?.columns ?? [])]
  const cast = entityType.qualifiedName !== set.entityType
  const remote = exposure.kind === 'product' && columns.some(mayNameType) ? exposure.endpoints.get(set.endpoint)?.model : undefined
  const typeNames = remote === undefined ? {} : { typeNames: exposedTypeNames(columns, model, remote, set) }
  const target = Object.freeze({ endpoint: set.endpoint, entitySet: set.remoteSet, entityType: cast ? entityType.qualifiedName : set.remoteType, renamed: set.renamed, key: set.key, ...typeNames, ...(scope.read === undefined ? {} : { resource: scope.read.resource }) })
  return scan(target, columns)
}
