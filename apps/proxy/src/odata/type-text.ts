import type { ValueType } from '@tributary/plan'

/** True for what JSON itself does not tell apart. @see OData JSON Format 4.01, section 4.6.3 */
export const needsType = ({ name, base, collection }: ValueType): boolean => collection || !(['Edm.String', 'Edm.Boolean', 'Edm.Double'].includes(name) || base === 'structured')

/** What is said of the type of a member that the query made; undefined: JSON shows it. */
export const madeType = ({ type }: { readonly type: ValueType }): string | undefined => (needsType(type) ? typeText(type) : undefined)

/** A type as control information names it: `#Decimal`, `#Collection(Sales.Color)`. */
export const typeText = ({ name, collection }: ValueType): string => {
  const short = name.replace(/^Edm\./, '')
  return collection ? `#Collection(${short})` : `#${short}`
}
