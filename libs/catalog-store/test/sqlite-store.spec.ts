import { describeCatalogStore } from '@tributary/catalog/testing'
import { openSqliteStore } from '../src/index.js'

describeCatalogStore('The SQLite store', () => openSqliteStore({ dataDir: ':memory:' }))
