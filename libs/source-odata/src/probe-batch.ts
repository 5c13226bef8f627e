import { isHubError } from '@tributary/errors'
import { SourceContradicted, SourceRefused } from '@tributary/source'
import { batchSupportOf } from './batch-support.js'
import { readTogether } from './batched-reads.js'
import { encodeOption } from './print-filter.js'
import { isAsked, keyEquals, note, ProbeEnded, type Session } from './probe-session.js'
import type { Sample } from './probe-instances.js'
import { asHandle } from './scan.js'

/**
 * Whether the remote answers two reads in one `$batch`: asked where keys cannot go by `in`, or links of rows have to be followed one by one,
 * and the contract says nothing of it.
 */
export async function probeBatch(session: Session, { rows }: Sample): Promise<void> {
  const [a, b] = rows
  const { target, entitySet } = session
  if (a === undefined || b === undefined || batchSupportOf(target.model).supported !== undefined || !isAsked(session, 'batch') || !isOfUse(session)) return
  if (session.requestsLeft <= 0) throw new ProbeEnded('no request is left')
  const reads = [a, b].map((row) => ({ url: `${target.url}${encodeURIComponent(entitySet)}?$filter=${encodeOption(keyEquals(session, row))}`, single: false }))
  const answers = await answered(session, reads)
  const right = answers?.every((found) => found === 1) === true
  note(session, 'batch', right ? 'exact' : 'unsupported', right ? 'two reads in a batch were answered, each with its row' : 'two reads in a batch were not answered with their rows')
}

/** How many rows each read brought; undefined: the batch was refused. */
async function answered({ transport, target, entitySet, options, ...session }: Session, reads: Parameters<typeof readTogether>[2]): Promise<readonly number[] | undefined> {
  const scan = asHandle({
    target, entitySet, path: '', options: [], columns: session.columns, keys: [], keyForm: undefined, keyLimit: 1, urlLimit: Infinity, order: [], total: [], top: undefined, counted: false,
    selects: false, pageRows: 0, whole: false, suspects: ['probe'], batch: { form: 'multipart', reads: reads.length },
  })
  const found = reads.map(() => 0)
  try {
    for await (const part of readTogether(transport, scan, reads, { signal: options.signal, observe: options.observe })) {
      if ('piece' in part) found[part.at] = (found[part.at] ?? 0) + (part.piece.cut.offsets.length >> 1)
    }
    return found
  } catch (error) {
    if (error instanceof SourceRefused || error instanceof SourceContradicted || (isHubError(error) && error.code !== 'HUB_SOURCE_UNREACHABLE')) return undefined
    throw error
  }
}

function isOfUse({ facts, keyAt, target, entitySet }: Session): boolean {
  const type = target.model.entityType(target.model.container?.entitySets.get(entitySet)?.entityType ?? '')
  const linked = type !== undefined && target.model.navigations(type).some(({ constraints, partner }) => constraints.length === 0 && partner === undefined)
  return keyAt.length > 1 || linked || [...facts].some(([feature, { trust }]) => feature.startsWith('filter:in:') && trust === 'unsupported')
}
