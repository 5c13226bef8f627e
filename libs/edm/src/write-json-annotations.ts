import type { Annotation, AnnotationValue } from './annotation.js'
import { isJsonNumber } from './json-text.js'
import { rawNumber, type JsonMembers, type JsonValue } from './json-writer.js'

/** Where annotations stand: on a member of the same object, with a qualifier for those that have none. */
export interface AnnotationPlace {
  readonly on?: string
  readonly qualifier?: string | undefined
}

/** Members that annotate: `@Term#Qualifier`, those of a member as `name@Term`, those of an annotation as `@Term@Other`. */
export function jsonAnnotations(annotations: readonly Annotation[], { on = '', qualifier }: AnnotationPlace = {}): JsonMembers {
  return Object.fromEntries(
    annotations.flatMap((each): readonly (readonly [string, JsonValue | undefined])[] => {
      const mark = each.qualifier ?? qualifier
      const member = `${on}@${each.term}${mark === undefined ? '' : `#${mark}`}`
      return [[member, jsonValue(each.value)], ...Object.entries(jsonAnnotations(each.annotations, { on: member }))]
    }),
  )
}

function jsonValue(value: AnnotationValue): JsonValue {
  if ('text' in value) return constant(value.kind, value.text)
  if ('path' in value) return value.kind === 'path' ? { $Path: value.path } : value.path
  switch (value.kind) {
    case 'null':
      return null
    case 'collection':
      return value.items.map(jsonValue)
    case 'record':
      return {
        '@type': value.type === undefined ? undefined : `#${value.type}`,
        ...Object.fromEntries([...value.properties].map(([name, each]) => [name, jsonValue(each)])),
        ...jsonAnnotations(value.annotations),
      }
    case 'apply':
      return { $Apply: value.arguments.map(jsonValue), $Function: value.function }
    case 'operator':
      return operator(value.operator, value.arguments)
    case 'if':
      return { $If: value.arguments.map(jsonValue) }
    case 'cast':
    case 'isOf':
      return { [value.kind === 'cast' ? '$Cast' : '$IsOf']: jsonValue(value.argument), $Type: value.type, $Collection: value.collection ? true : undefined }
    case 'labeled':
      return { $LabeledElement: jsonValue(value.value), $Name: value.name }
    case 'labeledReference':
      return { $LabeledElementReference: value.name }
    case 'urlRef':
      return { $UrlRef: jsonValue(value.value) }
  }
}

const numeric: ReadonlySet<string> = new Set(['int', 'decimal', 'float'])

function constant(kind: string, text: string): JsonValue {
  if (kind === 'bool' && (text === 'true' || text === 'false')) return text === 'true'
  return numeric.has(kind) && isJsonNumber(text) ? rawNumber(text) : text
}

/** Those of one operand take it as it is, the others a list. */
function operator(name: string, operands: readonly AnnotationValue[]): JsonValue {
  const [only] = operands
  if ((name === 'Not' || name === 'Neg') && only !== undefined) return { [`$${name}`]: jsonValue(only) }
  return { [`$${name}`]: operands.map(jsonValue) }
}
