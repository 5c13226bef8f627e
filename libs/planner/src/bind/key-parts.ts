import type { ExposedSet } from '@tributary/catalog'
import { column, type Expression } from '@tributary/plan'
import { valueType } from './model-types.js'
import { invalid, unknownProperty } from './refusal.js'
import type { RowScope } from './row-scope.js'

/** A part of a key as a place in the row, under the name by which it is given. */
export interface NamedPart {
  readonly name: string
  readonly path: readonly [string, ...string[]]
}

/** A part that stands at this path: named by its alias, else by the path itself. */
export function namedPart(path: string, alias = path): NamedPart {
  const [first = path, ...rest] = path.split('/')
  return { name: alias, path: [first, ...rest] }
}

/** The parts of the key of a set's rows. @see OData CSDL XML 4.01, section 6.6 */
export const keyParts = ({ key, keyAliases }: ExposedSet): readonly NamedPart[] => key.map((path) => namedPart(path, keyAliases?.get(path)))

/** Names of the columns that hold the key: of a part within a complex value, that value's. */
export const keyColumnNames = ({ key }: Pick<ExposedSet, 'key'>): readonly string[] => [...new Set(key.map((path) => namedPart(path).path[0]))]

/** The value of a part in a row. @throws HUB_QUERY_UNKNOWN_PROPERTY for a path that leads nowhere */
export function keyPartValue({ path }: NamedPart, { model, entityType }: RowScope): Expression {
  let structured: Parameters<typeof model.property>[0] | undefined = entityType
  let found: ReturnType<typeof model.property>
  for (const name of path) {
    found = structured === undefined ? undefined : model.property(structured, name)
    if (found === undefined) throw unknownProperty(structured?.qualifiedName ?? path.join('/'), name, structured === undefined ? [] : model.properties(structured).map((known) => known.name))
    structured = model.structured(found.type.name)
  }
  if (found === undefined) throw invalid(`The path ${path.join('/')} leads nowhere.`)
  return column(valueType(model, found.type), ...path)
}
