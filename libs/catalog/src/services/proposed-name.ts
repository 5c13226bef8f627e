import type { EdmModel } from '@tributary/edm'

/** Names that generators give and that say nothing. */
const meaningless = /^(?:default|container|defaultcontainer|default_?container|service|model|models|entities|entity|odata|api|data|v\d+|rest|svc)$/i
const trimmed = (name: string): string => name.replace(/(?:Container|Entities|Model|Service)$/, '') || name

/** What a service calls itself: the last part of its namespace, its container, or the last part of its address. */
export function proposedName(model: EdmModel, url: string): string {
  const namespace = model.container?.namespace.split('.').findLast((part) => !meaningless.test(part))
  const path = url.replace(/^[a-z]+:(?:\/\/[^/]*)?/, '').split('/').filter((part) => part !== '')
  const candidates = [namespace, model.container?.name, ...path.toReversed()].filter((name) => name !== undefined)
  return candidates.map(trimmed).find((name) => !meaningless.test(name)) ?? 'Service'
}

/** `name`, else `name 2`, `name 3` …, whichever is free. */
export async function freeName(name: string, isTaken: (name: string) => Promise<boolean>): Promise<string> {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name} ${number}`
    if (!(await isTaken(candidate))) return candidate
  }
}
