import { ODataSource } from '@tributary/source-odata'
import { describeSource, type SourceUnderTest } from '@tributary/source/testing'
import { customersAndOrders, startODataServer, type Behaviour } from '../../../test/harness/odata-server.js'
import { columnsOfSet, rowsOfSet, targetOf } from './served.js'

const sets = customersAndOrders(40, 60, 7)

const under = (behaviour: Behaviour, entitySet: 'Customers' | 'Orders', obeys: boolean) => async (): Promise<SourceUnderTest> => {
  const server = await startODataServer({ sets, behaviour: { pageSize: 25, ...behaviour } })
  const source = new ODataSource()
  const set = sets[entitySet]!
  return {
    source, target: targetOf(server, sets), entitySet, entityType: `Test.${set.entityType}`, columns: columnsOfSet(set), key: set.key, rows: rowsOfSet(set), obeys,
    stop: async () => {
      await source.close()
      await server.stop()
    },
  }
}

describeSource('an OData service that honours all', under({ nextLinks: 'relative' }, 'Orders', true))
describeSource('an OData service of customers with case twins and large numbers', under({ ieee754: 'ignore' }, 'Customers', true))
describeSource('an OData service that refuses options', under({ orderby: 'refuse', top: 'refuse', skip: 'refuse', count: 'refuse', select: 'refuse', in: 'refuse', functions: 'refuse', arithmetic: 'refuse' }, 'Orders', false))
describeSource('an OData service that refuses filters', under({ filter: 'refuse' }, 'Orders', false))
describeSource('an OData service that ignores all options', under({ filter: 'ignore', orderby: 'ignore', top: 'ignore', skip: 'ignore', count: 'ignore', select: 'ignore' }, 'Orders', false))
describeSource('an OData service that compares without regard to case', under({ caseInsensitive: true, in: 'ignore', urlLimit: 900 }, 'Customers', false))
