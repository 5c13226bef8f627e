/** What must work before requests are sent here. Modules add their checks when they start. */
export class Readiness {
  readonly #checks = new Map<string, () => Promise<void>>()
  #stopping = false

  /** A check throws when its part does not work. */
  add(name: string, check: () => Promise<void>): void {
    this.#checks.set(name, check)
  }

  /** From now on no new requests are wanted. */
  stop(): void {
    this.#stopping = true
  }

  /** The names of the parts that do not work; none: ready. */
  async failing(): Promise<readonly string[]> {
    if (this.#stopping) return ['stopping']
    const results = await Promise.all([...this.#checks].map(async ([name, check]) => check().then(() => undefined, () => name)))
    return results.filter((name) => name !== undefined)
  }

  /** The names of all checks. */
  names(): readonly string[] {
    return [...this.#checks.keys()]
  }
}
