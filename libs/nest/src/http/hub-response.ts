import { ServerResponse, type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders } from 'node:http'

/**
 * A response that knows headers ahead of the others, such as the request's id, and sends all of them at once. After node:http's `setHeader`
 * every header of `writeHead` is set, looked up and checked on its own, which takes as long as all else that is done for a small answer.
 */
export class HubResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  private readonly standing: OutgoingHttpHeader[] = []

  /** A header of the answer, whatever else that has. @param name in lower case */
  stand(name: string, value: string): void {
    this.standing.push(name, value)
  }

  override writeHead(status: number, reason?: string | OutgoingHttpHeaders | OutgoingHttpHeader[], given?: OutgoingHttpHeaders | OutgoingHttpHeader[]): this {
    const headers = typeof reason === 'string' ? given : reason
    const all = this.standing.length === 0 ? headers : [...this.standing, ...flat(headers)]
    return typeof reason === 'string' ? super.writeHead(status, reason, all) : super.writeHead(status, all)
  }
}

/** Names and values in turns, as node:http takes them as they are. */
function flat(headers: OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined): OutgoingHttpHeader[] {
  if (headers === undefined) return []
  if (Array.isArray(headers)) return headers
  const texts: OutgoingHttpHeader[] = []
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined) texts.push(name, value)
  }
  return texts
}
