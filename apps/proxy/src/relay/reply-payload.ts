import type { ExposedSet, Exposure } from '@tributary/catalog'
import type { StructuredType } from '@tributary/edm'
import { annotationName, annotationText, deltaItemOf, essentialControls, jsonString, linkControls, stringOf, type AnnotationName, type JsonMember, type JsonStyle, type JsonTree } from '@tributary/odata-wire'
import { remoteNaming, type RemoteNaming } from '@tributary/planner'
import type { FurtherPages } from './further-pages.js'
import type { Meant } from './meant.js'
import type { SourceLinks } from './source-links.js'

/** What an answer of a source is about, and how the client wants it. */
export interface ReplyPlace {
  readonly exposure: Exposure
  readonly endpoint: string
  readonly links: SourceLinks
  /** Our URL for a link to more of a collection; undefined: there is none. @throws HUB_SOURCE_LINK_REFUSED */
  readonly further: (text: string, about: Parameters<FurtherPages['link']>[1]) => string | undefined
  readonly style: JsonStyle
  /** The context URL the client gets for the one of the source. */
  readonly context: (text: string) => string | undefined
}

/**
 * The answer of a source as the client gets it: links, types and names ours, columns that are not exposed left out, control information in
 * the client's version, Int64 and Decimal in the form it asked for with every digit.
 */
export function replyPayload(tree: JsonTree, meant: Meant, place: ReplyPlace): JsonTree {
  return new ReplyRewriter(place).envelope(tree, meant)
}

class ReplyRewriter {
  private readonly names: RemoteNaming
  private hasContext = false
  /** What the whole answer holds. */
  private outer: Meant = {}

  constructor(private readonly place: ReplyPlace) {
    this.names = remoteNaming(place.exposure, place.endpoint)
  }

  /** Collections and primitive values stand in a member `value`, beside what is said of them. */
  envelope(tree: JsonTree, meant: Meant): JsonTree {
    this.outer = meant
    if (tree.kind !== 'object' || !this.isWrapped(tree.members, meant)) return this.value(tree, { ...meant, collection: false })
    return { kind: 'object', members: tree.members.flatMap((member) => (member.name === 'value' ? [{ name: 'value', value: this.value(member.value, meant) }] : this.member(member, {}))) }
  }

  private isWrapped(members: readonly JsonMember[], { type, collection }: Meant): boolean {
    if (!members.some(({ name }) => name === 'value') || members.some(({ name }) => name !== 'value' && !name.includes('@'))) return false
    const structured = this.structured(type)
    return collection === true || structured === undefined || this.place.exposure.model.property(structured, 'value') === undefined
  }

  private structured(type: string | undefined): StructuredType | undefined {
    return type === undefined ? undefined : this.place.exposure.model.structured(type)
  }

  /** Members of enumerations are written by their names, whatever numbers are beneath. */
  private primitive(type: string | undefined): string | undefined {
    const { model } = this.place.exposure
    return type === undefined || model.type(type)?.kind === 'enum' ? undefined : model.underlying(type)
  }

  private value(tree: JsonTree, meant: Meant): JsonTree {
    switch (tree.kind) {
      case 'array': return { kind: 'array', items: tree.items.map((item) => this.value(item, { ...meant, collection: false })) }
      case 'object': return { kind: 'object', members: this.members(tree.members, meant) }
      default: return numberAs(tree, this.primitive(meant.type), this.place.style.ieee754)
    }
  }

  private members(members: readonly JsonMember[], meant: Meant): readonly JsonMember[] {
    const change = deltaItemOf(contextOf(members))
    if (change !== undefined) return this.deltaItem(members)
    const own = this.ownType(members, meant)
    const typed = new Map(members.flatMap(({ name, value }) => {
      const said = annotationName(name)
      return said?.control === 'type' && said.of !== '' ? [[said.of, stringOf(value) ?? '']] : []
    }))
    return members.flatMap((member) => this.member(member, own, typed.get(member.name)))
  }

  /** What was deleted, and links added and deleted, name entities by plain members. @see OData JSON Format 4.01, section 15 */
  private deltaItem(members: readonly JsonMember[]): readonly JsonMember[] {
    return members.flatMap((member) => {
      const text = naming.has(member.name) ? stringOf(member.value) : undefined
      return text === undefined ? this.member(member, {}) : [{ name: member.name, value: jsonString(this.place.links.link(text) ?? text) }]
    })
  }

  /** The type the value says it has, which may derive from the one that was meant. */
  private ownType(members: readonly JsonMember[], meant: Meant): Meant {
    const said = members.find(({ name }) => annotationName(name)?.of === '' && annotationName(name)?.control === 'type')
    const named = /#([^#()]+)$/.exec(stringOf(said?.value) ?? '')?.[1]
    const exposed = named === undefined ? undefined : this.names.exposedType(named, meant.set)
    return exposed !== undefined && this.structured(exposed) !== undefined ? { ...meant, type: exposed } : meant
  }

  private member({ name, value }: JsonMember, owner: Meant, saidType?: string): readonly JsonMember[] {
    const annotation = annotationName(name)
    if (annotation !== undefined) return this.annotation(annotation, value, owner)
    if (name === '$value' || owner.options?.compute?.some((item) => item.name === name) === true) return [{ name, value: this.value(value, saidMeant(saidType)) }]
    const exposed = owner.type === undefined ? name : this.names.exposedProperty(owner.type, name)
    if (exposed === undefined) return []
    return [{ name: exposed, value: this.value(value, this.memberMeant(owner, exposed, saidType)) }]
  }

  private memberMeant({ type, set, options }: Meant, name: string, saidType: string | undefined): Meant {
    const structured = this.structured(type)
    const { model, sets } = this.place.exposure
    const property = structured === undefined ? undefined : model.property(structured, name)
    if (property !== undefined) return { type: property.type.name }
    const navigation = structured === undefined ? undefined : model.navigation(structured, name)
    if (navigation !== undefined) {
      const target = set?.navigations.get(name)?.target
      const targetSet = target === undefined ? undefined : sets.get(target)
      const inner = options?.expand?.find((item) => typeof item.target !== 'string' && item.target.some((segment) => segment.kind === 'navigation' && segment.name === name))?.options
      return { type: targetSet?.entityType ?? navigation.target, ...(targetSet === undefined ? {} : { set: targetSet }), ...(inner === undefined ? {} : { options: inner }) }
    }
    return saidMeant(saidType)
  }

  private annotation(given: AnnotationName, value: JsonTree, owner: Meant): readonly JsonMember[] {
    const { style } = this.place
    const of = given.of === '' || owner.type === undefined ? given.of : this.names.exposedProperty(owner.type, given.of)
    if (of === undefined) return []
    const { control } = given
    if (style.metadata === 'none' && control !== undefined && !essentialControls.has(control)) return []
    const shown = control === undefined ? value : this.control(control, value, { ...owner, of })
    return shown === undefined ? [] : [{ name: annotationText({ ...given, of }, style), value: shown }]
  }

  private control(control: string, value: JsonTree, owner: Meant & { readonly of: string }): JsonTree | undefined {
    const { set, type, of } = owner
    if (control === 'delta') return this.value(value, { ...(type === undefined ? {} : { type }), ...(set === undefined ? {} : { set }) })
    if (control === 'count') return numberAs(value, 'Edm.Int64', this.place.style.ieee754)
    const text = stringOf(value)
    if (text === undefined) return value
    if (control === 'nextLink' || control === 'deltaLink') {
      const more = this.place.further(text, { control, outer: of === '', meant: of === '' ? this.outer : this.memberMeant(owner, of, undefined) })
      return more === undefined ? undefined : jsonString(more)
    }
    const shown = control === 'context' ? this.context(text) : control === 'type' ? this.typeText(text, set) : linkControls.has(control) ? this.place.links.link(text) : text
    return shown === undefined ? undefined : jsonString(shown)
  }

  /** Of a product only that of the whole: what a source says of parts speaks of its own sets. */
  private context(text: string): string | undefined {
    if (this.hasContext && !this.names.same && deltaItemOf(text) === undefined) return undefined
    this.hasContext = true
    return this.place.context(text)
  }

  /** `#Ns.Type`, `#Collection(Ns.Type)`, perhaps with the address of the source's metadata before it. */
  private typeText(text: string, set: ExposedSet | undefined): string | undefined {
    const said = text.slice(text.lastIndexOf('#') + 1)
    const [, collection, name = said] = /^(Collection\()?([^()]+)\)?$/.exec(said) ?? []
    if (!name.includes('.')) return `#${said}`
    const exposed = this.names.exposedType(name, set)
    if (exposed === undefined) return undefined
    return collection === undefined ? `#${exposed}` : `#Collection(${exposed})`
  }
}

/** What the model does not declare says itself what it is. */
function saidMeant(type: string | undefined): Meant {
  const said = type === undefined ? undefined : /^#(\w+)$/.exec(type)?.[1]
  return said === undefined ? {} : { type: `Edm.${said}` }
}

const naming: ReadonlySet<string> = new Set(['id', 'source', 'target'])

const contextOf = (members: readonly JsonMember[]): string | undefined =>
  stringOf(members.find(({ name }) => name === '@odata.context' || name === '@context')?.value)

const exact: ReadonlySet<string> = new Set(['Edm.Int64', 'Edm.Decimal'])
const numeric = /^"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"$/

/** Int64 and Decimal as numbers or, for clients whose numbers are doubles, as strings: the digits are the source's. */
export function numberAs(tree: JsonTree, type: string | undefined, ieee754: boolean): JsonTree {
  if (type === undefined || !exact.has(type)) return tree
  if (tree.kind === 'number' && ieee754) return { kind: 'string', text: `"${tree.text}"` }
  if (tree.kind === 'string' && !ieee754 && numeric.test(tree.text)) return { kind: 'number', text: tree.text.slice(1, -1) }
  return tree
}
