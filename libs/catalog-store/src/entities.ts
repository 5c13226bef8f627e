import { AuditRow, MarkRow, ObservationRow, StateRow } from './rows/journal-rows.js'
import { ProductRow, ProductServiceRow, SlugRow } from './rows/product-rows.js'
import { SearchRow } from './rows/search-row.js'
import { ApplicationRow, ContractRow, EnvironmentRow, ServiceRow } from './rows/service-rows.js'

/** Every table TypeORM maps. */
export const entities = [
  ApplicationRow, EnvironmentRow, ContractRow, ServiceRow, ProductRow, ProductServiceRow, SlugRow, SearchRow, AuditRow, MarkRow, ObservationRow, StateRow,
]
