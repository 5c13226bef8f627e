import type { EdmModel } from '@tributary/edm'
import type { Capabilities } from '@tributary/source'
import { batchSupportOf, type BatchSupport } from './batch-support.js'
import type { BatchForm } from './batch-write.js'
import type { TakenKeys } from './take-keys.js'

/** How many reads may go as one `$batch`, and how it is written. */
export interface TakenBatch {
  readonly form: BatchForm
  readonly reads: number
}

/** Reads of one batch: services bound how many they take, and answer them one after the other. */
const CHAINS = 8
const LINKS = 20
/** URLs up to this length hold few keys, even by `in`. */
const SHORT_URL = 1_000

/**
 * Key batches that need many requests, by or-chains or because URLs are short, go several at a time where the contract says that the service
 * takes batches, or it was seen to.
 */
export function takeBatch({ form }: TakenKeys, model: EdmModel, able: Capabilities): TakenBatch | undefined {
  if (form === undefined || (form === 'in' && able.urlLimit > SHORT_URL)) return undefined
  return batched(model, able, CHAINS)
}

/** Links of rows, which otherwise cost a request each. */
export const takeLinkBatch = (model: EdmModel, able: Capabilities): TakenBatch | undefined => batched(model, able, LINKS)

function batched(model: EdmModel, able: Capabilities, reads: number): TakenBatch | undefined {
  const { trust } = able.fact('batch')
  const said = batchSupportOf(model)
  return trust === 'unsupported' || said.supported === false || (said.supported !== true && trust !== 'exact') ? undefined : { form: formOf(said), reads }
}

const formOf = ({ formats }: BatchSupport): BatchForm => (formats.some((format) => format.startsWith('application/json')) && !formats.some((format) => format.startsWith('multipart/mixed')) ? 'json' : 'multipart')
