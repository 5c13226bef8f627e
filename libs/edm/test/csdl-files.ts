import { existsSync, readdirSync, readFileSync } from 'node:fs'

const own = new URL('../../../test/fixtures/csdl/', import.meta.url)
const shared = new URL('../../../../shared/data/csdl/', import.meta.url)

/** A contract of the repository. */
export const fixture = (name: string): Uint8Array => readFileSync(new URL(name, own))

/** All contracts at hand: the repository's, and those beside it where they are there. */
export function contracts(): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
  const places = existsSync(shared) ? [own, shared] : [own]
  if (places.length === 1) console.info('skipped: the contracts of ../shared/data/csdl are not there')
  const files = places.flatMap((place) => readdirSync(place).filter((name) => /\.(xml|edmx|csdl)$/.test(name)).map((name) => [name, new URL(name, place)] as const))
  return [...new Map(files)].map(([name, url]) => ({ name, bytes: readFileSync(url) }))
}

/** A version 4 document around schema elements. */
export const v4 = (inside: string, before = ''): string =>
  `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">${before}<edmx:DataServices>${inside}</edmx:DataServices></edmx:Edmx>`

/** One version 4 schema named Shop with the alias Self. */
export const shop = (inside: string): string => v4(`<Schema Namespace="Shop" Alias="Self" xmlns="http://docs.oasis-open.org/odata/ns/edm">${inside}</Schema>`)

/** One version 2 schema named Shop with the sap: and m: prefixes bound. */
export const shopV2 = (inside: string): string => `<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices m:DataServiceVersion="2.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<Schema Namespace="Shop" xmlns="http://schemas.microsoft.com/ado/2008/09/edm" xmlns:sap="http://www.sap.com/Protocols/SAPData">${inside}</Schema>
</edmx:DataServices></edmx:Edmx>`

/** The value, which the test needs to be there. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the value is missing')
  return value
}
