import type { EntityType, Operation, Property, StructuredType, TypeRef } from '@tributary/edm'
import type { RemoteResource } from '@tributary/plan'
import { remoteNaming } from '../remote/remote-naming.js'
import { narrowed, unboundSet } from './related-scope.js'
import { type RowScope, rowScope } from './row-scope.js'

/** The result of a value in JSON. @see OData JSON Format 4.01 section 11 */
export const resultName = 'value'

/** What is read of a function's answers, and where. */
export interface ReadResult {
  readonly endpoint: string
  readonly returnType: TypeRef
  readonly resource: Pick<RemoteResource, 'path' | 'gaps' | 'options'>
  readonly columns: NonNullable<RowScope['read']>['columns']
  /** The entity set that entities belong to, where the contract says which. */
  readonly set?: string | undefined
}

/** Names on what a function gives: entities, a complex value, or a value under the name JSON has for it. */
export function resultScope(from: RowScope, operation: Operation, result: ReadResult): RowScope {
  const type = from.model.entityType(result.returnType.name)
  return { ...(type === undefined ? valueScope(from, operation.qualifiedName, result) : entityScope(from, type, result)), nested: true, names: from.names }
}

function entityScope({ exposure, aliases }: RowScope, type: EntityType, { endpoint, returnType, resource, columns, set: name }: ReadResult): RowScope {
  const single = !returnType.collection
  const read = { resource: { ...resource, single, called: true as const }, columns }
  const set = name === undefined ? undefined : exposure.sets.get(name)
  if (set !== undefined) return { ...narrowed(exposure, set, { aliases, type: type.qualifiedName }), read }
  const bound = { root: '', path: [] }
  const own = unboundSet(exposure, { name: `${type.qualifiedName}()`, endpoint, type, bound })
  return { ...rowScope(exposure, own, aliases, type.qualifiedName), read, place: { path: resource.path, gaps: resource.gaps ?? [], single }, bound }
}

function valueScope({ exposure, set, model, aliases }: RowScope, name: string, { endpoint, returnType, resource, columns }: ReadResult): RowScope {
  const complex = returnType.collection ? undefined : model.structured(returnType.name)
  const type = typeOfResult(complex, { name, returnType })
  const result = { ...set, name, endpoint, entityType: type.qualifiedName, remoteSet: '', remoteType: remoteNaming(exposure, endpoint).remoteType(type.qualifiedName), renamed: new Map<string, string>(), key: [], navigations: new Map<string, never>() }
  return { ...rowScope(exposure, set, aliases), set: Object.freeze(result), entityType: type, read: { resource: { ...resource, single: true, bare: true }, columns } }
}

function typeOfResult(complex: StructuredType | undefined, { name, returnType }: { readonly name: string; readonly returnType: TypeRef }): EntityType {
  const value: Property = Object.freeze({ kind: 'property', name: resultName, type: returnType, annotations: [] })
  const own = { kind: 'entity' as const, hasStream: false, key: [], alternateKeys: [], annotations: [], navigation: new Map<string, never>(), abstract: false }
  if (complex !== undefined) return Object.freeze({ ...complex, ...own })
  return Object.freeze({ ...own, namespace: '', name: `${name}()`, qualifiedName: `${name}()${returnType.collection ? '*' : ''}`, open: false, properties: new Map([[resultName, value]]) })
}

/** Where the rows are that a bound function's result is found from. */
export interface ResultStart {
  readonly root: string
  readonly path: readonly string[]
}

/** The entity set a bound function's result belongs to. @see OData CSDL XML 4.01, section 12.6 */
export function resultSet({ model }: RowScope, { entitySetPath }: Operation, { root, path }: ResultStart): string | undefined {
  if (entitySetPath === undefined) return undefined
  const [, ...rest] = entitySetPath.split('/')
  const whole = [...path, ...rest]
  // Entities of a derived type are members of the same set.
  const plain = whole.filter((step) => !step.includes('.'))
  return plain.length === 0 ? root : (model.bindingTarget(root, whole.join('/')) ?? model.bindingTarget(root, plain.join('/')))
}
