import type { MemberName, Names, TypeHandle } from '@tributary/odata-url'

const handle = (name: string, structured: boolean, collection = false): TypeHandle => Object.freeze({ name, structured, collection })
const value = (name: string, collection = false): MemberName => ({ kind: 'property', type: handle(`Edm.${name}`, false, collection) })
const complex = (name: string, collection = false): MemberName => ({ kind: 'property', type: handle(`Shop.${name}`, true, collection) })
const to = (name: string, collection = false): MemberName => ({ kind: 'navigation', type: handle(`Shop.${name}`, true, collection) })

/** A small shop, by type and member: what a model would say. */
const types: Readonly<Record<string, Readonly<Record<string, MemberName>>>> = {
  'Shop.Order': {
    ID: value('Int32'), Freight: value('Decimal'), ShipName: value('String'), OrderDate: value('DateTimeOffset'), Tags: value('String', true),
    Address: complex('Address'), Past: complex('Address', true), Customer: to('Customer'), Items: to('Item', true), Photo: value('Stream'), Grösse: value('Double'),
  },
  'Shop.RushOrder': { Deadline: value('Date') },
  'Shop.Customer': { ID: value('String'), Name: value('String'), Boss: to('Customer'), Orders: to('Order', true), Address: complex('Address') },
  'Shop.Item': { OrderID: value('Int32'), Line: value('Int32'), Quantity: value('Int32'), Order: to('Order'), time: value('TimeOfDay') },
  'Shop.Address': { City: value('String'), Country: to('Country') },
  'Shop.Country': { Code: value('String'), Name: value('String') },
}
const sets: Readonly<Record<string, string>> = { Orders: 'Shop.Order', Customers: 'Shop.Customer', Items: 'Shop.Item' }
const functions: Readonly<Record<string, TypeHandle>> = {
  'Shop.Best': handle('Shop.Order', true), 'Shop.Top': handle('Shop.Order', true, true), 'Shop.Total': handle('Edm.Decimal', false),
}

/** Handles of the shop's types, for rule-level parsers. */
export const order = handle('Shop.Order', true)
export const customer = handle('Shop.Customer', true)

export const shopNames = (keyAsSegment = false): Names => ({
  keyAsSegment,
  container: (name) => {
    if (Object.hasOwn(sets, name)) return { kind: 'entitySet', type: handle(sets[name]!, true, true) }
    if (name === 'Me') return { kind: 'singleton', type: customer }
    return name === 'BestOrders' ? { kind: 'functionImport', type: handle('Shop.Order', true, true) } : undefined
  },
  member: (type, name) => (type === undefined ? undefined : (types[type.name]?.[name] ?? (type.name === 'Shop.RushOrder' ? types['Shop.Order']?.[name] : undefined))),
  type: (name) => {
    if (name.startsWith('Edm.')) return handle(name, false)
    if (Object.hasOwn(types, name)) return handle(name, true)
    return name === 'Shop.Color' ? handle(name, false) : undefined
  },
  operation: (name) => (Object.hasOwn(functions, name) ? { kind: 'function', type: functions[name]! } : undefined),
  keyParts: (type) => (type.name === 'Shop.Item' ? 2 : 1),
})
