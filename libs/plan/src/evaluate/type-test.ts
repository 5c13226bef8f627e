import type { TypeTestExpression } from '../expression.js'
import type { StructuredValue, Value, ValueType } from '../value.js'
import { itemOf } from '../value-type.js'
import { castValue } from './cast-value.js'
import type { Compiled } from './compiled.js'

/** `cast` and `isof` made ready. */
export function compileTypeTest({ kind, operand, target }: TypeTestExpression, value: Compiled): Compiled {
  const from = operand.type
  if (kind === 'cast') return (row) => castValue(value(row), from, target)
  if (from.base === 'Edm.Untyped') return (row) => isUntypedOf(value(row), target)
  const isType = isAssignable(from, target)
  return (row) => isType && value(row) !== null
}

/** True if every value of one type is a value of the other: the same type, the type beneath a definition, or an abstract one. */
function isAssignable(from: ValueType, to: ValueType): boolean {
  if (from.collection !== to.collection) return false
  const [item, target] = [itemOf(from), itemOf(to)]
  if (target.base === 'Edm.Untyped') return true
  if (target.base === 'Edm.Geography' || target.base === 'Edm.Geometry') return item.base === target.base && (target.name === target.base || item.name === target.name)
  return item.base === target.base && (item.name === target.name || (item.base !== 'structured' && item.base !== 'enum'))
}

/** By what the value is: numbers are of the types that hold them exactly, texts Edm.String. */
function isUntypedOf(value: Value, to: ValueType): boolean {
  if (value === null || to.collection !== Array.isArray(value)) return false
  switch (typeof value) {
    case 'string': return to.base === 'Edm.String' || to.base === 'Edm.Untyped'
    case 'boolean': return to.base === 'Edm.Boolean' || to.base === 'Edm.Untyped'
    case 'number': return to.base === 'Edm.Double' || to.base === 'Edm.Untyped' || castValue(value, { name: 'Edm.Untyped', collection: false, base: 'Edm.Untyped' }, to) === value
    default: return to.base === 'Edm.Untyped' || to.base === 'structured'
  }
}

/** Whether what a value says of its type is one of the names. */
export function compileInstance(names: readonly string[], value: Compiled): Compiled {
  const wanted = new Set(names)
  return (row) => {
    const named = typeName(value(row))
    return named !== undefined && wanted.has(named.slice(named.lastIndexOf('#') + 1))
  }
}

function typeName(value: Value): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const named = (value as StructuredValue)['@odata.type'] ?? (value as StructuredValue)['@type']
  return typeof named === 'string' ? named : undefined
}
