import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { OpenConnection, SealedConnection, Sealing } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { deriveFrom, type MasterKey } from './master-key.js'

// A box is version (1 byte) | nonce (12) | ciphertext | tag (16), as base64url.
const version = 1
const nonceBytes = 12
const tagBytes = 16

/**
 * The catalog's `Sealing` as AES-256-GCM with a random nonce: a box opens only with the same master key, and sealing twice gives two
 * different boxes. The slug is additional data, so that a box moved to another service does not open.
 * @see NIST SP 800-38D
 */
export function createSealing(master: MasterKey): Sealing {
  const key = deriveFrom(master, 'connections')
  return Object.freeze({
    seal(slug: string, connection: OpenConnection): SealedConnection {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData(slug))
      const box = [Buffer.of(version), nonce, cipher.update(JSON.stringify(connection), 'utf8'), cipher.final(), cipher.getAuthTag()]
      return Buffer.concat(box).toString('base64url') as SealedConnection
    },
    open(slug: string, sealed: SealedConnection): OpenConnection {
      const box = Buffer.from(sealed, 'base64url')
      if (box[0] !== version || box.length < 1 + nonceBytes + tagBytes) throw hubError('HUB_CONNECTION_SEALED', { slug })
      try {
        return JSON.parse(decrypt(key, box, additionalData(slug))) as OpenConnection
      } catch (cause) {
        throw hubError('HUB_CONNECTION_SEALED', { slug }, { cause })
      }
    },
  })
}

const additionalData = (slug: string) => Buffer.from(`tributary/connection/v${version}\0${slug}`)

function decrypt(key: Buffer, box: Buffer, additional: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes })
    .setAAD(additional)
    .setAuthTag(box.subarray(-tagBytes))
  return Buffer.concat([decipher.update(box.subarray(1 + nonceBytes, -tagBytes)), decipher.final()]).toString('utf8')
}
