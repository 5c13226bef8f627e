import type { Annotation } from './annotation.js'
import type { TypeRef } from './model.js'
import { originTerms } from './origin-terms.js'
import { makeAnnotation } from './make-annotation.js'

/** Types of versions 1 to 3 that OData 4 knows under another name. */
const successors: Readonly<Record<string, string>> = Object.freeze({ 'Edm.DateTime': 'Edm.DateTimeOffset', 'Edm.Time': 'Edm.TimeOfDay' })

/** The OData 4 type, and the annotation that remembers the original where it was another. */
export function modernType(type: TypeRef): { readonly type: TypeRef; readonly annotations: readonly Annotation[] } {
  // The first versions allow primitive types without their namespace.
  const name = type.name.includes('.') ? type.name : `Edm.${type.name}`
  const successor = successors[name]
  if (successor === undefined) return { type: name === type.name ? type : Object.freeze({ ...type, name }), annotations: [] }
  return { type: Object.freeze({ ...type, name: successor }), annotations: [makeAnnotation(originTerms.originalType, { kind: 'string', text: name })] }
}
