import type { EdmModel, EntityType, Property } from '@tributary/edm'
import { primitiveType, type BaseType, type Column } from '@tributary/plan'

const PROBED: ReadonlySet<string> = new Set([
  'Edm.String', 'Edm.Boolean', 'Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Double', 'Edm.Single', 'Edm.Date', 'Edm.TimeOfDay', 'Edm.DateTimeOffset', 'Edm.Guid',
])

/** The single-valued primitive columns of a set, and the names of its key; no key: undefined. */
export function probedColumns(model: EdmModel, entitySet: string): { readonly columns: readonly Column[]; readonly key: readonly string[] } | undefined {
  const type = model.entityType(model.container?.entitySets.get(entitySet)?.entityType ?? '')
  if (type === undefined) return undefined
  return columnsOfType(model, type)
}

/** The same of an entity type. */
export function columnsOfType(model: EdmModel, type: EntityType): { readonly columns: readonly Column[]; readonly key: readonly string[] } | undefined {
  const columns = model.properties(type).flatMap((property) => columnOf(model, property))
  const key = model.key(type).map(({ path }) => path)
  return key.length > 0 && key.every((name) => columns.some((column) => column.name === name)) ? { columns, key } : undefined
}

function columnOf(model: EdmModel, { name, type }: Property): readonly Column[] {
  const base = model.underlying(type.name)
  return !type.collection && PROBED.has(base) && model.type(type.name)?.kind !== 'enum' ? [{ name, type: primitiveType(base as Exclude<BaseType, 'enum' | 'structured' | 'null'>) }] : []
}
