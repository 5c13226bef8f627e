export interface Lock {
  readonly packages: Readonly<Record<string, { readonly resolved?: string }>>
}
export function faultsOfLock(lock: Lock, workspaces: readonly string[]): string[]
export function lockFileFaults(): string[]
