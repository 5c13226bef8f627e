import type { Annotation, AnnotationValue } from '@tributary/edm'

/** What a source says of its own abilities does not hold for the hub, which does what the source cannot. What it computes itself, and what cannot be changed, holds for changes here as well. */
const sourcesOwn = /^(?:Org\.OData\.(?:Capabilities|Aggregation)\.V1\.|Org\.OData\.Core\.V1\.(?:AlternateKeys|OptimisticConcurrency)$)/

/** Words and units stay; what speaks of paths would speak of properties that may not be there. */
export const isCarried = ({ term, value }: Annotation): boolean => !sourcesOwn.test(term) && isConstant(value)

function isConstant(value: AnnotationValue): boolean {
  switch (value.kind) {
    case 'collection':
      return value.items.every(isConstant)
    case 'record':
      return [...value.properties.values()].every(isConstant) && (value.type === undefined || value.type.startsWith('Org.OData.'))
    case 'string': case 'bool': case 'int': case 'decimal': case 'float': case 'date': case 'dateTimeOffset': case 'duration': case 'guid': case 'timeOfDay': case 'binary': case 'null':
      return true
    // Members of the service's own enumerations are called otherwise here.
    case 'enumMember':
      return value.text.startsWith('Org.OData.')
    default:
      return false
  }
}
