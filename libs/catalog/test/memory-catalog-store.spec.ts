import { describeCatalogStore, MemoryCatalogStore } from '../src/testing/index.js'

describeCatalogStore('The memory store', async () => new MemoryCatalogStore())
