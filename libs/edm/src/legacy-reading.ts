import type { Annotation } from './annotation.js'
import { legacyBindings, readLegacyNavigation } from './associations.js'
import { readFunctionImport } from './function-imports.js'
import type { LegacyIndex } from './legacy-index.js'
import { modernType } from './legacy-types.js'
import type { EntitySet, Property } from './model.js'
import { originTerms } from './origin-terms.js'
import { edmAnnotationNamespace, foreignAttribute, metadataNamespace, type ReadContext } from './read-context.js'
import { makeAnnotation, withDerived } from './make-annotation.js'
import { readAnnotations } from './read-xml-annotations.js'
import { readProperty } from './read-xml-members.js'
import { holdsCurrency, propertyPaths, sapLabels, sapPropertyAnnotations, sapSetAnnotations } from './sap-annotations.js'
import type { LegacyReading } from './schema-context.js'
import type { XmlElement } from './xml-tree.js'

const yes = Object.freeze({ kind: 'bool', text: 'true' } as const)

/** How a schema of version 1, 2 or 3 is read into the shapes of version 4. */
export function legacyReading(index: LegacyIndex, namespace: string): LegacyReading {
  const currencies = currencyProperties(index)
  return {
    property: (context, element) => readLegacyProperty(context, element, (path) => currencies.has(path)),
    navigation(context, element) {
      const read = readLegacyNavigation(index, namespace, context, element)
      return read === undefined ? undefined : Object.freeze({ ...read, annotations: withDerived(read.annotations, sapLabels(context, element)) })
    },
    annotationsOf(context, element) {
      warnOfFeeds(context, element)
      const isDefault = index.containers > 1 && foreignAttribute(element, metadataNamespace, 'IsDefaultEntityContainer') === 'true'
      return [...sapLabels(context, element), ...(isDefault ? [makeAnnotation(originTerms.defaultContainer, yes)] : [])]
    },
    entitySet: (context, container, element) => ({ bindings: legacyBindings(index, context, container, element), annotations: setAnnotations(index, context, element) }),
    functionImport: (context, element) => readFunctionImport(index, context, element),
  }
}

/** Names of properties that hold currency codes: a path to one of them is a currency, to any other a unit of measure. */
function currencyProperties(index: LegacyIndex): ReadonlySet<string> {
  return new Set([...index.types.values()].flatMap(({ element }) => element.children.filter(holdsCurrency).map((each) => each.attributes['Name'] ?? '')))
}

function readLegacyProperty(context: ReadContext, element: XmlElement, isCurrency: (path: string) => boolean): Property | undefined {
  const read = readProperty(context, element)
  if (read === undefined) return undefined
  warnOfFeeds(context, element)
  const { type, annotations } = modernType(read.type)
  const generated = foreignAttribute(element, edmAnnotationNamespace, 'StoreGeneratedPattern')
  const computed = generated === 'Identity' || generated === 'Computed' ? [makeAnnotation('Org.OData.Core.V1.Computed', yes)] : []
  return Object.freeze({ ...read, type, annotations: withDerived(read.annotations, [...annotations, ...unique([...computed, ...sapPropertyAnnotations(context, element, isCurrency)])]) })
}

const unique = (annotations: readonly Annotation[]): readonly Annotation[] => annotations.filter((each, position) => annotations.findIndex((other) => other.term === each.term) === position)

/** Feed customisation moves values about in Atom entries: it has no counterpart. */
function warnOfFeeds(context: ReadContext, element: XmlElement): void {
  if (element.foreign.some(({ namespace, name }) => namespace === metadataNamespace && name.startsWith('FC_'))) {
    context.warn(element, `The feed customisation (m:FC_…) of ${element.attributes['Name'] ?? element.name} is skipped.`)
  }
}

function setAnnotations(index: LegacyIndex, context: ReadContext, element: XmlElement): EntitySet['annotations'] {
  const type = context.names.name(element.attributes['EntityType'] ?? '')
  const properties = index.line(type).toReversed().flatMap((each) => index.types.get(each)?.element.children.filter((child) => child.name === 'Property') ?? [])
  const guarded = propertyPaths(properties.filter((each) => each.attributes['ConcurrencyMode'] === 'Fixed').map((each) => each.attributes['Name'] ?? ''))
  const concurrency = guarded === undefined ? [] : [makeAnnotation('Org.OData.Core.V1.OptimisticConcurrency', guarded)]
  return withDerived(readAnnotations(context, element), [...sapLabels(context, element), ...sapSetAnnotations(element, properties), ...concurrency])
}
