import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { hubError } from '@tributary/errors'

const reasons: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'its URL and headers are longer than the server reads'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'it did not arrive in time'],
}

/**
 * Answers what is no HTTP, such as URLs with bytes that are not percent-encoded, with an OData error object, and closes the connection:
 * where the next request would begin is not known.
 */
export function answerMalformed({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable || socket.destroyed) return void socket.destroy()
  const [status, reason] = reasons[code] ?? [400, 'it is no well-formed HTTP; percent-encode what is not ASCII']
  const error = hubError('HUB_REQUEST_INVALID', { reason })
  const body = JSON.stringify({ error: { code: error.code, message: error.message } })
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, 'Connection: close', 'Content-Type: application/json;charset=utf-8', 'OData-Version: 4.0', `Content-Length: ${Buffer.byteLength(body)}`]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
