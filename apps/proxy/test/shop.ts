import { csdlOf } from '../../../test/harness/odata-server-contract.js'
import { customersAndOrders, startODataServer, type Behaviour, type ODataServer, type Row } from '../../../test/harness/odata-server.js'
import { openDoor, type DataDoor, type DoorOptions } from './data-door.js'
import { endpointOf, productExposure, serviceExposure } from './exposures.js'

/** Two services that know nothing of each other, and the product `shop` that joins them, behind the data routes. */
export interface Shop {
  readonly door: DataDoor
  readonly crm: ODataServer
  readonly erp: ODataServer
  readonly customers: readonly Row[]
  readonly orders: readonly Row[]
  stop(): Promise<void>
}

export interface ShopOptions extends DoorOptions {
  readonly customers?: number
  readonly orders?: number
  readonly crm?: Behaviour
  readonly erp?: Behaviour
}

const on = [{ from: 'CustomerID', to: 'CustomerID' }]

export async function openShop({ customers = 60, orders = 400, crm: crmBehaviour = {}, erp: erpBehaviour = {}, ...options }: ShopOptions = {}): Promise<Shop> {
  const { Customers, Orders } = customersAndOrders(customers, orders)
  if (Customers === undefined || Orders === undefined) throw new Error('the harness serves other sets')
  const crm = await startODataServer({ sets: { Customers }, behaviour: crmBehaviour, namespace: 'Crm' })
  const erp = await startODataServer({ sets: { Orders }, behaviour: erpBehaviour, namespace: 'Erp' })
  const door = await openDoor(options)
  const crmEndpoint = endpointOf('crm', crm.url, csdlOf({ Customers }, 'Crm'))
  const erpEndpoint = endpointOf('erp', erp.url, csdlOf({ Orders }, 'Erp'))
  door.catalog.put(serviceExposure(crmEndpoint))
  door.catalog.put(serviceExposure(erpEndpoint))
  const joined = {
    Customers: { ...Customers, navigation: [{ name: 'Orders', target: 'Orders', collection: true, partner: 'Customer' }] },
    Orders: { ...Orders, navigation: [{ name: 'Customer', target: 'Customers', collection: false, partner: 'Orders' }] },
  }
  door.catalog.put(productExposure('shop', csdlOf(joined, 'Shop'), {
    endpointOfSet: { Customers: crmEndpoint, Orders: erpEndpoint },
    relationships: [
      { from: 'Orders', name: 'Customer', to: 'Customers', toMany: false, on },
      { from: 'Customers', name: 'Orders', to: 'Orders', toMany: true, on },
    ],
  }))
  return {
    door, crm, erp, customers: Customers.rows, orders: Orders.rows,
    stop: async () => {
      await door.stop()
      await Promise.all([crm.stop(), erp.stop()])
    },
  }
}

/** The rows of an answer. */
export const valuesOf = (body: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] => body['value'] as readonly Readonly<Record<string, unknown>>[]

/** Every row of every page, following next links; at most 200 pages. */
export async function allPages(door: DataDoor, path: string, headers?: Readonly<Record<string, string>>): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[]; readonly pages: readonly number[] }> {
  const rows: Readonly<Record<string, unknown>>[] = []
  const pages: number[] = []
  for (let next: string | undefined = path; next !== undefined && pages.length < 200;) {
    const body = await door.json(next, headers)
    rows.push(...valuesOf(body))
    pages.push(valuesOf(body).length)
    next = body['@odata.nextLink'] as string | undefined
  }
  return { rows, pages }
}
