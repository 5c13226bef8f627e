import type { ErrorDetail } from '@tributary/errors'
import { nearest } from '@tributary/edm'

/** Faults of a product, each with the field it is about. */
export type Faults = readonly ErrorDetail[]

export const faultAt = (field: string, message: string): ErrorDetail => Object.freeze({ code: 'HUB_PRODUCT_INVALID', message: `${field}: ${message}`, target: field })

/** `; did you mean X?`, or nothing. */
export function hint(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates)
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** OData's SimpleIdentifier. @see OData CSDL XML 4.01, section 15.2 */
const identifier = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]{0,127}$/u

export const identifierFaults = (field: string, name: string): Faults =>
  identifier.test(name) ? [] : [faultAt(field, `${JSON.stringify(name)} is no OData name: letters, digits and _, not beginning with a digit, at most 128`)]

/** A fault for each value that was there before. */
export function twinFaults(names: readonly { readonly field: string; readonly name: string }[], message: (name: string) => string): Faults {
  const seen = new Set<string>()
  return names.flatMap(({ field, name }) => {
    const isTwin = seen.has(name)
    seen.add(name)
    return isTwin ? [faultAt(field, message(name))] : []
  })
}

/** Names that differ from an earlier one in case only: clients that read names in any case could not tell them apart. @see OData Protocol 4.01, section 12.4.1 */
export function caseFaults(names: readonly { readonly field: string; readonly name: string }[], earlier: readonly string[] = []): Faults {
  const seen = new Map(earlier.map((name) => [name.toLowerCase(), name]))
  return names.flatMap(({ field, name }) => {
    const other = seen.get(name.toLowerCase()) ?? name
    seen.set(name.toLowerCase(), other)
    return other === name ? [] : [faultAt(field, `${name} differs from ${other} in case only`)]
  })
}
