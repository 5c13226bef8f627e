import type { EdmModel, EntitySet, EntityType, NavigationProperty, Property, TypeRef } from '@tributary/edm'
import { joinColumns } from '../exposures/join-columns.js'
import { declaredCapabilities } from './declared-capabilities.js'
import { annotationsOf, wordsFor } from './element-annotations.js'
import type { AttributeView, EntitySetView, NavigationView } from './service-view.js'

/** The entity sets of a model as the API shows them, in the contract's order. */
export const entitySetViews = (model: EdmModel): readonly EntitySetView[] =>
  [...(model.container?.entitySets.values() ?? [])].flatMap((set) => {
    const type = model.entityType(set.entityType)
    return type === undefined ? [] : [viewOfSet(model, set, type)]
  })

/** `Edm.String`, `Collection(Ns.Address)` */
export const typeText = ({ name, collection }: TypeRef): string => (collection ? `Collection(${name})` : name)

function viewOfSet(model: EdmModel, set: EntitySet, type: EntityType): EntitySetView {
  const ofSet = annotationsOf(model, `${model.container?.qualifiedName ?? ''}/${set.name}`, set.annotations)
  const keys = model.key(type).map(({ alias, path }) => alias ?? path)
  return Object.freeze({
    name: set.name,
    entityType: type.qualifiedName,
    ...wordsFor(annotationsOf(model, type.qualifiedName, type.annotations)),
    ...wordsFor(ofSet),
    keys,
    attributes: model.properties(type).map((property) => attributeView(model, type, property)),
    navigation: model.navigations(type).map((navigation) => navigationView(model, set, type, navigation)),
    capabilities: declaredCapabilities(ofSet),
  })
}

function attributeView(model: EdmModel, type: EntityType, property: Property): AttributeView {
  const { name, type: ref } = property
  const { maxLength, precision, scale } = ref.facets
  const declared = model.type(ref.name)
  return Object.freeze({
    name,
    type: typeText(ref),
    typeKind: declared?.kind === 'enum' ? 'enum' : declared?.kind === 'complex' || declared?.kind === 'entity' ? 'complex' : 'primitive',
    key: model.key(type).some(({ path }) => path === name),
    nullable: ref.nullable,
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(precision === undefined ? {} : { precision }),
    ...(scale === undefined ? {} : { scale }),
    ...wordsFor(annotationsOf(model, `${type.qualifiedName}/${name}`, property.annotations)),
    ...(declared?.kind === 'enum' ? { members: declared.members.map((member) => member.name) } : {}),
  })
}

function navigationView(model: EdmModel, set: EntitySet, type: EntityType, navigation: NavigationProperty): NavigationView {
  const target = model.bindingTarget(set.name, navigation.name)
  return Object.freeze({
    name: navigation.name,
    ...(target === undefined ? {} : { target }),
    targetType: navigation.target,
    collection: navigation.collection,
    nullable: navigation.nullable,
    multiplicity: navigation.collection ? '*' : navigation.nullable ? '0..1' : '1',
    ...(navigation.partner === undefined ? {} : { partner: navigation.partner }),
    on: joinColumns(model, type, navigation),
  })
}
