import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown, type Type } from '@nestjs/common'
import { CatalogReader, DataPreview, Observations, RegistrationProbe, Sealing } from '@tributary/catalog'
import { guardConnections, Keys, Log, OwnAddress, RawRoutes, Readiness, Settings } from '@tributary/nest'
import { DataPlane } from './data/data-plane.js'
import { openEngine } from './data/embedded-engine.js'
import { RowPreview } from './data/row-preview.js'
import { DataHandler } from './http/data-handler.js'
import { InternalController } from './internal/internal.controller.js'
import { odataRoute, samplesRoute } from './odata/odata-routes.js'
import { createPageTokens } from './odata/page-token.js'
import { SampleServices } from './samples/sample-services.js'
import { northwindSamples } from './samples/northwind-samples.js'

const planeParts = [CatalogReader, Observations, Sealing, Settings, Log, OwnAddress, SampleServices]

async function createPlane(...[catalog, observations, sealing, settings, log, own, samples]: [CatalogReader, Observations, Sealing, Settings, Log, OwnAddress, SampleServices]): Promise<DataPlane> {
  const target = (name: string) => ({ url: `${own.origin}/samples/${name}/`, token: settings.processToken })
  const guard = guardConnections(settings, () => `${own.origin}/samples/`)
  const embedded = await openEngine(settings.engine, log)
  return new DataPlane({ catalog, observations, sealing, log, guard, samples: { memory: samples.memory, target }, asyncAnswers: settings.asyncAnswers, ...(embedded === undefined ? {} : { embedded }) })
}

/** The HTTP face of the data: `/odata/`, `/samples/`, and what the catalog asks of the proxy. */
@Module({})
export class ProxyModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(DataPlane) private readonly plane: DataPlane,
    @Inject(RawRoutes) private readonly rawRoutes: RawRoutes,
    @Inject(DataHandler) private readonly handler: DataHandler,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  /** @param catalog exports `CatalogReader` and `Observations`: the catalog's own module, or `RemoteCatalogModule` */
  static withCatalog(catalog: Type | DynamicModule): DynamicModule {
    return {
      module: ProxyModule,
      imports: [catalog],
      controllers: [InternalController],
      providers: [
        { provide: SampleServices, useFactory: () => northwindSamples() },
        { provide: DataPlane, useFactory: createPlane, inject: planeParts },
        { provide: DataPreview, useFactory: ({ exposures, pool }: DataPlane) => new RowPreview(exposures, pool), inject: [DataPlane] },
        { provide: RegistrationProbe, useFactory: ({ prober }: DataPlane) => prober, inject: [DataPlane] },
        { provide: DataHandler, useFactory: createHandler, inject: [DataPlane, Settings, Log, Keys, SampleServices] },
      ],
      exports: [DataPreview, RegistrationProbe, SampleServices],
    }
  }

  onApplicationBootstrap(): void {
    const { embedded } = this.plane
    if (embedded !== undefined) this.readiness.add('spool', () => embedded.engine.check())
    this.rawRoutes.add((request, response) => this.handler.handle(request, response))
  }

  /** While the catalog still listens. */
  beforeApplicationShutdown(): Promise<void> {
    return this.plane.settle()
  }

  onApplicationShutdown(): Promise<void> {
    return this.plane.close()
  }
}

function createHandler(...[plane, settings, log, keys, samples]: [DataPlane, Settings, Log, Keys, SampleServices]): DataHandler {
  const services = { pool: plane.pool, prober: plane.prober, plans: plane.plans, tokens: createPageTokens(keys.derive('page-tokens')), pageRows: settings.pageRows, batchRequests: settings.batchRequests, limits: settings.requestLimits, embedded: plane.embedded, jobs: plane.jobs, log }
  return new DataHandler({ settings, log, routes: [odataRoute(plane.exposures, services), samplesRoute(samples, services)] })
}
