import { isHubError } from '@tributary/errors'
import { bindUrl } from './exposure-of.js'

const refusal = (url: string): readonly unknown[] => {
  try {
    bindUrl(url)
  } catch (error) {
    if (isHubError(error)) return [error.code, error.status, error.message]
    throw error
  }
  return ['bound']
}

/** What the URL language has and no plan says yet. */
const unexecuted: readonly (readonly [url: string, named: string])[] = [
  ['Orders(1)?$apply=identity', '$apply'],
  ['Orders?$apply=aggregate(Freight with Shop.median as M)', 'Shop.median in $apply'],
  ['Orders?$apply=groupby((ShipName))&$expand=Lines', '$expand of Lines in the result of $apply'],
  ['Orders?$deltatoken=1', '$deltatoken'],
  ['Orders?$index=0', '$index'],
  ['Orders?$schemaversion=*', '$schemaversion'],
  ['Orders(1)/ShipName?$schemaversion=2', '$schemaversion'],
  ['Orders?$at=2024-01-01', '$at'],
  ['Orders?$from=min', '$from'],
  ['Orders?$to=max', '$to'],
  ['Orders?$toInclusive=2024-01-01', '$toInclusive'],
  ['Orders?$expand=Customer($at=2024-01-01)', '$at'],
  ['Orders?$expand=Lines($from=min;$to=max)', '$from'],
  ['Orders?$expand=Lines($toInclusive=max)', '$toInclusive'],
  ['$batch', '$batch'],
  ['$all', '$all'],
  ['$all/Shop.Order', '$all'],
  ['$entity?$id=Orders(1)', '$entity'],
  ['$entity/Shop.Order?$id=Orders(1)', '$entity'],
  ['Orders/$each', '/$each in a path'],
  ['Orders/$query', '/$query in a path'],
  ['Orders(1)/ShipName/$query', '/$query in a path'],
]

describe('what is read and not executed is refused by name', () => {
  it.each(unexecuted)('%s', (url, named) => {
    expect(refusal(url)).toEqual(['HUB_QUERY_UNSUPPORTED', 501, expect.stringContaining(named)])
  })
})
