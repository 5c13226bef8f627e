import type { ConformanceHub } from './conformance-hub.js'

/** The test of one clause. */
export type ClauseTest = (hub: ConformanceHub) => Promise<void>
export type ClauseTests = Readonly<Record<string, ClauseTest>>

/** The ids of rows of `Products`. */
export const ids = (rows: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] => rows.map((row) => row['ID'])

/** The rows of a body; none where it is no collection. */
export function rowsOf(body: Readonly<Record<string, unknown>> | undefined): readonly Readonly<Record<string, unknown>>[] {
  const value = body?.['value']
  return Array.isArray(value) ? value as readonly Readonly<Record<string, unknown>>[] : []
}

/** The ids of the products a query gives, in its order. */
export const idsOf = async (hub: ConformanceHub, query: string): Promise<readonly unknown[]> => ids(await hub.rows(`store/Products?${query}`))

/** Asserts that each of these is refused by name: a client error or 501, with a code of the catalogue, never ignored. */
export async function expectRefused(hub: ConformanceHub, paths: readonly string[], status = 501): Promise<void> {
  for (const path of paths) {
    const answer = await hub.ask(path)
    expect([path, answer.status, answer.json?.['error']]).toEqual([path, status, expect.objectContaining({ code: expect.stringMatching(/^HUB_/), message: expect.any(String) })])
  }
}
