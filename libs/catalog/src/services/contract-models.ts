import type { EdmModel } from '@tributary/edm'
import { LRUCache } from 'lru-cache'
import type { ContractReader } from '../ports.js'
import type { Contract, ContractSummary } from '../records.js'

/** Contracts of this many characters in all are kept as models. */
const keptCharacters = 64_000_000
const caches = new WeakMap<ContractReader, LRUCache<string, EdmModel>>()

/** How a contract is found where its model is not at hand. */
export interface Contracts {
  contract(uuid: string): Promise<Contract | undefined>
}

/** The model of a stored contract; models are kept by content hash, the least used go first. */
export async function modelOf(reader: ContractReader, contracts: Contracts, { uuid, hash, type }: ContractSummary): Promise<EdmModel> {
  const cache = cacheOf(reader)
  const known = cache.get(hash)
  if (known !== undefined) return known
  const contract = await contracts.contract(uuid)
  if (contract === undefined) throw new Error(`the contract ${uuid} is not in the store`)
  const { model } = await reader.read(contract.content, type)
  cache.set(hash, model, { size: contract.content.length + 1 })
  return model
}

/** Keeps a model that was just read. */
export const keepModel = (reader: ContractReader, hash: string, content: string, model: EdmModel): void => {
  cacheOf(reader).set(hash, model, { size: content.length + 1 })
}

function cacheOf(reader: ContractReader): LRUCache<string, EdmModel> {
  let cache = caches.get(reader)
  if (cache === undefined) caches.set(reader, (cache = new LRUCache<string, EdmModel>({ maxSize: keptCharacters })))
  return cache
}
