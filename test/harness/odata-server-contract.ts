import type { Row } from './odata-server-language.js'

/** What a loopback server offers. Int64 and Decimal values are decimal text; Double values numbers or `INF`, `-INF`, `NaN`. */
export interface ServedProperty {
  readonly name: string
  readonly type: string
  readonly nullable?: boolean
  readonly scale?: number | 'variable'
  readonly precision?: number
}

export interface ServedNavigation {
  readonly name: string
  /** Name of the entity set it leads to. */
  readonly target: string
  readonly collection: boolean
  readonly partner?: string
  readonly on?: readonly { readonly from: string; readonly to: string }[]
  /** What belongs together, by columns; what `on` or that of the partner says unless told. The contract does not say it. */
  readonly via?: readonly { readonly from: string; readonly to: string }[]
}

export interface ServedSet {
  /** Name of the entity type; the set's name with `Type` where not given. */
  readonly entityType?: string
  readonly key: readonly string[]
  readonly properties: readonly ServedProperty[]
  readonly navigation?: readonly ServedNavigation[]
  readonly rows: readonly Row[]
  /** XML put into the EntitySet element: annotations. */
  readonly annotations?: string
}

export type ServedSets = Readonly<Record<string, ServedSet>>

export const entityTypeOf = (name: string, set: ServedSet): string => set.entityType ?? `${name}Type`

/** The `$metadata` document of the sets, CSDL 4.0 XML. @param container XML put into the EntityContainer element: annotations */
export function csdlOf(sets: ServedSets, namespace: string, container = ''): string {
  const types = Object.entries(sets).map(([name, set]) => `
      <EntityType Name="${entityTypeOf(name, set)}">
        ${set.key.length === 0 ? '' : `<Key>${set.key.map((key) => `<PropertyRef Name="${key}"/>`).join('')}</Key>`}
        ${set.properties.map((property) => propertyXml(property)).join('\n        ')}
        ${(set.navigation ?? []).map((navigation) => navigationXml(navigation, sets, namespace)).join('\n        ')}
      </EntityType>`)
  const entitySets = Object.entries(sets).map(([name, set]) => `
        <EntitySet Name="${name}" EntityType="${namespace}.${entityTypeOf(name, set)}">
          ${(set.navigation ?? []).map(({ name: path, target }) => `<NavigationPropertyBinding Path="${path}" Target="${target}"/>`).join('')}${set.annotations ?? ''}
        </EntitySet>`)
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema Namespace="${namespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">${types.join('')}
      <EntityContainer Name="Container">${entitySets.join('')}${container}
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>`
}

function propertyXml(property: ServedProperty): string {
  const scale = property.scale ?? (property.type === 'Edm.Decimal' ? 'variable' : undefined)
  const facets = [
    property.nullable === false ? ' Nullable="false"' : '',
    property.precision === undefined ? '' : ` Precision="${property.precision}"`,
    scale === undefined ? '' : ` Scale="${scale}"`,
  ]
  return `<Property Name="${property.name}" Type="${property.type}"${facets.join('')}/>`
}

function navigationXml(navigation: ServedNavigation, sets: ServedSets, namespace: string): string {
  const target = sets[navigation.target]
  const type = `${namespace}.${target === undefined ? navigation.target : entityTypeOf(navigation.target, target)}`
  const partner = navigation.partner === undefined ? '' : ` Partner="${navigation.partner}"`
  const constraints = (navigation.on ?? []).map(({ from, to }) => `<ReferentialConstraint Property="${from}" ReferencedProperty="${to}"/>`)
  return `<NavigationProperty Name="${navigation.name}" Type="${navigation.collection ? `Collection(${type})` : type}"${partner}>${constraints.join('')}</NavigationProperty>`
}
