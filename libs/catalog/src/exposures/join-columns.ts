import type { EdmModel, EntityType, NavigationProperty, ReferentialConstraint } from '@tributary/edm'

/** `from` of the type that has the navigation equals `to` of its target. */
export interface JoinColumn {
  readonly from: string
  readonly to: string
}

/**
 * The columns a navigation joins on: its own referential constraint, or the one of the navigation that leads back, turned round.
 * Empty: none is known, or one lies inside a complex property.
 * @see OData CSDL XML 4.01, section 8.5
 */
export function joinColumns(model: EdmModel, type: EntityType, navigation: NavigationProperty): readonly JoinColumn[] {
  if (navigation.constraints.length > 0) return simple(navigation.constraints.map(({ property, referencedProperty }) => ({ from: property, to: referencedProperty })))
  const back = wayBack(model, type, navigation)
  return back === undefined ? [] : simple(turned(back.constraints))
}

function wayBack(model: EdmModel, type: EntityType, navigation: NavigationProperty): NavigationProperty | undefined {
  const target = model.entityType(navigation.target)
  if (target === undefined) return undefined
  if (navigation.partner !== undefined) return model.navigation(target, navigation.partner)
  return model.navigations(target).find((back) => back.partner === navigation.name && model.derivesFrom(type.qualifiedName, back.target))
}

const turned = (constraints: readonly ReferentialConstraint[]): readonly JoinColumn[] =>
  constraints.map(({ property, referencedProperty }) => ({ from: referencedProperty, to: property }))

const simple = (columns: readonly JoinColumn[]): readonly JoinColumn[] => (columns.some(({ from, to }) => `${from}${to}`.includes('/')) ? [] : columns)
