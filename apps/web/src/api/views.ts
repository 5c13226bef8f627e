/** What `/api/v1` answers: the catalog's own types, so that the pages cannot drift from it. */
export type {
  AttributeView, EntitySetView, NavigationView, ProductSummary, ProductView, SearchAnswer, SearchHit, ServiceSummary, ServiceView, Slice,
} from '@tributary/catalog'

/** `GET /api/v1/about` */
export interface About {
  readonly version: string
  readonly mode: 'local' | 'secured'
}
