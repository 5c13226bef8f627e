import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { productExposure, type Endpoint, type Exposure, type ProductEntity } from '@tributary/catalog'
import { readCsdl } from '@tributary/edm'
import { sampleServices } from '@tributary/samples'
import { Ajv } from 'ajv'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf, serviceExposure } from './exposures.js'

const repository = join(import.meta.dirname, '..', '..', '..')
const shared = join(repository, '..', 'shared', 'data')
const schemas = join(shared, 'odata-schemas')

/** Every contract at hand, by its name. */
function contracts(): ReadonlyMap<string, string> {
  const folders = [join(repository, 'test', 'fixtures', 'csdl'), join(shared, 'csdl')].filter((folder) => existsSync(folder))
  const files = folders.flatMap((folder) => readdirSync(folder).filter((file) => /\.(?:xml|edmx|csdl)$/.test(file)).map((file) => [slugOf(file), readFileSync(join(folder, file), 'utf8')] as const))
  return new Map([...files, ...sampleServices().map(({ name, contract }) => [name, contract] as const)])
}

const slugOf = (file: string): string => file.replace(/\.\w+$/, '').toLowerCase().replaceAll(/[^a-z\d]+/g, '-')

/** Each contract as a service, and as a data product of all its entity sets, the first of them twice. */
async function openOver(given: ReadonlyMap<string, string>): Promise<DataDoor> {
  const door = await openDoor()
  for (const [slug, contract] of given) {
    const endpoint = endpointOf(slug, `http://127.0.0.1:9/${slug}/`, contract)
    door.catalog.put(serviceExposure(endpoint))
    if (entitiesOf(endpoint).length > 0) door.catalog.put(productOf(endpoint))
  }
  return door
}

const entitiesOf = ({ slug, model: { container } }: Endpoint): readonly ProductEntity[] =>
  [...(container?.entitySets.keys() ?? [])].filter((name) => /^[A-Za-z_]\w{0,100}$/.test(name)).map((name) => ({ name, service: slug, entitySet: name }))

function productOf(endpoint: Endpoint): Exposure {
  const { slug } = endpoint
  const entities = entitiesOf(endpoint)
  return productExposure({ slug: `of-${slug}`, definition: { name: slug, entities: [...entities, ...entities.slice(0, 1).map((one) => ({ ...one, name: 'Again' }))], relationships: [] }, endpoints: new Map([[slug, endpoint]]), revision: 1 })
}

const documentOf = async (door: DataDoor, slug: string, format: string): Promise<string> => (await door.get(`/odata/${slug}/$metadata?$format=${format}`)).text()

const hasXmllint = spawnSync('xmllint', ['--version']).status === 0
const withSchemas = existsSync(schemas) && hasXmllint ? describe : describe.skip
const given = contracts()
const products = [...given].filter(([slug, contract]) => entitiesOf(endpointOf(slug, '', contract)).length > 0).map(([slug]) => `of-${slug}`)
const slugs = [...given.keys(), ...products]

withSchemas('$metadata of every contract (skipped without xmllint and the OASIS schemas beside the repository)', () => {
  let door: DataDoor
  const scratch = mkdtempSync(join(tmpdir(), 'csdl-'))
  beforeAll(async () => {
    door = await openOver(given)
  })
  afterAll(async () => {
    rmSync(scratch, { recursive: true })
    await door.stop()
  })

  it.each(slugs)('is valid XML for %s', async (slug) => {
    const file = join(scratch, `${slug}.xml`)
    writeFileSync(file, await documentOf(door, slug, 'xml'))
    const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '--schema', join(schemas, 'edmx.xsd'), file], { encoding: 'utf8' })
    expect([status, status === 0 ? '' : stderr.slice(0, 2000)]).toEqual([0, ''])
  })

  it.each(products)('names only types that are there, in the operations of %s', async (slug) => {
    const model = readCsdl(await documentOf(door, slug, 'xml'))
    const operations = [...model.schemas.values()].flatMap((schema) => [...schema.operations.values()].flat())
    const types = operations.flatMap(({ parameters, returnType }) => [...parameters.map(({ type }) => type), ...(returnType === undefined ? [] : [returnType])])
    expect(types.filter(({ name }) => !name.startsWith('Edm.') && model.type(name) === undefined)).toEqual([])
    const imports = [...(model.container?.operationImports.values() ?? [])]
    expect(imports.filter(({ operation, entitySet }) => model.operations(operation).length === 0 || (entitySet !== undefined && model.container?.entitySets.has(entitySet) !== true))).toEqual([])
  })

  it('is valid JSON for each of them', async () => {
    const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: false })
    const valid = ajv.compile(JSON.parse(readFileSync(join(schemas, 'csdl.schema.json'), 'utf8')) as object)
    for (const slug of slugs) {
      const document: unknown = JSON.parse(await documentOf(door, slug, 'json'))
      expect([slug, valid(document), valid.errors ?? []]).toEqual([slug, true, []])
    }
  })
})

describe('$metadata', () => {
  it('is the same, byte for byte, after a restart', async () => {
    const few = new Map([...given].slice(-4))
    const read = async (): Promise<readonly string[]> => {
      const door = await openOver(few)
      const texts = await Promise.all([...few.keys()].flatMap((slug) => ['xml', 'json'].map((format) => documentOf(door, slug, format))))
      await door.stop()
      return texts
    }
    const first = await read()
    expect(first.every((text) => text.length > 500)).toBe(true)
    expect(await read()).toEqual(first)
  })
})
