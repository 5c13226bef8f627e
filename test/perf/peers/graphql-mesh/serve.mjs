/**
 * GraphQL Mesh over two OData services that know nothing of each other, with the one resolver its users write for a join: keys are
 * collected and asked for together. `node serve.mjs <orders root> <customers root>`; `GET /graphql?query=…`
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { processConfig } = require('@graphql-mesh/config')
const { createMeshHTTPHandler } = require('@graphql-mesh/http')
const { getMesh } = require('@graphql-mesh/runtime')
// graphql asked when it was loaded, just now, whether it may leave out its checks; Mesh asks later, and would want a schema built beforehand.
delete process.env['NODE_ENV']

const [ordersRoot = '', customersRoot = ''] = process.argv.slice(2)
const odata = (name, root) => ({ name, handler: { odata: { endpoint: root.replace(/\/$/, ''), operationHeaders: { accept: 'application/json' } } } })

const customersByKeys = {
  argsFromKeys: (keys) => ({ queryOptions: { filter: `CustomerID in (${keys.map((key) => `'${key}'`).join(',')})` } }),
  valuesFromResults: (found, keys) => {
    const byKey = new Map(found.map((customer) => [customer.CustomerID, customer]))
    return keys.map((key) => byKey.get(key) ?? null)
  },
}

const resolvers = {
  Order: {
    Customer: {
      selectionSet: '{ CustomerID }',
      resolve: (root, _, context, info) => (root.CustomerID === null ? null : context.crm.Query.Customers({ root, context, info, key: root.CustomerID, ...customersByKeys })),
    },
  },
}

const config = await processConfig({
  sources: [odata('erp', ordersRoot), odata('crm', customersRoot)],
  additionalTypeDefs: 'extend type Order { Customer: Customer }',
}, { dir: import.meta.dirname })
const mesh = await getMesh({ ...config, additionalResolvers: [...(config.additionalResolvers ?? []), resolvers] })
const server = createServer(createMeshHTTPHandler({ baseDir: import.meta.dirname, getBuiltMesh: async () => mesh, rawServeConfig: { endpoint: '/graphql', playground: false } }))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
process.on('SIGTERM', () => process.exit(0))
