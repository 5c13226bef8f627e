import { Module } from '@nestjs/common'
import { DataPreview, RegistrationProbe } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { createInternalClient, Log, Settings, type InternalClient } from '@tributary/nest'
import { RemoteDataPreview } from './remote-data-preview.js'
import { RemoteRegistrationProbe } from './remote-registration-probe.js'

const clientToken = Symbol('the proxy')

/** @throws HUB_START_CONFIG if it is not said where the proxy is */
function proxyClient({ proxyUrl, internalToken }: Settings): InternalClient {
  if (proxyUrl === undefined) throw hubError('HUB_START_CONFIG', { name: 'TRIBUTARY_PROXY_URL', reason: 'it must be set where the catalog runs by itself' })
  if (internalToken === undefined) throw hubError('HUB_START_CONFIG', { name: 'TRIBUTARY_INTERNAL_TOKEN', reason: 'it must be set where catalog and proxy run as two services' })
  return createInternalClient({ baseUrl: proxyUrl, token: internalToken, name: 'the proxy' })
}

/** What the catalog asks of the proxy, over `/internal/v1`, for a catalog that runs by itself. */
@Module({
  providers: [
    { provide: clientToken, useFactory: proxyClient, inject: [Settings] },
    { provide: DataPreview, useFactory: (client: InternalClient) => new RemoteDataPreview(client), inject: [clientToken] },
    { provide: RegistrationProbe, useFactory: (client: InternalClient, log: Log) => new RemoteRegistrationProbe(client, log), inject: [clientToken, Log] },
  ],
  exports: [DataPreview, RegistrationProbe],
})
export class RemotePreviewModule {}
