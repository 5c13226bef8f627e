/** A media range of an Accept header or the value of `$format`, parameters by lower-case name. */
export interface MediaRange {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/** Splits at a separator that stands outside quoted strings. */
function splitOutsideQuotes(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let quoted = false
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '\\' && quoted) i++
    else if (char === '"') quoted = !quoted
    else if (char === separator && !quoted) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  parts.push(text.slice(start))
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

const unquote = (text: string): string =>
  text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text

/** `a=b; c="d"` as a map; names in lower case, a name without value has ''. */
function parametersOf(parts: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const part of parts) {
    const at = part.indexOf('=')
    const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase()
    if (!parameters.has(name)) parameters.set(name, at < 0 ? '' : unquote(part.slice(at + 1).trim()))
  }
  return parameters
}

function rangeOf(text: string): MediaRange {
  const [type = '', ...rest] = splitOutsideQuotes(text, ';')
  const parameters = parametersOf(rest)
  const quality = Number(parameters.get('q') ?? '1')
  return { type: type.toLowerCase(), parameters, quality: Number.isFinite(quality) ? Math.min(Math.max(quality, 0), 1) : 0 }
}

const specificity = ({ type, parameters }: MediaRange): number =>
  type === '*/*' ? 0 : type.endsWith('/*') ? 1 : 2 + parameters.size

/**
 * The ranges of an Accept header that are wanted at all, the most wanted first: by quality, then the more specific, then as written.
 * @see RFC 9110 section 12.5.1
 */
export function mediaRanges(accept: string): readonly MediaRange[] {
  const known = knownRanges.get(accept)
  if (known !== undefined) return known
  const ranges = splitOutsideQuotes(accept, ',')
    .map(rangeOf)
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality || specificity(b) - specificity(a))
  if (accept.length > longestKnown) return ranges
  if (knownRanges.size >= mostKnown) knownRanges.clear()
  knownRanges.set(accept, ranges)
  return ranges
}

/** Clients send one or two Accept headers with all they ask. Forgotten together, should somebody send many. */
const knownRanges = new Map<string, readonly MediaRange[]>()
const mostKnown = 200
const longestKnown = 200

/** The items of a comma-separated header as they were written. */
export const splitHeader = (header: string): readonly string[] => splitOutsideQuotes(header, ',')

/** The items of a comma-separated header, each with its value and parameters: `maxpagesize=10; x="y"`. */
export const headerItems = (header: string): readonly ReadonlyMap<string, string>[] =>
  splitOutsideQuotes(header, ',').map((item) => parametersOf(splitOutsideQuotes(item, ';')))

/** The media type that `$format` names: an abbreviation or a whole type with parameters. */
export const formatRange = (format: string): MediaRange => rangeOf(format)
