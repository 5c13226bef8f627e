import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { hubError } from '@tributary/errors'
import type { Value } from '@tributary/plan'

/** Where a page ended. */
export type PageToken = TokenBase & (
  /** Order values of the last row, the key's among them. */
  | { readonly kind: 'keyset'; readonly values: readonly Value[] }
  | { readonly kind: 'offset'; readonly offset: number }
  /** The source's own next link, of an answer that was passed through. */
  | { readonly kind: 'source'; readonly link: string }
  /** A source's own next link in an answer that it gave as it is; `type` and `set`: exposed, of what it leads to. */
  | { readonly kind: 'relay'; readonly link: string; readonly endpoint: string; readonly type?: string; readonly set?: string }
)

interface TokenBase {
  /** Rows that all pages so far have given. */
  readonly given: number
  /** The number of all rows, where the client asked for it. */
  readonly count?: number
}

/** What a token belongs to: it is of no use for anything else. */
export interface TokenScope {
  readonly slug: string
  /** Of the exposure. */
  readonly revision: number
  /** Of the path and the options, `$skiptoken` left out. @see queryHash */
  readonly query: string
}

/** Hashes only where a token is written or read. A class, because an object literal with an accessor takes longer than all else of it. */
class QueryScope implements TokenScope {
  private hash: string | undefined

  constructor(readonly slug: string, readonly revision: number, private readonly path: string, private readonly options: string) {}

  get query(): string {
    return (this.hash ??= queryHash(this.path, this.options))
  }
}

/** The scope of a query's tokens. */
export const tokenScope = ({ slug, revision }: Pick<TokenScope, 'slug' | 'revision'>, path: string, query: string): TokenScope => new QueryScope(slug, revision, path, query)

/** Writes and reads page tokens: AES-256-GCM, the scope being additional data. */
export interface PageTokens {
  seal(token: PageToken, scope: TokenScope): string
  /** @throws HUB_TOKEN_EXPIRED for a token that is damaged, of another query, or of another revision of the contract */
  open(text: string, scope: TokenScope): PageToken
}

const nonceBytes = 12
const tagBytes = 16

const additional = ({ slug, revision, query }: TokenScope): Buffer => Buffer.from(`tributary/page-token/v1\0${slug}\0${revision}\0${query}`)

/** JSON has no infinities. */
const encode = (_name: string, value: unknown): unknown => (typeof value === 'number' && !Number.isFinite(value) ? { nonFinite: String(value) } : value)
const decode = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'nonFinite' in value ? Number(value.nonFinite) : value

/** Tokens under a key of 32 bytes, the same in all replicas. */
export function createPageTokens(key: Buffer): PageTokens {
  return Object.freeze({
    seal(token: PageToken, scope: TokenScope): string {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additional(scope))
      return Buffer.concat([nonce, cipher.update(JSON.stringify(token, encode), 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
    },
    open(text: string, scope: TokenScope): PageToken {
      const box = Buffer.from(text, 'base64url')
      if (box.length <= nonceBytes + tagBytes) throw hubError('HUB_TOKEN_EXPIRED', {}, { target: '$skiptoken' })
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, nonceBytes), { authTagLength: tagBytes })
        decipher.setAAD(additional(scope)).setAuthTag(box.subarray(-tagBytes))
        return JSON.parse(Buffer.concat([decipher.update(box.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8'), decode) as PageToken
      } catch (cause) {
        throw hubError('HUB_TOKEN_EXPIRED', {}, { target: '$skiptoken', cause })
      }
    },
  })
}

const isSkipToken = (option: string): boolean => /^(?:\$|%24)?skiptoken=/i.test(option)

/** The query's options without `$skiptoken`, raw and in their order. */
export const withoutSkipToken = (query: string): string => query.split('&').filter((option) => option !== '' && !isSkipToken(option)).join('&')

/** What two pages of one query have in common: path and options, decoded, without `$skiptoken`, in any order. */
export function queryHash(path: string, query: string): string {
  const options = withoutSkipToken(query).split('&').map(decodeLoosely).toSorted()
  return createHash('sha256').update(JSON.stringify([decodeLoosely(path), ...options])).digest('base64url')
}

/** Malformed percent signs are the parser's to refuse; here they stand for themselves. */
function decodeLoosely(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
}
