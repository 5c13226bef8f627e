import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readCsdl, writeCsdlXml } from '@tributary/edm'
import { compareVersions, getService, putProduct, registerService, searchCatalog, StoreCatalogReader, type EntitySetView, type ProductDefinition } from '../src/index.js'
import { actor, CatalogUnderTest } from './catalog-under-test.js'

const folder = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'csdl')
const present = existsSync(folder)
if (!present) process.stderr.write('The collection of real contracts is not here: the catalog is tested on its own samples only.\n')
const whereGiven = present ? describe : describe.skip

/** XML contracts with something to register; the largest are left to the model's own tests. */
const files = (present ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
  .filter((name) => /\.(?:xml|edmx)$/.test(name) && statSync(join(folder, name)).size < 1_000_000)
  .toSorted()

const identifier = /^[\p{L}_][\p{L}\p{N}_]*$/u

/** A product of a service's first sets, as they are. */
const productOf = (sets: readonly EntitySetView[]): ProductDefinition => ({
  name: 'All of it',
  entities: sets.filter(({ name }) => identifier.test(name)).slice(0, 25).map(({ name }) => ({ name, service: 'real', entitySet: name })),
  relationships: [],
})

whereGiven('contracts of real services', () => {
  it.each(files)('%s is registered, exposed, composed and found', async (file) => {
    const ports = new CatalogUnderTest()
    const content = readFileSync(join(folder, file), 'utf8')
    ports.network.set('https://real.example.com/', content)
    const { service } = await registerService(ports, { url: 'https://real.example.com/', slug: 'real' }, { actor })
    expect((await getService(ports, 'real')).entitySets).toEqual(service.entitySets)
    expect((await compareVersions(ports, 'real', { from: 1, to: 1 })).verdict).toBe('identical')
    const reader = new StoreCatalogReader(ports)
    const exposure = await reader.exposure('real')
    expect([...(exposure?.sets.keys() ?? [])]).toEqual(service.entitySets.map(({ name }) => name))
    const [first] = service.entitySets
    if (first === undefined) return
    expect((await searchCatalog(ports, first.name, { kind: 'entity' })).hits.map(({ name }) => name)).toContain(first.name)
    await putProduct(ports, 'all', productOf(service.entitySets), { actor })
    const composed = await reader.exposure('all')
    const model = composed?.model
    if (model === undefined) throw new Error('the product is not exposed')
    const again = readCsdl(writeCsdlXml(model))
    expect(again.warnings).toEqual([])
    // Every type that is used is there: nothing points out of the product.
    for (const schema of model.schemas.values()) {
      for (const type of schema.types.values()) {
        if (type.kind !== 'entity' && type.kind !== 'complex') continue
        const used = [...model.properties(type).map((property) => property.type.name), ...model.navigations(type).map(({ target }) => target)]
        expect(used.filter((name) => !name.startsWith('Edm.') && model.type(name) === undefined)).toEqual([])
      }
    }
  })
})
