import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { catalogue } from '@tributary/errors'
import type { OpenApiDocument } from '../src/openapi/document.js'
import { routesOf, startCatalog } from './started-catalog.js'

type Catalog = Awaited<ReturnType<typeof startCatalog>>

/** The answer to a request without a body. */
const get = async (catalog: Catalog, path: string) => fetch(`${catalog.origin}${path}`)

describe('the API\'s description', () => {
  let catalog: Catalog
  let document: OpenApiDocument

  beforeAll(async () => {
    catalog = await startCatalog()
    document = (await (await get(catalog, '/api/openapi.json')).json()) as OpenApiDocument
  })
  afterAll(() => catalog.end())

  it('is OpenAPI 3.1, says where the API is, and names every operation once', () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(document.servers).toEqual([{ url: catalog.origin }])
    const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
    expect(new Set(ids).size).toBe(ids.length)
    const tagged = Object.values(document.paths).flatMap((methods) => Object.values(methods).flatMap(({ tags }) => tags))
    expect(new Set(tagged)).toEqual(new Set(document.tags.map(({ name }) => name)))
  })

  it('has every route of the API, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`))
    const served = routesOf(catalog).filter((route) => !/^HEAD|^GET \*$|\/internal\/|\/api\/(docs|openapi\.json)$/.test(route))
    expect(described.toSorted()).toEqual(served.toSorted())
  })

  it('shows only examples that hold against their own schemas', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true })
    addFormats.default(ajv)
    ajv.addSchema({ $id: 'https://hub.example/', components: document.components })
    const validate = (schema: unknown, value: unknown) => {
      const check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"https://hub.example/#/components/')))
      return check(value) ? 'valid' : check.errors
    }
    let checked = 0
    for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
      const contents = [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) => Object.values(part?.content ?? {}))
      const examples = [
        ...contents.flatMap(({ schema, examples = {} }) => Object.entries(examples).map(([name, { value }]) => ({ name, schema, value }))),
        ...operation.parameters.filter(({ example }) => example !== undefined).map(({ name, schema, example }) => ({ name, schema, value: example })),
      ]
      for (const { name, schema, value } of examples) {
        checked += 1
        expect({ operation: operation.operationId, name, result: validate(schema, value) }).toEqual({ operation: operation.operationId, name, result: 'valid' })
      }
      for (const { schema, examples } of contents) expect([operation.operationId, schema, Object.keys(examples ?? {}).length > 0]).toEqual([operation.operationId, schema, true])
    }
    expect(checked).toBeGreaterThan(60)
  })

  it('refers only to what is there, and says which parameters must be given', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target)
    expect(references.length).toBeGreaterThan(20)
    for (const target of references) expect(Object.keys(document.components.schemas)).toContain(target?.replace('#/components/schemas/', ''))
    expect(document.paths['/api/v1/products/suggestions']?.['get']?.parameters).toEqual([expect.objectContaining({ name: 'service', required: true })])
    expect(document.paths['/api/v1/services']?.['get']?.parameters.every(({ required }) => !required)).toBe(true)
    expect(document.paths['/api/v1/services/{slug}']?.['get']?.parameters).toEqual([expect.objectContaining({ name: 'slug', in: 'path', required: true })])
  })

  it('tells the address callers see', async () => {
    const behind = await startCatalog({ TRIBUTARY_TRUSTED_PROXIES: '127.0.0.1' })
    const answer = await fetch(`${behind.origin}/api/openapi.json`, { headers: { forwarded: 'proto=https;host=data.example' } })
    expect(((await answer.json()) as OpenApiDocument).servers).toEqual([{ url: 'https://data.example' }])
    await behind.end()
  })

  describe('as a page', () => {
    it('shows every operation and every error code, and loads nothing', async () => {
      const answer = await get(catalog, '/api/docs')
      const page = await answer.text()
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      for (const [path, methods] of Object.entries(document.paths)) {
        for (const { operationId, summary } of Object.values(methods)) {
          expect(page).toContain(`id="${operationId}"`)
          expect(page).toContain(`>${summary}</a>`)
        }
        expect(page).toContain(`<code>${path}</code>`)
      }
      for (const code of Object.keys(catalogue).filter((name) => !name.startsWith('HUB_START_'))) expect(page).toContain(`id="${code}"`)
      expect(page).not.toMatch(/<(?:script|link|img|iframe)[^>]+(?:src|href)="(?!data:)/)
    })

    it('is sent with a policy that lets only its own style and script in', async () => {
      const answer = await get(catalog, '/api/docs')
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'/)
      expect(policy).not.toContain('unsafe')
      expect(await answer.text()).not.toMatch(/\son\w+="|\sstyle="/)
    })

    it('shows calls that can be pasted into a shell', async () => {
      const page = await (await get(catalog, '/api/docs')).text()
      expect(page).toContain(`curl -X POST &#39;${catalog.origin}/api/v1/services&#39;`)
      expect(page).toContain(`curl &#39;${catalog.origin}/api/v1/services/sales/entity-sets/Orders/preview&#39;`)
      expect(page).toContain(`curl &#39;${catalog.origin}/api/v1/products/suggestions?service=sales&amp;service=crm&#39;`)
    })

    it('has headings in order, and an anchor for each link within it', async () => {
      const page = await (await get(catalog, '/api/docs')).text()
      const levels = [...page.matchAll(/<h([1-6])[ >]/g)].map(([, level]) => Number(level))
      levels.forEach((level, index) => expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1))
      const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
    })
  })
})
