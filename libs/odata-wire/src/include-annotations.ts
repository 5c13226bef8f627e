/** One item of the preference: what it names, and whether that is wanted. */
interface Choice {
  readonly wanted: boolean
  /** Namespace-qualified term, or a pattern that ends in `*`. */
  readonly name: string
  readonly qualifier?: string
}

/** True for annotations that are wanted: `term` is the name behind `@`, perhaps with `#` and a qualifier. */
export type AnnotationFilter = (term: string) => boolean

/**
 * The annotations that `include-annotations` asks for: the most specific item counts, an explicit name before a pattern, a longer pattern before
 * a shorter one. What no item speaks of is left out if any item asks for something.
 * @see OData Protocol 4.01, section 8.2.8.4
 */
export function annotationFilter(wish: string): AnnotationFilter {
  const choices = wish.split(',').map((item) => item.trim()).filter((item) => item !== '').map(choiceOf)
  const otherwise = choices.every(({ wanted }) => !wanted)
  return (term) => {
    const matching = choices.filter((choice) => matches(choice, term)).toSorted((a, b) => weight(b) - weight(a))
    return matching[0]?.wanted ?? otherwise
  }
}

function choiceOf(item: string): Choice {
  const wanted = !item.startsWith('-')
  const [name = '', qualifier] = (wanted ? item : item.slice(1)).split('#')
  return { wanted, name, ...(qualifier === undefined ? {} : { qualifier }) }
}

function matches({ name, qualifier }: Choice, term: string): boolean {
  const [own = '', ownQualifier] = term.split('#')
  if (qualifier !== undefined && qualifier !== ownQualifier) return false
  if (name === '*') return true
  return name.endsWith('.*') ? own.startsWith(name.slice(0, -1)) : own === name
}

/** Longer names are more specific, explicit ones more than any pattern, and a qualifier says still more. */
const weight = ({ name, qualifier }: Choice): number => name.length * 2 + (name.endsWith('*') ? 0 : 10_000) + (qualifier === undefined ? 0 : 1)
