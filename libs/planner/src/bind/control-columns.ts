import { annotationsOf, type EdmModel, findAnnotation, type Property, type StructuredType } from '@tributary/edm'
import { annotationsColumn, type Column, stringType } from '@tributary/plan'
import { type RowScope, uncastType } from './row-scope.js'

const text = (name: string): Column => Object.freeze({ name, type: stringType })

/** What a row says of its type. */
export const typeColumn = text('@odata.type')

const etagColumn = text('@odata.etag')
const mediaColumns = ['mediaContentType', 'mediaEtag']

/** True for columns that say something of a row, or of one of its properties. */
export const isControl = ({ name }: Pick<Column, 'name'>): boolean => name.includes('@')

/**
 * What sources say of rows and clients need: the version of a row where its changes are guarded by it, the rows of its set were seen to come
 * with versions, or it is read by itself; the content type and version of
 * streams; and of a cast, the type of the row.
 */
export function controlColumns(scope: RowScope): readonly Column[] {
  const { set, entityType, model, exposure } = scope
  const remote = exposure.endpoints.get(set.endpoint)?.model ?? model
  const streams = streamsOf(scope)
  const cast = entityType.qualifiedName !== uncastType(scope) && model.derivedTypes(entityType.qualifiedName).length === 0
  return [
    // Of a product's rows a source speaks in names that are not theirs.
    ...(scope.annotated === true && exposure.kind === 'service' ? [annotationsColumn] : []),
    // Columns of a type that others derive from have it already.
    ...(cast ? [typeColumn] : []),
    ...(guardedTypes(remote).has(set.remoteType) || scope.addressed === true || exposure.versioned?.(set) === true ? [etagColumn] : []),
    ...(hasMedia(model, entityType.qualifiedName) ? mediaColumns.map((name) => text(`@odata.${name}`)) : []),
    ...streams.flatMap(({ name, derived }) => mediaColumns.map((media): Column => ({ ...text(`${name}@odata.${media}`), ...(derived ? { derived: true as const } : {}) }))),
  ]
}

/** The stream properties of the rows, also those that only rows of derived types have. */
function streamsOf({ set, entityType, model }: RowScope): readonly { readonly name: string; readonly derived: boolean }[] {
  const named = (type: StructuredType): readonly string[] => model.properties(type).flatMap((property) => (isStreamProperty(property) && !set.renamed.has(property.name) ? [property.name] : []))
  const own = new Set(named(entityType))
  const derived = new Set(model.derivedTypes(entityType.qualifiedName).flatMap((name) => model.structured(name) ?? []).flatMap(named).filter((name) => !own.has(name)))
  return [...[...own].map((name) => ({ name, derived: false })), ...[...derived].map((name) => ({ name, derived: true }))]
}

const isStreamProperty = ({ type }: Property): boolean => type.name === 'Edm.Stream' && !type.collection

/** Whether rows of the scope's type, or of one that derives from it, have such a stream property. */
export const hasStreamProperty = (scope: RowScope, name: string): boolean => streamsOf(scope).some((stream) => stream.name === name)

/** Whether instances of an entity type are streams. */
export function hasMedia(model: EdmModel, name: string): boolean {
  const type = model.entityType(name)
  return type !== undefined && (type.hasStream || (type.baseType !== undefined && hasMedia(model, type.baseType)))
}

const concurrency = 'Org.OData.Core.V1.OptimisticConcurrency'
const guarded = new WeakMap<EdmModel, ReadonlySet<string>>()

/** Types of entities whose changes are guarded by a version: those of a set that says so, wherever else such entities are found. */
function guardedTypes(model: EdmModel): ReadonlySet<string> {
  const known = guarded.get(model)
  if (known !== undefined) return known
  const { container } = model
  const resources = container === undefined ? [] : [...container.entitySets.values(), ...container.singletons.values()]
  const all = resources.filter(({ name }) => findAnnotation(annotationsOf(model, `${container?.qualifiedName ?? ''}/${name}`), concurrency) !== undefined)
  const found = new Set(all.flatMap(({ entityType }) => {
    const name = model.entityType(entityType)?.qualifiedName ?? entityType
    return [name, ...model.derivedTypes(name)]
  }))
  guarded.set(model, found)
  return found
}
