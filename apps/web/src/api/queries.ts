import { queryOptions } from '@tanstack/react-query'
import { getJson } from './request.js'
import type { About, ProductSummary, ProductView, SearchAnswer, ServiceSummary, ServiceView, Slice } from './views.js'

const seconds = 1000

export const aboutQuery = queryOptions({ queryKey: ['about'], queryFn: ({ signal }) => getJson<About>('/api/v1/about', signal), staleTime: 60 * seconds })

export const servicesQuery = queryOptions({ queryKey: ['services'], queryFn: ({ signal }) => getJson<Slice<ServiceSummary>>('/api/v1/services?limit=100', signal), staleTime: 5 * seconds })

export const productsQuery = queryOptions({ queryKey: ['products'], queryFn: ({ signal }) => getJson<Slice<ProductSummary>>('/api/v1/products?limit=100', signal), staleTime: 5 * seconds })

export const serviceQuery = (slug: string) =>
  queryOptions({ queryKey: ['service', slug], queryFn: ({ signal }) => getJson<ServiceView>(`/api/v1/services/${encodeURIComponent(slug)}`, signal), staleTime: 5 * seconds })

export const productQuery = (slug: string) =>
  queryOptions({ queryKey: ['product', slug], queryFn: ({ signal }) => getJson<ProductView>(`/api/v1/products/${encodeURIComponent(slug)}`, signal), staleTime: 5 * seconds })

export const searchQuery = (text: string, kind: string | undefined) =>
  queryOptions({
    queryKey: ['search', text, kind],
    queryFn: ({ signal }) => getJson<SearchAnswer>(`/api/v1/search?${new URLSearchParams({ q: text, limit: '30', ...(kind === undefined ? {} : { kind }) })}`, signal),
    placeholderData: (previous) => previous,
  })

/** One page of rows of an OData address; numbers beyond JavaScript's exactness arrive as text. */
export interface RowsAnswer {
  readonly value: readonly Readonly<Record<string, unknown>>[]
  readonly '@odata.count'?: number | string
}

export const rowsQuery = (url: string) =>
  queryOptions({ queryKey: ['rows', url], queryFn: ({ signal }) => getJson<RowsAnswer>(url, signal), placeholderData: (previous) => previous, retry: false })
