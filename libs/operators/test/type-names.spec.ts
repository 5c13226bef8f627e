import { collectionOf, int32Type, primitiveType, scan, structuredType } from '@tributary/plan'
import { ArraySource, worldOf } from './array-source.js'
import { columnOf, run } from './run-plan.js'

const columns = [columnOf('ID', int32Type), columnOf('Place', structuredType('mix.erp.Place')), columnOf('Places', collectionOf(structuredType('mix.erp.Place'))), columnOf('Any', primitiveType('Edm.Untyped'))]
const typeNames = new Map([['Erp.Place', 'mix.erp.Place'], ['Erp.City', 'mix.erp.City']])

describe.each([false, true])('values that name their types, from bytes: %s', (bytes) => {
  const rows = [
    [1, { '@odata.type': '#Erp.City', 'Name': 'Bern' }, [{ '@odata.type': '#Erp.City', 'Name': 'Bern' }, { Name: 'x' }], { 'N@odata.type': '#Int64', 'N': 1, 'L@odata.type': '#Collection(Erp.City)', 'L': [{ '@odata.type': '#Erp.Secret', 'Name': 'y' }] }],
    [2, null, [], 'Erp.City'],
  ]
  const all = scan({ endpoint: 'erp', entitySet: 'Places', entityType: 'Erp.Row', renamed: new Map(), key: [], typeNames }, columns)

  it('get the names their types have here, and none where the type has no name here', async () => {
    const source = new ArraySource('erp', { Places: { columns, rows } }, { bytes })
    expect((await run(all, worldOf([source]))).rows).toEqual([
      [1, { '@odata.type': '#mix.erp.City', 'Name': 'Bern' }, [{ '@odata.type': '#mix.erp.City', 'Name': 'Bern' }, { Name: 'x' }], { 'N@odata.type': '#Int64', 'N': 1, 'L@odata.type': '#Collection(mix.erp.City)', 'L': [{ Name: 'y' }] }],
      [2, null, [], 'Erp.City'],
    ])
  })
})
