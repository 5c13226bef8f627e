/** A tree as plain data without its places in the text, to compare structure only. */
export function withoutSpans(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([name, inner]) => [name, withoutSpans(inner)])
  if (Array.isArray(value)) return value.map(withoutSpans)
  if (typeof value !== 'object' || value === null) return value
  // Of a JSON object that holds expressions the text is how it was written; its members are what it means.
  const left = 'members' in value ? ['span', 'text'] : ['span', 'spans']
  return Object.fromEntries(Object.entries(value).filter(([name]) => !left.includes(name)).map(([name, inner]) => [name, withoutSpans(inner)]))
}
