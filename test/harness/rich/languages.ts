import type { Request } from './exchange.js'
import type { Store } from './store.js'

/** What authorities are called in other languages, by their codes; what is not here is called as always. */
const names: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  de: { 'BSH': 'Bundesamt für Seeschifffahrt', 'A/B & C': 'Ämter A & B' },
  fi: { 'BSH': 'Merivirasto' },
}

/** The language an answer is in: the most wanted one that is known; undefined: nobody asked for one, or none of them is known. */
export function languageOf({ headers }: Pick<Request, 'headers'>): string | undefined {
  const ranges = (headers['accept-language'] ?? '').split(',').map((range) => {
    const [name = '', ...parameters] = range.trim().toLowerCase().split(/\s*;\s*/)
    const weight = parameters.find((one) => one.startsWith('q='))
    return { name: name.split('-')[0] ?? '', weight: weight === undefined ? 1 : Number(weight.slice(2)) }
  })
  const known = ranges.filter(({ name, weight }) => weight > 0 && (name === 'en' || name in names))
  return known.toSorted((a, b) => b.weight - a.weight)[0]?.name
}

/** The store as it reads in a language. */
export function storeIn(store: Store, language: string | undefined): Store {
  const own = names[language ?? '']
  if (own === undefined) return store
  const copy = structuredClone(store)
  for (const one of copy.sets['Authorities'] ?? []) one.values['Name'] = own[String(one.values['Code'])] ?? one.values['Name']
  return copy
}
