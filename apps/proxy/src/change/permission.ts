import type { Exposure } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { RemoteAddress, WayIn } from '@tributary/planner'
import { relays, type OpenEndpoint } from '@tributary/source'
import type { ChangeShape } from './change-shape.js'
import { annotationsOfResource, declaredAlong, declaredIn, deltaDeclaredIn, isSent, remoteName, type ChangeKind, type Declared } from './restrictions.js'

/** Where a change is made. */
export interface ChangePlace {
  readonly exposure: Exposure
  readonly address: RemoteAddress
  readonly endpoint: OpenEndpoint
}

const legacy: ReadonlySet<string> = new Set(['1.0', '2.0', '3.0'])

/** Undefined: changes like this are sent to the source. Else the reason why not. */
export function refusal({ kind, body }: Pick<ChangeShape, 'kind' | 'body'>, { exposure, address, endpoint: { source, target } }: ChangePlace): string | undefined {
  if (!relays(source) || legacy.has(target.model.version)) return `the source ${target.slug} can only be read`
  const { writes } = target.connection
  if (writes === 'refused') return `the connection of ${target.slug} refuses changes`
  const declared = declaredAt(kind, { exposure, address, endpoint: { source, target } })
  if (!isSent(declared, writes)) return declared === 'no' ? `the source ${target.slug} declares that it takes none` : `the source ${target.slug} does not declare that it takes any`
  if (body !== 'collection' || isSent(declaredOfCollections({ exposure, address, endpoint: { source, target } }), writes)) return undefined
  return `the source ${target.slug} does not declare that it takes changes of a collection as a whole`
}

/** @throws HUB_CHANGE_NOT_ALLOWED saying who could allow it */
export function requireSent(shape: Pick<ChangeShape, 'kind' | 'body'>, place: ChangePlace, request: { readonly method: string; readonly resource: string; readonly allowed: string }): void {
  const reason = refusal(shape, place)
  if (reason === undefined) return
  const hint = reason.includes('does not declare') ? 'If the service takes changes all the same, its owner may set connection.writes to allowed.' : ''
  throw hubError('HUB_CHANGE_NOT_ALLOWED', { ...request, reason, hint })
}

/** What the contract says: of the navigation the change goes along, else of the entities' own set, else of what contains them. */
function declaredAt(kind: ChangeKind, { exposure, address, endpoint: { target: { model } } }: ChangePlace): Declared {
  const say = ({ source, path }: WayIn): Declared => {
    const annotations = annotationsOfResource(model, remoteName(exposure, source))
    const along = path === '' ? 'silent' : declaredAlong(annotations, path, kind)
    if (along !== 'silent') return along
    // What is contained in an entity is part of it.
    return path === '' ? declaredIn(annotations, kind) : declaredIn(annotations, 'update')
  }
  const { owner, via, addressed, set } = address
  // A reference is part of the entity it stands in.
  if (addressed === 'ref') return via === undefined ? 'silent' : declaredIn(annotationsOfResource(model, remoteName(exposure, via.source)), 'update')
  if (via !== undefined && set !== undefined) {
    const along = declaredAlong(annotationsOfResource(model, remoteName(exposure, via.source)), via.path, kind)
    if (along !== 'silent') return along
  }
  return owner === undefined ? 'silent' : say(set === undefined ? owner : { source: set.name, path: '' })
}

/** Whether members of a collection may be changed, added and removed by one request. */
function declaredOfCollections({ exposure, address: { set, owner }, endpoint: { target: { model } } }: ChangePlace): Declared {
  const name = set?.name ?? owner?.source
  return name === undefined ? 'silent' : deltaDeclaredIn(annotationsOfResource(model, remoteName(exposure, name)))
}
