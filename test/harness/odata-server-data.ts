import type { ServedSets } from './odata-server-contract.js'
import type { Row } from './odata-server-language.js'

/** A small deterministic generator (mulberry32), so that a failing seed can be repeated. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const NAMES = ['Alfreds Futterkiste', 'alfreds futterkiste', 'Ana Trujillo', "O'Neil & Söhne", 'Ærø Handel', '日本商事', '𝒳-Works', '\uFF21\uFF22 Ltd', 'a,b;(c)', '100% Ja+Nein', 'Zebra', 'zebra', '', ' padded ']
const COUNTRIES = ['Germany', 'germany', 'Österreich', 'France', 'USA', '日本', null]
const SHIPS = ['Vessel 7', 'vessel 17', "Skipper's 7th", 'Nordmeer', 'Ωmega 77', 'Hanse', null]

const two = (value: number): string => String(value).padStart(2, '0')

/** Two sets that belong together: keys as text, nulls, case twins, unicode beyond the basic plane, decimals with trailing zeros, Int64 beyond 2^53. */
export function customersAndOrders(customers: number, orders: number, seed = 1): ServedSets {
  const random = randomOf(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const customerRows: Row[] = Array.from({ length: customers }, (_, index) => ({
    CustomerID: `C${String(index).padStart(5, '0')}`,
    CompanyName: `${pick(NAMES)}${index % 3 === 0 ? '' : ` ${index}`}`,
    Country: pick(COUNTRIES),
    Credit: random() < 0.1 ? null : (Math.floor(random() * 1_000_000) / 100).toFixed(2),
    Visits: random() < 0.1 ? null : String(9_007_199_254_740_990n + BigInt(Math.floor(random() * 10))),
    Active: random() < 0.1 ? null : random() < 0.5,
    Score: index % 50 === 7 ? 'INF' : random() < 0.1 ? null : Math.round(random() * 1000) / 8,
    Token: `${(index * 2_654_435_761 >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-00000000${(index % 65_536).toString(16).padStart(4, '0')}`,
  }))
  const orderRows: Row[] = Array.from({ length: orders }, (_, index) => ({
    OrderID: 10_000 + index,
    CustomerID: random() < 0.03 ? null : random() < 0.02 ? `X${index}` : `C${String(Math.floor(random() * customers)).padStart(5, '0')}`,
    OrderDate: random() < 0.05 ? null : `20${two(20 + Math.floor(random() * 6))}-${two(1 + Math.floor(random() * 12))}-${two(1 + Math.floor(random() * 28))}`,
    ShippedAt: random() < 0.2 ? null : `2024-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}T${two(Math.floor(random() * 24))}:30:00${pick(['Z', '+02:00', '.250Z'])}`,
    Freight: random() < 0.05 ? null : (Math.floor(random() * 100_000) / 100).toFixed(pick([2, 2, 3])),
    ShipName: pick(SHIPS),
    Weight: random() < 0.1 ? null : Math.round(random() * 10_000) / 16,
    Quantity: random() < 0.05 ? null : Math.floor(random() * 50),
  }))
  return {
    Customers: {
      entityType: 'Customer', key: ['CustomerID'], rows: customerRows,
      properties: [
        { name: 'CustomerID', type: 'Edm.String', nullable: false }, { name: 'CompanyName', type: 'Edm.String' }, { name: 'Country', type: 'Edm.String' }, { name: 'Credit', type: 'Edm.Decimal' },
        { name: 'Visits', type: 'Edm.Int64' }, { name: 'Active', type: 'Edm.Boolean' }, { name: 'Score', type: 'Edm.Double' }, { name: 'Token', type: 'Edm.Guid' },
      ],
    },
    Orders: {
      entityType: 'Order', key: ['OrderID'], rows: orderRows,
      properties: [
        { name: 'OrderID', type: 'Edm.Int32', nullable: false }, { name: 'CustomerID', type: 'Edm.String' }, { name: 'OrderDate', type: 'Edm.Date' }, { name: 'ShippedAt', type: 'Edm.DateTimeOffset' },
        { name: 'Freight', type: 'Edm.Decimal' }, { name: 'ShipName', type: 'Edm.String' }, { name: 'Weight', type: 'Edm.Double' }, { name: 'Quantity', type: 'Edm.Int32' },
      ],
    },
  }
}
