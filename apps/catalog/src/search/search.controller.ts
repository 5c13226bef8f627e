import { Controller, Get, Query } from '@nestjs/common'
import { CatalogPorts, searchCatalog, type SearchAnswer } from '@tributary/catalog'
import { as } from '@tributary/nest'
import type { z } from 'zod'
import { given } from '../api/given.js'
import * as described from './search.operations.js'

/** `/api/v1/search` */
@Controller('api/v1/search')
export class SearchController {
  constructor(private readonly ports: CatalogPorts) {}

  @Get()
  search(@Query(as(described.searchCatalog.query.strict())) { q, limit, offset, ...filter }: z.output<typeof described.searchCatalog.query>): Promise<SearchAnswer> {
    return searchCatalog(this.ports, q, given(filter), { limit, offset })
  }
}
