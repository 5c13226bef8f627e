import type { NameResolver } from './qualified-name.js'
import { edmNamespaces } from './read-context.js'
import { splitCollection } from './type-ref.js'
import type { XmlElement } from './xml-tree.js'

/** A navigation property as versions 1 to 3 declare it: by an association and the roles at its ends. */
export interface LegacyNavigation {
  readonly type: string
  readonly name: string
  readonly relationship: string
  readonly from: string
  readonly to: string
}

/** One end of an association. */
export interface AssociationEnd {
  readonly type: string
  readonly multiplicity: string
  readonly onDelete: XmlElement | undefined
}

/** `dependent[i]` of the dependent end equals `principal[i]` of the principal end. */
export interface AssociationConstraint {
  readonly dependentRole: string
  readonly dependent: readonly string[]
  readonly principal: readonly string[]
}

/** Two ends and the constraint between them. */
export interface Association {
  readonly ends: ReadonlyMap<string, AssociationEnd>
  readonly constraint: AssociationConstraint | undefined
}

interface LegacyType {
  readonly element: XmlElement
  readonly base: string | undefined
  readonly navigations: readonly LegacyNavigation[]
}

/** What the schemas of a document of version 1 to 3 declare, by qualified name. */
export interface LegacyIndex {
  readonly types: ReadonlyMap<string, LegacyType>
  readonly associations: ReadonlyMap<string, Association>
  readonly containers: number
  /** Qualified names of types. */
  readonly names: ReadonlySet<string>
  /** The type and its base types, itself first. */
  line(type: string): readonly string[]
  /** The types derived from a type. */
  derived(type: string): readonly string[]
}

/** Gathers associations and types of all schemas: an association may lie in another schema than the types it joins. */
export function legacyIndex(schemas: readonly XmlElement[], names: NameResolver): LegacyIndex {
  const types = new Map<string, LegacyType>()
  const associations = new Map<string, Association>()
  const taken = new Set<string>()
  let containers = 0
  for (const schema of schemas) {
    if (edmNamespaces.get(schema.namespace) === '4.0') continue
    const namespace = schema.attributes['Namespace'] ?? ''
    const resolve = (text: string): string => (text.includes('.') ? names.name(text) : `${namespace}.${text}`)
    for (const child of schema.children) {
      const qualifiedName = `${namespace}.${child.attributes['Name'] ?? ''}`
      if (child.name === 'Association') associations.set(qualifiedName, readAssociation(child, resolve))
      else if (child.name === 'EntityType' || child.name === 'ComplexType') types.set(qualifiedName, readType(child, qualifiedName, resolve))
      if (child.name === 'EntityContainer') containers += 1
      if (child.name !== 'Association') taken.add(qualifiedName)
    }
  }
  const derived = derivedTypes(types)
  return { types, associations, containers, names: taken, line: (type) => lineOf(types, type), derived: (type) => derived.get(type) ?? [] }
}

/** No longer than a model's lines of descent may be: what is longer is refused when the model is made. */
function lineOf(types: ReadonlyMap<string, LegacyType>, type: string): readonly string[] {
  const line: string[] = []
  for (let at: string | undefined = type; at !== undefined && line.length < 100 && !line.includes(at); at = types.get(at)?.base) line.push(at)
  return line
}

function derivedTypes(types: ReadonlyMap<string, LegacyType>): ReadonlyMap<string, readonly string[]> {
  const derived = new Map<string, string[]>()
  for (const type of types.keys()) {
    for (const ancestor of lineOf(types, type).slice(1)) {
      const heirs = derived.get(ancestor)
      if (heirs === undefined) derived.set(ancestor, [type])
      else heirs.push(type)
    }
  }
  return derived
}

function readType(element: XmlElement, qualifiedName: string, resolve: (text: string) => string): LegacyType {
  const { BaseType: base } = element.attributes
  const navigations = element.children
    .filter((child) => child.name === 'NavigationProperty')
    .map(({ attributes }): LegacyNavigation => ({
      type: qualifiedName,
      name: attributes['Name'] ?? '',
      relationship: resolve(attributes['Relationship'] ?? ''),
      from: attributes['FromRole'] ?? '',
      to: attributes['ToRole'] ?? '',
    }))
  return { element, base: base === undefined || base === '' ? undefined : resolve(base), navigations }
}

function readAssociation(element: XmlElement, resolve: (text: string) => string): Association {
  const ends = new Map<string, AssociationEnd>()
  let constraint: AssociationConstraint | undefined
  for (const child of element.children) {
    const { Type: type, Role: role, Multiplicity: multiplicity } = child.attributes
    if (child.name === 'End' && type !== undefined) {
      const name = resolve(splitCollection(type).name)
      // Without a role the type's simple name is the role.
      ends.set(role ?? name.slice(name.lastIndexOf('.') + 1), { type: name, multiplicity: multiplicity ?? '0..1', onDelete: child.children.find((each) => each.name === 'OnDelete') })
    } else if (child.name === 'ReferentialConstraint') constraint = readConstraint(child)
  }
  return { ends, constraint }
}

function readConstraint(element: XmlElement): AssociationConstraint | undefined {
  const principal = element.children.find((child) => child.name === 'Principal')
  const dependent = element.children.find((child) => child.name === 'Dependent')
  if (principal === undefined || dependent === undefined) return undefined
  return { dependentRole: dependent.attributes['Role'] ?? '', dependent: propertyNames(dependent), principal: propertyNames(principal) }
}

const propertyNames = (end: XmlElement): readonly string[] => end.children.filter((child) => child.name === 'PropertyRef').map((child) => child.attributes['Name'] ?? '')
