import { reasonPhrases } from './reason-phrases.js'

/** The status line and headers of an answer that is itself the body of another, up to its own body. @see RFC 9112, section 2.1 */
export function httpMessageHead(status: number, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`HTTP/1.1 ${status} ${reasonPhrases[status] ?? 'Status'}\r\n${lines.join('')}\r\n`)
}
