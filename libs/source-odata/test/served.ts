import { readCsdl } from '@tributary/edm'
import { primitiveType, type BaseType, type Column, type Value } from '@tributary/plan'
import type { Connection, ScanRequest, Target } from '@tributary/source'
import type { ODataServer, ServedSet, ServedSets } from '../../../test/harness/odata-server.js'
import { csdlOf } from '../../../test/harness/odata-server-contract.js'

export const openConnection: Connection = { auth: { kind: 'none' }, headers: {}, timeoutMs: 5_000 }

/** A target for a loopback server, its model read from the contract the server serves. */
export function targetOf(server: Pick<ODataServer, 'url'>, sets: ServedSets, connection: Partial<Connection> = {}, container = ''): Target {
  return { slug: 'crm', url: server.url, model: readCsdl(csdlOf(sets, 'Test', container)), connection: { ...openConnection, ...connection } }
}

export const columnsOfSet = (set: ServedSet): readonly Column[] =>
  set.properties.map(({ name, type }) => ({ name, type: primitiveType(type as Exclude<BaseType, 'enum' | 'structured' | 'null'>) }))

/** The rows of a set as the engine knows them. */
export function rowsOfSet(set: ServedSet): readonly (readonly Value[])[] {
  return set.rows.map((row) => set.properties.map(({ name, type }) => {
    const value = row[name] ?? null
    return type === 'Edm.Double' && typeof value === 'string' ? Number(value.replace('INF', 'Infinity')) : (value as Value)
  }))
}

/** All columns and rows of a set: what tests change is given. */
export function wantAll(target: Target, sets: ServedSets, entitySet: string, wanted: Partial<ScanRequest> = {}): ScanRequest {
  const set = sets[entitySet]
  if (set === undefined) throw new Error(`no set ${entitySet}`)
  return { target, entitySet, entityType: `Test.${set.entityType}`, columns: columnsOfSet(set), key: set.key, order: [], skip: 0, count: false, keys: [], pageRows: 0, ...wanted }
}
