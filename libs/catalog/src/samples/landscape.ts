import type { ProductDefinition } from '../products/definition.js'
import type { RegistrationRequest } from '../services/registration.js'

/** What an empty store is filled with. Services bring their contracts; their addresses are `sample:…`, resolved at each start. */
export interface SampleLandscape {
  readonly services: readonly RegistrationRequest[]
  readonly products: readonly { readonly slug: string; readonly definition: ProductDefinition }[]
}
