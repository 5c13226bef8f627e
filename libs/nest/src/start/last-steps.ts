/**
 * What is closed last of all, after the server has drained and every module has ended: the store, to which modules may still write while
 * they end. Steps run in the opposite order of their addition.
 */
export class LastSteps {
  readonly #steps: (() => Promise<void>)[] = []

  add(step: () => Promise<void>): void {
    this.#steps.push(step)
  }

  /** Runs each step once; a failing one does not keep the others from running. @throws the first failure */
  async run(): Promise<void> {
    const failures: unknown[] = []
    for (const step of this.#steps.splice(0).toReversed()) await step().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
}
