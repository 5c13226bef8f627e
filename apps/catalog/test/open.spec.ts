import { mText } from '../src/open/power-query.js'
import { excelFile } from '../src/open/excel.js'
import { snippetsOf } from '../src/open/snippets.js'
import { customers } from './contracts.js'
import { startCatalog } from './started-catalog.js'

const unescaped = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

describe('opening data in other programs', () => {
  let catalog: Awaited<ReturnType<typeof startCatalog>>
  const ask = (path: string) => fetch(`${catalog.origin}/api/v1/services/${path}`)
  beforeAll(async () => {
    catalog = await startCatalog()
    const body = { url: 'http://127.0.0.1:9/crm/', slug: 'crm', name: 'Customers & "more"', contract: { type: 'CSDL', content: customers } }
    const registered = await fetch(`${catalog.origin}/api/v1/services`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    if (registered.status !== 201) throw new Error(await registered.text())
  })
  afterAll(() => catalog.end())

  it('gives Power BI one connection to the feed, without credentials', async () => {
    const response = await ask('crm/open/power-bi.pbids')
    expect([response.status, response.headers.get('content-disposition')]).toEqual([200, 'attachment; filename="crm.pbids"'])
    expect(await response.json()).toEqual({ version: '0.1', connections: [{ details: { protocol: 'odata', address: { url: `${catalog.origin}/odata/crm/` } }, mode: 'Import' }] })
  })

  it('gives Excel a query over the feed, everything escaped', async () => {
    const response = await ask('crm/open/excel.odc')
    const text = await response.text()
    expect([response.headers.get('content-type'), response.headers.get('content-disposition')]).toEqual(['text/x-ms-odc; charset=utf-8', 'attachment; filename="crm.odc"'])
    expect(text).toContain('<title>Customers &amp; &quot;more&quot;</title>')
    const mashup = unescaped(/<odc:PowerQueryMashupData>(.*)<\/odc:PowerQueryMashupData>/s.exec(text)?.[1] ?? '')
    expect(unescaped(/<Formula>(.*)<\/Formula>/s.exec(mashup)?.[1] ?? '')).toContain(`OData.Feed("${catalog.origin}/odata/crm/", null, [Implementation="2.0"])`)
  })

  it('gives programs a first query, in each language', async () => {
    const { items } = await (await ask('crm/open/snippets')).json() as { readonly items: readonly { readonly language: string; readonly text: string }[] }
    expect(items.map(({ language }) => language)).toEqual(['curl', 'typescript', 'python', 'csharp', 'powerquery'])
    for (const { text } of items) expect(text).toContain(`${catalog.origin}/odata/crm/`)
  })

  it('answers a slug nobody has with 404', async () => {
    const response = await ask('nothing/open/snippets')
    expect([response.status, await response.json()]).toEqual([404, expect.objectContaining({ code: 'HUB_SERVICE_NOT_FOUND' })])
  })

  it('escapes names in each format', () => {
    expect(mText('a"b#(lf)\n')).toBe('"a""b#(#)(lf)#(lf)"')
    const feed = { slug: 's', name: '</xml><script>', url: "http://h/odata/s/'\"", entitySets: ['Ä]"'] }
    const [curl, typescript] = snippetsOf(feed)
    expect(curl?.text).toContain(String.raw`'http://h/odata/s/'\''"%C3%84%5D%22?$top=20'`)
    expect(typescript?.text).toContain(String.raw`"http://h/odata/s/'\"%C3%84%5D%22?$top=20"`)
    expect(excelFile(feed)).not.toContain('<script>')
  })
})
