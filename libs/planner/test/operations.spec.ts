import { serviceExposure, type Endpoint, type SealedConnection } from '@tributary/catalog'
import { isHubError } from '@tributary/errors'
import { readCsdl } from '@tributary/edm'
import { namesOf, parseODataUrl } from '@tributary/odata-url'
import { walk } from '@tributary/plan'
import { bind, givesEntities, lastOperation } from '@tributary/planner'

const parameter = (name: string, type: string, more = '') => `<Parameter Name="${name}" Type="${type}"${more === '' ? '/>' : `>${more}</Parameter>`}`
const operation = (...[kind, name, parameters, returns = '', attributes = 'IsBound="true"']: readonly [kind: 'Function' | 'Action', name: string, parameters: readonly string[], returns?: string, attributes?: string]) =>
  `<${kind} Name="${name}" ${attributes}>${parameters.join('')}${returns === '' ? '' : `<ReturnType Type="${returns}"/>`}</${kind}>`
const optional = '<Annotation Term="Org.OData.Core.V1.OptionalParameter"/>'

const model = readCsdl(`<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="Shop.V1" Alias="S" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <Annotation Term="Org.OData.Core.V1.DefaultNamespace"/>
  <EnumType Name="Color"><Member Name="Red" Value="0"/><Member Name="Blue" Value="1"/></EnumType>
  <ComplexType Name="Address"><Property Name="City" Type="Edm.String"/></ComplexType><ComplexType Name="Home" BaseType="S.Address"/>
  <EntityType Name="Thing"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="Name" Type="Edm.String"/><Property Name="Place" Type="S.Address"/><Property Name="Stops" Type="Collection(S.Address)"/>
    <NavigationProperty Name="Parts" Type="Collection(S.Thing)"/></EntityType>
  <EntityType Name="Car" BaseType="S.Thing"/><EntityType Name="Taxi" BaseType="S.Car"/>
  ${operation('Function', 'Price', [parameter('of', 'S.Thing')], 'Edm.Decimal')}
  ${operation('Function', 'Price', [parameter('of', 'S.Car')], 'Edm.Double')}
  ${operation('Function', 'Price', [parameter('of', 'S.Thing'), parameter('day', 'Edm.Date')], 'Edm.Int32')}
  ${operation('Function', 'Near', [parameter('of', 'S.Address'), parameter('km', 'Edm.Decimal')], 'Collection(S.Thing)', 'IsBound="true" IsComposable="true"')}
  ${operation('Function', 'Tour', [parameter('of', 'Collection(S.Address)')], 'Edm.String')}
  ${operation('Function', 'Shout', [parameter('of', 'Edm.String')], 'Edm.String')}
  ${operation('Function', 'Alike', [parameter('of', 'Collection(S.Thing)'), parameter('color', 'S.Color'), parameter('most', 'Edm.Int16', optional), parameter('sure', 'Edm.Boolean', optional)], 'Collection(S.Thing)', 'IsBound="true" EntitySetPath="of"')}
  ${operation('Function', 'Between', [parameter('from', 'Edm.GeographyPoint'), parameter('to', 'Edm.GeographyPoint'), parameter('at', 'Edm.DateTimeOffset'), parameter('took', 'Edm.Duration'), parameter('who', 'Edm.Guid'), parameter('raw', 'Edm.Binary')], 'Edm.Double', '')}
  ${operation('Function', 'Best', [parameter('of', 'S.Thing'), parameter('places', 'Collection(S.Address)'), parameter('ids', 'Collection(Edm.Int32)')], 'S.Thing', '')}
  ${operation('Function', 'Guess', [parameter('of', 'S.Thing'), parameter('who', 'Edm.String'), parameter('sure', 'Edm.Boolean')], 'Edm.String')}
  ${operation('Function', 'Guess', [parameter('of', 'S.Address'), parameter('who', 'Edm.String')], 'Edm.String')}
  <Annotations Target="S.Guess(S.Thing,Edm.String,Edm.Boolean)/who">${optional}</Annotations><Annotations Target="S.Guess/sure">${optional}</Annotations>
  ${operation('Action', 'Paint', [parameter('of', 'S.Car'), parameter('color', 'S.Color')])}
  <EntityContainer Name="C"><EntitySet Name="Things" EntityType="S.Thing"><NavigationPropertyBinding Path="Parts" Target="Things"/></EntitySet><Singleton Name="Mine" Type="S.Car"/>
    <FunctionImport Name="Between" Function="S.Between"/><FunctionImport Name="TheBest" Function="S.Best" EntitySet="Things"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`)

const endpoint: Endpoint = { slug: 'shop', kind: 'odata', url: 'http://127.0.0.1/shop/', model, connection: '' as SealedConnection, identity: 'shop' }
const exposure = serviceExposure({ slug: 'shop', name: 'Shop', revision: 1 }, endpoint)
const parse = (url: string) => {
  const [path = '', query = ''] = url.split('?')
  return parseODataUrl(path, query, namesOf(model))
}
/** The call as its source is asked for it. */
function sent(url: string): string {
  const called = lastOperation(parse(url), exposure)
  if (called === undefined) return 'no operation'
  const { path, options } = called.address
  return decodeURIComponent(`${path}${options.length === 0 ? '' : `?${options.join('&')}`}`)
}
function refusal(url: string): string {
  try {
    return sent(url)
  } catch (error) {
    if (isHubError(error)) return `${error.status} ${error.message}`
    throw error
  }
}

describe('the overload a call means', () => {
  it.each([
    ['Things(1)/Price()', 'Edm.Decimal'], ['Things(1)/S.Car/Price', 'Edm.Double'], ['Things(1)/S.Taxi/S.Price()', 'Edm.Double'], ['Mine/Shop.V1.Price()', 'Edm.Double'], ['Things(1)/Price(day=2024-01-01)', 'Edm.Int32'],
    ['Things(1)/Price?day=2024-01-01', 'Edm.Int32'], ['Things(1)/Place/Near(km=1)', 'S.Thing'], ['Things(1)/Stops/Tour()', 'Edm.String'], ['Things(1)/Name/Shout()', 'Edm.String'], ['Things/Alike(color=null)', 'S.Thing'],
    // what is said beside the operations, of one overload or of all
    ['Things(1)/Guess()', 'Edm.String'], ['Things(1)/Guess(who=null)', 'Edm.String'],
  ])('%s gives %s', (url, type) => {
    const returned = lastOperation(parse(url), exposure)?.operation.returnType?.name
    expect(returned?.replace('Shop.V1.', 'S.')).toBe(type)
  })

  it.each([
    ['Things(1)/Paint', '404 The operation Paint on Shop.V1.Thing was not found. It is bound to Shop.V1.Car.'],
    ['Things(1)/Stops/Near(km=1)', '404 The operation Near on Collection(Shop.V1.Address) was not found. It is bound to Shop.V1.Address.'],
    ['Things(1)/Price(dey=2024-01-01)', '404 The function Price(dey) was not found. Did you mean day? Write Price() or Price(day=…).'],
    ['Things/Alike(most=1)', '404 The function Alike(most) was not found. It lacks the parameter color. Write Alike(color=…,most=…,sure=…).'],
    ['Things(1)/Place/Guess()', '404 The function Guess() was not found. It lacks the parameter who. Write Guess(who=…).'],
    ["Things/Alike(color='Red',color='Blue')", '400 The parameter color of Alike is given twice.'],
    ['TheBest(of=null)', '404 The function TheBest(of) was not found. It lacks the parameters places, ids. Write TheBest(of=…,places=…,ids=…).'],
  ])('%s is refused by name', (url, message) => expect(refusal(url)).toBe(message))

  it('that is not there is not found', () => {
    for (const url of ['Things/Nothing()', 'Things(1)/Shop.V1.Prise', 'Nothing()']) expect(() => bind(parse(url), exposure, { pageRows: 0 })).toThrow(expect.objectContaining({ code: 'HUB_RESOURCE_NOT_FOUND', message: expect.stringMatching(/^The operation .* was not found\./) }))
  })

  it('of a path that calls nothing is none', () => expect(sent('Things(1)/Name')).toBe('no operation'))
})

describe('a call as its source is asked for it', () => {
  it.each([
    ['Things(1)/Price', 'Things(1)/Shop.V1.Price()'],
    ["Things/Alike(color='Red')", "Things/Shop.V1.Alike(color=Shop.V1.Color'Red')"],
    ["Things/Alike(sure=true,color=@c,most=@m)?@c='1'&@m=32767", "Things/Shop.V1.Alike(color=Shop.V1.Color'Blue',most=32767,sure=true)"],
    ['Things/Alike(color=@missing)', 'Things/Shop.V1.Alike(color=null)'],
    ["Between(from=geography'SRID=4326;POINT(1 2)',to=null,at='2024-01-01T00:00:00Z',took='PT1H',who=01234567-89ab-cdef-0123-456789abcdef,raw=binary'AAEC')", "Between(from=geography'SRID=4326;POINT(1 2)',to=null,at=2024-01-01T00:00:00Z,took=duration'PT1H',who=01234567-89ab-cdef-0123-456789abcdef,raw=binary'AAEC')"],
    ['TheBest(of=@o,places=@p,ids=[1,2])?@o={"@odata.id":"Things(1)"}&@p=[{"City":"Bern"}]', 'TheBest(of=@p1,places=@p2,ids=@p3)?@p1={"@odata.id":"Things(1)"}&@p2=[{"City":"Bern"}]&@p3=[1,2]'],
    ['Things(1)/Place/Near(km=1.25)', 'Things(1)/Place/Shop.V1.Near(km=1.25)'],
    ['Mine/Paint', 'Mine/Shop.V1.Paint'],
  ])('%s', (url, expected) => expect(sent(url)).toBe(expected))

  it.each([
    ['Things/Alike(color=1.5)', 'HUB_QUERY_TYPE'], ["Things/Alike(color='Green')", 'HUB_QUERY_TYPE'], ['Things/Alike(color=null,most=40000)', 'HUB_QUERY_TYPE'], ['Things(1)/Price(day=10:00:00)', 'HUB_QUERY_TYPE'],
    ['TheBest(of=[],places=[],ids=[])', 'HUB_QUERY_TYPE'], ['TheBest(of=null,places=@p,ids=[])?@p={}', 'HUB_QUERY_TYPE'], ['TheBest(of=null,places=[],ids=1)', 'HUB_QUERY_TYPE'], ['Things/Alike(color=@a)?@a=@b&@b=@a', 'HUB_QUERY_INVALID'], ['TheBest(of=null,places=[],ids=x)', 'HUB_QUERY_INVALID'], ['Things(1)/Place/Near(km=ID)', 'HUB_QUERY_INVALID'],
  ])('%s is refused: %s', (url, code) => {
    expect(() => sent(url)).toThrow(expect.objectContaining({ code }))
  })
})

/** Where the rows of a query are read. */
const resources = (url: string) => {
  const found: unknown[] = []
  walk(bind(parse(url), exposure, { pageRows: 10 }).plan, (node) => {
    if (node.kind === 'scan') found.push(node.target.resource)
  })
  return found
}

describe('operations of earlier versions', () => {
  it('are refused by name, because they are called in other ways', () => {
    const old = readCsdl(`<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices m:DataServiceVersion="2.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
      <Schema Namespace="Old" xmlns="http://schemas.microsoft.com/ado/2008/09/edm"><EntityType Name="Thing"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
      <EntityContainer Name="C" m:IsDefaultEntityContainer="true"><EntitySet Name="Things" EntityType="Old.Thing"/>
        <FunctionImport Name="Top" ReturnType="Collection(Old.Thing)" EntitySet="Things" m:HttpMethod="GET"><Parameter Name="n" Type="Edm.Int32" Mode="In"/></FunctionImport>
      </EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`)
    const served = serviceExposure({ slug: 'old', name: 'Old', revision: 1 }, { ...endpoint, model: old })
    const url = parseODataUrl('Top(n=1)', '', namesOf(old))
    expect(() => lastOperation(url, served)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_UNSUPPORTED', message: expect.stringContaining('Top of a service in OData 2.0') }))
  })
})

describe('entities that a function gives', () => {
  it('are rows of their own address, which every option is applied to by us', () => {
    expect(resources('Things(1)/Place/Near(km=2)?$filter=ID gt 1&$orderby=Name&$top=1')).toEqual([{ path: 'Things(1)/Place/Shop.V1.Near(km=2)', single: false, called: true }])
    expect(resources('TheBest(of=null,places=[],ids=[])/Name')).toEqual([{ path: 'TheBest(of=null,places=@p1,ids=@p2)', single: true, called: true, options: ['@p1=%5B%5D', '@p2=%5B%5D'] }])
  })

  it.each([
    ['Things/Alike(color=null)', 'Things'], ['Things/S.Car/Alike(color=null)', 'Things'], ['Things(1)/Place/Near(km=2)', 'Collection(Shop.V1.Thing)'], ['TheBest(of=null,places=[],ids=[])', 'Things/$entity'], ['Things/Alike(color=null)(3)/Name', 'Things(3)/Name'],
  ])('%s is told to be %s', (url, context) => expect(bind(parse(url), exposure, { pageRows: 0 }).contextFragment).toBe(context))

  it('keep the order they come in, and are paged by their number', () => {
    const bound = bind(parse('Things/Alike(color=null)'), exposure, { pageRows: 10 })
    expect([bound.order, bound.paging]).toEqual([[], { kind: 'offset' }])
  })

  it('are told from values', () => {
    expect(['Things/Alike(color=null)', 'Things(1)/Price()', 'Mine/Paint'].map((url) => {
      const called = lastOperation(parse(url), exposure)
      return called !== undefined && givesEntities(exposure, called)
    })).toEqual([true, false, false])
  })
})
