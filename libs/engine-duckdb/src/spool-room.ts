import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

/**
 * The private directory of one process below a directory that processes may share. A file names its owner and is touched again and again:
 * what a process that crashed left behind is removed by the next one that starts.
 */
export interface SpoolRoom {
  readonly directory: string
  /** An empty directory of one request. */
  request(): Promise<string>
  /** @throws if nothing can be written here any more */
  check(): Promise<void>
  /** How many were made. */
  requests(): number
  close(): Promise<void>
}

const ownerOnly = 0o700
const ownerFile = 'owner.json'
const beatMs = 20_000
/** A process on another machine, whose end nobody here can see, is taken to be gone after this long without a beat. */
const silentMs = 30 * beatMs

/** Rooms of this process. */
const living = new Set<string>()

/** Makes the room, and removes those whose owners are gone. */
export async function openSpoolRoom(shared: string): Promise<SpoolRoom> {
  await mkdir(shared, { recursive: true, mode: ownerOnly })
  await removeAbandoned(shared)
  const directory = join(shared, `${process.pid}-${randomBytes(6).toString('hex')}`)
  living.add(directory)
  await mkdir(directory, { mode: ownerOnly })
  await chmod(directory, ownerOnly)
  const owner = join(directory, ownerFile)
  await writeFile(owner, JSON.stringify({ pid: process.pid, host: hostname() }), { mode: 0o600 })
  const beat = setInterval(() => void touch(owner), beatMs)
  beat.unref()
  let requests = 0
  return {
    directory,
    async request() {
      const own = join(directory, String(++requests))
      await mkdir(own, { mode: ownerOnly })
      return own
    },
    async check() {
      const probe = join(directory, 'check')
      await writeFile(probe, '')
      await rm(probe)
    },
    requests: () => requests,
    async close() {
      clearInterval(beat)
      await rm(directory, { recursive: true, force: true })
      living.delete(directory)
    },
  }
}

/** A beat that fails says nothing: the next one, or the first write, will. */
async function touch(file: string): Promise<void> {
  const now = new Date()
  await utimes(file, now, now).catch(() => undefined)
}

async function removeAbandoned(shared: string): Promise<void> {
  const names = await readdir(shared)
  for (const name of names.filter((candidate) => /^\d+-[\da-f]{12}$/.test(candidate))) {
    const directory = join(shared, name)
    if (await isAbandoned(directory)) await rm(directory, { recursive: true, force: true })
  }
}

async function isAbandoned(directory: string): Promise<boolean> {
  if (living.has(directory)) return false
  const owner = join(directory, ownerFile)
  const told = await readFile(owner, 'utf8').then((text) => JSON.parse(text) as { readonly pid?: unknown; readonly host?: unknown }, () => undefined)
  const silentSince = await stat(told === undefined ? directory : owner).then(({ mtimeMs }) => Date.now() - mtimeMs, () => 0)
  if (told === undefined || told.host !== hostname()) return silentSince > silentMs
  // A process with our own number was another one: in a container every first process has the same.
  return told.pid === process.pid || !isRunning(Number(told.pid))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
