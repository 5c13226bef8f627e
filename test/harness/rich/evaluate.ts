import type { EdmModel } from '@tributary/edm'
import type * as Url from '@tributary/odata-url'
import { canonicalFunctions } from '@tributary/odata-url'
import { arithmetic, booleanType, call, compareValues, decimalType, enumHas, equalValues, evaluate as evaluatePlan, castValue, int32Type, int64Type, literal, negation, nullType, promote, stringType, structuredType, primitiveType, type FunctionName, type Value, type ValueType } from '@tributary/plan'
import { castText } from './literal-values.js'
import { keyNames, related, structuredOf, type Entity, type Store } from './store.js'
import { computedMember, isObject, parseJson, plain, Refusal, typeMember, valueTypeOf } from './values.js'

/** What an expression gives. A complex value knows whose it is, so that navigation can start from it. */
export type Item =
  | { readonly kind: 'entity'; readonly entity: Entity }
  | { readonly kind: 'value'; readonly type: ValueType; readonly value: Value; readonly literal?: true; readonly owner?: Owner }
  | { readonly kind: 'many'; readonly items: readonly Item[] }

export interface Owner {
  readonly entity: Entity
  /** Property path from the entity. */
  readonly path: string
}

/** Where an expression is evaluated. */
export interface Scope {
  readonly model: EdmModel
  readonly store: Store
  readonly aliases: ReadonlyMap<string, Url.Expression>
  readonly it: Item
  readonly self: Item
  readonly variables: ReadonlyMap<string, Item>
  /** The start of `$root/…`. */
  readonly root: (set: string, key: Url.Key | undefined) => Item
  /** What a function gives, called on an item; undefined: by its import. */
  readonly call: (scope: Scope, segment: Called, item: Item | undefined) => Item
}

/** A call within an expression. */
export type Called = Pick<Extract<Url.PathSegment, { kind: 'function' }>, 'name' | 'arguments'>

export const nothing: Item = Object.freeze({ kind: 'value', type: nullType, value: null })
const scalar = (type: ValueType, value: Value): Item => ({ kind: 'value', type, value })
const truth = (value: boolean | null): Item => scalar(booleanType, value)
export const isNull = (item: Item): boolean => item.kind === 'value' && (item.value === null || item.value === undefined)

/** True where the expression is, with null for not. */
export const holds = (scope: Scope, expression: Url.Expression): boolean => {
  const item = evaluate(scope, expression)
  return item.kind === 'value' && item.value === true
}

/** @throws Refusal 400, 501 */
export function evaluate(scope: Scope, expression: Url.Expression): Item {
  switch (expression.kind) {
    case 'literal': return literalItem(scope, expression)
    case 'alias': {
      const value = scope.aliases.get(expression.name)
      return value === undefined ? nothing : evaluate(scope, value)
    }
    case 'json': return jsonItem(expression.text)
    case 'list': return { kind: 'many', items: expression.items.map((item) => evaluate(scope, item)) }
    case 'typeName': throw new Refusal(400, `${expression.name} is no value`)
    case 'unary': return unary(scope, expression)
    case 'binary': return binary(scope, expression)
    case 'call': return callItem(scope, expression)
    case 'path': return pathItem(scope, expression)
  }
}

function literalItem({ model }: Scope, { type, text, enumType }: Url.Literal): Item {
  if (type === 'null') return nothing
  if (type === 'enum') return { ...scalar(valueTypeOf(model, enumType ?? ''), castText(model, enumType ?? '', text)), literal: true } as Item
  const base = type === 'Edm.Int64' && BigInt(text) <= 2147483647n && BigInt(text) >= -2147483648n ? 'Edm.Int32' : type
  return { kind: 'value', type: base.startsWith('Edm.Geo') ? primitiveType('Edm.Geography') : primitiveType(base as 'Edm.String'), value: castText(model, base, text), literal: true }
}

function jsonItem(text: string): Item {
  const json = parseJson(text)
  if (Array.isArray(json)) return { kind: 'many', items: json.map((one) => jsonItem(JSON.stringify(plain(one)))) }
  if (isObject(json)) return scalar(structuredType('Edm.Untyped'), plain(json) as Value)
  return typeof json === 'string' ? { ...scalar(stringType, json), literal: true } as Item : scalar(typeof json === 'boolean' ? booleanType : decimalType, typeof json === 'boolean' || json === null ? json : text)
}

function unary(scope: Scope, { operator, operand }: Url.Unary): Item {
  const item = evaluate(scope, operand)
  if (item.kind !== 'value') throw new Refusal(400, `${operator} of what is no value`)
  if (operator === 'not') return truth(typeof item.value === 'boolean' ? !item.value : null)
  const minus = negation(item.type)
  if (minus === undefined) throw new Refusal(400, `no minus of ${item.type.name}`)
  return scalar(minus.type, item.value === null ? null : minus.compute(item.value, item.value))
}

function binary(scope: Scope, { operator, left, right }: Url.Binary): Item {
  if (operator === 'and' || operator === 'or') return logic(scope, operator, left, right)
  const [a, b] = [evaluate(scope, left), evaluate(scope, right)]
  if (operator === 'in') return truth(b.kind === 'many' && b.items.some((one) => equal(scope.model, a, one)))
  if (operator === 'eq') return truth(equal(scope.model, a, b))
  if (operator === 'ne') return truth(!equal(scope.model, a, b))
  const [x, y] = alike(scope.model, a, b)
  if (operator === 'has') return truth(isNull(x) || isNull(y) ? null : enumHas(x.type, String(x.value), String(y.value)))
  if (operator === 'lt' || operator === 'le' || operator === 'gt' || operator === 'ge') return truth(ranks(operator, x, y))
  const compute = arithmetic(operator, x.type, y.type)
  if (compute === undefined) throw new Refusal(400, `no ${operator} of ${x.type.name} and ${y.type.name}`)
  return scalar(compute.type, isNull(x) || isNull(y) ? null : compute.compute(x.value, y.value))
}

function logic(scope: Scope, operator: 'and' | 'or', left: Url.Expression, right: Url.Expression): Item {
  const decisive = operator === 'or'
  const value = (expression: Url.Expression): boolean | null => {
    const item = evaluate(scope, expression)
    return item.kind === 'value' && typeof item.value === 'boolean' ? item.value : null
  }
  const a = value(left)
  if (a === decisive) return truth(decisive)
  const b = value(right)
  return truth(b === decisive ? decisive : a === null || b === null ? null : !decisive)
}

type ValueItem = Extract<Item, { kind: 'value' }>

/** Two values of one type: a literal takes the type of the other side. */
function alike(model: EdmModel, a: Item, b: Item): readonly [ValueItem, ValueItem] {
  if (a.kind !== 'value' || b.kind !== 'value') throw new Refusal(400, 'what is compared is no value')
  const adapt = (one: ValueItem, other: ValueItem): ValueItem =>
    one.literal === true && one.value !== null && other.value !== null && other.type.base !== one.type.base && (one.type.base === 'Edm.String' || other.type.base === 'enum')
      ? { ...one, type: other.type, value: castText(model, other.type.name, String(one.value)) } : one
  return [adapt(a, b), adapt(b, a)]
}

export function equal(model: EdmModel, a: Item, b: Item): boolean {
  if (a.kind === 'entity' || b.kind === 'entity') return a.kind === 'entity' && b.kind === 'entity' && a.entity === b.entity
  if (a.kind === 'many' || b.kind === 'many') return a.kind === 'many' && b.kind === 'many' && a.items.length === b.items.length && a.items.every((one, index) => equal(model, one, b.items[index] ?? nothing))
  const [x, y] = alike(model, a, b)
  if (isNull(x) || isNull(y)) return isNull(x) && isNull(y)
  if (x.type.base === 'structured' && y.type.base === 'structured') return JSON.stringify(x.value) === JSON.stringify(y.value)
  const type = promote(x.type, y.type)
  if (type === undefined) throw new Refusal(400, `${x.type.name} and ${y.type.name} cannot be compared`)
  return equalValues(type, x.value, y.value)
}

function ranks(operator: 'lt' | 'le' | 'gt' | 'ge', x: ValueItem, y: ValueItem): boolean {
  if (isNull(x) || isNull(y)) return false
  const type = promote(x.type, y.type)
  if (type === undefined) throw new Refusal(400, `${x.type.name} and ${y.type.name} cannot be compared`)
  if ([x.value, y.value].some((value) => Number.isNaN(value))) return false
  const order = compareValues(type, x.value, y.value)
  return operator === 'lt' ? order < 0 : operator === 'le' ? order <= 0 : operator === 'gt' ? order > 0 : order >= 0
}

const whole = ['length', 'indexof', 'year', 'month', 'day', 'hour', 'minute', 'second', 'totaloffsetminutes']
const resultTypes: Readonly<Record<string, ValueType>> = {
  ...Object.fromEntries(whole.map((name) => [name, int32Type])),
  ...Object.fromEntries(['contains', 'startswith', 'endswith', 'matchesPattern', 'hassubset', 'hassubsequence', 'geo.intersects'].map((name) => [name, booleanType])),
  ...Object.fromEntries(['tolower', 'toupper', 'trim'].map((name) => [name, stringType])),
  'date': primitiveType('Edm.Date'), 'time': primitiveType('Edm.TimeOfDay'), 'now': primitiveType('Edm.DateTimeOffset'), 'mindatetime': primitiveType('Edm.DateTimeOffset'), 'maxdatetime': primitiveType('Edm.DateTimeOffset'),
  'fractionalseconds': decimalType, 'totalseconds': decimalType, 'geo.distance': primitiveType('Edm.Double'), 'geo.length': primitiveType('Edm.Double'),
}

function callItem(scope: Scope, { name, arguments: given }: Url.Call): Item {
  if (name === 'cast' || name === 'isof') return typeTest(scope, name, given)
  if (name === 'case') {
    for (let at = 0; at + 1 < given.length; at += 2) {
      const [condition, value] = given.slice(at, at + 2)
      if (condition !== undefined && value !== undefined && holds(scope, condition)) return evaluate(scope, value)
    }
    return nothing
  }
  const known = canonicalFunctions.get(name.toLowerCase())
  if (known !== undefined && (given.length < known.least || given.length > known.most)) throw new Refusal(400, `${name} does not take ${given.length} arguments`)
  const items = given.map((one) => flat(evaluate(scope, one)))
  const type = resultTypes[name] ?? items[0]?.type
  if (type === undefined) throw new Refusal(501, `no function ${name}`)
  const value = evaluatePlan(call(name as FunctionName, type, ...items.map((item) => literal(item.type, item.value))), {})
  return scalar(type, value)
}

/** A collection of values as one value. */
function flat(item: Item): ValueItem {
  if (item.kind === 'value') return item
  if (item.kind === 'entity') throw new Refusal(400, 'an entity is no argument')
  const values = item.items.map(flat)
  return { kind: 'value', type: { ...(values[0]?.type ?? stringType), collection: true }, value: values.map(({ value }) => value) }
}

function typeTest(scope: Scope, name: 'cast' | 'isof', given: readonly Url.Expression[]): Item {
  const target = given.at(-1)
  if (target?.kind !== 'typeName') throw new Refusal(400, `${name} needs a type`)
  const item = given.length === 1 || given[0] === undefined ? scope.self : evaluate(scope, given[0])
  const { model } = scope
  if (item.kind === 'entity') {
    const fits = model.derivesFrom(item.entity.type, target.name)
    return name === 'isof' ? truth(fits) : fits ? item : nothing
  }
  if (item.kind === 'many') throw new Refusal(400, `${name} of a collection`)
  if (item.type.base === 'structured') {
    const fits = item.value !== null && model.derivesFrom(item.type.name, target.name)
    return name === 'isof' ? truth(fits) : fits ? item : nothing
  }
  const to = valueTypeOf(model, target.name)
  if (name === 'isof') return truth(item.value !== null && item.type.base === to.base)
  return scalar(to, castValue(item.value, item.type, to))
}

function pathItem(scope: Scope, { root, segments }: Url.Path): Item {
  let item: Item = root.kind === 'implicit' ? scope.self : root.kind === '$it' ? scope.it : root.kind === '$this' ? scope.self
    : root.kind === 'variable' ? scope.variables.get(root.name) ?? nothing
      : root.kind === 'alias' ? evaluate(scope, scope.aliases.get(root.name) ?? { kind: 'literal', type: 'null', text: '', span: { start: 0, end: 0 } })
        : root.kind === '$root' ? root.arguments === undefined ? scope.root(root.set, root.key) : scope.call(scope, { name: root.set, arguments: root.arguments }, undefined) : refuse('$these')
  for (const segment of segments) item = step(scope, item, segment)
  return item
}

function refuse(what: string): never {
  throw new Refusal(501, `${what} is not supported`)
}

function step(scope: Scope, item: Item, segment: Url.PathSegment): Item {
  if (segment.kind === 'lambda') return lambda(scope, item, segment)
  if (segment.kind === 'count') return count(scope, item, segment)
  if ((segment.kind === 'navigation' || segment.kind === 'filter') && segment.key !== undefined) {
    const { key, ...whole } = segment
    return member(scope, step(scope, item, whole), key)
  }
  if (segment.kind === 'function') return scope.call(scope, segment, item)
  if (item.kind === 'many' && segment.kind !== 'filter') return { kind: 'many', items: item.items.map((one) => step(scope, one, segment)).flatMap((one) => (one.kind === 'many' ? one.items : isNull(one) && segment.kind === 'cast' ? [] : [one])) }
  switch (segment.kind) {
    case 'property': return memberOf(scope, item, segment.name)
    case 'unknown': return isNull(item) || item.kind === 'entity' && (segment.name in item.entity.values || structuredOf(scope.model, item.entity.type).open) || item.kind === 'value' && (isOpen(scope.model, item.type.name) || hasMember(item.value, segment.name)) ? memberOf(scope, item, segment.name) : unknown(segment.name)
    case 'navigation': return navigate(scope, item, segment.name)
    case 'cast': return typeTest({ ...scope, self: item }, 'cast', [{ kind: 'typeName', name: segment.type, collection: false, span: segment.span }])
    case 'filter': return { kind: 'many', items: (item.kind === 'many' ? item.items : []).filter((one) => holds({ ...scope, self: one }, segment.predicate)) }
    default: return refuse(segment.kind)
  }
}

const hasMember = (value: Value, name: string): boolean => typeof value === 'object' && value !== null && !Array.isArray(value) && name in value

/** The entity of a collection that a key names, by all its parts. */
function member(scope: Scope, item: Item, key: Url.Key): Item {
  const items = item.kind === 'many' ? item.items : []
  const matches = (one: Item): boolean => one.kind === 'entity' && key.parts.every(({ name, value }, index) => equal(scope.model, memberOf(scope, one, name ?? keyNames(scope.model, one.entity.type)[index] ?? ''), evaluate(scope, value)))
  return items.find(matches) ?? nothing
}

function unknown(name: string): never {
  throw new Refusal(400, `no property ${name}`)
}

const isOpen = (model: EdmModel, name: string): boolean => model.structured(name)?.open === true

/** A property of an entity or complex value; of an absent one null. */
export function memberOf({ model }: { readonly model: EdmModel }, item: Item, name: string): Item {
  if (item.kind === 'many' || isNull(item)) return nothing
  const [typeName, values, owner] = item.kind === 'entity' ? [item.entity.type, item.entity.values, { entity: item.entity, path: name }] : [item.type.name, item.value as Readonly<Record<string, Value>>, item.owner === undefined ? undefined : { entity: item.owner.entity, path: `${item.owner.path}/${name}` }]
  const structured = model.structured(typeName)
  const property = structured === undefined ? undefined : model.property(structured, name)
  const value = values[name]
  const told = item.kind === 'entity' ? Object.hasOwn(item.entity.dynamic, name) ? item.entity.dynamic[name] : undefined : (values[computedMember] as Readonly<Record<string, string>> | undefined)?.[name]
  const type = property?.type ?? { name: told ?? dynamicType(value), collection: Array.isArray(value) }
  if (type.collection) return { kind: 'many', items: (Array.isArray(value) ? value : []).map((one) => valueItem(model, type.name, one)) }
  return { ...valueItem(model, type.name, value), ...(owner === undefined ? {} : { owner }) } as Item
}

const dynamicType = (value: Value): string => (typeof value === 'boolean' ? 'Edm.Boolean' : typeof value === 'number' ? Number.isInteger(value) ? 'Edm.Int32' : 'Edm.Double' : 'Edm.String')

/** A value of the model as an item; a derived complex value has its own type. */
export function valueItem(model: EdmModel, declared: string, value: Value): ValueItem {
  const own = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Value>>)[typeMember] : undefined
  return { kind: 'value', type: valueTypeOf(model, typeof own === 'string' ? own : declared), value: value ?? null }
}

function navigate({ model, store }: Scope, item: Item, name: string): Item {
  const [from, path] = item.kind === 'entity' ? [item.entity, name] : item.kind === 'value' && item.owner !== undefined && !isNull(item) ? [item.owner.entity, `${item.owner.path}/${name}`] : [undefined, name]
  if (from === undefined) return nothing
  const typeName = item.kind === 'entity' ? item.entity.type : item.kind === 'value' ? item.type.name : ''
  const items = related(model, store, from, path).map((entity): Item => ({ kind: 'entity', entity }))
  return model.navigation(structuredOf(model, typeName), name)?.collection === true ? { kind: 'many', items } : items[0] ?? nothing
}

function lambda(scope: Scope, item: Item, { operator, variable, predicate }: Extract<Url.PathSegment, { kind: 'lambda' }>): Item {
  const items = item.kind === 'many' ? item.items : []
  if (predicate === undefined) return truth(items.length > 0)
  const test = (one: Item) => holds({ ...scope, variables: new Map([...scope.variables, [variable ?? '', one]]) }, predicate)
  return truth(operator === 'any' ? items.some(test) : items.every(test))
}

function count(scope: Scope, item: Item, { filter }: Extract<Url.PathSegment, { kind: 'count' }>): Item {
  const items = item.kind === 'many' ? item.items : []
  return scalar(int64Type, String(items.filter((one) => filter === undefined || holds({ ...scope, self: one }, filter)).length))
}
