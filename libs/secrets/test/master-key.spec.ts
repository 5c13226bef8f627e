import { deriveFrom, keyFileName, loadMasterKey, parseSecretKey } from '@tributary/secrets'
import { hkdfSync } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const config = expect.objectContaining({ code: 'HUB_START_CONFIG', message: expect.stringContaining('TRIBUTARY_SECRET_KEY') })

describe('the text of TRIBUTARY_SECRET_KEY', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => (index * 37 + 250) % 256))

  it.each(['hex', 'base64', 'base64url'] as const)('is taken as bytes when it is %s of at least 32', (encoding) => {
    expect(parseSecretKey(`${bytes.toString(encoding)}\n`)).toEqual(bytes)
  })

  it('is a passphrase otherwise: the same text gives the same key, another text another', () => {
    const key = parseSecretKey('correct horse battery staple')
    expect(key).toHaveLength(32)
    expect(parseSecretKey('correct horse battery staple')).toEqual(key)
    expect(parseSecretKey('correct horse battery stapler')).not.toEqual(key)
  })

  it.each(['', 'short', 'nineteen characters'])('is refused when it is too short: %p', (text) => {
    expect(() => parseSecretKey(text)).toThrow(config)
  })
})

describe('derived keys', () => {
  it('are HKDF-SHA-256 of the master key, one per purpose', () => {
    const master = parseSecretKey('ab'.repeat(32))
    const tokens = deriveFrom(master, 'page-tokens')
    expect(tokens).toEqual(Buffer.from(hkdfSync('sha256', master, 'tributary/v1', 'page-tokens', 32)))
    expect(deriveFrom(master, 'connections')).not.toEqual(tokens)
    expect(deriveFrom(master, 'page-tokens', 64)).toHaveLength(64)
  })
})

describe('the key file', () => {
  let dataDir: string
  beforeEach(() => { dataDir = join(mkdtempSync(join(tmpdir(), 'tributary-key-')), 'data') })
  afterEach(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }))

  it('is generated once, for its owner only, and read afterwards', () => {
    const first = loadMasterKey({ dataDir })
    expect(first).toHaveLength(32)
    expect(statSync(join(dataDir, keyFileName)).mode & 0o777).toBe(0o600)
    expect(loadMasterKey({ dataDir })).toEqual(first)
    expect(readdirSync(dataDir)).toEqual([keyFileName])
  })

  it('is not touched when the key is given', () => {
    expect(loadMasterKey({ dataDir, secretKey: 'cd'.repeat(32) })).toEqual(Buffer.from('cd'.repeat(32), 'hex'))
    expect(() => readFileSync(join(dataDir, keyFileName))).toThrow('ENOENT')
  })

  it.each([0o640, 0o604, 0o644])('is refused when others may read it: mode %o', (mode) => {
    loadMasterKey({ dataDir })
    chmodSync(join(dataDir, keyFileName), mode)
    expect(() => loadMasterKey({ dataDir })).toThrow(config)
  })

  it('is refused when it is damaged, and never replaced, because boxes sealed with it would be lost', () => {
    loadMasterKey({ dataDir })
    const file = join(dataDir, keyFileName)
    writeFileSync(file, 'too short')
    expect(() => loadMasterKey({ dataDir })).toThrow(config)
    expect(readFileSync(file, 'utf8')).toBe('too short')
  })

  it('cannot be where the data directory cannot be made', () => {
    const file = join(dataDir, '..', 'a-file')
    writeFileSync(file, '')
    expect(() => loadMasterKey({ dataDir: join(file, 'data') })).toThrow(expect.objectContaining({ code: 'HUB_START_DATA_DIR' }))
  })
})
