/**
 * Makes the rows of the sample services from the Northwind database script (see libs/samples/data/northwind/PROVENANCE.md).
 * Each service's contract says which entity sets and properties there are; pictures are left out.
 *
 * usage: node tools/make-samples.mjs <northwind.sql>
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { root } from './build.mjs'
import { readCsdl } from '@tributary/edm'

const folder = join(root, 'libs', 'samples', 'data', 'northwind')
const tableOf = (entitySet) => (entitySet === 'Order_Details' ? 'Order Details' : entitySet)

/** A value of the script as the engine carries values of that type. */
const convert = {
  'Edm.Date': (value) => value.slice(0, 10),
  'Edm.Decimal': (value) => String(value),
  'Edm.Boolean': (value) => value === '1',
}

function rowsOf(database, model, set) {
  const properties = model.properties(model.entityType(set.entityType))
  const columns = properties.map(({ name }) => `[${name}]`).join(', ')
  const key = model.key(model.entityType(set.entityType)).map(({ path }) => `[${path}]`).join(', ')
  return database.prepare(`SELECT ${columns} FROM [${tableOf(set.name)}] ORDER BY ${key}`).all()
    .map((row) => properties.map(({ name, type }) => (row[name] === null ? null : (convert[type.name] ?? ((value) => value))(row[name]))))
}

const database = new DatabaseSync(':memory:')
database.exec(readFileSync(process.argv[2], 'utf8'))
for (const service of ['sales', 'crm', 'products']) {
  const model = readCsdl(readFileSync(join(folder, `${service}.xml`), 'utf8'))
  const sets = [...model.container.entitySets.values()].map((set) => {
    const rows = rowsOf(database, model, set).map((row) => `    ${JSON.stringify(row)}`)
    return `  ${JSON.stringify(set.name)}: [\n${rows.join(',\n')}\n  ]`
  })
  writeFileSync(join(folder, `${service}.json`), `{\n${sets.join(',\n')}\n}\n`)
}
