import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { scratch, until } from './running.js'

/** A PostgreSQL server of a test's own, in a directory that goes with it. */
export interface PostgresServer {
  /** Address of the database every cluster has. */
  readonly url: string
  /** Address of an empty database made for the caller. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

const installed = '/usr/lib/postgresql'
const user = 'tributary'

/** The directory of PostgreSQL's programs as Debian installs them, the newest version; undefined: not installed. */
function findPostgres(): string | undefined {
  const versions = existsSync(installed) ? readdirSync(installed).toSorted((a, b) => Number(b) - Number(a)) : []
  return versions.map((version) => join(installed, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')))
}

export const postgresBinaries = findPostgres()

/** PostgreSQL refuses to run as root: then another user's rights are taken. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'))
  const found = ['postgres', 'nobody'].map((name) => users.find(([known]) => known === name)).find((fields) => fields !== undefined)
  if (found === undefined) throw new Error('there is neither a user postgres nor nobody to run PostgreSQL as')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

/** A port nobody listens on at this moment. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** Makes a cluster and runs it on a loopback port until it is stopped. */
export async function startPostgres(bin = postgresBinaries): Promise<PostgresServer> {
  if (bin === undefined) throw new Error('PostgreSQL is not installed')
  const home = scratch('postgres')
  const rights = unprivileged()
  if (rights.uid !== undefined && rights.gid !== undefined) chownSync(home.path, rights.uid, rights.gid)
  const data = join(home.path, 'data')
  const sockets = join(home.path, 'sockets')
  mkdirSync(sockets)
  if (rights.uid !== undefined && rights.gid !== undefined) chownSync(sockets, rights.uid, rights.gid)
  const options = { cwd: home.path, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' }, ...rights }
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', user, '--auth=trust', '--encoding=UTF8', '--no-sync'], { ...options, stdio: 'pipe' })
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${sockets}`, 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])], { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  let printed = ''
  child.stderr.on('data', (chunk: Buffer) => { printed += chunk.toString() })
  const ended = new Promise<void>((resolve) => { child.on('close', () => resolve()) })
  const address = (database: string) => `postgres://${user}@127.0.0.1:${port}/${database}`
  await until('PostgreSQL starts', () => answers(address('postgres')), { told: () => printed })
  let databases = 0
  return {
    url: address('postgres'),
    async createDatabase() {
      databases += 1
      const name = `test_${databases}`
      await execute(address('postgres'), `CREATE DATABASE ${name}`)
      return address(name)
    },
    async stop() {
      child.kill('SIGINT')
      await ended
      home.remove()
    },
  }
}

const notReady = new Set(['ECONNREFUSED', 'ECONNRESET', '57P03'])

async function answers(url: string): Promise<true | undefined> {
  try {
    await execute(url, 'SELECT 1')
    return true
  } catch (error) {
    // Not listening yet, or still starting up.
    if (notReady.has((error as { readonly code?: string }).code ?? '')) return undefined
    throw error
  }
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
