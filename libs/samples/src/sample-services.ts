import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCsdl, type EdmModel } from '@tributary/edm'
import type { Value } from '@tributary/plan'

/** A small service the hub serves itself, at `/samples/{name}/`. */
export interface SampleService {
  /** `sales`, `crm`, `products`; also the slug it is registered under. */
  readonly name: string
  /** CSDL XML. */
  readonly contract: string
  readonly model: EdmModel
  /** Rows by entity set; a row's values stand in the order of the contract's properties. */
  readonly rows: ReadonlyMap<string, readonly (readonly Value[])[]>
}

/** Beside `src` and `dist` alike. */
const folder = join(import.meta.dirname, '..', 'data', 'northwind')

function read(name: string): SampleService {
  const contract = readFileSync(join(folder, `${name}.xml`), 'utf8')
  const rows = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Record<string, Value[][]>
  return Object.freeze({ name, contract, model: readCsdl(contract), rows: new Map(Object.entries(rows)) })
}

let services: readonly SampleService[] | undefined

/** The three services; read once, about 3,400 rows. */
export function sampleServices(): readonly SampleService[] {
  services ??= Object.freeze(['sales', 'crm', 'products'].map(read))
  return services
}
