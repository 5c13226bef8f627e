import { DataPreview, type DataRows } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { namesOf, parseODataUrl } from '@tributary/odata-url'
import { defaultLimits, execute } from '@tributary/operators'
import { parseRows, type Column, type Page, type Value } from '@tributary/plan'
import { bind, optimize, place, placeFragment } from '@tributary/planner'
import type { EndpointPool } from './endpoint-pool.js'
import type { Exposures } from './exposures.js'

/** A preview is a look: a source that takes longer is told to the one who looks. */
const timeoutMs = 20_000

/** The catalog's preview of rows, by the same way every query goes. */
export class RowPreview extends DataPreview {
  constructor(private readonly exposures: Exposures, private readonly pool: EndpointPool) {
    super()
  }

  async rows(slug: string, entitySet: string, top: number): Promise<DataRows> {
    const exposure = await this.exposures.of(slug)
    if (!exposure.sets.has(entitySet)) throw hubError('HUB_RESOURCE_NOT_FOUND', { what: `The entity set ${entitySet} of ${slug}`, hint: `It has: ${[...exposure.sets.keys()].join(', ')}.` })
    const url = parseODataUrl(encodeURIComponent(entitySet), `$top=${top}`, namesOf(exposure.model))
    const bound = optimize(bind(url, exposure, { pageRows: 0 }))
    const endpoints = await this.pool.of(exposure)
    const stream = execute(place(bound.plan, endpoints), {
      endpoints, place: placeFragment, signal: AbortSignal.timeout(timeoutMs), observe: () => undefined, limits: defaultLimits,
    })
    const shown = bound.visible.flatMap((name) => stream.columns.filter((column) => column.name === name && name !== '*'))
    const rows: DataRows['rows'][number][] = []
    for await (const page of stream.pages) rows.push(...objectsOf(page, shown))
    return { columns: shown.map(({ name, type }) => ({ name, type: type.collection ? `Collection(${type.name})` : type.name })), rows: rows.slice(0, top) }
  }
}

function objectsOf(page: Page, shown: readonly Column[]): readonly Readonly<Record<string, unknown>>[] {
  const { columns, rows } = page.kind === 'rows' ? page : parseRows(page, shown)
  const places = shown.map(({ name }) => ({ name, index: columns.findIndex((column) => column.name === name) }))
  return rows.map((row) => Object.fromEntries(places.map(({ name, index }) => [name, jsonValue(row[index])])))
}

/** JSON has no infinities. */
const jsonValue = (value: Value): unknown =>
  typeof value !== 'number' || Number.isFinite(value) ? value ?? null : Number.isNaN(value) ? 'NaN' : value > 0 ? 'INF' : '-INF'
