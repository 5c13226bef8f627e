import { Global, Module, type DynamicModule } from '@nestjs/common'
import { APP_FILTER, APP_GUARD } from '@nestjs/core'
import { AddressPolicy, Sealing } from '@tributary/catalog'
import { createSealing, deriveFrom, type MasterKey } from '@tributary/secrets'
import { Settings } from '../config/settings.js'
import { HealthController } from '../health/health.controller.js'
import { Readiness } from '../health/readiness.js'
import { ProblemFilter } from '../http/problem.filter.js'
import { PublicAddress } from '../http/public-address.js'
import { RawRoutes } from '../http/raw-routes.js'
import { PrincipalGuard } from '../identity/principal.guard.js'
import { Log } from '../log/log.js'
import { createAddressPolicy } from '../net/address-policy.js'
import { Keys } from './keys.js'
import { LastSteps } from './last-steps.js'
import { OwnAddress } from './own-address.js'

/** What a process is started with. */
export interface Foundation {
  readonly settings: Settings
  readonly log: Log
  readonly masterKey: MasterKey
  readonly rawRoutes: RawRoutes
}

/**
 * What every process has, whatever its role: settings, log, keys and sealing, the address policy, the guard before every route of Nest's,
 * errors as problem details, and health. Global: other modules inject its parts without importing it.
 */
@Global()
@Module({})
export class FoundationModule {
  static with({ settings, log, masterKey, rawRoutes }: Foundation): DynamicModule {
    const shared = [
      { provide: Settings, useValue: settings },
      { provide: Log, useValue: log },
      { provide: RawRoutes, useValue: rawRoutes },
      { provide: Sealing, useValue: createSealing(masterKey) },
      { provide: Keys, useValue: { derive: (purpose: string) => deriveFrom(masterKey, purpose) } satisfies Keys },
      { provide: AddressPolicy, useValue: createAddressPolicy(settings) },
      LastSteps,
      OwnAddress,
      PublicAddress,
      Readiness,
    ]
    return {
      module: FoundationModule,
      controllers: [HealthController],
      providers: [...shared, { provide: APP_GUARD, useClass: PrincipalGuard }, { provide: APP_FILTER, useClass: ProblemFilter }],
      exports: [Settings, Log, Sealing, Keys, AddressPolicy, LastSteps, OwnAddress, PublicAddress, RawRoutes, Readiness],
    }
  }
}
