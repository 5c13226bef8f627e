import type { Exposure } from '@tributary/catalog'
import type { BatchPart } from '@tributary/odata-wire'

/** What an earlier request of a batch was answered, kept because a later one refers to it. */
export interface KeptAnswer {
  /** Raw, below the root: what the request addressed. */
  readonly path: string
  readonly method: string
  readonly exposure: Exposure
  readonly headers: Readonly<Record<string, string>>
  /** Undefined: it was larger than what is kept. */
  readonly body: Buffer | undefined
}

/** Gathers the body of an answer as it passes. */
export interface Keeping {
  add(chunk: Buffer): void
  /** The body; undefined: it was too large. */
  whole(): Buffer | undefined
}

const mostBytes = 4 * 1024 * 1024
const mostOfBatch = 64 * 1024 * 1024

/** The answers of one batch that later requests of it may refer to, and nothing of the others. */
export class KeptAnswers {
  private readonly answers = new Map<string, KeptAnswer>()
  private readonly wanted: ReadonlySet<string>
  private held = 0

  /** @param parts of the batch: only what one of them may refer to is kept */
  constructor(parts: readonly BatchPart[]) {
    const referring = parts.map(({ url, headers, condition = '', body }) => [url, condition, ...Object.values(headers), body?.toString('latin1') ?? ''].join('\n').replaceAll(/%24/gi, '$')).join('\n')
    this.wanted = new Set(parts.flatMap(({ id }) => (id !== undefined && referring.includes(`$${id}`) ? [id] : [])))
  }

  /** Undefined: nobody refers to it. */
  keeping(id: string | undefined): Keeping | undefined {
    if (id === undefined || !this.wanted.has(id)) return undefined
    const chunks: Buffer[] = []
    let size = 0
    return {
      add: (chunk) => {
        size += chunk.length
        if (size <= mostBytes && this.held + size <= mostOfBatch) chunks.push(chunk)
        else chunks.length = 0
      },
      whole: () => (size <= mostBytes && this.held + size <= mostOfBatch ? Buffer.concat(chunks) : undefined),
    }
  }

  put(id: string, answer: KeptAnswer): void {
    if (!this.wanted.has(id)) return
    this.held += answer.body?.length ?? 0
    this.answers.set(id, answer)
  }

  get(id: string): KeptAnswer | undefined {
    return this.answers.get(id)
  }
}
