import type { Facets, TypeRef } from './model.js'

/** The type `Collection(X)` or `X` as written in CSDL. */
export function splitCollection(text: string): { readonly name: string; readonly collection: boolean } {
  const trimmed = text.trim()
  const collection = trimmed.startsWith('Collection(') && trimmed.endsWith(')')
  return { name: collection ? trimmed.slice('Collection('.length, -1).trim() : trimmed, collection }
}

/** A use of a type as CSDL XML writes it. */
export const typeText = (type: Pick<TypeRef, 'name' | 'collection'>): string => (type.collection ? `Collection(${type.name})` : type.name)

const noFacets: Facets = Object.freeze({})

/** Facets from their attribute texts; `onFault` hears of a text that cannot be one. */
export function facetsOf(attributes: Readonly<Record<string, string | undefined>>, onFault: (facet: string, text: string) => void): Facets {
  const { MaxLength, Precision, Scale, Unicode, SRID } = attributes
  if (MaxLength === undefined && Precision === undefined && Scale === undefined && Unicode === undefined && SRID === undefined) return noFacets
  const read = <V>(facet: string, text: string | undefined, symbols: readonly V[]): number | V | undefined => {
    if (text === undefined) return undefined
    const symbol = symbols.find((each) => each === text.trim().toLowerCase())
    if (symbol !== undefined) return symbol
    if (/^\s*\d{1,15}\s*$/.test(text)) return Number(text)
    onFault(facet, text)
    return undefined
  }
  const maxLength = read('MaxLength', MaxLength, ['max'] as const)
  const precision = read('Precision', Precision, [])
  const scale = read('Scale', Scale, ['variable', 'floating'] as const)
  const srid = read('SRID', SRID, ['variable'] as const)
  if (Unicode !== undefined && booleanOf(Unicode) === undefined) onFault('Unicode', Unicode)
  const unicode = Unicode === undefined ? undefined : booleanOf(Unicode)
  return Object.freeze({
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(precision === undefined ? {} : { precision }),
    ...(scale === undefined ? {} : { scale }),
    ...(unicode === undefined ? {} : { unicode }),
    ...(srid === undefined ? {} : { srid }),
  })
}

/** An XML Schema boolean: `true`, `1`, `false`, `0`. */
export function booleanOf(text: string): boolean | undefined {
  const trimmed = text.trim()
  return trimmed === 'true' || trimmed === '1' ? true : trimmed === 'false' || trimmed === '0' ? false : undefined
}
