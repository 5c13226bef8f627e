import { controlName, type JsonStyle } from './style.js'

/** One resource a service document lists. */
export interface ServiceResource {
  readonly name: string
  readonly kind: 'EntitySet' | 'Singleton' | 'FunctionImport'
  /** Relative to the service root. */
  readonly url: string
}

/**
 * The service document as JSON text.
 * @param context URL of `$metadata`
 * @see OData JSON Format 4.01, section 5
 */
export const serviceDocument = (context: string, resources: readonly ServiceResource[], style: JsonStyle): string =>
  JSON.stringify({ ...(style.metadata === 'none' ? {} : { [controlName('context', style)]: context }), value: resources })
