import { isHubError } from '@tributary/errors'
import { SourceRefused, type ReadContext } from '@tributary/source'
import { askedBy } from './asked-by.js'
import { countOf } from './count-of.js'
import { openPage } from './remote-page.js'
import { readHeaders } from './request-headers.js'
import { urlOf, type ODataScan } from './scan.js'
import type { Outgoing, Transport } from './transport.js'

/** The number of rows behind a scan's filter, asked for by `$top=0&$count=true`; undefined: the remote did not tell. */
export async function estimateRows(transport: Transport, scan: ODataScan, context: ReadContext): Promise<number | undefined> {
  const filter = scan.options.filter(({ name }) => name === '$filter')
  const url = urlOf({ ...scan, options: [...filter, { name: '$top', text: '0' }, { name: '$count', text: 'true' }] })
  const outgoing: Outgoing = { place: scan.target, url, headers: readHeaders(0), signal: context.signal, observe: context.observe, ...askedBy(context) }
  const page = openPage(transport, outgoing, { place: scan.target, entitySet: scan.entitySet, features: ['count'] }, () => false)
  try {
    return countOf((await page.take()).envelope)
  } catch (error) {
    if (error instanceof SourceRefused || isHubError(error)) return undefined
    throw error
  } finally {
    page.close()
  }
}
