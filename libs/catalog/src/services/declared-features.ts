import { annotationsOf, findAnnotation, type AnnotationValue, type EdmModel } from '@tributary/edm'

/** What a contract says of a feature of a source. */
export interface DeclaredFeature {
  readonly feature: string
  readonly yes: boolean
  /** In words for people, where a yes or no is not all there is to say. */
  readonly why?: string
}

const VOCABULARY = 'Org.OData.Capabilities.V1.'

/** Properties that a restriction names, and the feature it restricts them in. */
const restricted: readonly (readonly [term: string, property: string, feature: (name: string) => string, what: string])[] = [
  ['FilterRestrictions', 'NonFilterableProperties', (name) => `filter(${name})`, 'filtered by'],
  ['SortRestrictions', 'NonSortableProperties', (name) => `orderby(${name})`, 'ordered by'],
  ['SortRestrictions', 'AscendingOnlyProperties', (name) => `orderby(${name} desc)`, 'ordered by in descending order'],
  ['SortRestrictions', 'DescendingOnlyProperties', (name) => `orderby(${name} asc)`, 'ordered by in ascending order'],
  ['ExpandRestrictions', 'NonExpandableProperties', (name) => `expand:${name}`, 'expanded'],
]

/**
 * What a contract says of single functions, properties and navigation properties of a set, and what it requires of whoever reads it.
 * @see Org.OData.Capabilities.V1
 */
export function declaredFeatures(model: EdmModel, entitySet: string): readonly DeclaredFeature[] {
  const container = model.container?.qualifiedName
  if (container === undefined) return []
  const [own, whole] = [annotationsOf(model, `${container}/${entitySet}`), annotationsOf(model, container)]
  const term = (name: string): AnnotationValue | undefined => findAnnotation(own, `${VOCABULARY}${name}`)?.value ?? findAnnotation(whole, `${VOCABULARY}${name}`)?.value
  const member = (name: string, property: string): AnnotationValue | undefined => {
    const value = term(name)
    return value?.kind === 'record' ? value.properties.get(property) : undefined
  }
  const nots = restricted.flatMap(([name, property, feature, what]) => textsOf(member(name, property)).map((path): DeclaredFeature => ({ feature: feature(path), yes: false, why: `the contract declares that ${path} cannot be ${what}` })))
  const functions = textsOf(term('FilterFunctions')).map((name): DeclaredFeature => ({ feature: `filter:${name}`, yes: true }))
  const requires = member('FilterRestrictions', 'RequiresFilter')
  const by = textsOf(member('FilterRestrictions', 'RequiredProperties'))
  const required = by.length === 0 && !(requires?.kind === 'bool' && requires.text === 'true') ? [] : [{ feature: 'read:unfiltered', yes: false, why: `the contract declares that rows are only read with a filter${by.length === 0 ? '' : ` on ${by.join(', ')}`}` }]
  return [...nots, ...functions, ...required]
}

const textsOf = (value: AnnotationValue | undefined): readonly string[] =>
  (value?.kind === 'collection' ? value.items.flatMap((item) => ('path' in item ? [item.path] : 'text' in item ? [item.text] : [])) : [])
