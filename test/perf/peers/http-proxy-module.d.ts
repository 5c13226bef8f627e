declare module 'http-proxy' {
  import type { Agent, IncomingMessage, ServerResponse } from 'node:http'

  interface Proxy {
    web(request: IncomingMessage, response: ServerResponse): void
  }
  const httpProxy: { createProxyServer(options: { readonly target: string; readonly agent: Agent }): Proxy }
  export default httpProxy
}
