import { ContractReader, type OpenConnection, type ReadContract } from '@tributary/catalog'
import { readCsdl, type EdmModel } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import { ODataSource, type AddressGuard } from '@tributary/source-odata'

/**
 * Reads and fetches the contracts of every source kind.
 * @param guard which addresses may be connected to; all where it is left out
 */
export const contractReader = (guard?: AddressGuard): ContractReader => new ContractReaderOfKinds(new ODataSource(guard === undefined ? {} : { guard }))

class ContractReaderOfKinds extends ContractReader {
  constructor(private readonly odata: ODataSource) {
    super()
  }

  override async read(content: string, type?: string): Promise<ReadContract> {
    const found = typeOf(content)
    if (type !== undefined && type !== CSDL) throw unsupported(type)
    if (found.type !== CSDL) throw unsupported(found.type)
    return served(readCsdl(content), content, found.contentType)
  }

  override async fetch(service: { readonly slug: string; readonly url: string; readonly connection: OpenConnection }, signal: AbortSignal): Promise<ReadContract> {
    const { model, content } = await this.odata.describe({ ...service, url: service.url.endsWith('/') ? service.url : `${service.url}/` }, signal)
    return served(model, content, typeOf(content).contentType)
  }
}

const CSDL = 'CSDL'
const KNOWN = 'CSDL of OData 4.0 and 4.01, as XML or JSON'

const unsupported = (type: string): Error => hubError('HUB_CONTRACT_UNSUPPORTED', { type, known: KNOWN })

function served(model: EdmModel, content: string, contentType: string): ReadContract {
  if (model.version !== '4.0' && model.version !== '4.01') throw unsupported(`CSDL of OData ${model.version}`)
  return Object.freeze({ kind: 'odata', type: CSDL, specificationVersion: model.version, content, contentType, model })
}

/** Foreign descriptions that can be told by how they begin. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/^\s*\{[^]{0,4000}?"(?:openapi|swagger)"\s*:/, 'Open API'],
  [/^\s*\{[^]{0,4000}?"asyncapi"\s*:/, 'Async API'],
  [/^(?:openapi|swagger)\s*:/m, 'Open API'],
  [/^asyncapi\s*:/m, 'Async API'],
  [/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:\w+:)?definitions\b/, 'WSDL'],
]

/** What a document is, by its content: CSDL wherever nothing else is recognised, so that its reader can say what is wrong and where. */
function typeOf(content: string): { readonly type: string; readonly contentType: string } {
  const text = content.startsWith('\uFEFF') ? content.slice(1) : content
  const foreign = FOREIGN.find(([pattern]) => pattern.test(text.slice(0, 8_000)))
  return { type: foreign?.[1] ?? CSDL, contentType: /^\s*\{/.test(text) ? 'application/json' : 'application/xml' }
}
