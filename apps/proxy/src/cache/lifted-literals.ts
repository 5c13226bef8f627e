/** A literal that was lifted out of a query: what it says, and in which class of literals any other would be bound alike. */
export interface LiftedLiteral {
  readonly class: LiteralClass
  readonly text: string
}

/** `s`: text that begins with a letter and has letters, digits, blanks, dots and dashes. Integers by the smallest type that holds them: `i7`, `i8`, `i15`, `i31` bits. `d`: a decimal without superfluous zeros. */
export type LiteralClass = 's' | 'i7' | 'i8' | 'i15' | 'i31' | 'd'

/** A query without the literals of its filter and its keys. Queries of one skeleton differ in the values of literals only. */
export interface Lifted {
  /** What the queries have in common. */
  readonly skeleton: string
  readonly literals: readonly LiftedLiteral[]
  /** The path and the query with other literals of the same classes in their places. */
  readonly with: (texts: readonly string[]) => { readonly path: string; readonly query: string }
}

/** Parts of a text: what stays, and the literals between it, as they are written. */
interface Cut {
  readonly kept: readonly string[]
  readonly literals: readonly LiftedLiteral[]
}

/** Everything that stands for itself, the literals that are lifted among it: text in quotes, words (names, functions, other literals), numbers. */
const TOKENS = /'(?:[^']|'')*'|[\p{L}_$@][\p{L}\p{N}_.$@]*(?:'(?:[^']|'')*')?|-?\d[\w.:+-]*|[^]/gu
const TEXT = /^'([A-Za-z][\w .-]{0,98}[A-Za-z0-9])'$/
const INTEGER = /^[1-9]\d{0,9}$/
const DECIMAL = /^[1-9]\d{0,8}\.\d{0,5}[1-9]$/
/** Texts that are numbers, constants, spans of time or ids where nothing says what they are. */
const WORDS = /^(?:INF|NaN|null|true|false|P[\dDTHMS.]*|[\da-f]{8}-[\da-f-]{27})$/i
/** Functions whose arguments are looked into when a query is bound. */
const SPECIAL = /matchesPattern|geo\.|cast|isof|now\(|\$it|\$root|\$this/i

/**
 * Lifts the literals out of `$filter` and out of the keys of the path. Only those whose meaning no binder takes from their value: not null, zero or a
 * negative number, no text that could be anything else. Undefined: there are none, or the query may look into them.
 * @param path raw, below the service root
 * @param query raw, without `?`
 */
export function liftLiterals(path: string, query: string): Lifted | undefined {
  if (/%(?!20|27)/.test(path) || SPECIAL.test(query)) return undefined
  const options = query === '' ? [] : query.split('&')
  const at = options.findIndex((option) => /^(?:\$|%24)?filter=/i.test(option))
  const option = options[at] ?? ''
  const start = option.indexOf('=') + 1
  const filter = decoded(option.slice(start))
  const plainPath = decoded(path)
  if (filter === undefined || plainPath === undefined) return undefined
  const [ofPath, ofFilter] = [cutLiterals(plainPath), cutLiterals(filter)]
  const literals = [...ofPath.literals, ...ofFilter.literals]
  if (literals.length === 0) return undefined
  const others = options.toSpliced(Math.max(at, 0), at < 0 ? 0 : 1)
  return {
    literals,
    skeleton: JSON.stringify([ofPath.kept, ofFilter.kept, literals.map((one) => one.class), option.slice(0, start), others, at]),
    with: (texts) => ({
      path: encodedPath(joined(ofPath, texts)),
      query: at < 0 ? query : options.with(at, `${option.slice(0, start)}${encodeURIComponent(joined(ofFilter, texts.slice(ofPath.literals.length)))}`).join('&'),
    }),
  }
}

/** A plus is a blank to some and a plus to others: such texts stay as they are. */
function decoded(raw: string): string | undefined {
  if (raw.includes('+')) return undefined
  try {
    return decodeURIComponent(raw)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

const encodedPath = (path: string): string => path.replaceAll(' ', '%20')

function cutLiterals(text: string): Cut {
  const kept = ['']
  const literals: LiftedLiteral[] = []
  for (const [token] of text.matchAll(TOKENS)) {
    const literal = literalOf(token)
    if (literal === undefined) kept.push(`${kept.pop() ?? ''}${token}`)
    else {
      literals.push(literal)
      kept.push('')
    }
  }
  return { kept, literals }
}

function literalOf(token: string): LiftedLiteral | undefined {
  const text = TEXT.exec(token)?.[1]
  if (text !== undefined) return WORDS.test(text) ? undefined : { class: 's', text }
  if (DECIMAL.test(token)) return { class: 'd', text: token }
  return INTEGER.test(token) && Number(token) < 2 ** 31 ? { class: integerClass(Number(token)), text: token } : undefined
}

const integerClass = (value: number): LiteralClass => (value < 2 ** 7 ? 'i7' : value < 2 ** 8 ? 'i8' : value < 2 ** 15 ? 'i15' : 'i31')

const joined = ({ kept, literals }: Cut, texts: readonly string[]): string =>
  kept.map((part, index) => `${part}${index < literals.length ? written(literals[index]?.class, texts[index] ?? '') : ''}`).join('')

const written = (of: LiteralClass | undefined, text: string): string => (of === 's' ? `'${text}'` : text)

/**
 * Values that no query has by chance, of the same classes, each another one: what becomes of them shows where literals go.
 */
export function sentinelsOf(literals: readonly LiftedLiteral[]): readonly string[] {
  return literals.map((literal, index) => {
    switch (literal.class) {
      case 's': return `Qz${letters(index)}zQ`
      case 'd': return `${71_337 + index}.07`
      case 'i7': return String(127 - index)
      case 'i8': return String(255 - index)
      case 'i15': return String(31_337 - index)
      case 'i31': return String(1_234_567_891 + index)
    }
  })
}

const letters = (index: number): string => [...String(index)].map((digit) => String.fromCodePoint(97 + Number(digit))).join('')
