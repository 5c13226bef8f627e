import { alternateKeysOf } from './alternate-keys.js'
import type { Annotation } from './annotation.js'
import type { EdmType, EntityContainer, ExternalAnnotations, Operation, Schema, Term } from './model.js'
import { annotationKey } from './make-annotation.js'
import type { Position, Warnings } from './warnings.js'

/** Gathers the children of one schema; what has a name already taken is skipped with a warning. */
export interface SchemaBuilder {
  type(at: Position, value: EdmType | undefined): void
  term(at: Position, value: Term | undefined): void
  container(at: Position, value: EntityContainer | undefined): void
  /** Actions and functions may share a name with others of their kind: they are overloads. */
  operation(at: Position, value: Operation | undefined): void
  /** Annotations for a target; those for one target come together. */
  external(at: Position, target: string, annotations: readonly Annotation[]): void
  taken(name: string): boolean
  build(annotations: readonly Annotation[]): Schema
}

/** An empty schema to be filled. */
export function schemaBuilder(namespace: string, alias: string | undefined, warnings: Pick<Warnings, 'warn'>): SchemaBuilder {
  const names = new Map<string, string>()
  const types = new Map<string, EdmType>()
  const terms = new Map<string, Term>()
  const containers = new Map<string, EntityContainer>()
  const operations = new Map<string, Operation[]>()
  const externals = new Map<string, Map<string, Annotation>>()

  const claim = (at: Position, name: string, kind: string): boolean => {
    const holder = names.get(name)
    if (holder !== undefined && (holder !== kind || kind === 'element')) {
      warnings.warn(at, `The name ${namespace}.${name} is given twice; the second is skipped.`)
      return false
    }
    names.set(name, kind)
    return true
  }
  const add = <V extends { readonly name: string }>(map: Map<string, V>) => (at: Position, value: V | undefined): void => {
    if (value !== undefined && claim(at, value.name, 'element')) map.set(value.name, value)
  }
  return {
    type: add(types),
    term: add(terms),
    container: add(containers),
    operation(at, value) {
      if (value === undefined || !claim(at, value.name, value.kind)) return
      const overloads = operations.get(value.name)
      if (overloads === undefined) operations.set(value.name, [value])
      else overloads.push(value)
    },
    external(at, target, annotations) {
      const together = externals.get(target) ?? new Map<string, Annotation>()
      externals.set(target, together)
      for (const annotation of annotations) {
        const key = annotationKey(annotation)
        if (together.has(key)) warnings.warn(at, `The term ${annotation.term} is applied twice to ${target}; the first counts.`)
        else together.set(key, annotation)
      }
    },
    taken: (name) => names.has(name),
    build: (annotations) =>
      Object.freeze({
        namespace,
        ...(alias === undefined ? {} : { alias }),
        types,
        operations,
        terms,
        containers,
        annotations,
        externalAnnotations: Object.freeze([...externals].filter(([, found]) => found.size > 0).map(([target, found]): ExternalAnnotations => Object.freeze({ target, annotations: Object.freeze([...found.values()]) }))),
      }),
  }
}

/** Alternate keys that annotations outside the types give, put into the types. */
export function withExternalKeys(schemas: readonly Schema[]): readonly Schema[] {
  const keys = new Map(schemas.flatMap((schema) => schema.externalAnnotations.map((each) => [each.target, alternateKeysOf(each.annotations)] as const)).filter(([, found]) => found.length > 0))
  if (keys.size === 0) return schemas
  return schemas.map((schema) => {
    const types = new Map(schema.types)
    for (const [name, type] of types) {
      const found = keys.get(type.qualifiedName)
      if (type.kind === 'entity' && found !== undefined) types.set(name, Object.freeze({ ...type, alternateKeys: Object.freeze([...type.alternateKeys, ...found]) }))
    }
    return Object.freeze({ ...schema, types })
  })
}
