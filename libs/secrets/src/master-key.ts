import { hkdfSync, randomBytes, scryptSync } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { hubError } from '@tributary/errors'

/** The one secret everything else is derived from; at least 32 bytes. Held in memory only, never logged. */
export type MasterKey = Buffer & { readonly master: unique symbol }

/** Name of the generated key's file inside the data directory. */
export const keyFileName = 'secret.key'

const leastBytes = 32
const leastPassphrase = 20

/**
 * Reads the text of TRIBUTARY_SECRET_KEY: hexadecimal (≥ 64 digits) or base64/base64url (≥ 43 characters) of at least 32 bytes is taken as
 * those bytes; any other text of at least 20 characters is a passphrase, stretched with scrypt (N 2^15, r 8, p 1). The salt is fixed,
 * because every replica must reach the same key from the same text and nothing else; a random key is the better choice.
 * @throws HUB_START_CONFIG for a text too short to be a secret
 */
export function parseSecretKey(text: string): MasterKey {
  const trimmed = text.trim()
  const bytes = decodeKey(trimmed)
  if (bytes !== undefined) return asMaster(bytes)
  if ([...trimmed].length < leastPassphrase) {
    throw hubError('HUB_START_CONFIG', {
      name: 'TRIBUTARY_SECRET_KEY',
      reason: `it must be at least ${leastBytes} bytes as base64 or hexadecimal, or a passphrase of at least ${leastPassphrase} characters`,
    })
  }
  return asMaster(scryptSync(trimmed.normalize('NFC'), 'tributary/secret-key/v1', leastBytes, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 }))
}

/**
 * The key of this deployment: the given text, else the data directory's file, which is generated (mode 0600) when it is missing.
 * The directory is made if needed.
 * @throws HUB_START_CONFIG if the text is too weak, or the file is damaged or readable by others than its owner
 * @throws HUB_START_DATA_DIR if the file cannot be read or written
 */
export function loadMasterKey(options: { readonly secretKey?: string | undefined; readonly dataDir: string }): MasterKey {
  if (options.secretKey !== undefined) return parseSecretKey(options.secretKey)
  const file = join(options.dataDir, keyFileName)
  try {
    mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
    return readKeyFile(file) ?? generateKeyFile(file)
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw hubError('HUB_START_DATA_DIR', { dir: options.dataDir, reason: `${keyFileName}: ${cause.code}` }, { cause })
  }
}

/** Derives an independent key for one purpose (RFC 5869, HKDF-SHA-256): who knows one learns nothing of the others. */
export const deriveFrom = (master: MasterKey, purpose: string, bytes = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', master, 'tributary/v1', purpose, bytes))

function decodeKey(text: string): Buffer | undefined {
  if (/^(?:[0-9a-f]{2}){32,}$/i.test(text)) return Buffer.from(text, 'hex')
  if (/^[\w+/-]{43,}={0,2}$/.test(text)) return Buffer.from(text, 'base64')
  return undefined
}

const asMaster = (bytes: Buffer): MasterKey => bytes as MasterKey

const isSystemError = (error: unknown): error is { readonly code: string } =>
  typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error && typeof error.code === 'string'

function readKeyFile(file: string): MasterKey | undefined {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    throw keyFileFault(`${file} may be read by others (mode ${(found.mode & 0o777).toString(8)}); run chmod 600 on it, and change the credentials it protects`)
  }
  const bytes = decodeKey(readFileSync(file, 'utf8').trim())
  if (bytes === undefined) throw keyFileFault(`${file} does not hold a key of at least ${leastBytes} bytes; restore it from a backup`)
  return asMaster(bytes)
}

/** Written beside its place and linked into it: another process starting at the same moment reads a whole key or none, and the first one wins. */
function generateKeyFile(file: string): MasterKey {
  const fresh = randomBytes(leastBytes)
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const handle = openSync(draft, 'wx', 0o600)
  try {
    writeSync(handle, `${fresh.toString('base64')}\n`)
    fsyncSync(handle)
    linkSync(draft, file)
    return asMaster(fresh)
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error
    const winner = readKeyFile(file)
    if (winner === undefined) throw error
    return winner
  } finally {
    closeSync(handle)
    rmSync(draft, { force: true })
  }
}

const keyFileFault = (reason: string) => hubError('HUB_START_CONFIG', { name: 'TRIBUTARY_SECRET_KEY', reason })
