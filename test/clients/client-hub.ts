import { openProtocolHub, type ProtocolHub } from '../protocol/protocol-hub.js'

/** A hub over the rich service, and a data product of it that leaves out what generators of clients do not know. */
export interface ClientHub extends ProtocolHub {
  /** Service root of the product `crew-list`, ends in `/`. */
  readonly crew: string
}

/** What generators know of the Edm: no type definitions, streams or places, and no functions that give enumerations. */
const product = {
  name: 'Crew list',
  operations: 'none',
  entities: [
    { name: 'Vessels', service: 'port', entitySet: 'Vessels', select: ['Code', 'Name', 'Built', 'Draught', 'Log', 'Revision'] },
    { name: 'Harbours', service: 'port', entitySet: 'Harbours', select: ['Id', 'Name', 'Opens', 'Closes', 'Revision'] },
    { name: 'Calls', service: 'port', entitySet: 'Calls', select: ['VesselCode', 'Number', 'HarbourId', 'Arrived', 'Left'] },
    { name: 'Sailors', service: 'port', entitySet: 'Sailors' },
  ],
  relationships: [
    { from: 'Calls', to: 'Vessels', name: 'Ship', inverse: 'Visits', on: [{ from: 'VesselCode', to: 'Code' }], multiplicity: '1' },
  ],
}

export async function openClientHub(environment: Readonly<Record<string, string>> = {}): Promise<ClientHub> {
  const opened = await openProtocolHub(environment)
  const made = await fetch(`${opened.hub.origin}/api/v1/products/crew-list`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(product) })
  if (made.status !== 201) throw new Error(`${made.status}: ${await made.text()}`)
  return { ...opened, crew: `${opened.hub.origin}/odata/crew-list/` }
}
