import type { Value, ValueType } from '../value.js'
import { booleanType, dateType, doubleType, isFloating, isNumeric, stringType } from '../value-type.js'

/** `castValue`, given from there. */
type Cast = (value: Value, from: ValueType, to: ValueType) => Value

/**
 * A value that says itself what it is (an undeclared property) as one of a declared type: null where it is of another kind. Texts that are numbers count as
 * numbers where one is needed, for that is how a source sends exact ones; a date counts as its midnight in UTC where a point in time is needed.
 */
export function castUntyped(value: Value, to: ValueType, cast: Cast): Value {
  switch (typeof value) {
    case 'boolean': return to.base === 'Edm.Boolean' ? value : cast(value, booleanType, to)
    case 'number': return isFloating(to.base) ? value : cast(value, doubleType, to)
    case 'string': return castUntypedText(value, to, cast)
    default: return Array.isArray(value) ? null : to.base === 'structured' || to.base === 'Edm.Geography' || to.base === 'Edm.Geometry' ? value : null
  }
}

function castUntypedText(text: string, to: ValueType, cast: Cast): Value {
  if (to.base === 'Edm.Boolean') return null
  if (to.base === 'Edm.DateTimeOffset') return cast(text, stringType, to) ?? cast(cast(text, stringType, dateType), dateType, to)
  return isNumeric(to.base) && text.trim() !== text ? null : cast(text, stringType, to)
}
