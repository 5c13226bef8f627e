import type { AssociationConstraint, LegacyIndex, LegacyNavigation } from './legacy-index.js'
import type { NavigationBinding, NavigationProperty, ReferentialConstraint } from './model.js'
import { onDeleteOf } from './read-xml-members.js'
import { readAnnotations } from './read-xml-annotations.js'
import { checkAttributes, requiredAttribute, type ReadContext } from './read-context.js'
import type { XmlElement } from './xml-tree.js'

const attributes: ReadonlySet<string> = new Set(['Name', 'Relationship', 'FromRole', 'ToRole', 'ContainsTarget'])

/** A navigation property of versions 1 to 3: target, cardinality, partner and constraints come from its association. */
export function readLegacyNavigation(index: LegacyIndex, namespace: string, context: ReadContext, element: XmlElement): NavigationProperty | undefined {
  const name = requiredAttribute(context, element, 'Name')
  const relationship = requiredAttribute(context, element, 'Relationship')
  if (name === undefined || relationship === undefined) return undefined
  checkAttributes(context, element, attributes)
  const qualified = relationship.includes('.') ? context.names.name(relationship) : `${namespace}.${relationship}`
  const association = index.associations.get(qualified)
  const { FromRole: from = '', ToRole: to = '', ContainsTarget: contains } = element.attributes
  const target = association?.ends.get(to)
  if (association === undefined || target === undefined) {
    context.warn(element, `The navigation property ${name} has no association ${qualified} with an end ${to}; it is skipped.`)
    return undefined
  }
  const collection = target.multiplicity.trim() === '*'
  const partner = partnerOf(index, qualified, { from, to, target: target.type })
  const deletion = association.ends.get(from)?.onDelete
  const onDelete = deletion === undefined ? undefined : onDeleteOf(context, deletion)
  return Object.freeze({
    kind: 'navigation',
    name,
    target: target.type,
    collection,
    nullable: !collection && target.multiplicity.trim() !== '1',
    ...(partner === undefined ? {} : { partner }),
    containsTarget: contains === 'true',
    constraints: constraintsOf(association.constraint, from, to),
    ...(onDelete === undefined ? {} : { onDelete }),
    annotations: readAnnotations(context, element),
  })
}

/** Constraints stand on the side that holds the foreign key. @see OData CSDL XML 4.01, section 8.5 */
function constraintsOf(constraint: AssociationConstraint | undefined, from: string, to: string): readonly ReferentialConstraint[] {
  if (constraint === undefined || constraint.dependentRole !== from || from === to) return Object.freeze([])
  return Object.freeze(
    constraint.dependent.flatMap((property, position) => {
      const referencedProperty = constraint.principal[position]
      return referencedProperty === undefined ? [] : [Object.freeze({ property, referencedProperty })]
    }),
  )
}

interface Way {
  readonly from: string
  readonly to: string
  readonly target: string
}

/** The navigation property that goes the same association the other way. */
function partnerOf(index: LegacyIndex, relationship: string, { from, to, target }: Way): string | undefined {
  for (const type of index.line(target)) {
    const back = index.types.get(type)?.navigations.find((each) => each.relationship === relationship && each.from === to && each.to === from)
    if (back !== undefined) return back.name
  }
  return undefined
}

/** Bindings of an entity set, from the association sets of its container. */
export function legacyBindings(index: LegacyIndex, context: ReadContext, container: XmlElement, element: XmlElement): readonly NavigationBinding[] {
  const set = element.attributes['Name'] ?? ''
  const type = context.names.name(element.attributes['EntityType'] ?? '')
  const sets = associationSets(context, container)
  const bindings: NavigationBinding[] = []
  for (const navigation of reachable(index, type)) {
    const ends = (sets.get(navigation.relationship) ?? []).filter((each) => (each.ends.get(navigation.from) ?? set) === set)
    const target = ends.map((each) => each.ends.get(navigation.to)).find((each) => each !== undefined)
    if (target === undefined) continue
    const path = index.line(type).includes(navigation.type) ? navigation.name : `${navigation.type}/${navigation.name}`
    bindings.push(Object.freeze({ path, target }))
  }
  return Object.freeze(bindings)
}

/** Navigation properties entities of a set can have: those of the type, of its base types and of the types derived from it. */
function reachable(index: LegacyIndex, type: string): readonly LegacyNavigation[] {
  const own = index.line(type)
  return [...own, ...index.derived(type)].flatMap((each) => index.types.get(each)?.navigations ?? [])
}

interface AssociationSet {
  readonly association: string
  /** Role → entity set. */
  readonly ends: ReadonlyMap<string, string>
}

type AssociationSets = Readonly<Map<string, readonly AssociationSet[]>>

const perContainer = new WeakMap<XmlElement, AssociationSets>()

/** The association sets of a container by their association. */
function associationSets(context: ReadContext, container: XmlElement): AssociationSets {
  const known = perContainer.get(container)
  if (known !== undefined) return known
  const sets = container.children
    .filter((child) => child.name === 'AssociationSet')
    .map((child): AssociationSet => ({
      association: context.names.name(child.attributes['Association'] ?? ''),
      ends: new Map(child.children.filter((end) => end.name === 'End').map((end) => [end.attributes['Role'] ?? '', end.attributes['EntitySet'] ?? ''])),
    }))
  const byAssociation = Map.groupBy(sets, ({ association }) => association)
  perContainer.set(container, byAssociation)
  return byAssociation
}
