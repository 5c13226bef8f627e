import { hubError } from '@tributary/errors'

/** The protocol version of an answer, and whether its control information keeps the `odata.` prefix. */
export interface ProtocolVersion {
  readonly version: '4.0' | '4.01'
  /** False only where the client said that it speaks 4.01: older clients rely on the prefix. */
  readonly prefixed: boolean
}

const v40: ProtocolVersion = Object.freeze({ version: '4.0', prefixed: true })
const v401: ProtocolVersion = Object.freeze({ version: '4.01', prefixed: false })

/**
 * Chooses the version by the header `OData-MaxVersion` (undefined: not sent).
 * @throws HUB_VERSION_UNSUPPORTED for anything below 4.0 or not a version
 * @see OData Protocol 4.01, section 8.2.7
 */
export function negotiateVersion(maxVersion: string | undefined): ProtocolVersion {
  const version = highestWithin(maxVersion)
  if (version === undefined) throw hubError('HUB_VERSION_UNSUPPORTED', { header: 'OData-MaxVersion', version: maxVersion ?? '' }, { target: 'OData-MaxVersion' })
  return version
}

/** The version an error is written in: the client's as well, unless that is what is wrong. */
export const versionOfError = (maxVersion: string | undefined): ProtocolVersion['version'] => (highestWithin(maxVersion) ?? v40).version

function highestWithin(maxVersion: string | undefined): ProtocolVersion | undefined {
  if (maxVersion === undefined) return v40
  const [, major, minor = '0'] = /^(\d{1,3})(?:\.(\d{1,3}))?$/.exec(maxVersion.trim()) ?? []
  const at = Number(major) + Number(`0.${minor}`)
  if (major === undefined || at < 4) return undefined
  return at >= 4.01 ? v401 : v40
}

/**
 * Checks the version that a request says it is written in (undefined: it does not say).
 * @throws HUB_VERSION_UNSUPPORTED for versions other than 4.0 and 4.01
 * @see OData Protocol 4.01, section 8.1.5
 */
export function requireKnownVersion(version: string | undefined): void {
  if (version === undefined || version === '4.0' || version === '4.01') return
  throw hubError('HUB_VERSION_UNSUPPORTED', { header: 'OData-Version', version }, { target: 'OData-Version' })
}
