import { openShop } from '../../apps/proxy/test/shop.js'
import { expectRefused, idsOf, type ClauseTest, type ClauseTests } from './support.js'

const searches: ClauseTest = async (hub) => {
  expect(await idsOf(hub, '$search=milk')).toEqual([2])
  expect(await idsOf(hub, '$search="Blue Hammer" OR NOT (Bread OR Milk)')).toEqual([3, 4])
}
const skips: ClauseTest = async (hub) => expect(await idsOf(hub, '$skip=1&$top=2&$orderby=ID desc')).toEqual([3, 2])
const counts: ClauseTest = async (hub) => {
  expect((await hub.ask('store/Products?$count=true&$top=1&$filter=Price gt 1')).json).toMatchObject({ '@odata.count': 3, 'value': [{ ID: 1 }] })
  expect((await hub.ask('store/Products?$count=false')).text).not.toContain('@odata.count')
}
const lambdas: ClauseTest = async (hub) => {
  expect(await idsOf(hub, "$filter=Tags/any(t:t eq 'fresh')")).toEqual([1])
  expect(await idsOf(hub, "$filter=Tags/all(t:t ne 'odd') and not Tags/any()")).toEqual([3])
  expect((await hub.rows('store/Categories?$filter=Products/any(p:p/Price gt 10)')).map(({ Code }) => Code)).toEqual(['T'])
}
const countPaths: ClauseTest = async (hub) => {
  for (const [path, count] of [['store/Products/$count', '4'], ['store/Products/$count?$filter=Price gt 3', '2'], ['store/Products/$count?$search=Milk', '1']] as const) {
    const answer = await hub.ask(path)
    expect([path, answer.text, answer.headers.get('content-type')]).toEqual([path, count, 'text/plain;charset=utf-8'])
  }
}
const orders: ClauseTest = async (hub) => {
  expect(await idsOf(hub, '$orderby=Price desc')).toEqual([3, 2, 1, 4])
  expect(await idsOf(hub, '$orderby=Rating asc,ID desc')).toEqual([2, 4, 1, 3])
}
const expands: ClauseTest = async (hub) => {
  const rows = await hub.rows('store/Categories?$expand=Products($filter=Price gt 1;$orderby=ID desc;$top=1;$count=true;$select=ID)')
  expect(rows).toEqual([
    { 'Code': 'A/B', 'Title': 'Slashed', 'Products@odata.count': 0, 'Products': [] },
    { 'Code': 'F', 'Title': 'Food', 'Products@odata.count': 2, 'Products': [{ ID: 2 }] },
    { 'Code': 'T', 'Title': 'Tools', 'Products@odata.count': 1, 'Products': [expect.objectContaining({ ID: 3 })] },
  ])
}
const readsXml: ClauseTest = async (hub) => {
  const answer = await hub.ask('store/$metadata')
  expect([answer.headers.get('content-type'), answer.text.startsWith('<?xml')]).toEqual(['application/xml', true])
}
const readsJson: ClauseTest = async (hub) => expect((await hub.ask('store/Products(2)')).json).toMatchObject({ ID: 2, Name: 'Milk', Rating: null })

/** The clauses of the intermediate level, and those that the advanced level makes a must. */
export const intermediate: ClauseTests = {
  I1: async (hub) => expect((await hub.ask('store/')).status).toBe(200),
  I2: async (hub) => {
    await expectRefused(hub, ['store/Products?$deltatoken=x', 'store/Products/$each', 'store/Products?$from=min', 'store/Products?$at=2024-01-01'])
    await expectRefused(hub, ['store/Products?$filter=(', "store/Products?$filter=Name eq 'x", 'store/Products?$top=-1', 'store/Products?$orderby=Name up'], 400)
  },
  I3: async (hub) => expect(await hub.rows('store/Products?$select=Name,Origin/City&$top=1')).toEqual([{ Name: 'Bread', Origin: { City: 'Bern' } }]),
  I4: async (hub) => {
    expect((await hub.rows('store/Products?$select=ID,Store.SpecialProduct/Discount')).map(({ Discount }) => Discount)).toEqual([undefined, undefined, 0.1, undefined])
    expect(await idsOf(hub, '$filter=Store.SpecialProduct/Discount gt 0')).toEqual([3])
    expect(await idsOf(hub, '$filter=isof(Store.SpecialProduct) or Store.SpecialProduct/Discount eq null and ID lt 2')).toEqual([1, 3])
    expect(await idsOf(hub, '$orderby=Store.SpecialProduct/Discount desc,ID&$top=2')).toEqual([3, 1])
    expect((await hub.rows('store/Categories?$filter=Products/Store.SpecialProduct/any()')).map(({ Code }) => Code)).toEqual(['T'])
    // Whether the source knows casts (port does) or refuses them (store does): paths, one row, its properties, navigation, counts.
    expect(await hub.rows('store/Products/Store.SpecialProduct?$select=ID,Discount&$filter=Discount gt 0')).toEqual([{ ID: 3, Discount: 0.1 }])
    expect((await hub.ask('store/Products(3)/Store.SpecialProduct/Discount')).json).toMatchObject({ value: 0.1 })
    expect((await hub.ask('store/Products/Store.SpecialProduct/$count')).text).toBe('1')
    expect([(await hub.ask('store/Products(1)/Store.SpecialProduct')).status, (await hub.ask('store/Products/Store.SpecialProduct(3)/Category/Title')).json]).toEqual([404, expect.objectContaining({ value: 'Tools' })])
    expect((await hub.rows("store/Categories('T')/Products/Store.SpecialProduct?$select=ID"))).toEqual([{ ID: 3 }])
    expect(await hub.rows("port/Vessels/Port.Ferry?$select=Code,Passengers&$filter=Passengers gt 200")).toEqual([expect.objectContaining({ Code: 'DAWN', Passengers: 420 })])
    expect((await hub.ask("port/Vessels('DAWN')/Port.Ferry/Sister")).json).toMatchObject({ Code: 'EIDER' })
  },
  I5: async (hub) => expect(await idsOf(hub, '$top=2')).toEqual([1, 2]),
  I6: async (hub) => {
    const value = await hub.ask('store/Products(3)/Name/$value')
    expect([value.status, value.headers.get('content-type'), value.text]).toEqual([200, 'text/plain;charset=utf-8', "O'Neil's Blue Hammer"])
    expect((await hub.ask('store/Products(1)/Serial/$value')).text).toBe('9007199254740993')
    expect((await hub.ask('store/Products(2)/Rating/$value')).status).toBe(204)
    await expectRefused(hub, ['store/Products(1)/$value'], 400)
    const media = await hub.ask('port/Photos(2)/$value')
    expect([media.status, media.headers.get('content-type'), media.text]).toEqual([200, 'text/plain;charset=utf-8', 'just text, Grüße'])
    const part = await hub.ask('port/Harbours(1)/Chart', { range: 'bytes=2-4' })
    expect([part.status, part.headers.get('content-range'), part.text]).toEqual([206, 'bytes 2-4/10', '234'])
    expect((await hub.ask('port/Photos(1)/$value', {}, { method: 'HEAD' })).headers.get('content-type')).toBe('image/png')
  },
  I7: async (hub) => {
    expect(await idsOf(hub, "$filter=Name eq @n or Name ne @n and ID eq @i&@n='Milk'&@i=4")).toEqual([2, 4])
    expect(await idsOf(hub, "$filter=contains(tolower(Name),'o''neil') or year(Released) eq 2023 or length(Name) eq 4")).toEqual([2, 3])
    expect(await idsOf(hub, "$filter=Price add 1 gt 4 and Category/Title eq 'Food'")).toEqual([2])
    expect(await idsOf(hub, '$filter=Price eq 0.1234567890123456789')).toEqual([4])
    expect((await hub.rows("store/Categories?$expand=Products($filter=Name eq 'Milk';$select=ID)&$filter=Code eq 'F'"))[0]).toMatchObject({ Products: [{ ID: 2 }] })
  },
  I8: readsXml,
  I9: readsJson,
  I10: async () => {
    const token = 'a-token-of-at-least-thirty-two-characters'
    const shop = await openShop({ customers: 2, orders: 2, environment: { TRIBUTARY_ADMIN_TOKEN: token } })
    const without = await shop.door.get('/odata/crm/Customers')
    const basic = await shop.door.get('/odata/crm/Customers', { authorization: `Basic ${Buffer.from(`anyone:${token}`).toString('base64')}` })
    expect([without.status, without.headers.get('www-authenticate'), basic.status]).toEqual([401, expect.stringMatching(/^Basic realm="[^"]+"/), 200])
    await Promise.all([without.text(), basic.text()])
    await shop.stop()
  },
  I11: searches, I12: skips, I13: counts, I14: expands, I15: lambdas, I16: countPaths, I17: orders,
  A1: readsJson, A2: readsXml, A3: readsJson, A4: countPaths, A5: lambdas, A6: skips, A7: counts, A8: orders,
  A9: async (hub) => {
    await expands(hub)
    const searched = await hub.rows("store/Categories?$expand=Products($search=Milk;$skip=0;$levels=1;$select=ID)&$filter=Code eq 'F'")
    expect(searched[0]).toMatchObject({ Products: [{ ID: 2 }] })
    const root = `${hub.origin}/odata/store/`
    expect(await hub.rows('store/Products?$expand=Category/$ref&$select=ID&$top=1')).toEqual([{ ID: 1, Category: { '@odata.id': `${root}Categories('F')` } }])
    expect(await hub.rows("store/Categories?$expand=Products/$ref($filter=ID gt 1;$orderby=ID desc)&$filter=Code eq 'F'&$select=Code")).toEqual([{ Code: 'F', Products: [{ '@odata.id': `${root}Products(2)` }] }])
    expect((await hub.rows('store/Categories?$expand=Products/Store.SpecialProduct($select=Discount)&$select=Code')).map(({ Products }) => Products)).toEqual([[], [], [expect.objectContaining({ Discount: 0.1 })]])
    expect((await hub.rows('store/Categories?$expand=Products/$count($filter=ID gt 1)&$select=Code')).map((row) => row['Products@odata.count'])).toEqual([0, 1, 1])
    expect((await hub.rows("port/Vessels?$expand=Port.Ferry/Sister($select=Code)&$select=Code&$filter=Code in ('AMBER','DAWN')")).map(({ Sister }) => Sister)).toEqual([undefined, expect.objectContaining({ Code: 'EIDER' })])
    expect((await hub.rows('port/Harbours?$expand=Address/Authority/$ref&$top=1'))[0]).toMatchObject({ Address: { Authority: { '@odata.id': `${hub.origin}/odata/port/Authorities('BSH')` } } })
  },
  A10: searches,
}
