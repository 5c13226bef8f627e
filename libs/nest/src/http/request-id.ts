import { randomBytes } from 'node:crypto'

/** What ids of this process begin with: nobody else's do. */
const ownPart = randomBytes(9).toString('base64url')
let requests = 0

/** The id the caller or a proxy gave, where it is harmless in logs and headers; else a fresh one. */
export const requestIdOf = (given: string | readonly string[] | undefined): string =>
  typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : `${ownPart}-${(requests += 1).toString(36)}`
