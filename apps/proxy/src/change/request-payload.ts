import type { ExposedNavigation, ExposedSet, Exposure } from '@tributary/catalog'
import { nearest, type NavigationProperty, type Parameter, type Property, type StructuredType, type TypeRef } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import { annotationName, jsonString, memberOf, stringOf, type AnnotationName, type JsonMember, type JsonTree } from '@tributary/odata-wire'
import { remoteNaming, spansSources, type RemoteNaming } from '@tributary/planner'
import { isLinkChange, remoteLinkChange } from './link-change.js'
import { remoteReference, type ReferencePlace } from './references.js'
import { primitiveFault, shown } from './value-faults.js'

/** What the body of a change holds. */
export interface PayloadMeant {
  readonly exposure: Exposure
  /** Qualified name of the exposed type; undefined: not known, then nothing is checked. */
  readonly type?: string
  readonly set?: ExposedSet
  /** What is there may be of a derived type, though the body does not say so. */
  readonly exists?: boolean
}

/** Where a value stands in the body. */
interface Spot {
  readonly type?: string
  readonly set?: ExposedSet
  /** For errors: `Items/0/Product`. */
  readonly path: string
}

/** Control information a service reads in a request; all other is ignored by it, and not sent. @see OData JSON Format 4.01, section 4.5 */
const readControls: ReadonlySet<string> = new Set(['type', 'id', 'bind', 'removed', 'delta', 'etag', 'context'])

/**
 * Checks the bodies of changes against the exposed model and puts them into their source's words: names, types, references. Numbers and
 * strings stay as they were written.
 */
export class PayloadRewriter {
  /** Whether related entities stood in what was rewritten: as members of a collection, or with more than their id. */
  isDeep = false
  private readonly names: RemoteNaming

  constructor(private readonly meant: PayloadMeant, private readonly place: ReferencePlace) {
    this.names = remoteNaming(meant.exposure, place.target.slug)
  }

  /**
   * One entity, perhaps with others within it.
   * @throws HUB_PAYLOAD_INVALID, HUB_QUERY_UNKNOWN_PROPERTY, HUB_REQUEST_SPANS_SOURCES
   */
  entity(tree: JsonTree): JsonTree {
    const { type, set } = this.meant
    const object = this.object(tree, { ...(type === undefined ? {} : { type }), ...(set === undefined ? {} : { set }), path: '' })
    // What the client says the entity is called is in the URL.
    return object.kind === 'object' ? { ...object, members: object.members.filter(({ name }) => name !== '@odata.id' && name !== '@odata.etag') } : object
  }

  /** Members of a collection that are changed, added and removed. @see OData JSON Format 4.01, section 15 */
  collection(tree: JsonTree): JsonTree {
    const { type, set } = this.meant
    const spot: Spot = { ...(type === undefined ? {} : { type }), ...(set === undefined ? {} : { set }), path: '' }
    const value = tree.kind === 'object' ? memberOf(tree, 'value') : undefined
    if (tree.kind !== 'object' || value === undefined) throw this.wrong(spot, `${shown(tree)} where an object with "value" is needed`)
    this.requireOnly(tree.members, 'value')
    return { kind: 'object', members: tree.members.flatMap((member) => (member.name === 'value' ? [{ name: 'value', value: this.changes(value, { ...spot, path: 'value' }) }] : this.member(member, {}, { path: '' }))) }
  }

  /** Entities, and links between them. */
  private changes(tree: JsonTree, spot: Spot): JsonTree {
    if (tree.kind !== 'array') return this.entities(tree, spot)
    const items = tree.items.map((item, index) => (isLinkChange(item) ? remoteLinkChange(item, `value/${index}`, this.place) : this.object(item, { ...spot, path: join(spot.path, String(index)) })))
    return { kind: 'array', items }
  }

  /** The value of a property: under `value`, or, of a complex one, its members. */
  property(tree: JsonTree, type: TypeRef | undefined): JsonTree {
    if (tree.kind !== 'object') throw this.wrong({ path: '' }, `${shown(tree)} where an object is needed`)
    const wrapped = tree.members.some(({ name }) => name === 'value') && (type === undefined || type.collection || this.structured(type.name) === undefined)
    if (!wrapped) {
      if (type !== undefined && (type.collection || this.structured(type.name) === undefined)) throw this.wrong({ path: 'value' }, 'it is missing')
      return this.object(tree, { ...(type === undefined ? {} : { type: type.name }), path: '' })
    }
    this.requireOnly(tree.members, 'value')
    return { kind: 'object', members: tree.members.flatMap((member) => (member.name === 'value' ? [{ name: 'value', value: type === undefined ? member.value : this.value(member.value, type, { path: 'value' }) }] : [])) }
  }

  /** One reference, or several under `value`. */
  reference(tree: JsonTree): JsonTree {
    if (tree.kind !== 'object') throw this.wrong({ path: '' }, `${shown(tree)} where an object with "@odata.id" is needed`)
    const list = tree.members.find(({ name }) => name === 'value')?.value
    if (list?.kind === 'array') return { kind: 'object', members: [{ name: 'value', value: { kind: 'array', items: list.items.map((item, index) => this.oneReference(item, `value/${index}`)) } }] }
    return this.oneReference(tree, '')
  }

  /** The parameters of an action, by name. */
  parameters(tree: JsonTree, parameters: readonly Parameter[]): JsonTree {
    if (tree.kind !== 'object') throw this.wrong({ path: '' }, `${shown(tree)} where an object is needed`)
    return { kind: 'object', members: tree.members.map(({ name, value }) => {
      const parameter = parameters.find((one) => one.name === name)
      return parameter === undefined ? { name, value } : { name, value: this.value(value, parameter.type, { path: name }) }
    }) }
  }

  private oneReference(tree: JsonTree, path: string): JsonTree {
    const id = tree.kind === 'object' ? stringOf(tree.members.find(({ name }) => isControl(name, 'id'))?.value) : undefined
    if (tree.kind === 'object') this.requireOnly(tree.members)
    if (id === undefined) throw this.wrong({ path: path === '' ? '@odata.id' : path }, 'the reference has no "@odata.id"', 'Send {"@odata.id": "Customers(1)"}.')
    return { kind: 'object', members: [{ name: '@odata.id', value: jsonString(remoteReference(id, '@odata.id', this.place)) }] }
  }

  private requireOnly(members: readonly JsonMember[], wanted?: string): void {
    const strange = members.find(({ name }) => name !== wanted && annotationName(name) === undefined)
    if (strange !== undefined) throw this.wrong({ path: strange.name }, wanted === undefined ? 'a reference has no properties' : `beside "${wanted}" only annotations may stand`)
  }

  private structured(name: string | undefined): StructuredType | undefined {
    return name === undefined ? undefined : this.meant.exposure.model.structured(name)
  }

  private object(tree: JsonTree, spot: Spot): JsonTree {
    if (tree.kind !== 'object') throw this.wrong(spot, `${shown(tree)} where an object is needed`)
    const own = this.ownType(tree.members, spot)
    return { kind: 'object', members: tree.members.flatMap((member) => this.member(member, own, { ...own, path: join(spot.path, member.name) })) }
  }

  /** The type the value says it has must derive from the one it stands for. */
  private ownType(members: readonly JsonMember[], spot: Spot): Spot {
    const said = stringOf(members.find(({ name }) => isControl(name, 'type') && name.startsWith('@'))?.value)
    if (said === undefined) return spot
    const { model } = this.meant.exposure
    const name = said.slice(said.lastIndexOf('#') + 1)
    const type = model.structured(name)
    if (type === undefined || (spot.type !== undefined && !model.derivesFrom(type.qualifiedName, spot.type))) {
      const known = spot.type === undefined ? [] : [spot.type, ...model.derivedTypes(spot.type)]
      throw this.wrong({ path: join(spot.path, '@odata.type') }, `${name} is no type${spot.type === undefined ? '' : ` derived from ${spot.type}`}`, didYouMean(name, known))
    }
    return { ...spot, type: type.qualifiedName }
  }

  private member({ name, value }: JsonMember, owner: Omit<Spot, 'path'>, spot: Spot): readonly JsonMember[] {
    const annotation = annotationName(name)
    if (annotation !== undefined) return this.annotation(annotation, value, { ...owner, path: spot.path })
    const { model } = this.meant.exposure
    const type = this.typeWith(owner.type, name)
    if (type === undefined) return [{ name, value }]
    const property = model.property(type, name)
    if (property !== undefined) return [{ name: this.names.remoteProperty(type.qualifiedName, name), value: this.propertyValue(value, property, spot) }]
    const navigation = model.navigation(type, name)
    if (navigation !== undefined) return [this.related(navigation, value, { ...owner, path: spot.path })]
    if (type.open) return [{ name, value }]
    throw this.unknown(type, name, spot)
  }

  /** The type itself, or, of what exists already, a derived one that has such a member. */
  private typeWith(typeName: string | undefined, name: string): StructuredType | undefined {
    const { exposure: { model }, exists } = this.meant
    const type = this.structured(typeName)
    const has = (one: StructuredType): boolean => model.property(one, name) !== undefined || model.navigation(one, name) !== undefined
    if (type === undefined || exists !== true || has(type)) return type
    const derived = model.derivedTypes(type.qualifiedName).flatMap((one) => model.structured(one) ?? [])
    return derived.find(has) ?? derived.find(({ open }) => open) ?? type
  }

  private propertyValue(value: JsonTree, { type }: Property, spot: Spot): JsonTree {
    return this.value(value, type, { path: spot.path })
  }

  private value(tree: JsonTree, type: TypeRef, spot: Spot): JsonTree {
    if (type.collection) {
      if (tree.kind !== 'array') throw this.wrong(spot, `${shown(tree)} where an array is needed`)
      return { kind: 'array', items: tree.items.map((item, index) => this.value(item, { ...type, collection: false }, { path: join(spot.path, String(index)) })) }
    }
    if (isNull(tree)) return tree
    if (this.structured(type.name) !== undefined) return this.object(tree, { type: type.name, ...this.setOf(type.name), path: spot.path })
    const fault = primitiveFault(tree, type, this.meant.exposure.model)
    if (fault !== undefined) throw this.wrong(spot, fault)
    return tree
  }

  /** The set whose entities are of a type: in a data product each has types of its own. */
  private setOf(type: string): { readonly set?: ExposedSet } {
    const { model, sets } = this.meant.exposure
    const set = this.names.same || model.entityType(type) === undefined ? undefined : [...sets.values()].find(({ entityType }) => model.derivesFrom(type, entityType))
    return set === undefined ? {} : { set }
  }

  /** Entities within an entity: created, changed or only named with it. */
  private related(navigation: NavigationProperty, value: JsonTree, spot: Spot): JsonMember {
    const { target, name } = this.followed(navigation, spot)
    const related: Spot = { type: target?.entityType ?? navigation.target, ...(target === undefined ? {} : { set: target }), path: spot.path }
    if (navigation.collection) {
      this.isDeep = true
      return { name, value: this.entities(value, related) }
    }
    if (value.kind === 'object' && value.members.some((member) => !isControl(member.name, 'id'))) this.isDeep = true
    return { name, value: isNull(value) ? value : this.object(value, related) }
  }

  private entities(tree: JsonTree, spot: Spot): JsonTree {
    if (tree.kind !== 'array') throw this.wrong(spot, `${shown(tree)} where an array is needed`)
    return { kind: 'array', items: tree.items.map((item, index) => this.object(item, { ...spot, path: join(spot.path, String(index)) })) }
  }

  /** The navigation as its source knows it. A relationship of a product is ours: nothing can be written along it. */
  private followed({ name }: NavigationProperty, spot: Spot): { readonly name: string; readonly target?: ExposedSet } {
    const { exposure } = this.meant
    const followed: ExposedNavigation | undefined = spot.set?.navigations.get(name)
    const target = followed?.target === undefined ? undefined : exposure.sets.get(followed.target)
    if (!this.names.same && followed?.remoteNavigation === undefined) throw spansSources(`The relationship ${spot.path}`, [this.place.target.slug, target?.endpoint ?? this.place.target.slug], target?.name)
    return { name: followed?.remoteNavigation ?? name, ...(target === undefined ? {} : { target }) }
  }

  private annotation(given: AnnotationName, value: JsonTree, spot: Spot): readonly JsonMember[] {
    const { of, control } = given
    if (control !== undefined && !readControls.has(control)) return []
    const type = of === '' ? this.structured(spot.type) : this.typeWith(spot.type, of)
    // What is said of a member that there is not is nobody's to understand.
    if (control === undefined && of !== '' && type !== undefined && !this.hasMember(type, of)) return []
    const about = of === '' ? of : this.remoteMember(type, of, spot)
    const named = (changed: JsonTree): readonly JsonMember[] => [{ name: `${about}@${control === undefined ? given.term : `odata.${control}`}`, value: changed }]
    switch (control) {
      case undefined: case 'removed': case 'etag': return named(value)
      case 'context': return stringOf(value)?.endsWith('$delta') === true ? named(jsonString('#$delta')) : []
      case 'type': return named(this.typeText(value, spot))
      case 'id': return named(this.url(value, spot))
      case 'delta': return named(this.delta(type, of, value, spot))
      default: return named(value.kind === 'array' ? { kind: 'array', items: value.items.map((item) => this.url(item, spot)) } : isNull(value) ? value : this.url(value, spot))
    }
  }

  private hasMember(type: StructuredType, name: string): boolean {
    const { model } = this.meant.exposure
    return type.open || model.property(type, name) !== undefined || model.navigation(type, name) !== undefined
  }

  private remoteMember(type: StructuredType | undefined, name: string, spot: Spot): string {
    if (type === undefined) return name
    const { model } = this.meant.exposure
    const navigation = model.navigation(type, name)
    if (navigation !== undefined) return this.followed(navigation, spot).name
    if (!this.hasMember(type, name)) throw this.unknown(type, name, spot)
    return this.names.remoteProperty(type.qualifiedName, name)
  }

  private delta(type: StructuredType | undefined, name: string, value: JsonTree, spot: Spot): JsonTree {
    const navigation = type === undefined ? undefined : this.meant.exposure.model.navigation(type, name)
    if (navigation === undefined) return value
    const { target } = this.followed(navigation, spot)
    return this.entities(value, { type: target?.entityType ?? navigation.target, ...(target === undefined ? {} : { set: target }), path: spot.path })
  }

  private url(tree: JsonTree, { path }: Spot): JsonTree {
    const text = stringOf(tree)
    if (text === undefined) throw this.wrong({ path }, `${shown(tree)} where the URL of an entity is needed`)
    return jsonString(remoteReference(text, path, this.place))
  }

  private typeText(tree: JsonTree, { path }: Spot): JsonTree {
    const text = stringOf(tree)
    if (text === undefined) throw this.wrong({ path }, `${shown(tree)} where the name of a type is needed`)
    const [, collection, name = ''] = /^(?:[^#]*#)?(Collection\()?([^()]+)\)?$/.exec(text) ?? []
    if (!name.includes('.') || name.startsWith('Edm.')) return tree
    const remote = this.names.remoteType(name)
    return jsonString(collection === undefined ? `#${remote}` : `#Collection(${remote})`)
  }

  private unknown(type: StructuredType, name: string, spot: Spot): Error {
    const { model } = this.meant.exposure
    const known = [...model.properties(type), ...model.navigations(type)].map((one) => one.name)
    return hubError('HUB_QUERY_UNKNOWN_PROPERTY', { type: type.qualifiedName, property: name, hint: didYouMean(name, known) }, { target: spot.path })
  }

  private wrong({ path }: Pick<Spot, 'path'>, reason: string, hint = ''): Error {
    return hubError('HUB_PAYLOAD_INVALID', { path: path === '' ? 'its beginning' : path, reason, hint }, path === '' ? {} : { target: path })
  }
}

const isNull = (tree: JsonTree): boolean => tree.kind === 'word' && tree.text === 'null'
const isControl = (name: string, control: string): boolean => name === `@odata.${control}` || name === `@${control}`
const join = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`)

function didYouMean(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates)
  return near === undefined ? '' : `Did you mean ${near}?`
}
