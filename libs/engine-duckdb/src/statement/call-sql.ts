import type { CallExpression, Expression, FunctionName } from '@tributary/plan'
import { type Form, shownForm, type SqlValue, type Writing } from './column-sql.js'
import type { Dialect } from './dialect.js'
import { refuse } from './refused.js'

/** What Unicode calls white space: what `trim` takes off. */
const whiteSpace = '\t\n\u000b\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'

type Operand = (operand: Expression) => SqlValue

/** A function printed with its operands; none of them is a collection. */
type Print = (call: CallExpression, operands: readonly SqlValue[], dialect: Dialect) => string

interface Printed {
  readonly form: Form
  readonly print: Print
}

const ofTexts = (form: Form, print: (operands: readonly string[], dialect: Dialect) => string): Printed => ({
  form,
  print: ({ name }, operands, dialect) => (operands.every(({ type }) => type.base === 'Edm.String') ? print(operands.map(({ sql }) => sql), dialect) : refuse(`the function ${name} of no texts`)),
})

/** A field of a date or a moment as it is written, in its own offset. */
const ofField = (from: number, length: number, types: readonly string[]): Printed => ({
  form: 'integer',
  print: ({ name }, [operand], dialect) => {
    if (operand === undefined || !types.includes(operand.type.base)) return refuse(`the function ${name} of ${operand?.type.name ?? 'nothing'}`)
    return present(operand, dialect.integer(dialect.texts.part(written(operand, name), from, length)))
  },
})

/** The text of a value that was read; it is looked at only where the value was found to be plain. */
function written({ text, sql, type }: SqlValue, name: string): string {
  if (text === undefined && type.base === 'Edm.DateTimeOffset') return refuse(`the function ${name} of a moment whose text is not known`)
  return text ?? sql
}

const present = ({ sql }: SqlValue, value: string): string => `CASE WHEN ${sql} IS NULL THEN NULL ELSE ${value} END`

const days = ['Edm.Date', 'Edm.DateTimeOffset']
const moments = ['Edm.DateTimeOffset']

const rounding = (name: 'round' | 'floor' | 'ceiling'): Printed => ({
  form: 'decimal',
  print: (_, [operand], { rounded }) => (operand?.form === 'decimal' ? rounded[name](operand.sql) : refuse(`the function ${name} of ${operand?.type.name ?? 'nothing'}`)),
})

/** Functions whose meaning is the evaluator's. Cases of letters, patterns and collections are left to it: tables of Unicode differ. */
const functions: Partial<Record<FunctionName, Printed>> = {
  contains: ofTexts('boolean', ([a = '', b = ''], { texts }) => texts.contains(a, b)),
  startswith: ofTexts('boolean', ([a = '', b = ''], { texts }) => texts.startsWith(a, b)),
  endswith: ofTexts('boolean', ([a = '', b = ''], { texts }) => texts.endsWith(a, b)),
  length: ofTexts('integer', ([a = ''], { texts }) => texts.length(a)),
  indexof: ofTexts('integer', ([a = '', b = ''], { texts }) => `(${texts.position(a, b)} - 1)`),
  concat: ofTexts('exact', ([a = '', b = ''], { texts }) => texts.concatenated(a, b)),
  trim: ofTexts('exact', ([a = ''], { texts }) => texts.trimmed(a, whiteSpace)),
  substring: { form: 'exact', print: substringSql },
  year: ofField(1, 4, days),
  month: ofField(6, 2, days),
  day: ofField(9, 2, days),
  hour: ofField(12, 2, moments),
  minute: ofField(15, 2, moments),
  second: ofField(18, 2, moments),
  date: {
    form: 'exact',
    print: ({ name }, [operand], { texts }) => (operand?.type.base === 'Edm.DateTimeOffset' ? present(operand, texts.part(written(operand, name), 1, 10)) : refuse(`the function ${name} of ${operand?.type.name ?? 'nothing'}`)),
  },
  round: rounding('round'),
  floor: rounding('floor'),
  ceiling: rounding('ceiling'),
}

/** Only from a known place on, for what is counted from the end depends on the length. */
function substringSql({ name, arguments: given }: CallExpression, [text]: readonly SqlValue[], { texts }: Dialect): string {
  const [start, count] = given.slice(1).map((one) => (one.kind === 'literal' && typeof one.value === 'number' && one.value >= 0 ? one.value : refuse(`the function ${name} from a place that is computed`)))
  if (text?.type.base !== 'Edm.String' || start === undefined) return refuse(`the function ${name} of ${text?.type.name ?? 'nothing'}`)
  return texts.part(text.sql, start + 1, count)
}

/** A call in SQL: null where an operand is null. @throws Refused */
export function callSql(call: CallExpression, inner: Operand, { dialect }: Writing): SqlValue {
  const known = functions[call.name]
  if (known === undefined || call.arguments.some(({ type }) => type.collection || type.base === 'null')) return refuse(`the function ${call.name}`)
  const { type } = call
  return { sql: known.print(call, call.arguments.map(inner), dialect), type, form: known.form, shown: shownForm(known.form, type) }
}
