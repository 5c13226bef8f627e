import { isHubError, type HubError } from '@tributary/errors'
import { parseODataUrl } from '@tributary/odata-url'
import { shopNames } from './shop-names.js'

function refusal(path: string, query: string): HubError {
  try {
    parseODataUrl(path, query, shopNames())
  } catch (error) {
    if (isHubError(error)) return error
    throw error
  }
  throw new Error(`accepted: ${path}?${query}`)
}

const syntax: readonly (readonly [query: string, position: number, found: string, expected: string])[] = [
  ['$filter=', 8, 'the end', 'a value, a property or a function'],
  ['$filter= true', 8, "' '", 'a value, a property or a function'],
  ['$top=1&$filter=ID eq', 20, 'the end', 'white space and what eq works on'],
  ['$filter=ID eq ', 14, 'the end', 'a value, a property or a function'],
  ['$filter=ID%20eq%20', 18, 'the end', 'a value, a property or a function'],
  ['$filter=ID eq 1 und ID eq 2', 16, "'und'", 'an operator or the end of the option'],
  ['$filter=(ID eq 1', 16, 'the end', "an operator or ')'"],
  ['$filter=ID eq 1)', 15, "')'", 'an operator or the end of the option'],
  ["$filter=ShipName eq 'x", 22, 'the end', "a closing '"],
  ["$filter=contains(ShipName,'x'", 29, 'the end', "an operator, ',' or ')'"],
  ['$filter=ID in (1,ID)', 17, "'ID'", 'a literal or a parameter alias'],
  ["$filter=Tags eq ('a','b')", 20, "','", "an operator or ')'"],
  ['$filter=ID eq 5abc', 14, "'5abc'", 'a number, a date or a GUID'],
  ['$filter=ID eq 2024-13-01', 14, "'2024'", 'a number, a date or a GUID'],
  ['$filter=OrderDate ge 2024-02-29T23:59:00', 21, "'2024'", 'a date and time with its zone, such as 2024-02-29T23:59:00Z'],
  ['$filter=ID eq 01234567-89ab-cdef-0123', 14, "'01234567'", 'a number, a date or a GUID'],
  ["$filter=ShipName eq Shop.Color'Red;Green'", 31, "'Red'", 'members of the enumeration'],
  ["$filter=ID eq guid'1'", 14, "'guid'", 'duration, binary, geography, geometry or the qualified name of an enumeration before the quote'],
  ["$filter=ID eq duration'1 day'", 23, "'1'", 'a duration such as P1DT2H'],
  ['$filter=Items/all()', 18, "')'", 'a variable, such as x:x/Name'],
  ['$filter=Items/any(i)', 19, "')'", "':' after the variable"],
  ['$filter=any(i:true)', 8, "'any'", 'a collection before /any'],
  ['$filter=ID eq %2', 14, "'%2'", '% and two hexadecimal digits'],
  ["$filter=ShipName eq '%C3%28'", 21, "'%C3%28'", 'percent-encoded UTF-8'],
  ['$filter=ID eq 1#x', 15, "'#'", '%23'],
  ['$filter', 7, 'the end', "'='"],
  ['$top=-1', 5, "'-'", 'a non-negative integer'],
  ['$top=1.5', 6, "'.5'", 'an operator or the end of the option'],
  ['$count=yes', 7, "'yes'", 'true or false'],
  ['$select=', 8, 'the end', 'a property, a type or *'],
  ['$select=ID,', 11, 'the end', 'a property, a type or *'],
  ['$orderby=ID up', 12, "'up'", 'an operator or the end of the option'],
  ['$expand=Items($levels=04)', 22, "'04'", 'max or a positive integer'],
  ['$expand=Items($format=json)', 14, "'$format'", '$filter, $search, $orderby, $skip, $top, $count, $select, $expand, $levels, $compute, $apply, $at, $from, $to, $toInclusive'],
  ['$expand=Customer/$ref($select=Name)', 22, "'$select'", '$filter, $search, $orderby, $skip, $top, $count'],
  ['$expand=Items($top=1', 20, 'the end', "an operator, ';' or ')'"],
  ['$search="a', 10, 'the end', 'a closing "'],
  ['$search=a;b', 9, "';'", 'an operator or the end of the option'],
  ['$search=', 8, 'the end', 'a word, a phrase in double quotes, NOT or ('],
]

describe('malformed queries', () => {
  it.each(syntax)('%s', (query, position, found, expected) => {
    const error = refusal('Orders', query)
    expect({ code: error.code, status: error.status, ...error.params }).toEqual({
      code: 'HUB_QUERY_SYNTAX', status: 400, part: error.params['part'], position, found, expected,
    })
    const option = /[&^]?(\$[a-z]+)(?==|$|[^&]*$)/.exec(query.slice(query.lastIndexOf('&') + 1))?.[1]
    expect(error.target).toBe(option)
  })
})

const malformedPaths: readonly (readonly [path: string, position: number])[] = [
  ['Orders/', 7], ['/Orders', 0], ['Orders(', 7], ['Orders()', 7], ['Orders(1', 8], ['Orders(1,2)', 8], ['Orders(ID=)', 10], ['Orders(ID=x)', 10], ['Orders(1)(2)', 9],
  ["Customers('a/b')", 12], ['Orders/$count/ID', 14], ['Orders/$ref/$count', 12], ['Orders(1)/$count', 10], ['Orders(1)/ID/$value/x', 20], ['Orders(1)/Address/$value', 18],
  ['Orders(1)/Photo/$value', 16], ['Orders/$value', 7], ['Orders(1)/ID(2)', 12], ['$metadata/Orders', 10], ['Orders(1)/$nothing', 10], ['Orders#x', 6], ['Ord%zzers', 3],
  ['Orders/Shop.RushOrder/Shop.RushOrder', 22], ['.Orders', 0], ['Orders.', 6],
]

describe('malformed paths', () => {
  it.each(malformedPaths)('%s', (path, position) => {
    const { code, params, target } = refusal(path, '')
    expect([code, params['position'], target]).toEqual(['HUB_QUERY_SYNTAX', position, 'resource path'])
  })
})

const misplacedOptions: readonly (readonly [path: string, query: string, position: number])[] = [
  ['$entity', '', 0], ['$entity', '$format=json', 12], ['$entity', '$id=Orders(1)&$select=ID', 14], ['$entity/Shop.Order', '$id=Orders(1)&$filter=true', 14],
  ['$batch', '$top=1', 0], ['$batch', 'x=1&$filter=true', 4],
]

describe('options where they mean nothing', () => {
  it.each(misplacedOptions)('%s?%s', (path, query, position) => {
    const { code, params } = refusal(path, query)
    expect([code, params['position']]).toEqual(['HUB_QUERY_SYNTAX', position])
  })

  it.each(['$schemaversion=1', '$apply=identity', '$compute=1 as X', '$deltatoken=1', '$index=1', '$id=1', '$at=min', '$from=min', '$to=max', '$toInclusive=max'])(
    '%s of the service document and of $metadata is refused by name', (query) => {
      for (const path of ['', '$metadata']) expect(refusal(path, query)).toMatchObject({ code: 'HUB_QUERY_UNSUPPORTED', status: 501, target: query.slice(0, query.indexOf('=')) })
    },
  )
})

describe('names below the service root that begin with a dollar sign', () => {
  it.each(['$nope', '$nope/1', '$alles', '$metadata2'])('%s is not found', (path) => {
    expect(refusal(path, '')).toMatchObject({ code: 'HUB_RESOURCE_NOT_FOUND', status: 404, message: expect.stringContaining('$metadata') as unknown })
  })
})

describe('option names', () => {
  it.each(['$filtre=ID eq 1', '$inlinecount=allpages', '$levels=2', '$=1', '@=1', '@a-b=1'])('%s is not known', (query) => {
    const error = refusal('Orders', query)
    expect([error.code, error.target]).toEqual(['HUB_QUERY_UNKNOWN_OPTION', query.slice(0, query.indexOf('='))])
    expect(error.message).toContain('$filter, $select')
  })

  it.each(['$top=1&$top=1', '$top=1&top=2', '$TOP=1&%24top=2', '@a=1&@a=2', '$expand=Items($top=1;top=2)', '$expand=Items(@a=1;@a=2)'])('%s is given twice', (query) => {
    expect(refusal('Orders', query).code).toBe('HUB_QUERY_DUPLICATE_OPTION')
  })
})
