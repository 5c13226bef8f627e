import { startHub, type StartedHub } from '../../apps/hub/test/started-hub.js'
import { startRichServer, type RichOptions, type RichServer } from '../harness/rich/rich-server.js'

/** A whole hub over the rich server, registered as anyone would register it. */
export interface ProtocolHub {
  readonly hub: StartedHub
  readonly source: RichServer
  /** Service root at the hub, ends in `/`. */
  readonly root: string
  stop(): Promise<void>
}

/** @param options of the source, from its registration on */
export async function openProtocolHub(environment: Readonly<Record<string, string>> = {}, options: RichOptions = {}): Promise<ProtocolHub> {
  const source = await startRichServer(options)
  const hub = await startHub({ TRIBUTARY_SAMPLES: 'off', ...environment })
  const registered = await fetch(`${hub.origin}/api/v1/services`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ url: source.url, name: 'Port', slug: 'port' }),
  })
  if (registered.status !== 201) throw new Error(`${registered.status}: ${await registered.text()}`)
  return {
    hub, source, root: `${hub.origin}/odata/port/`,
    stop: async () => {
      await hub.end()
      await source.stop()
    },
  }
}
