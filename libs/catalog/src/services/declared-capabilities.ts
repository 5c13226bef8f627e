import type { Annotation, AnnotationValue } from '@tributary/edm'
import { termValue } from './element-annotations.js'
import type { CapabilitiesView, CapabilityName } from './service-view.js'

const vocabulary = 'Org.OData.Capabilities.V1.'

/** Which term says it, and which of its properties; a tagging term says it by itself. */
const terms: Readonly<Record<CapabilityName, readonly [term: string, property?: string]>> = Object.freeze({
  insertable: ['InsertRestrictions', 'Insertable'],
  updatable: ['UpdateRestrictions', 'Updatable'],
  deletable: ['DeleteRestrictions', 'Deletable'],
  countable: ['CountRestrictions', 'Countable'],
  topSupported: ['TopSupported'],
  skipSupported: ['SkipSupported'],
  filterable: ['FilterRestrictions', 'Filterable'],
  sortable: ['SortRestrictions', 'Sortable'],
  expandable: ['ExpandRestrictions', 'Expandable'],
  searchable: ['SearchRestrictions', 'Searchable'],
})

/** What an entity set's annotations declare; a missing annotation is neither yes nor no. @see OData Capabilities vocabulary */
export function declaredCapabilities(annotations: readonly Annotation[]): CapabilitiesView {
  const entries = (Object.keys(terms) as CapabilityName[]).flatMap((name) => {
    const [term, property] = terms[name]
    const value = termValue(annotations, vocabulary + term)
    const declared = truth(property === undefined || value?.kind !== 'record' ? value : value.properties.get(property))
    return declared === undefined ? [] : [[name, declared] as const]
  })
  return Object.freeze(Object.fromEntries(entries))
}

const truth = (value: AnnotationValue | undefined): boolean | undefined => (value?.kind === 'bool' ? value.text === 'true' : undefined)
