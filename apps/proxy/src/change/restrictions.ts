import type { Exposure } from '@tributary/catalog'
import { annotationsOf, annotationValue, textOf, type Annotation, type AnnotationValue, type EdmModel } from '@tributary/edm'
import type { Connection } from '@tributary/source'

/** What may be done to entities. */
export type ChangeKind = 'insert' | 'update' | 'delete'

/** What a contract says of a kind of change; `silent`: nothing. */
export type Declared = 'yes' | 'no' | 'silent'

const capabilities = 'Org.OData.Capabilities.V1'

/** The term of each kind, and its property that says yes or no. */
export const restrictionTerms: Readonly<Record<ChangeKind, readonly [term: string, property: string]>> = Object.freeze({
  insert: [`${capabilities}.InsertRestrictions`, 'Insertable'],
  update: [`${capabilities}.UpdateRestrictions`, 'Updatable'],
  delete: [`${capabilities}.DeleteRestrictions`, 'Deletable'],
})

/** The annotations of an entity set or singleton of a source's contract, those given from outside among them, and behind them what its container says of all. */
export function annotationsOfResource(model: EdmModel, name: string): readonly Annotation[] {
  const { container } = model
  if (container === undefined) return []
  return [...annotationsOf(model, `${container.qualifiedName}/${name}`), ...annotationsOf(model, container.qualifiedName)]
}

/** What annotations say. A record without the property says yes: so the vocabulary has it. */
export function declaredIn(annotations: readonly Annotation[], kind: ChangeKind): Declared {
  const [term, property] = restrictionTerms[kind]
  return declaredBy(annotationValue(annotations, term), property)
}

/** What annotations say of delta payloads, which are taken only where that is said. @see Capabilities.UpdateRestrictions */
export function deltaDeclaredIn(annotations: readonly Annotation[]): Declared {
  const value = annotationValue(annotations, restrictionTerms.update[0])
  const said = value?.kind === 'record' ? value.properties.get('DeltaUpdateSupported') : undefined
  return said?.kind !== 'bool' ? 'silent' : said.text === 'true' ? 'yes' : 'no'
}

function declaredBy(value: AnnotationValue | undefined, property: string): Declared {
  if (value?.kind !== 'record') return 'silent'
  const said = value.properties.get(property)
  // Where a path leads to the answer, each entity says it itself: its source knows.
  return said?.kind === 'bool' && said.text === 'false' ? 'no' : 'yes'
}

/** What a set or singleton says of changes along one of its navigation properties. @see Capabilities.NavigationRestrictions */
export function declaredAlong(annotations: readonly Annotation[], path: string, kind: ChangeKind): Declared {
  const [term, property] = restrictionTerms[kind]
  const value = annotationValue(annotations, `${capabilities}.NavigationRestrictions`)
  const restricted = value?.kind === 'record' ? value.properties.get('RestrictedProperties') : undefined
  const own = restricted?.kind === 'collection' ? restricted.items.find((item) => item.kind === 'record' && textOf(item.properties.get('NavigationProperty')) === path) : undefined
  return own?.kind === 'record' ? declaredBy(own.properties.get(term.slice(capabilities.length + 1)), property) : 'silent'
}

/** Whether a change goes to the source: what the contract says, and where it is silent, what the connection says. */
export function isSent(declared: Declared, writes: Connection['writes'] = 'declared'): boolean {
  if (writes === 'refused' || declared === 'no') return false
  return declared === 'yes' || writes === 'allowed'
}

/** The name a set or singleton has at its source. */
export const remoteName = ({ sets }: Exposure, name: string): string => sets.get(name)?.remoteSet ?? name
