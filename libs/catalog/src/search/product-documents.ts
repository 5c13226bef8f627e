import type { Product } from '../records.js'
import type { EntitySetView } from '../services/service-view.js'
import type { SearchDocument } from './document.js'
import { pageOf } from './page-of.js'

/** A product and its entities. Their attributes are found in the services they come from, unless they were renamed. */
export function productDocuments({ slug, definition }: Product, entitySets: readonly EntitySetView[]): readonly SearchDocument[] {
  const shared = { slug, tags: [], service: definition.name, url: pageOf('product', slug), environment: '', type: 'Product', owner: '', capabilities: [], validated: false }
  const own: SearchDocument = { ...shared, id: `product:${slug}`, kind: 'product', name: definition.name, title: definition.name, description: definition.description ?? '' }
  const entities = entitySets.map(({ name, label, description }): SearchDocument => ({
    ...shared,
    id: `entity:${slug}/${name}`,
    kind: 'entity',
    name,
    title: label ?? name,
    description: description ?? '',
    url: pageOf('product', slug, name),
  }))
  const renamed = definition.entities.flatMap(({ name: entity, rename = {} }) =>
    Object.entries(rename).map(([from, to]): SearchDocument => ({
      ...shared,
      id: `attribute:${slug}/${entity}/${to}`,
      kind: 'attribute',
      name: to,
      title: to,
      description: `${from} of ${entity}`,
      url: `${pageOf('product', slug, entity)}#${encodeURIComponent(to)}`,
    })),
  )
  return Object.freeze([own, ...entities, ...renamed])
}
