import type { ExposedSet, Exposure } from '@tributary/catalog'
import { annotationsOf, annotationValue } from '@tributary/edm'
import type { ODataUrl } from '@tributary/odata-url'

const changeTracking = 'Org.OData.Capabilities.V1.ChangeTracking'

/** The entity set that a URL asks for, if its source says that it tells of changes. Data products join, and have no changes of their own. */
export function trackedSet({ resource }: ODataUrl, exposure: Exposure): ExposedSet | undefined {
  if (exposure.kind !== 'service' || resource.kind !== 'path') return undefined
  const [first, ...rest] = resource.segments
  if (first?.kind !== 'entitySet' || first.key !== undefined || rest.length > 0) return undefined
  const set = exposure.sets.get(first.name)
  return set !== undefined && tracksChanges(exposure, set.remoteSet) ? set : undefined
}

/** What is said of a set goes before what is said of the whole service. A record that does not say no says yes. */
function tracksChanges({ model }: Exposure, set: string): boolean {
  const { container } = model
  if (container === undefined) return false
  const told = [`${container.qualifiedName}/${set}`, container.qualifiedName].map((target) => annotationValue(annotationsOf(model, target), changeTracking)).find((value) => value?.kind === 'record')
  if (told?.kind !== 'record') return false
  const supported = told.properties.get('Supported')
  return !(supported?.kind === 'bool' && supported.text === 'false')
}
