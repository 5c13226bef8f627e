import type { Entity } from './store.js'
import type { Json } from './values.js'

/** The wish of a request for annotations, as it was written; undefined: none was said. */
export const annotationsWished = (headers: Readonly<Record<string, string>>): { readonly name: string; readonly wish: string } | undefined => {
  const [, name = '', wish = ''] = /((?:odata\.)?include-annotations)="([^"]*)"/i.exec(headers['prefer'] ?? '') ?? []
  return name === '' ? undefined : { name, wish }
}

/** Whether a wish takes a term: an exact name before a namespace, a namespace before everything. */
export function isWished(wish: string | undefined, term: string): boolean {
  const said = (wish ?? '').split(',').map((item) => item.trim()).filter((item) => item !== '')
  const [bare = ''] = term.split('#')
  for (const form of [term, bare, `${bare.slice(0, bare.lastIndexOf('.'))}.*`, '*']) {
    if (said.includes(form)) return true
    if (said.includes(`-${form}`)) return false
  }
  return said.length > 0 && said.every((item) => item.startsWith('-'))
}

/** What is said within complex values, by their types. */
export const annotationsWithin = (type: string): Readonly<Record<string, Json>> => (type === 'Port.Address' ? { 'City@ui5.v1.Kind': 'town' } : {})

/** What is said of entities, by their types, and of their properties. */
export function annotationsOf({ type, values }: Entity, shown: (name: string) => boolean): Readonly<Record<string, Json>> {
  const isVessel = ['Port.Vessel', 'Port.Ferry', 'Port.Tug'].includes(type)
  const isSailor = type === 'Port.Sailor'
  return {
    ...(isVessel ? { '@Org.OData.Core.V1.LongDescription#deck': `${String(values['Name'])} of the fleet` } : {}),
    ...(isVessel && shown('Weight') ? { 'Weight@Org.OData.Measures.V1.Unit': 't' } : {}),
    ...(isSailor ? { '@ui5.v1.Note': [{ text: String(values['Papers']), big: true }] } : {}),
    ...(isSailor && shown('Born') && values['Born'] === null ? { 'Born@Org.OData.Core.V1.ValueException': { info: 'not told' } } : {}),
  }
}
