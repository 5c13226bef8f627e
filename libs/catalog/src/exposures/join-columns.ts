import type { EdmModel, EntityType, NavigationProperty, ReferentialConstraint } from '@tributary/edm'

/** `from` of the type that has the navigation equals `to` of its target. */
export interface JoinColumn {
  readonly from: string
  readonly to: string
}

/**
 * The columns a navigation joins on: its own referential constraint, or the one of the navigation that leads back, turned round.
 * Empty: none is known, one lies inside a complex property, or they name a part of the principal's key only: what else decides which rows
 * belong together is not told then.
 * @see OData CSDL XML 4.01, section 8.5
 */
export function joinColumns(model: EdmModel, type: EntityType, navigation: NavigationProperty): readonly JoinColumn[] {
  if (navigation.constraints.length > 0) return telling(model, model.entityType(navigation.target), navigation.constraints) ? simple(straight(navigation.constraints)) : []
  const back = wayBack(model, type, navigation)
  return back === undefined || !telling(model, type, back.constraints) ? [] : simple(turned(back.constraints))
}

/** Properties that are no key are taken for an alternate one. */
function telling(model: EdmModel, principal: EntityType | undefined, constraints: readonly ReferentialConstraint[]): boolean {
  const key = principal === undefined ? [] : model.key(principal).map(({ path }) => path)
  const named = new Set(constraints.map(({ referencedProperty }) => referencedProperty))
  return named.size >= key.length || ![...named].every((name) => key.includes(name))
}

const straight = (constraints: readonly ReferentialConstraint[]): readonly JoinColumn[] =>
  constraints.map(({ property, referencedProperty }) => ({ from: property, to: referencedProperty }))

function wayBack(model: EdmModel, type: EntityType, navigation: NavigationProperty): NavigationProperty | undefined {
  const target = model.entityType(navigation.target)
  if (target === undefined) return undefined
  if (navigation.partner !== undefined) return model.navigation(target, navigation.partner)
  return model.navigations(target).find((back) => back.partner === navigation.name && model.derivesFrom(type.qualifiedName, back.target))
}

const turned = (constraints: readonly ReferentialConstraint[]): readonly JoinColumn[] =>
  constraints.map(({ property, referencedProperty }) => ({ from: referencedProperty, to: property }))

const simple = (columns: readonly JoinColumn[]): readonly JoinColumn[] => (columns.some(({ from, to }) => `${from}${to}`.includes('/')) ? [] : columns)
