/** Resolves aliases to namespaces in names and paths. */
export interface NameResolver {
  /** `Self.Product` → `Shop.Product`; names without an alias stay as they are. */
  name(text: string): string
  /** The same for every qualified name inside a path, a signature, a list of enumeration members. */
  path(text: string): string
}

/** Names and the dots between them, in one run: nothing is read twice, however long the text. */
const dotted = /[\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}.]+/gu

/** A resolver over alias → namespace. @see OData CSDL XML 4.01, section 15 (identifiers and paths) */
export function nameResolver(aliases: ReadonlyMap<string, string>): NameResolver {
  const resolve = (text: string): string => {
    const dot = text.lastIndexOf('.')
    if (dot < 0) return text
    const namespace = aliases.get(text.slice(0, dot))
    return namespace === undefined ? text : `${namespace}${text.slice(dot)}`
  }
  const known = new Map<string, string>()
  return {
    name: resolve,
    path(text) {
      if (aliases.size === 0 || !text.includes('.')) return text
      let resolved = known.get(text)
      if (resolved === undefined) known.set(text, (resolved = text.replace(dotted, resolve)))
      return resolved
    },
  }
}

/** `Shop.Product` → `['Shop', 'Product']`; the namespace is empty where there is none. */
export function splitName(qualifiedName: string): readonly [namespace: string, name: string] {
  const dot = qualifiedName.lastIndexOf('.')
  return dot < 0 ? ['', qualifiedName] : [qualifiedName.slice(0, dot), qualifiedName.slice(dot + 1)]
}
