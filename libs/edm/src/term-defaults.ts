import type { AnnotationValue } from './annotation.js'
import type { NameResolver } from './qualified-name.js'
import type { XmlElement } from './xml-tree.js'

/** Kinds of constants by primitive type; types not listed have defaults written as strings. */
const kinds: ReadonlyMap<string, Extract<AnnotationValue, { readonly text: string }>['kind']> = new Map([
  ['Edm.Boolean', 'bool'], ['Edm.Byte', 'int'], ['Edm.SByte', 'int'], ['Edm.Int16', 'int'], ['Edm.Int32', 'int'], ['Edm.Int64', 'int'],
  ['Edm.Decimal', 'decimal'], ['Edm.Double', 'float'], ['Edm.Single', 'float'], ['Edm.Date', 'date'], ['Edm.DateTimeOffset', 'dateTimeOffset'],
  ['Edm.Duration', 'duration'], ['Edm.Guid', 'guid'], ['Edm.TimeOfDay', 'timeOfDay'], ['Edm.Binary', 'binary'],
])

/**
 * What annotations without an expression amount to, by term, for the terms the document itself defines with a default.
 * @see OData CSDL XML 4.01, section 14.1.1 (default value of a term)
 */
export function termDefaults(schemas: readonly XmlElement[], names: NameResolver): ReadonlyMap<string, AnnotationValue> {
  const defaults = new Map<string, AnnotationValue>()
  for (const schema of schemas) {
    for (const child of schema.children) {
      const { Name: name, Type: type = '', DefaultValue: text } = child.attributes
      if (child.name !== 'Term' || name === undefined || text === undefined || type.includes('(')) continue
      const kind = kinds.get(names.name(type)) ?? 'string'
      defaults.set(`${schema.attributes['Namespace'] ?? ''}.${name}`, Object.freeze({ kind, text }))
    }
  }
  return defaults
}
