import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The folder that holds nest-cli.json, from wherever this file was put by a build. */
function repositoryFrom(folder: string): string {
  return existsSync(join(folder, 'nest-cli.json')) ? folder : repositoryFrom(dirname(folder))
}

export const repository = repositoryFrom(import.meta.dirname)

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process of the product, in a life of its own. */
export interface Running {
  readonly process: ChildProcess
  /** Everything it printed so far, both streams. */
  output(): string
  /** Resolves when it ends. */
  readonly ended: Promise<Ended>
  /** Peak resident set in bytes since it began, or since `resetPeak`. */
  peakBytes(): number
  /** Asks the kernel to count the peak anew. */
  resetPeak(): void
  residentBytes(): number
  stop(): Promise<Ended>
}

const statusOf = (pid: number, field: string): number => {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n').find((text) => text.startsWith(`${field}:`))
  return Number(line?.replaceAll(/\D/g, '') ?? Number.NaN) * 1024
}

/** Starts a command in the repository; its environment is the given one over a small, clean base. */
export function run(command: string, args: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const child = spawn(command, args, { cwd: repository, env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { printed += chunk.toString() })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  const pid = child.pid ?? 0
  return {
    process: child,
    output: () => printed,
    ended,
    peakBytes: () => statusOf(pid, 'VmHWM'),
    resetPeak: () => writeClearRefs(pid),
    residentBytes: () => statusOf(pid, 'VmRSS'),
    stop: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      return ended
    },
  }
}

function writeClearRefs(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** A directory that is gone after the test. */
export interface Scratch {
  readonly path: string
  remove(): void
}

export function scratch(name: string): Scratch {
  const path = mkdtempSync(join(tmpdir(), `tributary-${name}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** True where the machine tells a process's memory the way Linux does. */
export const tellsMemory = existsSync('/proc/self/clear_refs')

/** Waits until `probe` answers something, looking every 50 ms, and fails with what was printed meanwhile. */
export async function until<T>(what: string, probe: () => Promise<T | undefined> | T | undefined, options: { readonly attempts?: number; readonly told?: () => string } = {}): Promise<T> {
  for (let attempt = 0; attempt < (options.attempts ?? 600); attempt += 1) {
    const answer = await probe()
    if (answer !== undefined) return answer
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
  throw new Error(`${what} did not happen. ${options.told?.() ?? ''}`)
}
