import {
  dialect401, parseFilter, parseODataUrl, parseQueryOptions, parseResourcePath, printExpression, printODataUrl, printOptions, printResource, type Names, type TypeHandle,
} from '@tributary/odata-url'
import type { Constraints } from './names-of-constraints.js'

/** One of the official cases. */
export interface OfficialCase {
  readonly Name: string
  readonly Rule: string
  readonly Input: string
  readonly FailAt?: number
}

/** A case as it is to be read: by which rule, and where the texts that positions count from stand in the input. */
export interface Reading {
  /** The tree; throws where the input is not of the rule. */
  read(): unknown
  /** The tree of the printed tree. */
  readAgain(): unknown
  readonly pathStart: number
  readonly queryStart: number
}

const payload = 'a value as payloads hold it, not a URL'
const elsewhere = 'a header, read by the wire formats'

/** Rules that are not about URLs to parse, and what they are about. */
export const rulesElsewhere: ReadonlyMap<string, string> = new Map([
  ...['booleanValue', 'dateValue', 'dateTimeOffsetValue', 'decimalValue', 'durationValue', 'doubleValue', 'singleValue', 'byteValue', 'sbyteValue', 'int16Value',
    'int32Value', 'int64Value', 'timeOfDayValue', 'enumValue', 'primitiveValue', 'stringInUrl'].map((rule) => [rule, payload] as const),
  ...['header', 'prefer', 'preference', 'maxpagesizePreference', 'includeAnnotationsPreference', 'request-id'].map((rule) => [rule, elsewhere] as const),
  ['context', 'a context URL of a payload, which we write and never read'],
])

/** `$metadata#…` is a context URL, whatever the rule. */
export const isElsewhere = ({ Rule, Input }: OfficialCase): boolean => rulesElsewhere.has(Rule) || Input.includes('$metadata#')

/** Literal rules and the type (or types) that their literals show. */
const literals: Readonly<Record<string, readonly string[]>> = {
  binaryLiteral: ['Edm.Binary'], boolean: ['Edm.Boolean'], date: ['Edm.Date'], dateTimeOffsetLiteral: ['Edm.DateTimeOffset'],
  dateTimeOffsetValueInUrl: ['Edm.DateTimeOffset'], durationLiteral: ['Edm.Duration', 'Edm.String'], decimalLiteral: ['Edm.Decimal', 'Edm.Int64', 'Edm.Double'],
  doubleLiteral: ['Edm.Double', 'Edm.Decimal', 'Edm.Int64'], singleLiteral: ['Edm.Double', 'Edm.Decimal', 'Edm.Int64'], sbyteLiteral: ['Edm.Int64'],
  int16Literal: ['Edm.Int64'], int32Literal: ['Edm.Int64'], int64Literal: ['Edm.Int64'], null: ['null'], stringLiteral: ['Edm.String'],
  guid: ['Edm.Guid'], timeOfDayLiteral: ['Edm.TimeOfDay'], enumLiteral: ['enum', 'Edm.String'], primitiveLiteral: ['Edm.Int64', 'Edm.Decimal', 'Edm.String'],
  geographyCollection: ['Edm.Geography'], geographyLineString: ['Edm.Geography'], geographyMultiLineString: ['Edm.Geography'], geographyMultiPoint: ['Edm.Geography'],
  geographyMultiPolygon: ['Edm.Geography'], geographyPoint: ['Edm.Geography'], geographyPolygon: ['Edm.Geography'], geometryCollection: ['Edm.Geometry'],
  geometryLineString: ['Edm.Geometry'], geometryMultiLineString: ['Edm.Geometry'], geometryMultiPoint: ['Edm.Geometry'], geometryMultiPolygon: ['Edm.Geometry'],
  geometryPoint: ['Edm.Geometry'], geometryPolygon: ['Edm.Geometry'],
}

const type: TypeHandle = { name: 'Model.Entity', collection: false, structured: true }

/** How the case is read. */
export function readingOf({ Rule, Input }: OfficialCase, names: Names, constraints: Constraints): Reading {
  switch (Rule.toLowerCase()) {
    case 'odatauri': {
      const root = /^https?:\/\/[^/?]+\/(?:OData\/OData\.svc\/|MyService\/|service\/|Model\.Container\/)?/s.exec(Input)?.[0]
      return root === undefined ? urlReading('!', 0, names, constraints) : urlReading(Input.slice(root.length), root.length, names, constraints)
    }
    case 'odatarelativeuri':
      return urlReading(Input, 0, names, constraints)
    case 'resourcepath':
      return resourceReading(Input, 0, names)
    case 'functionparameter':
      return resourceReading(`ProductsByColor(${Input})`, -'ProductsByColor('.length, names)
    case 'queryoptions': case 'systemqueryoption': case 'customqueryoption': case 'skiptoken': case 'deltatoken':
      return optionsReading(Input, 0, names, constraints)
    case 'compute': case 'filter': case 'orderby': case 'select': case 'expand': case 'search':
      return new RegExp(String.raw`^\$?${Rule}=`, 'i').test(Input) ? optionsReading(Input, 0, names, constraints) : misspelt(Input)
    case 'searchexpr':
      return optionsReading(`$search=${Input}`, -'$search='.length, names, constraints)
    case 'anyexpr':
      return expressionReading(`Products/${Input}`, -'Products/'.length, names)
    default:
      return expressionReading(Input, 0, names, Rule)
  }
}

/** What is not even the option that the rule is of: it goes wrong behind the option's name. */
function misspelt(input: string): Reading {
  const read = (): never => {
    throw new RangeError(`not the option: ${input}`)
  }
  return { read, readAgain: read, pathStart: 0, queryStart: 0 }
}

function urlReading(url: string, start: number, names: Names, constraints: Constraints): Reading {
  const parsed = (text: string) => {
    const mark = text.indexOf('?')
    return customAllowed(mark < 0 ? parseODataUrl(text, '', names) : parseODataUrl(text.slice(0, mark), text.slice(mark + 1), names), constraints)
  }
  const queryStart = start + url.indexOf('?') + 1
  return { read: () => parsed(url), readAgain: () => parsed(printODataUrl(parsed(url), dialect401)), pathStart: start, queryStart }
}

function resourceReading(path: string, start: number, names: Names): Reading {
  const read = () => parseResourcePath(path, names)
  return { read, readAgain: () => parseResourcePath(printResource(read(), dialect401), names), pathStart: start, queryStart: start }
}

/** The grammar lets `$format` come twice, the protocol does not: such a case is read option by option. */
const repeatsFormat = /format=[^&]*&\$?format=/i

function optionsReading(query: string, start: number, names: Names, constraints: Constraints): Reading {
  const parts = repeatsFormat.test(query) ? query.split('&') : [query]
  const parsed = (text: string) => customAllowed({ options: parseQueryOptions(text, names, type) }, constraints).options
  return {
    read: () => parts.map(parsed),
    readAgain: () => parts.map((part) => parsed(printOptions(parsed(part), dialect401))),
    pathStart: start,
    queryStart: start,
  }
}

function expressionReading(text: string, start: number, names: Names, rule = ''): Reading {
  const read = (given: string) => {
    const tree = parseFilter(given, names, type)
    const expected = literals[rule]
    if (expected !== undefined && (tree.kind !== 'literal' || !expected.includes(tree.type))) throw new RangeError(`a ${tree.kind}`)
    const isName = /^(?:entitySetName|odataIdentifier)$/.test(rule)
    if (isName && (tree.kind !== 'path' || tree.segments.length !== 1 || given.includes('.'))) throw new RangeError(`a ${tree.kind}`)
    return tree
  }
  return { read: () => read(text), readAgain: () => read(printExpression(read(text), dialect401)), pathStart: start, queryStart: start }
}

function customAllowed<T extends { options: { custom: readonly { name: string }[] } }>(url: T, constraints: Constraints): T {
  const parameters = new Set([...(constraints['customName'] ?? []), ...(constraints['parameterName'] ?? [])])
  const foreign = url.options.custom.find(({ name }) => !parameters.has(name))
  if (foreign !== undefined) throw new RangeError(`custom option ${foreign.name}`)
  return url
}
