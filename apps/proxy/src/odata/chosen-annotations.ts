import { createModel, type Annotation, type EdmModel, type Schema } from '@tributary/edm'
import type { AnnotationFilter } from '@tributary/odata-wire'

/** The model without the annotations that are not wanted, wherever they stand. @see OData Protocol 4.01, section 8.2.8.4 */
export function withChosenAnnotations(model: EdmModel, wants: AnnotationFilter): EdmModel {
  const schemas = [...model.schemas.values()].map((schema) => chosen(schema, wants) as Schema)
  return createModel({
    version: model.version, references: model.references,
    schemas: schemas.map((schema) => ({ ...schema, externalAnnotations: schema.externalAnnotations.filter(({ annotations }) => annotations.length > 0) })),
  })
}

const isWanted = ({ term, qualifier }: Annotation, wants: AnnotationFilter): boolean => wants(qualifier === undefined ? term : `${term}#${qualifier}`)

/** Models are plain data: every member called `annotations` lists those of what it belongs to. */
function chosen(value: unknown, wants: AnnotationFilter): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => chosen(item, wants))
  if (value instanceof Map) return new Map([...value].map(([name, inner]: readonly [unknown, unknown]) => [name, chosen(inner, wants)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]: readonly [string, unknown]) =>
    [name, name === 'annotations' && Array.isArray(inner) ? inner.filter((one: Annotation) => isWanted(one, wants)).map((one: Annotation) => chosen(one, wants)) : chosen(inner, wants)]))
}
