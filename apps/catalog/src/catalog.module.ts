import { Module, type DynamicModule, type Type } from '@nestjs/common'
import { AddressPolicy, CatalogPorts, CatalogStore, ContractReader, DataPreview, RegistrationProbe, Sealing } from '@tributary/catalog'
import { AboutController } from './about/about.controller.js'
import { InternalExposuresController } from './internal/exposures.controller.js'
import { InternalObservationsController } from './internal/observations.controller.js'
import { OpenController } from './open/open.controller.js'
import { ReferenceController } from './openapi/reference.controller.js'
import { ProductsController } from './products/products.controller.js'
import { SampleSeeding } from './samples/sample-seeding.js'
import { SamplesController } from './samples/samples.controller.js'
import { SearchController } from './search/search.controller.js'
import { ServicesController } from './services/services.controller.js'
import { LocalCatalogModule } from './store/local-catalog.module.js'
import { UiModule } from './ui/ui.module.js'

const portParts = [CatalogStore, ContractReader, Sealing, AddressPolicy, DataPreview, RegistrationProbe]
type PortParts = [CatalogStore, ContractReader, Sealing, AddressPolicy, DataPreview, RegistrationProbe]

const gatherPorts = (...[store, contracts, sealing, addresses, preview, probe]: PortParts): CatalogPorts =>
  Object.freeze({ store, contracts, sealing, addresses, preview, probe, now: () => new Date() })

/** The HTTP face of the catalog: the API with its reference, the web application, and what a proxy elsewhere reads. */
@Module({})
export class CatalogModule {
  /** @param preview exports `DataPreview` and `RegistrationProbe`: the proxy's own module, or `RemotePreviewModule` */
  static withPreview(preview: Type | DynamicModule): DynamicModule {
    return {
      module: CatalogModule,
      imports: [LocalCatalogModule, preview, UiModule],
      controllers: [
        ServicesController, OpenController, ProductsController, SearchController, SamplesController, AboutController, ReferenceController,
        InternalExposuresController, InternalObservationsController,
      ],
      providers: [{ provide: CatalogPorts, useFactory: gatherPorts, inject: portParts }, SampleSeeding],
      exports: [CatalogPorts],
    }
  }
}
