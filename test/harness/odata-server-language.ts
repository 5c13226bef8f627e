/**
 * The query language of the loopback OData server: its own tokenizer, parser and evaluator. It shares nothing with the project's libs,
 * so that what the server answers is an independent opinion.
 */

export type Row = Readonly<Record<string, unknown>>

/** An exact decimal: `unscaled × 10^-scale`. */
interface Exact { readonly kind: 'exact'; readonly unscaled: bigint; readonly scale: number; readonly integer: boolean }
type Datum =
  | { readonly kind: 'null' }
  | Exact
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'string' | 'guid' | 'date' | 'time' | 'binary' | 'enum'; readonly value: string }
  | { readonly kind: 'moment' | 'duration'; readonly value: bigint }
  | { readonly kind: 'boolean'; readonly value: boolean }

const NULL: Datum = { kind: 'null' }

/** What a refusing server answers: the status and what it does not like. */
export class Refusal extends Error {
  constructor(readonly status: number, message: string) {
    super(message)
  }
}

export interface LanguageOptions {
  readonly in: 'honour' | 'ignore' | 'refuse'
  readonly functions: 'honour' | 'refuse' | 'break'
  readonly arithmetic: 'honour' | 'refuse'
  readonly caseInsensitive: boolean
  readonly guidsAsText: boolean
  readonly wholeNumbers: boolean
}

type Evaluate = (row: Row) => Datum
export type TypeOf = (path: readonly string[]) => string | undefined

interface Token { readonly kind: 'word' | 'string' | 'number' | 'symbol' | 'literal'; readonly text: string; readonly at: number }

const LITERALS: readonly (readonly [RegExp, string])[] = [
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i, 'guid'],
  [/^-?\d{4,}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)/i, 'moment'],
  [/^-?\d{4,}-\d\d-\d\d/, 'date'],
  [/^\d\d:\d\d(:\d\d(\.\d+)?)?/, 'time'],
  [/^duration'[^']*'/i, 'duration'],
  [/^binary'[^']*'/i, 'binary'],
  [/^-?(INF)(?!\w)/, 'number'],
  [/^NaN(?!\w)/, 'number'],
  [/^[A-Za-z_][\w.]*'(?:[^']|'')*'/, 'enum'],
  [/^-?\d+(\.\d+)?(e[+-]?\d+)?/i, 'number'],
]

function tokens(text: string): Token[] {
  const found: Token[] = []
  let at = 0
  while (at < text.length) {
    const rest = text.slice(at)
    const space = /^\s+/.exec(rest)
    if (space) {
      at += space[0].length
      continue
    }
    const string = /^'(?:[^']|'')*'/.exec(rest)
    const literal = LITERALS.map(([pattern, kind]) => [pattern.exec(rest)?.[0], kind] as const).find(([hit]) => hit !== undefined)
    const word = /^[\p{L}_@$][\p{L}\p{N}_]*/u.exec(rest)
    if (string) found.push({ kind: 'string', text: string[0].slice(1, -1).replaceAll("''", "'"), at })
    else if (literal) found.push({ kind: 'literal', text: `${literal[1]}|${literal[0]}`, at })
    else if (word) found.push({ kind: 'word', text: word[0], at })
    else if ('(),/-'.includes(rest[0] ?? '')) found.push({ kind: 'symbol', text: rest[0] ?? '', at })
    else throw new Refusal(400, `unexpected ${rest[0]} at ${at}`)
    at += string?.[0].length ?? literal?.[0]?.length ?? word?.[0].length ?? 1
  }
  return found
}

/** Turns `$filter` text into a predicate over rows. */
export function predicateOf(text: string, typeOf: TypeOf, options: LanguageOptions): (row: Row) => boolean {
  const parser = new Parser(tokens(text), typeOf, options)
  const evaluate = parser.whole()
  return (row) => {
    const answer = evaluate(row)
    return answer.kind === 'boolean' && answer.value
  }
}

/** Turns `$orderby` text into a comparison of rows; nulls are lowest. */
export function orderOf(text: string, typeOf: TypeOf, options: LanguageOptions): (a: Row, b: Row) => number {
  const keys = splitTop(text).map((part) => {
    const descending = /\sdesc$/.test(part)
    const evaluate = new Parser(tokens(part.replace(/\s(asc|desc)$/, '')), typeOf, options).whole()
    return { evaluate, sign: descending ? -1 : 1 }
  })
  return (a, b) => {
    for (const { evaluate, sign } of keys) {
      const order = sign * compareLowNull(evaluate(a), evaluate(b))
      if (order !== 0) return order
    }
    return 0
  }
}

function splitTop(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (const [at, sign] of [...text].entries()) {
    if (sign === '(') depth++
    if (sign === ')') depth--
    if (sign === ',' && depth === 0) {
      parts.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  return [...parts, text.slice(from).trim()]
}

const PRECEDENCE: Readonly<Record<string, number>> = { or: 1, and: 2, eq: 3, ne: 3, gt: 3, ge: 3, lt: 3, le: 3, in: 3, has: 3, add: 4, sub: 4, mul: 5, div: 5, divby: 5, mod: 5 }

class Parser {
  private at = 0
  constructor(
    private readonly list: readonly Token[],
    private readonly typeOf: TypeOf,
    private readonly options: LanguageOptions,
  ) {}

  whole(): Evaluate {
    const evaluate = this.binary(1)
    if (this.at < this.list.length) throw new Refusal(400, `unexpected ${this.list[this.at]?.text}`)
    return evaluate
  }

  private binary(least: number): Evaluate {
    let left = this.unary()
    for (;;) {
      const word = this.list[this.at]
      const level = word?.kind === 'word' ? PRECEDENCE[word.text] : undefined
      if (word === undefined || level === undefined || level < least) return left
      this.at++
      if (word.text === 'in') left = this.membership(left)
      else left = this.combine(word.text, left, this.binary(level + 1))
    }
  }

  private unary(): Evaluate {
    if (this.take('word', 'not')) {
      const operand = this.unary()
      return (row) => {
        const value = operand(row)
        return value.kind === 'boolean' ? bool(!value.value) : NULL
      }
    }
    if (this.take('symbol', '-')) {
      this.arithmetic('-')
      const operand = this.unary()
      return (row) => compute('sub', integer(0n), operand(row))
    }
    return this.primary()
  }

  private primary(): Evaluate {
    const token = this.list[this.at++]
    if (token === undefined) throw new Refusal(400, 'unexpected end')
    if (token.kind === 'symbol' && token.text === '(') {
      const inner = this.binary(1)
      this.expect(')')
      return inner
    }
    if (token.kind === 'string') return () => ({ kind: 'string', value: token.text })
    if (token.kind === 'literal') {
      const value = literalOf(this.understood(token.text))
      return () => value
    }
    if (token.text === 'null') return () => NULL
    if (token.text === 'true' || token.text === 'false') return () => bool(token.text === 'true')
    if (token.kind !== 'word') throw new Refusal(400, `unexpected ${token.text}`)
    return this.list[this.at]?.text === '(' ? this.call(token.text) : this.path(token.text)
  }

  private understood(literal: string): string {
    const { guidsAsText, wholeNumbers } = this.options
    const told = guidsAsText ? literal.replace(/^guid\|/, 'text-of-guid|') : literal
    return wholeNumbers ? told.replace(/^(number\|-?\d+)\.\d+$/, '$1') : told
  }

  private path(first: string): Evaluate {
    const path = [first]
    while (this.take('symbol', '/')) path.push(this.list[this.at++]?.text ?? '')
    const type = this.typeOf(path)
    if (type === undefined) throw new Refusal(400, `no property ${path.join('/')}`)
    return (row) => datumOf(path.reduce<unknown>((value, name) => (value as Row | null | undefined)?.[name], row), type === 'Edm.Guid' && this.options.guidsAsText ? 'Edm.String' : type)
  }

  private call(name: string): Evaluate {
    if (this.options.functions !== 'honour') throw new Refusal(this.options.functions === 'refuse' ? 501 : 500, `function ${name}`)
    const implementation = FUNCTIONS[name]
    if (implementation === undefined) throw new Refusal(400, `no function ${name}`)
    const args = this.list_()
    const fold = this.options.caseInsensitive
    return (row) => {
      const values = args.map((argument) => argument(row))
      return values.some((value) => value.kind === 'null') ? NULL : implementation(values, fold)
    }
  }

  private list_(): Evaluate[] {
    this.expect('(')
    const items: Evaluate[] = []
    if (this.take('symbol', ')')) return items
    do items.push(this.binary(1))
    while (this.take('symbol', ','))
    this.expect(')')
    return items
  }

  private membership(left: Evaluate): Evaluate {
    if (this.options.in === 'refuse') throw new Refusal(501, 'operator in')
    const items = this.list_()
    if (this.options.in === 'ignore') return () => bool(true)
    const fold = this.options.caseInsensitive
    const constants = items.map((item) => item({}))
    const strings = new Set(constants.flatMap((item) => (item.kind === 'string' ? [fold ? item.value.toLowerCase() : item.value] : [])))
    return (row) => {
      const value = left(row)
      if (value.kind === 'string' && strings.size === constants.length) return bool(strings.has(fold ? value.value.toLowerCase() : value.value))
      return bool(constants.some((item) => same(value, item, fold)))
    }
  }

  private combine(operator: string, left: Evaluate, right: Evaluate): Evaluate {
    const fold = this.options.caseInsensitive
    switch (operator) {
      case 'and': return (row) => both(left(row), () => right(row))
      case 'or': return (row) => either(left(row), () => right(row))
      case 'eq': return (row) => bool(same(left(row), right(row), fold))
      case 'ne': return (row) => bool(!same(left(row), right(row), fold))
      case 'gt': case 'ge': case 'lt': case 'le': return (row) => bool(ranks(operator, left(row), right(row), fold))
      case 'has': throw new Refusal(501, 'operator has')
      default: {
        this.arithmetic(operator)
        return (row) => compute(operator, left(row), right(row))
      }
    }
  }

  private arithmetic(operator: string): void {
    if (this.options.arithmetic === 'refuse') throw new Refusal(400, `operator ${operator}`)
  }

  private take(kind: Token['kind'], text: string): boolean {
    const hit = this.list[this.at]?.kind === kind && this.list[this.at]?.text === text
    if (hit) this.at++
    return hit
  }

  private expect(text: string): void {
    if (!this.take('symbol', text)) throw new Refusal(400, `expected ${text}`)
  }
}

const bool = (value: boolean): Datum => ({ kind: 'boolean', value })
const integer = (value: bigint): Exact => ({ kind: 'exact', unscaled: value, scale: 0, integer: true })
const text = (value: string): Datum => ({ kind: 'string', value })

function exactOf(source: string): Exact {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(source) ?? []
  const power = Number(exponent) - fraction.length
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n)
  return power > 0
    ? { kind: 'exact', unscaled: digits * 10n ** BigInt(power), scale: 0, integer: true }
    : { kind: 'exact', unscaled: digits, scale: -power, integer: fraction === '' && exponent === '0' }
}

function literalOf(tagged: string): Datum {
  const [kind = '', ...rest] = tagged.split('|')
  const source = rest.join('|')
  if (kind === 'number') {
    if (/INF|NaN/.test(source)) return { kind: 'double', value: doubleOf(source) }
    return /e/i.test(source) ? { kind: 'double', value: Number(source) } : exactOf(source)
  }
  if (kind === 'moment') return { kind, value: momentOf(source) }
  if (kind === 'duration') return { kind, value: durationOf(source.slice(9, -1)) }
  if (kind === 'binary') return { kind, value: source.slice(7, -1).replaceAll('=', '') }
  if (kind === 'enum') return { kind, value: source.slice(source.indexOf("'") + 1, -1) }
  if (kind === 'text-of-guid') return text(source)
  if (kind === 'guid') return { kind, value: source.toLowerCase() }
  if (kind === 'time') return { kind, value: timeOf(source) }
  return { kind: 'date', value: source }
}

const doubleOf = (source: string): number => (source === 'INF' ? Infinity : source === '-INF' ? -Infinity : Number(source))
const timeOf = (source: string): string => `${source.length === 5 ? `${source}:00` : source}`.padEnd(9, source.includes('.') ? '0' : '.').padEnd(21, '0')

/** Picoseconds since 1970 would be more than needed: nanoseconds are exact for what the server is given. */
function momentOf(source: string): bigint {
  const fraction = /\.(\d+)/.exec(source)?.[1] ?? ''
  const whole = source.replace(/\.\d+/, '').replace(/T(\d\d:\d\d)(Z|[+-])/, 'T$1:00$2')
  return BigInt(Date.parse(whole)) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9))
}

function durationOf(source: string): bigint {
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/.exec(source) ?? []
  const whole = ((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)
  return (sign === '-' ? -1n : 1n) * (whole * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9)))
}

function datumOf(value: unknown, type: string): Datum {
  if (value === null || value === undefined) return NULL
  switch (type) {
    case 'Edm.String': return text(String(value))
    case 'Edm.Boolean': return bool(value === true)
    case 'Edm.Double': case 'Edm.Single': return { kind: 'double', value: typeof value === 'number' ? value : doubleOf(String(value)) }
    case 'Edm.Guid': return { kind: 'guid', value: String(value).toLowerCase() }
    case 'Edm.Date': return { kind: 'date', value: String(value) }
    case 'Edm.TimeOfDay': return { kind: 'time', value: timeOf(String(value)) }
    case 'Edm.DateTimeOffset': return { kind: 'moment', value: momentOf(String(value)) }
    case 'Edm.Duration': return { kind: 'duration', value: durationOf(String(value)) }
    case 'Edm.Binary': return { kind: 'binary', value: String(value).replaceAll('=', '') }
    case 'Edm.Byte': case 'Edm.SByte': case 'Edm.Int16': case 'Edm.Int32': case 'Edm.Int64': return integer(BigInt(String(value)))
    case 'Edm.Decimal': return { ...exactOf(String(value)), integer: false }
    default: return { kind: 'enum', value: String(value) }
  }
}

const align = (a: Exact, b: Exact): readonly [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale)
  return [a.unscaled * 10n ** BigInt(scale - a.scale), b.unscaled * 10n ** BigInt(scale - b.scale), scale]
}
const numberOf = (value: Exact): number => Number(`${value.unscaled}e-${value.scale}`)

/** Undefined: the two cannot be compared (NaN, different kinds). */
function order(a: Datum, b: Datum, fold: boolean): number | undefined {
  if (a.kind === 'exact' && b.kind === 'exact') {
    const [left, right] = align(a, b)
    return left < right ? -1 : left > right ? 1 : 0
  }
  if ((a.kind === 'exact' || a.kind === 'double') && (b.kind === 'exact' || b.kind === 'double')) {
    const [left, right] = [a.kind === 'exact' ? numberOf(a) : a.value, b.kind === 'exact' ? numberOf(b) : b.value]
    return left < right ? -1 : left > right ? 1 : left === right ? 0 : undefined
  }
  if (a.kind !== b.kind || a.kind === 'null' || b.kind === 'null') return undefined
  if (a.kind === 'string' && b.kind === 'string') return byCodePoint(fold ? a.value.toLowerCase() : a.value, fold ? b.value.toLowerCase() : b.value)
  const [left, right] = [(a as { value: string | bigint | boolean }).value, (b as { value: string | bigint | boolean }).value]
  return left < right ? -1 : left > right ? 1 : 0
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))
}

function compareLowNull(a: Datum, b: Datum): number {
  if (a.kind === 'null' || b.kind === 'null') return (a.kind === 'null' ? 0 : 1) - (b.kind === 'null' ? 0 : 1)
  return order(a, b, false) ?? 0
}

function same(a: Datum, b: Datum, fold: boolean): boolean {
  if (a.kind === 'null' || b.kind === 'null') return a.kind === b.kind
  return order(a, b, fold) === 0
}

function ranks(operator: string, a: Datum, b: Datum, fold: boolean): boolean {
  const found = order(a, b, fold)
  if (found === undefined) return false
  return operator === 'gt' ? found > 0 : operator === 'ge' ? found >= 0 : operator === 'lt' ? found < 0 : found <= 0
}

const isFalse = (value: Datum): boolean => value.kind === 'boolean' && !value.value
const isTrue = (value: Datum): boolean => value.kind === 'boolean' && value.value

function both(a: Datum, second: () => Datum): Datum {
  if (isFalse(a)) return a
  const b = second()
  return isFalse(b) ? b : isTrue(a) && isTrue(b) ? b : NULL
}

function either(a: Datum, second: () => Datum): Datum {
  if (isTrue(a)) return a
  const b = second()
  return isTrue(b) ? b : isFalse(a) && isFalse(b) ? b : NULL
}

function compute(operator: string, a: Datum, b: Datum): Datum {
  if (a.kind === 'null' || b.kind === 'null') return NULL
  if (a.kind === 'exact' && b.kind === 'exact') return computeExact(operator, a, b)
  if ((a.kind === 'exact' || a.kind === 'double') && (b.kind === 'exact' || b.kind === 'double')) {
    const [left, right] = [a.kind === 'exact' ? numberOf(a) : a.value, b.kind === 'exact' ? numberOf(b) : b.value]
    const value = operator === 'add' ? left + right : operator === 'sub' ? left - right : operator === 'mul' ? left * right : operator === 'mod' ? left % right : left / right
    return { kind: 'double', value }
  }
  throw new Refusal(400, `${operator} over ${a.kind} and ${b.kind}`)
}

function computeExact(operator: string, a: Exact, b: Exact): Datum {
  const [left, right, scale] = align(a, b)
  const whole = a.integer && b.integer
  if (operator === 'add') return { kind: 'exact', unscaled: left + right, scale, integer: whole }
  if (operator === 'sub') return { kind: 'exact', unscaled: left - right, scale, integer: whole }
  if (operator === 'mul') return { kind: 'exact', unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale, integer: whole }
  if (right === 0n) throw new Refusal(400, 'division by zero')
  if (operator === 'mod') return { kind: 'exact', unscaled: left % right, scale, integer: whole }
  if (operator === 'div' && whole) return integer(left / right)
  return { kind: 'exact', unscaled: (left * 10n ** 30n) / right, scale: 30, integer: false }
}

type Implementation = (values: readonly Datum[], fold: boolean) => Datum
const string = (value: Datum | undefined): string => {
  if (value?.kind !== 'string') throw new Refusal(400, 'a string is needed')
  return value.value
}
const searched = (test: (a: string, b: string) => boolean): Implementation => ([a, b], fold) =>
  bool(fold ? test(string(a).toLowerCase(), string(b).toLowerCase()) : test(string(a), string(b)))
const part = (from: (moment: Date) => number, at: number): Implementation => ([a]) => {
  if (a?.kind === 'moment') return integer(BigInt(from(new Date(Number(a.value / 1_000_000n)))))
  if (a?.kind === 'date' || a?.kind === 'time') return integer(BigInt(a.value.split(/[-:.]/)[at] ?? '0'))
  throw new Refusal(400, 'a date or time is needed')
}
const rounded = (rule: (value: number) => number, exact: (value: Exact) => bigint): Implementation => ([a]) => {
  if (a?.kind === 'double') return { kind: 'double', value: rule(a.value) }
  if (a?.kind === 'exact') return { kind: 'exact', unscaled: exact(a), scale: 0, integer: a.integer }
  throw new Refusal(400, 'a number is needed')
}
const floorOf = (value: Exact): bigint => {
  const unit = 10n ** BigInt(value.scale)
  return (value.unscaled - (((value.unscaled % unit) + unit) % unit)) / unit
}
const points = (value: string): string[] => [...value]

const FUNCTIONS: Readonly<Record<string, Implementation | undefined>> = {
  contains: searched((a, b) => a.includes(b)),
  startswith: searched((a, b) => a.startsWith(b)),
  endswith: searched((a, b) => a.endsWith(b)),
  tolower: ([a]) => text(string(a).toLowerCase()),
  toupper: ([a]) => text(string(a).toUpperCase()),
  trim: ([a]) => text(string(a).trim()),
  concat: ([a, b]) => text(string(a) + string(b)),
  length: ([a]) => integer(BigInt(points(string(a)).length)),
  indexof: ([a, b]) => {
    const at = string(a).indexOf(string(b))
    return integer(BigInt(at < 0 ? -1 : points(string(a).slice(0, at)).length))
  },
  substring: ([a, from, count]) => {
    const start = from?.kind === 'exact' ? Number(from.unscaled) : 0
    return text(points(string(a)).slice(start, count?.kind === 'exact' ? start + Number(count.unscaled) : undefined).join(''))
  },
  year: part((d) => d.getUTCFullYear(), 0), month: part((d) => d.getUTCMonth() + 1, 1), day: part((d) => d.getUTCDate(), 2),
  hour: part((d) => d.getUTCHours(), 0), minute: part((d) => d.getUTCMinutes(), 1), second: part((d) => d.getUTCSeconds(), 2),
  date: ([a]) => ({ kind: 'date', value: a?.kind === 'moment' ? new Date(Number(a.value / 1_000_000n)).toISOString().slice(0, 10) : '' }),
  floor: rounded(Math.floor, floorOf),
  ceiling: rounded(Math.ceil, (value) => -floorOf({ ...value, unscaled: -value.unscaled })),
  round: rounded((value) => Math.sign(value) * Math.round(Math.abs(value)), (value) => {
    const unit = 10n ** BigInt(value.scale)
    const magnitude = value.unscaled < 0n ? -value.unscaled : value.unscaled
    const nearest = (magnitude * 2n + unit) / (unit * 2n)
    return value.unscaled < 0n ? -nearest : nearest
  }),
}
