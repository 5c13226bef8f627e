import { getAbout, getLiveness, getReadiness } from '../about/about.operations.js'
import type { Operation } from '../api/operation.js'
import { getSnippets, openInExcel, openInPowerBi } from '../open/open.operations.js'
import { getProduct, listProducts, putProduct, removeProduct, suggestRelationships } from '../products/products.operations.js'
import { removeSamples } from '../samples/samples.operations.js'
import { searchCatalog } from '../search/search.operations.js'
import {
  changeConnection, compareVersions, curateService, getCapabilities, getContract, getEntitySet, getService, listServices, listVersions, previewEntitySet, refreshService, registerService, removeService,
} from '../services/services.operations.js'

/** Every operation there is, in the order of the reference. */
export const operations: readonly Operation[] = [
  registerService, listServices, getService, curateService, removeService, changeConnection, refreshService,
  getContract, listVersions, compareVersions, getCapabilities, getEntitySet, previewEntitySet,
  openInPowerBi, openInExcel, getSnippets,
  putProduct, listProducts, getProduct, removeProduct, suggestRelationships,
  searchCatalog,
  removeSamples,
  getAbout, getLiveness, getReadiness,
]

/** What the groups of the reference are about. */
export const tags = Object.freeze([
  { name: 'Services', description: 'Register services, see what is in them, change how they are reached.' },
  { name: 'Data products', description: 'Join entities of several services into one.' },
  { name: 'Search', description: 'Find what is published.' },
  { name: 'Samples', description: 'The sample landscape of the first start.' },
  { name: 'Hub', description: 'The hub itself.' },
])
