import type { EdmModel, StructuredType, TypeRef } from '@tributary/edm'
import type { Random } from './random.js'

/** Writes URLs of the grammar over a model: most of them mean something, not all of them something allowed. */
export interface UrlGrammar {
  path(): string
  query(): string
}

const literals: Readonly<Record<string, readonly string[]>> = {
  'Edm.String': ["'AMBER'", "'Kiel'", "''", "'it''s'", "'%25'", "'ö'"], 'Edm.Boolean': ['true', 'false'], 'Edm.Guid': ['0a1b2c3d-0000-4000-8000-000000000001', 'ffffffff-ffff-ffff-ffff-ffffffffffff'], 'Edm.Date': ['2024-01-01', '0000-02-29', '-0001-12-31'],
  'Edm.TimeOfDay': ['12:00', '23:59:59.999999999999'], 'Edm.DateTimeOffset': ['2024-02-29T12:00:00Z', '2024-01-01T00:00-14:00'], 'Edm.Duration': ["duration'P1D'", "'PT1.5S'"], 'Edm.Binary': ["binary'AAEC'", "''"], 'Edm.GeographyPoint': ["geography'SRID=4326;Point(1 2)'"],
}
const numbers = ['0', '1', '-1', '2.5', '1e10', '9223372036854775807', '9223372036854775808', '-0.0', 'INF', 'NaN', '340282346638528859811704183484516925440']
const comparisons = ['eq', 'ne', 'lt', 'le', 'gt', 'ge']
const textFunctions = ['contains', 'startswith', 'endswith', 'matchesPattern', 'concat', 'indexof']
const dateFunctions = ['year', 'month', 'day', 'hour', 'minute', 'second', 'date', 'time', 'fractionalseconds', 'totaloffsetminutes', 'totalseconds', 'length', 'tolower', 'toupper', 'trim', 'round', 'floor', 'ceiling', 'geo.length']

export function urlGrammar(model: EdmModel, random: Random): UrlGrammar {
  const sets = [...(model.container?.entitySets.values() ?? [])]
  const singletons = [...(model.container?.singletons.values() ?? [])]
  const operations = [...model.schemas.values()].flatMap(({ operations: all }) => [...all.values()].flat())
  const imports = [...(model.container?.operationImports.values() ?? [])]
  const structured = (name: string): StructuredType | undefined => model.structured(name)
  const member = (type: StructuredType) => random.pick([...model.properties(type), ...model.navigations(type)])

  const literal = (type: TypeRef | undefined): string => {
    if (type === undefined || random.chance(0.03)) return random.pick(['null', ...numbers, ...Object.values(literals).flat()])
    const edm = model.type(type.name)
    if (edm?.kind === 'enum') return random.pick([`'${random.pick(edm.members).name}'`, `${edm.qualifiedName}'${random.pick(edm.members).name}'`])
    return random.pick(literals[model.underlying(type.name)] ?? numbers)
  }

  const valuePath = (type: StructuredType, depth: number): { readonly text: string; readonly type: TypeRef | undefined } => {
    const found = member(type)
    const target = found.kind === 'navigation' ? structured(found.target) : structured(found.type.name)
    const collection = found.kind === 'navigation' ? found.collection : found.type.collection
    if (target !== undefined && !collection && depth > 0) {
      const inner = valuePath(target, depth - 1)
      return { text: `${found.name}/${random.chance(0.1) ? `${target.qualifiedName}/` : ''}${inner.text}`, type: inner.type }
    }
    if (collection && random.chance(0.5)) return { text: `${found.name}/$count`, type: undefined }
    return { text: found.name, type: found.kind === 'property' ? found.type : undefined }
  }

  /** Mostly a path to a single primitive value, and its type. */
  const scalarPath = (type: StructuredType): { readonly text: string; readonly type: TypeRef | undefined } => {
    for (let left = 6; left > 0; left--) {
      const found = valuePath(type, 2)
      if (found.type !== undefined && !found.type.collection && structured(found.type.name) === undefined && found.type.name !== 'Edm.Stream') return found
    }
    return valuePath(type, 2)
  }

  const familyOf = (type: TypeRef | undefined): string => {
    const base = type === undefined ? '' : model.underlying(type.name)
    return base === 'Edm.String' ? 'text' : /Date|Time/.test(base) ? 'time' : /Int|Byte|Decimal|Double|Single/.test(base) ? 'number' : base
  }

  const operand = (type: StructuredType, depth: number): string => {
    const { text, type: of } = scalarPath(type)
    if (depth <= 0 || random.chance(0.4)) return text
    if (random.chance(0.1)) return `cast(${text},${random.pick(['Edm.String', 'Edm.Int32', 'Edm.Decimal', 'Edm.Date', 'Port.Ferry', 'Edm.Double'])})`
    if (random.chance(0.1)) return `case(${predicate(type, 0)}:${text},true:${literal(of)})`
    switch (random.chance(0.9) ? familyOf(of) : random.pick(['text', 'time', 'number'])) {
      case 'text': return `${random.pick(['tolower', 'toupper', 'trim', 'length'])}(${text})`
      case 'time': return `${random.pick(dateFunctions)}(${text})`
      case 'number': return random.chance(0.3) ? `${random.pick(['round', 'floor', 'ceiling'])}(${text})` : `(${text} ${random.pick(['add', 'sub', 'mul', 'div', 'divby', 'mod'])} ${random.pick(numbers)})`
      default: return text
    }
  }

  const predicate = (type: StructuredType, depth: number): string => {
    if (depth > 0 && random.chance(0.35)) return `${random.chance(0.2) ? 'not ' : ''}(${predicate(type, depth - 1)} ${random.pick(['and', 'or'])} ${predicate(type, depth - 1)})`
    const many = model.navigations(type).filter(({ collection }) => collection)
    if (depth > 0 && many.length > 0 && random.chance(0.2)) return lambda(random.pick(many))
    const { text, type: of } = scalarPath(type)
    if (familyOf(of) === 'text' && random.chance(0.4)) return `${random.pick(textFunctions.slice(0, 4))}(${text},${literal(of)})`
    if (random.chance(0.1)) return `${text} in (${Array.from({ length: 1 + random.below(4) }, () => literal(of)).join(',')})`
    if (random.chance(0.05)) return `isof(${random.pick(['Port.Ferry', 'Port.Tug', `${text},Port.QuayAddress`])})`
    if (random.chance(0.7)) return `${text} ${random.pick(comparisons)} ${literal(of)}`
    return random.chance(0.5) ? `${operand(type, depth)} ${random.pick(comparisons)} ${literal(undefined)}` : `${operand(type, depth)} ${random.pick(comparisons)} ${operand(type, depth)}`
  }

  const lambda = ({ name, target }: { readonly name: string; readonly target: string }): string => {
    const inner = structured(target)
    if (random.chance(0.2) || inner === undefined) return `${name}/any()`
    const { text, type: of } = scalarPath(inner)
    return `${name}/${random.pick(['any', 'all'])}(x:x/${text} ${random.pick(comparisons)} ${literal(of)})`
  }

  const select = (type: StructuredType): string => Array.from({ length: 1 + random.below(3) }, () => (random.chance(0.9) ? member(type).name : random.pick(['*', valuePath(type, 1).text, 'Port.*']))).join(',')
  const order = (type: StructuredType): string => Array.from({ length: 1 + random.below(3) }, () => `${random.chance(0.7) ? scalarPath(type).text : operand(type, 1)}${random.pick(['', ' asc', ' desc'])}`).join(',')
  const expand = (type: StructuredType, depth: number): string => {
    const navigations = model.navigations(type)
    if (navigations.length === 0 || random.chance(0.05)) return '*'
    const navigation = random.pick(navigations)
    const target = structured(navigation.target)
    if (target === undefined || random.chance(0.3)) return `${navigation.name}${random.pick(['', '', '/$ref', '/$count'])}`
    return `${navigation.name}(${options(target, depth - 1).join(';')})`
  }
  const apply = (type: StructuredType): string => random.pick([
    `aggregate($count as N)`, `groupby((${valuePath(type, 1).text}),aggregate($count as N))`, `filter(${predicate(type, 1)})/aggregate(${valuePath(type, 0).text} with ${random.pick(['sum', 'max', 'average', 'countdistinct'])} as T)`, `topcount(2,${valuePath(type, 0).text})`, `groupby((rollup(${valuePath(type, 0).text},${valuePath(type, 0).text})))`, `compute(${operand(type, 1)} as C)`, 'identity', `orderby(${order(type)})/top(2)/skip(1)`, `search(ferry)`, `expand(${expand(type, 0)})`, `concat(identity,aggregate($count as N))`,
  ])

  function options(type: StructuredType, depth: number): readonly string[] {
    const all: readonly (() => string)[] = [
      () => `$filter=${predicate(type, 2)}`, () => `$select=${select(type)}`, () => `$orderby=${order(type)}`, () => `$top=${random.pick(['0', '1', '3', '3', '5', '-1', '99999999999'])}`, () => `$skip=${random.below(5)}`, () => `$count=${random.pick(['true', 'true', 'false', '1'])}`,
      () => (depth > 0 ? `$expand=${expand(type, depth)}` : '$top=1'), () => `$search=${random.pick(['ferry', '"a b" OR c', 'NOT x', 'a AND (b', 'x-y'])}`, () => `$compute=${operand(type, 2)} as Extra`, () => `$levels=${random.pick(['1', '2', 'max', '0'])}`, () => `$apply=${apply(type)}`, () => `@p=${literal(undefined)}`, () => '$skiptoken=abc', () => `$format=${random.pick(['json', 'xml', 'csv', 'application/json;odata.metadata=full', 'xlsx'])}`, () => 'explain=plan', () => '$deltatoken=1', () => '$index=1', () => '$schemaversion=*',
    ]
    const chosen = Array.from({ length: 1 + random.below(3) }, () => all[random.chance(0.9) ? random.below(8) : random.below(all.length)]?.() ?? '$top=1')
    const names = chosen.map((one) => one.slice(0, one.indexOf('=')))
    return random.chance(0.03) ? chosen : chosen.filter((_, at) => names.indexOf(names[at] ?? '') === at)
  }

  const key = (type: StructuredType): string => {
    const entity = model.entityType(type.qualifiedName)
    const parts = entity === undefined ? [] : model.key(entity)
    const known: Readonly<Record<string, readonly string[]>> = { Id: type.name === 'Reading' ? ['0a1b2c3d-0000-4000-8000-000000000001', '0a1b2c3d-0000-4000-8000-000000000003'] : ['1', '2', '1', '9007199254740993'], Code: type.name === 'Authority' ? ["'BSH'"] : ["'AMBER'", "'DAWN'", "'FORCE'", "'NOPE'"], VesselCode: ["'AMBER'"], Number: ['1', '2'], Day: ['2024-01-01'] }
    const texts = parts.map(({ path }) => [path, random.pick(known[path] ?? ['1'])] as const)
    return `(${texts.length === 1 && random.chance(0.7) ? texts[0]?.[1] ?? '' : texts.map(([name, text]) => `${name}=${text}`).join(',')})`
  }

  const steps = (type: StructuredType, many: boolean, left: number): string => {
    end = { type, many }
    if (left <= 0 || random.chance(0.4)) return random.chance(0.7) ? '' : random.pick([many ? '/$count' : '/$value', '/$ref', `/$filter(${predicate(type, 1)})`, '/$query', '/$each', '/$count'])
    if (many) {
      if (random.chance(type.qualifiedName === 'Port.Vessel' ? 0.25 : 0.03)) return castStep(random.pick(['Port.Ferry', 'Port.Tug', 'Port.Vessel']), true, left)
      if (random.chance(0.1)) return callStep(random.pick(operationsOf(type, true)), left)
      return `${key(type)}${steps(type, false, left - 1)}`
    }
    if (random.chance(0.12)) return callStep(random.pick(operationsOf(type, false)), left)
    if (random.chance(type.qualifiedName === 'Port.Vessel' ? 0.2 : 0.03)) return castStep(random.pick(['Port.Ferry', 'Port.QuayAddress', 'Port.Tug']), false, left)
    const found = member(type)
    const target = found.kind === 'navigation' ? structured(found.target) : structured(found.type.name)
    const collection = found.kind === 'navigation' ? found.collection : found.type.collection
    if (target === undefined) end = undefined
    if (target !== undefined && found.kind === 'property' && collection) {
      end = { type: target, many: true }
      return `/${found.name}${random.pick(['', '', '/$count', '/0'])}`
    }
    return `/${found.name}${target === undefined ? random.pick(random.chance(0.85) ? ['', '/$value'] : ['/$count', '/0', '/-1', '/x']) : steps(target, collection, left - 1)}`
  }

  const castStep = (name: string, many: boolean, left: number): string => {
    const type = structured(name)
    return type === undefined ? '' : `/${name}${steps(type, many, left - 1)}`
  }

  /** Operations bound to such instances, or any. */
  const operationsOf = ({ qualifiedName }: StructuredType, many: boolean): typeof operations => {
    const own = operations.filter(({ bound, parameters: [of] }) => bound && of !== undefined && of.type.collection === many && model.derivesFrom(qualifiedName, of.type.name))
    return own.length === 0 || random.chance(0.05) ? operations : own
  }

  const callStep = (operation: (typeof operations)[number], left: number): string => {
    const text = callText(operation)
    const type = operation.returnType === undefined ? undefined : structured(operation.returnType.name)
    end = undefined
    return `/${text}${type === undefined || operation.kind === 'action' ? '' : steps(type, operation.returnType?.collection === true, left - 1)}`
  }

  const callText = ({ qualifiedName, parameters, bound }: (typeof operations)[number]): string =>
    `${qualifiedName}(${parameters.slice(bound ? 1 : 0).map(({ name, type }) => `${name}=${random.chance(0.2) ? '@p' : literal(type)}`).join(',')})`

  const importText = (): string => {
    const { name, operation } = random.pick(imports)
    const overload = random.pick(model.operations(operation))
    return random.chance(0.2) ? `${name}${random.pick(['', '()', '(x=1)', '(@p)'])}` : `${name}${callText(overload).slice(overload.qualifiedName.length)}`
  }

  let end: { readonly type: StructuredType; readonly many: boolean } | undefined
  return {
    path: () => {
      end = undefined
      if (random.chance(0.1)) return importText()
      if (random.chance(0.02)) return random.pick(['$all', '$crossjoin(Vessels,Harbours)', "$entity?$id=Vessels('AMBER')", '$metadata', ''])
      const set = random.pick([...sets, ...sets, ...singletons])
      const type = structured(set.entityType)
      return type === undefined ? set.name : `${set.name}${steps(type, set.kind === 'entitySet', 4)}`
    },
    query: () => {
      if (end === undefined) return random.chance(0.1) ? '$top=1' : ''
      return end.many || random.chance(0.05) ? options(end.type, 2).join('&') : random.pick([`$select=${select(end.type)}`, `$expand=${expand(end.type, 2)}`, `$select=${select(end.type)}&$expand=${expand(end.type, 1)}`, ''])
    },
  }
}
