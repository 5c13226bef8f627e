import type { AddressInfo } from 'node:net'
import { hubError } from '@tributary/errors'

/** Where this process listens, known once it does (PORT may be 0). By it the process reaches its own sample services. */
export class OwnAddress {
  #origin: string | undefined

  /** `http://127.0.0.1:3000`, without trailing slash. @throws HUB_UNAVAILABLE before the process listens */
  get origin(): string {
    if (this.#origin === undefined) throw hubError('HUB_UNAVAILABLE', { reason: 'it does not listen yet' })
    return this.#origin
  }

  /** Called once, by the start. A process that listens everywhere reaches itself by loopback. */
  listening({ address, port, family }: AddressInfo): void {
    const everywhere = address === '0.0.0.0' || address === '::'
    const host = everywhere ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address
    this.#origin = `http://${host}:${port}`
  }
}
