import { annotationsOf, type Annotation, type AnnotationValue, type EdmModel, type EntityType } from '@tributary/edm'
import type { ProductRelationship } from '../products/definition.js'
import { keptNavigations, renamed, type ResolvedEntity } from '../products/resolved-entity.js'

const vocabulary = 'Org.OData.Aggregation.V1.'

/** A product's entities and relationships: where paths lead in it. */
export interface ProductPaths {
  readonly entities: readonly ResolvedEntity[]
  readonly relationships: readonly ProductRelationship[]
}

/**
 * What a service says of an entity's hierarchies and custom aggregates, in the product's names. What names a property or navigation that the
 * product does not have is left out: it could not be used.
 * @see OData Extension for Data Aggregation 4.0 section 5
 */
export const aggregationOfEntity = (resolved: ResolvedEntity, paths: ProductPaths): readonly Annotation[] =>
  lineOf(resolved.model, resolved.type).flatMap((type) => annotationsOf(resolved.model, type)).flatMap((annotation) => exposed(annotation, resolved, paths))

/** The same of what is said of the entity's set, and of the container it is in. */
export function aggregationOfSet(resolved: ResolvedEntity, paths: ProductPaths): readonly Annotation[] {
  const { model, set } = resolved
  const { container } = model
  if (container === undefined) return []
  return [`${container.qualifiedName}/${set.name}`, container.qualifiedName].flatMap((target) => annotationsOf(model, target)).flatMap((annotation) => exposed(annotation, resolved, paths))
}

/** In which context a property's values may be aggregated, in the product's names. */
export const contextOfProperty = (name: string, resolved: ResolvedEntity, paths: ProductPaths): readonly Annotation[] =>
  annotationsOf(resolved.model, `${resolved.type.qualifiedName}/${name}`).filter(({ term }) => term === `${vocabulary}ContextDefiningProperties`).flatMap((annotation) => exposed(annotation, resolved, paths))

/** A type and those it derives from. */
function lineOf(model: EdmModel, type: EntityType): readonly string[] {
  const line: string[] = []
  for (let at: EntityType | undefined = type; at !== undefined && !line.includes(at.qualifiedName); at = at.baseType === undefined ? undefined : model.entityType(at.baseType)) line.push(at.qualifiedName)
  return line
}

function exposed(annotation: Annotation, resolved: ResolvedEntity, paths: ProductPaths): readonly Annotation[] {
  const { term, value, qualifier } = annotation
  switch (term.startsWith(vocabulary) ? term.slice(vocabulary.length) : '') {
    case 'LeveledHierarchy': case 'ContextDefiningProperties': {
      const items = value.kind === 'collection' ? value.items.map((item) => exposedPath(item, resolved, paths)) : []
      return items.length === 0 || items.includes(undefined) ? [] : [{ ...annotation, annotations: [], value: { kind: 'collection', items: items.filter((item) => item !== undefined) } }]
    }
    case 'RecursiveHierarchy': return recursive(annotation, resolved, paths)
    case 'CustomAggregate': {
      if (value.kind !== 'string' || qualifier === undefined) return []
      const context = annotation.annotations.flatMap((inner) => exposed(inner, resolved, paths))
      return [{ ...annotation, qualifier: renamed(resolved.entity, qualifier), annotations: context, value: { kind: 'string', text: value.text.startsWith('Edm.') ? value.text : resolved.model.underlying(value.text) } }]
    }
    default: return []
  }
}

function recursive(annotation: Annotation, resolved: ResolvedEntity, paths: ProductPaths): readonly Annotation[] {
  const { value } = annotation
  if (value.kind !== 'record') return []
  const properties = ['NodeProperty', 'ParentNavigationProperty'].map((name) => [name, exposedPath(value.properties.get(name), resolved, paths)] as const)
  const found = properties.flatMap(([name, path]) => (path === undefined ? [] : [[name, path] as const]))
  return found.length < properties.length ? [] : [{ ...annotation, annotations: [], value: { ...value, annotations: [], properties: new Map(found) } }]
}

/** A path in the product's names; undefined where it does not lead through the product. */
function exposedPath(value: AnnotationValue | undefined, resolved: ResolvedEntity, paths: ProductPaths): AnnotationValue | undefined {
  const text = value === undefined ? undefined : 'path' in value ? value.path : value.kind === 'string' ? value.text : undefined
  if (value === undefined || text === undefined) return undefined
  const names = namesAlong(text.split('/'), resolved, paths)
  if (names === undefined) return undefined
  return 'path' in value ? { ...value, path: names.join('/') } : { kind: 'string', text: names.join('/') }
}

function namesAlong([first, ...rest]: readonly string[], resolved: ResolvedEntity, paths: ProductPaths): readonly string[] | undefined {
  if (first === undefined) return []
  const { entity, columns } = resolved
  // What stands within a complex value is called as it is at the service.
  if (columns.some(({ remote }) => remote === first)) return [renamed(entity, first), ...rest]
  const target = keptNavigations(resolved, paths.entities).find(({ navigation }) => navigation.name === first)?.target ?? relatedBy(first, resolved, paths)
  const behind = target === undefined ? undefined : namesAlong(rest, target, paths)
  return behind === undefined ? undefined : [first, ...behind]
}

/** Where a relationship of the product stands for a navigation of the service that leads to the same set. */
function relatedBy(name: string, { entity, model, set }: ResolvedEntity, { entities, relationships }: ProductPaths): ResolvedEntity | undefined {
  const relationship = relationships.find((one) => one.from === entity.name && one.name === name)
  const target = entities.find((one) => one.entity.name === relationship?.to)
  return target !== undefined && target.entity.service === entity.service && target.set.name === model.bindingTarget(set.name, name) ? target : undefined
}
