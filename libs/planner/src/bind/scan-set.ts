import { type Scan, scan } from '@tributary/plan'
import { controlColumns } from './control-columns.js'
import { columnsOfType } from './model-types.js'
import { type RowScope, uncastType } from './row-scope.js'
import { exposedTypeNames, mayNameType } from './type-names.js'

/** All rows and columns of a set, or of the resource the scope reads instead; a derived type of the scope casts them. */
export function scanOf(scope: RowScope): Scan {
  const { set, entityType, model, exposure, read } = scope
  const cast = entityType.qualifiedName !== uncastType(scope)
  const narrower = entityType.qualifiedName !== set.entityType
  const columns = [...columnsOfType(model, entityType), ...controlColumns(scope), ...(read?.columns ?? [])]
  const remote = exposure.kind === 'product' && columns.some(mayNameType) ? exposure.endpoints.get(set.endpoint)?.model : undefined
  const typeNames = remote === undefined ? undefined : exposedTypeNames(columns, model, remote, set)
  const target = Object.freeze({
    endpoint: set.endpoint, entitySet: set.remoteSet, entityType: narrower ? remoteName(entityType.qualifiedName, typeNames) : set.remoteType, renamed: set.renamed, key: set.key,
    ...(cast ? { only: Object.freeze([entityType.qualifiedName, ...model.derivedTypes(entityType.qualifiedName)]) } : {}),
    ...(typeNames === undefined ? {} : { typeNames }),
    ...(read === undefined ? {} : { resource: read.resource }),
  })
  return scan(target, columns)
}

const remoteName = (exposed: string, names: ReadonlyMap<string, string> | undefined): string =>
  [...(names ?? [])].find(([, name]) => name === exposed)?.[0] ?? exposed
