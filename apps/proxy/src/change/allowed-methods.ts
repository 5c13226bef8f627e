import type { Exposure } from '@tributary/catalog'
import type { RemoteAddress } from '@tributary/planner'
import type { Endpoints } from '@tributary/source'
import { reading } from '../http/respond.js'
import { changeMethods, changeShape } from './change-shape.js'
import { refusal } from './permission.js'

/** The methods of a resource, as the header `Allow` lists them: changes only where they are sent to the source. */
export function allowedMethods(address: RemoteAddress, exposure: Exposure, endpoints: Endpoints): string {
  const endpoint = endpoints.endpoint(address.endpoint)
  const changes = changeMethods.filter((method) => {
    const shape = changeShape(method, address, exposure)
    return shape !== undefined && refusal(shape, { exposure, address, endpoint }) === undefined
  })
  return changes.length === 0 ? reading : reading.replace('OPTIONS', [...changes, 'OPTIONS'].join(', '))
}
