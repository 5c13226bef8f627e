import { type Scan, scan } from '@tributary/plan'
import { columnsOfType } from './model-types.js'
import type { RowScope } from './row-scope.js'

/** All rows and columns of a set; a derived type of the scope casts it. */
export function scanOf(scope: RowScope): Scan {
  const { set, entityType, model } = scope
  const cast = entityType.qualifiedName !== set.entityType
  const target = Object.freeze({ endpoint: set.endpoint, entitySet: set.remoteSet, entityType: cast ? entityType.qualifiedName : set.remoteType, renamed: set.renamed, key: set.key })
  return scan(target, columnsOfType(model, entityType))
}
