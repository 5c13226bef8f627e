/** A tree as plain data without its places in the text, to compare structure only. */
export function withoutSpans(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([name, inner]) => [name, withoutSpans(inner)])
  if (Array.isArray(value)) return value.map(withoutSpans)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'span' && name !== 'spans').map(([name, inner]) => [name, withoutSpans(inner)]))
}
