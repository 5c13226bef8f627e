import type { Exposure } from '@tributary/catalog'
import type { Operation, Parameter } from '@tributary/edm'
import { dialect401, encodeSegmentText, printExpression as printSyntax, type Expression as Syntax, type NamedArgument } from '@tributary/odata-url'
import { printExpression, type ValueType } from '@tributary/plan'
import { remoteArgument } from '../remote/remote-argument.js'
import type { RemoteNaming } from '../remote/remote-naming.js'
import { bindLiteral } from './bind-literal.js'
import { valueType } from './model-types.js'
import { ownParameters } from './operation-overload.js'
import { invalid, typeError } from './refusal.js'

/** What the values of a call mean. */
export interface CallPlace {
  readonly exposure: Exposure
  readonly names: RemoteNaming
  /** Slug of the endpoint that is called. */
  readonly endpoint: string
  /** Parameter aliases of the request. */
  readonly aliases: ReadonlyMap<string, Syntax>
  /** How many options the calls before need: each has a name of its own. */
  readonly before: number
}

/** A call as a source is asked for it. */
export interface PrintedCall {
  /** Percent-encoded: `(lat=1.5,near=@p1)`; '' for an action. */
  readonly text: string
  /** Query options the arguments stand in, percent-encoded: `@p1={"Street":"Main"}`. */
  readonly options: readonly string[]
}

/**
 * The arguments of a function as any source takes them: values in place where they are primitive, as the type of their parameter has
 * them in 4.0 (`Sales.Color'Red'`, `2024-01-01`), and behind an alias where they are structured or collections.
 * @throws HUB_QUERY_TYPE for a value that is none of its parameter, HUB_QUERY_INVALID for an alias that leads round, or what only a row could tell
 * @see OData URL Conventions 4.01, section 4.5.2
 */
export function printCall(operation: Operation, given: readonly NamedArgument[], place: CallPlace): PrintedCall {
  if (operation.kind === 'action') return { text: '', options: [] }
  const options: string[] = []
  const values = ownParameters(operation).flatMap((parameter) => {
    const argument = given.find(({ name }) => name === parameter.name)
    if (argument === undefined) return []
    if (argument.value.kind === 'path' && argument.value.root.kind === 'implicit') throw invalid(`The parameter ${parameter.name} of ${operation.name} is given a name, and not a value.`, 'Give a literal, text in quotes, or an alias such as @p.')
    const value = valueOf(argument.value, place.aliases, operation.name)
    const inline = inlineText(parameter, value, place)
    if (inline !== undefined) return [`${encodeSegmentText(parameter.name)}=${encodeSegmentText(inline)}`]
    const alias = `@p${place.before + options.length + 1}`
    options.push(`${alias}=${printSyntax(remoteArgument(value, parameter.type, place), dialect401)}`)
    return [`${encodeSegmentText(parameter.name)}=${alias}`]
  })
  return { text: `(${values.join(',')})`, options }
}

const deepestAlias = 8

/** What an alias stands for in the end; one without a value is null. */
function valueOf(syntax: Syntax, aliases: CallPlace['aliases'], name: string): Syntax {
  let value = syntax
  for (let depth = 0; value.kind === 'alias'; depth++) {
    if (depth >= deepestAlias) throw invalid(`The alias @${value.name} of a parameter of ${name} leads to no value.`)
    value = aliases.get(value.name) ?? { kind: 'literal', type: 'null', text: '', span: value.span }
  }
  return value
}

/** The value as text within the parentheses; undefined: it needs an alias. */
function inlineText({ name, type }: Parameter, value: Syntax, { exposure: { model }, names }: CallPlace): string | undefined {
  const expected = valueType(model, type)
  if (value.kind === 'literal') {
    if (value.type === 'null') return 'null'
    if (isGeographic(expected) && (value.type === 'Edm.Geography' || value.type === 'Edm.Geometry')) return decodeURIComponent(printSyntax(value, dialect401))
    if (expected.collection || expected.base === 'structured') throw mismatch(name, value, expected)
    const bound = bindLiteral(value, model, expected)
    // What is no value of the type has stayed what its form shows.
    if (expected.base !== 'Edm.Untyped' && bound.type.base !== expected.base) throw mismatch(name, value, expected)
    return printExpression(names.same ? bound : Object.freeze({ ...bound, type: Object.freeze({ ...bound.type, name: names.remoteType(bound.type.name) }) }))
  }
  if (value.kind === 'json' || value.kind === 'list') {
    const array = value.kind === 'list' || value.text.startsWith('[')
    const fits = expected.base === 'Edm.Untyped' || (expected.collection ? array : !array && expected.base === 'structured')
    if (!fits) throw mismatch(name, value, expected)
  }
  return undefined
}

const isGeographic = ({ base }: ValueType): boolean => base === 'Edm.Geography' || base === 'Edm.Geometry'

function mismatch(name: string, value: Syntax, expected: ValueType): Error {
  const found = value.kind === 'literal' ? (value.type === 'Edm.String' ? `'${value.text}'` : value.text) : value.kind === 'json' ? value.text.slice(0, 60) : value.kind
  const wanted = expected.collection ? `a JSON array of ${expected.name}` : expected.base === 'structured' ? `a JSON object of ${expected.name}, in an alias,` : expected.name
  return typeError({ what: `The parameter ${name}`, span: value.span, found, expected: wanted })
}
