import { RegistrationProbe } from '@tributary/catalog'
import { internalPaths, noAnswer, type InternalClient, type Log } from '@tributary/nest'

/** Probes, left to the proxy; one that cannot be asked leaves things unknown and nothing else. */
export class RemoteRegistrationProbe extends RegistrationProbe {
  constructor(private readonly proxy: InternalClient, private readonly log: Log) {
    super()
  }

  override async probe(slug: string, entitySets?: readonly string[]): Promise<void> {
    const body = { slug, ...(entitySets === undefined ? {} : { entitySets }) }
    await this.proxy.ask({ path: internalPaths.probe, body, answer: noAnswer }).catch((error: unknown) => this.log.warn({ err: error, slug }, 'the service could not be probed'))
  }
}
