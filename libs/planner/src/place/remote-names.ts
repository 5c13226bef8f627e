import type { EdmModel } from '@tributary/edm'
import { type Column, type Expression, type OrderKey, orderKey, renameColumns, type Scan, transformExpression, type ValueType } from '@tributary/plan'
import { columnsOfType } from '../bind/model-types.js'

/** Translates between the exposed names and types of a scan and the remote's own. */
export interface RemoteNames {
  readonly column: (exposed: Column) => Column
  readonly key: readonly string[]
  readonly toRemote: (expression: Expression) => Expression
  readonly orderToRemote: (order: readonly OrderKey[]) => readonly OrderKey[]
  readonly toExposed: (expression: Expression) => Expression
}

/** The names of a scan's columns and types in the remote's model. */
export function remoteNames({ target, columns }: Scan, model: EdmModel): RemoteNames {
  const structured = model.structured(target.entityType)
  const known = new Map((structured === undefined ? [] : columnsOfType(model, structured)).map((column) => [column.name, column]))
  const remoteName = (name: string): string => target.renamed.get(name) ?? name
  const remoteColumn = (exposed: Column): Column => known.get(remoteName(exposed.name)) ?? Object.freeze({ ...exposed, name: remoteName(exposed.name) })
  const types = new Map<string, ValueType>()
  for (const exposed of columns) pairTypes(exposed, remoteColumn(exposed), types)
  const back = new Map([...target.renamed].map(([exposed, remote]) => [remote, exposed]))
  const exposedTypes = new Map<string, ValueType>()
  for (const exposed of columns) pairTypes(remoteColumn(exposed), exposed, exposedTypes)
  const toRemote = (expression: Expression): Expression => renameTypes(renameColumns(expression, target.renamed), types)
  return {
    column: remoteColumn,
    key: target.key.map(remoteName),
    toRemote,
    orderToRemote: (order) => order.map(({ expression, descending }) => orderKey(toRemote(expression), descending)),
    toExposed: (expression) => renameTypes(renameColumns(expression, back), exposedTypes),
  }
}

/** Types of a data product are copies under other names: notes which is which, in complex columns too. */
function pairTypes(from: Column, to: Column, types: Map<string, ValueType>): void {
  if (from.type.name !== to.type.name) types.set(from.type.name, to.type)
  const fields = new Map((to.fields ?? []).map((field) => [field.name, field]))
  for (const field of from.fields ?? []) {
    const other = fields.get(field.name)
    if (other !== undefined) pairTypes(field, other, types)
  }
}

function renameTypes(expression: Expression, types: ReadonlyMap<string, ValueType>): Expression {
  if (types.size === 0) return expression
  const renamed = (type: ValueType): ValueType => {
    const other = types.get(type.name)
    return other === undefined ? type : Object.freeze({ ...other, collection: type.collection })
  }
  return transformExpression(expression, (inner) => {
    const type = renamed(inner.type)
    const target = inner.kind === 'cast' || inner.kind === 'isof' ? renamed(inner.target) : undefined
    if (type === inner.type && (target === undefined || ((inner.kind === 'cast' || inner.kind === 'isof') && target === inner.target))) return inner
    return Object.freeze({ ...inner, type, ...(target === undefined ? {} : { target }) })
  })
}
