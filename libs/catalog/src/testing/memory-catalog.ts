import type { CapabilityObservation, } from '../ports.js'
import type { Application, AuditEvent, Contract, ContractSummary, Environment, Product, ServiceEndpoint } from '../records.js'
import { facetValues, filterWithout, passesFilter } from '../search/facets.js'
import { searchFields, type SearchDocument } from '../search/document.js'
import type { FacetValue, SearchFacets, SearchFilter, SearchMatches, SearchQuery } from '../search/query.js'
import { indexTokens, termMatches } from '../search/terms.js'
import type { CatalogWrites, PageRequest, ServiceFilter, ServiceIdentity, Slice } from '../store.js'

/** Everything a memory store holds; replaced as a whole by a commit. */
export interface MemoryState {
  revision: number
  readonly applications: Map<string, Application>
  readonly environments: Map<string, Environment>
  readonly services: Map<string, ServiceEndpoint>
  readonly contracts: Map<string, { readonly service: string; readonly contract: Contract }>
  readonly products: Map<string, Product>
  readonly documents: Map<string, readonly SearchDocument[]>
  readonly audits: AuditEvent[]
  readonly marks: Map<string, string>
  readonly observations: Map<string, CapabilityObservation>
}

export const emptyState = (): MemoryState => ({
  revision: 0, applications: new Map(), environments: new Map(), services: new Map(), contracts: new Map(), products: new Map(),
  documents: new Map(), audits: [], marks: new Map(), observations: new Map(),
})

export const copyState = (state: MemoryState): MemoryState => ({
  revision: state.revision, applications: new Map(state.applications), environments: new Map(state.environments), services: new Map(state.services),
  contracts: new Map(state.contracts), products: new Map(state.products), documents: new Map(state.documents), audits: [...state.audits],
  marks: new Map(state.marks), observations: new Map(state.observations),
})

const fieldWeights = Object.freeze({ name: 10, title: 8, tags: 6, description: 3, service: 1 })

/** One view of a memory store's state: of a snapshot for reading, of a copy for a change. */
export class MemoryCatalog implements CatalogWrites {
  #written = false
  constructor(private readonly state: MemoryState) {}

  revision = async (): Promise<number> => this.state.revision
  application = async (name: string): Promise<Application | undefined> => values(this.state.applications).find((one) => one.name === name)
  environment = async (application: string, name: string): Promise<Environment | undefined> =>
    values(this.state.environments).find((one) => one.application.name === application && one.name === name)

  async slugs(base: string): Promise<readonly string[]> {
    const taken = [...values(this.state.services), ...values(this.state.products)].map((one) => one.slug)
    return taken.filter((slug) => slug === base || slug.startsWith(`${base}-`)).toSorted()
  }

  service = async (slug: string): Promise<ServiceEndpoint | undefined> => values(this.state.services).find((one) => one.slug === slug)
  serviceOf = async (identity: ServiceIdentity): Promise<ServiceEndpoint | undefined> =>
    values(this.state.services).find(
      ({ name, environment }) => name === identity.name && environment.name === identity.environment && environment.application.name === identity.application,
    )

  services = async (filter: ServiceFilter, page: PageRequest): Promise<Slice<ServiceEndpoint>> =>
    sliced(values(this.state.services).filter((service) => isListed(service, filter)).toSorted(bySlug), page)

  contract = async (uuid: string): Promise<Contract | undefined> => this.state.contracts.get(uuid)?.contract
  async contracts(serviceUuid: string): Promise<readonly ContractSummary[]> {
    const own = values(this.state.contracts).filter(({ service }) => service === serviceUuid)
    return own.map(({ contract: { content: _content, ...summary } }) => summary).toSorted((a, b) => b.ordinal - a.ordinal)
  }

  product = async (slug: string): Promise<Product | undefined> => values(this.state.products).find((one) => one.slug === slug)
  products = async (page: PageRequest): Promise<Slice<Product>> => sliced(values(this.state.products).toSorted(bySlug), page)
  productsUsing = async (slug: string): Promise<readonly Product[]> =>
    values(this.state.products).filter(({ definition }) => definition.entities.some((entity) => entity.service === slug)).toSorted(bySlug)

  auditOf = async (subject: string, limit: number): Promise<readonly AuditEvent[]> =>
    this.state.audits.filter((event) => event.subject === subject).toReversed().slice(0, limit)
  mark = async (name: string): Promise<string | undefined> => this.state.marks.get(name)

  async search(query: SearchQuery): Promise<SearchMatches> {
    const found = values(this.state.documents).flat().flatMap((document) => {
      const score = scoreOf(document, query)
      return score === undefined ? [] : [{ document, score }]
    })
    const ranked = found
      .filter(({ document }) => passesFilter(document, query.filter))
      .toSorted((a, b) => b.score - a.score || compare(a.document.name, b.document.name) || compare(a.document.id, b.document.id))
    return {
      total: ranked.length,
      documents: ranked.slice(query.offset, query.offset + query.limit),
      facets: facetsOf(found.map(({ document }) => document), query.filter),
    }
  }

  saveApplication = (application: Application): Promise<void> => this.#write(() => {
    refuseTwins(values(this.state.applications), application, (one) => one.name)
    this.state.applications.set(application.uuid, application)
  })
  saveEnvironment = (environment: Environment): Promise<void> => this.#write(() => {
    refuseTwins(values(this.state.environments), environment, (one) => `${one.application.uuid}\0${one.name}`)
    this.state.environments.set(environment.uuid, environment)
    for (const service of values(this.state.services)) {
      if (service.environment.uuid === environment.uuid) this.state.services.set(service.uuid, { ...service, environment })
    }
  })
  saveService = (service: ServiceEndpoint): Promise<void> => this.#write(() => {
    this.#refuseSlug(service)
    refuseTwins(values(this.state.services), service, (one) => `${one.environment.uuid}\0${one.name}`)
    this.state.services.set(service.uuid, service)
  })
  addContract = (service: string, contract: Contract): Promise<void> => this.#write(() => {
    this.state.contracts.set(contract.uuid, { service, contract })
  })
  removeService = (uuid: string): Promise<void> => this.#write(() => {
    const slug = this.state.services.get(uuid)?.slug
    this.state.services.delete(uuid)
    for (const [id, { service }] of this.state.contracts) if (service === uuid) this.state.contracts.delete(id)
    for (const [key, { endpoint }] of this.state.observations) if (endpoint === slug) this.state.observations.delete(key)
    if (slug !== undefined) this.state.documents.delete(slug)
  })
  saveProduct = (product: Product): Promise<void> => this.#write(() => {
    this.#refuseSlug(product)
    this.state.products.set(product.uuid, product)
  })
  removeProduct = (uuid: string): Promise<void> => this.#write(() => {
    const slug = this.state.products.get(uuid)?.slug
    this.state.products.delete(uuid)
    if (slug !== undefined) this.state.documents.delete(slug)
  })
  index = (slug: string, documents: readonly SearchDocument[]): Promise<void> => this.#write(() => {
    this.state.documents.set(slug, documents)
  })
  audit = (event: AuditEvent): Promise<void> => this.#write(() => {
    this.state.audits.push(event)
  })
  setMark = (name: string, value: string): Promise<void> => this.#write(() => {
    this.state.marks.set(name, value)
  })

  async #write(change: () => void): Promise<void> {
    if (!this.#written) this.state.revision += 1
    this.#written = true
    change()
  }

  #refuseSlug(subject: { readonly uuid: string; readonly slug: string }): void {
    refuseTwins<{ readonly uuid: string; readonly slug: string }>([...values(this.state.services), ...values(this.state.products)], subject, (one) => one.slug)
  }
}

const values = <T>(map: ReadonlyMap<string, T>): readonly T[] => [...map.values()]
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const bySlug = (a: { readonly slug: string }, b: { readonly slug: string }): number => compare(a.slug, b.slug)
const sliced = <T>(all: readonly T[], { limit, offset }: PageRequest): Slice<T> => ({ total: all.length, items: all.slice(offset, offset + limit) })

function refuseTwins<T extends { readonly uuid: string }>(present: readonly T[], fresh: T, unique: (one: T) => string): void {
  const twin = present.find((one) => one.uuid !== fresh.uuid && unique(one) === unique(fresh))
  if (twin !== undefined) throw new Error(`not unique: ${unique(fresh)}`)
}

const isListed = (service: ServiceEndpoint, filter: ServiceFilter): boolean =>
  (filter.application === undefined || service.environment.application.name === filter.application) &&
  (filter.environment === undefined || service.environment.name === filter.environment) &&
  (filter.environmentType === undefined || service.environment.type === filter.environmentType) &&
  (filter.kind === undefined || service.kind === filter.kind) &&
  (filter.tag === undefined || service.tags.includes(filter.tag)) &&
  (filter.owner === undefined || service.owner?.name === filter.owner) &&
  (filter.sample === undefined || service.sample === filter.sample)

/** Undefined: a term is not met. The whole name counts most. */
function scoreOf(document: SearchDocument, { terms }: SearchQuery): number | undefined {
  const tokens = indexTokens(document)
  const all = new Set(searchFields.flatMap((field) => tokens[field]))
  if (!terms.every((term) => termMatches(term, all))) return undefined
  const perField = searchFields.map((field) => {
    const own = new Set(tokens[field])
    return terms.filter((term) => termMatches(term, own)).length * (fieldWeights[field] / (1 + own.size / 10))
  })
  const exact = tokens.name[0] === terms.map((term) => term.whole).join('') ? 100 : 0
  return exact + perField.reduce((sum, score) => sum + score, 0)
}

function facetsOf(found: readonly SearchDocument[], filter: SearchFilter): SearchFacets {
  const facet = (name: keyof SearchFacets): readonly FacetValue[] => {
    const passing = found.filter((document) => passesFilter(document, filterWithout(filter, name)))
    const counts = new Map<string, number>()
    for (const value of passing.flatMap(facetValues[name])) counts.set(value, (counts.get(value) ?? 0) + 1)
    return [...counts].map(([value, count]) => ({ value, count })).toSorted((a, b) => b.count - a.count || compare(a.value, b.value))
  }
  return { kind: facet('kind'), environment: facet('environment'), type: facet('type'), tag: facet('tag') }
}
