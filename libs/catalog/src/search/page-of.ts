/** Where the web page shows a service or product, or one of its entity sets; path-absolute. */
export const pageOf = (kind: 'service' | 'product', slug: string, entitySet?: string): string =>
  `/${kind}s/${slug}${entitySet === undefined ? '' : `/${encodeURIComponent(entitySet)}`}`
