/** A box of the picture: an entity with the service it comes from. */
export interface Box {
  readonly name: string
  readonly group: string
  readonly column: number
  readonly row: number
}

/**
 * Places entities in columns by service, services in order of appearance, so that relationships within a service run down and those between
 * services run across.
 */
export function placeBoxes(entities: readonly { readonly name: string; readonly service: string }[]): readonly Box[] {
  const groups = [...new Set(entities.map(({ service }) => service))]
  const used = new Map<string, number>()
  return entities.map(({ name, service }) => {
    const row = used.get(service) ?? 0
    used.set(service, row + 1)
    return { name, group: service, column: groups.indexOf(service), row }
  })
}
