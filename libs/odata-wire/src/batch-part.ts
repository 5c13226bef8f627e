/** One request of a batch. */
export interface BatchPart {
  /** `Content-ID`, or the member `id`: what later requests refer to. */
  readonly id?: string
  /** In upper case. */
  readonly method: string
  /** As it was written: absolute, relative to the host or to the service root, or beginning with `$id`. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
  /** Change set or atomicity group. */
  readonly group?: string
  /** Ids and groups that must have succeeded. */
  readonly dependsOn: readonly string[]
  /** The member `if`: what must hold instead of the success of what it depends on. */
  readonly condition?: string
}

/** The two forms a batch may have; the answer has the same. */
export type BatchForm = 'multipart' | 'json'

/** A batch as it was sent. */
export interface Batch {
  readonly form: BatchForm
  readonly parts: readonly BatchPart[]
}
