import { hubError } from '@tributary/errors'

/** Lower-case letters, digits, `-`; begins and ends with a letter or digit. */
const slugPattern = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/
const longestSlug = 80

/** @throws HUB_REQUEST_INVALID */
export function checkSlug(slug: string): void {
  if (slugPattern.test(slug) && slug.length <= longestSlug) return
  throw hubError('HUB_REQUEST_INVALID', { reason: `slug must consist of lower-case letters, digits and -, at most ${longestSlug} of them` }, { target: 'slug' })
}

/** The slug a name proposes: `Sales & Orders` → `sales-orders`. */
export function slugOf(name: string): string {
  const words = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== '')
  return words.join('-').slice(0, longestSlug - 4).replace(/-$/, '') || 'service'
}

/** `base`, else `base-2`, `base-3` …, whichever is free. */
export function freeSlug(base: string, taken: readonly string[]): string {
  const owned = new Set(taken)
  for (let number = 1; ; number += 1) {
    const slug = number === 1 ? base : `${base}-${number}`
    if (!owned.has(slug)) return slug
  }
}
