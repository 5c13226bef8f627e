/** A box of the picture: an entity with the service it comes from. */
export interface Box {
  readonly name: string
  readonly group: string
  readonly column: number
  readonly row: number
}

interface Placed {
  readonly name: string
  readonly service: string
}

interface Joined {
  readonly from: string
  readonly to: string
}

/** Services from left to right: the one with most relationships to others in the middle, the next ones beside it in turn. */
function columnsOf(entities: readonly Placed[], lines: readonly Joined[]): readonly string[] {
  const serviceOf = new Map(entities.map(({ name, service }) => [name, service]))
  const degree = (service: string) => lines.filter(({ from, to }) => serviceOf.get(from) !== serviceOf.get(to) && (serviceOf.get(from) === service || serviceOf.get(to) === service)).length
  const ranked = [...new Set(serviceOf.values())].toSorted((a, b) => degree(b) - degree(a))
  return ranked.reduce<readonly string[]>((columns, service, at) => (at % 2 === 0 ? [...columns, service] : [service, ...columns]), [])
}

/** Places entities in columns by service, so that relationships within a service run down and those between services run across. */
export function placeBoxes(entities: readonly Placed[], lines: readonly Joined[]): readonly Box[] {
  const columns = columnsOf(entities, lines)
  const used = new Map<string, number>()
  return entities.map(({ name, service }) => {
    const row = used.get(service) ?? 0
    used.set(service, row + 1)
    return { name, group: service, column: columns.indexOf(service), row }
  })
}
