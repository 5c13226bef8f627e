import type { Annotation, AnnotationValue } from './annotation.js'
import { textOf } from './find-annotation.js'
import type { KeyPart } from './model.js'

/** The terms that give alternate keys: the standard's and the community's before it. */
const alternateKeysTerm = 'Org.OData.Core.V1.AlternateKeys'
const communityTerm = 'OData.Community.Keys.V1.AlternateKeys'

/** The alternate keys that annotations of an entity type give; those without a property are left out. */
export function alternateKeysOf(annotations: readonly Annotation[]): readonly (readonly KeyPart[])[] {
  const given = annotations.filter(({ term }) => term === alternateKeysTerm || term === communityTerm)
  return Object.freeze(given.flatMap(({ value }) => (value.kind === 'collection' ? value.items.map(keyOf).filter((key) => key.length > 0) : [])))
}

function keyOf(value: AnnotationValue): readonly KeyPart[] {
  const parts = value.kind === 'record' ? value.properties.get('Key') : undefined
  return Object.freeze(parts?.kind === 'collection' ? parts.items.flatMap(partOf) : [])
}

function partOf(value: AnnotationValue): readonly KeyPart[] {
  if (value.kind !== 'record') return []
  const path = textOf(value.properties.get('Name'))
  const alias = textOf(value.properties.get('Alias'))
  if (path === undefined) return []
  return [Object.freeze(alias === undefined || alias === path ? { path } : { path, alias })]
}
