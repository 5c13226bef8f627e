import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { productExposure } from '@tributary/catalog'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'

const contract = `<edmx:Edmx Version="4.01" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="Paint" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EnumType Name="Hue"><Member Name="Red" Value="1"/><Member Name="Blue" Value="2"/></EnumType>
  <EnumType Name="Gloss"><Member Name="Matt" Value="0"/><Member Name="High" Value="1"/></EnumType>
  <EntityType Name="Wall"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/><Property Name="Hue" Type="Paint.Hue"/><Property Name="Secret" Type="Edm.String"/></EntityType>
  <EntityType Name="Vault"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/></EntityType>
  <Function Name="Coats"><Parameter Name="hue" Type="Paint.Hue" Nullable="false"/><Parameter Name="gloss" Type="Paint.Gloss"/><ReturnType Type="Edm.Int32"/></Function>
  <Function Name="Fits"><Parameter Name="wall" Type="Paint.Wall"/><Parameter Name="hues" Type="Collection(Paint.Hue)"/><ReturnType Type="Edm.Boolean"/></Function>
  <Function Name="Opened"><Parameter Name="vault" Type="Paint.Vault"/><ReturnType Type="Edm.Boolean"/></Function>
  <Function Name="Anything"><ReturnType Type="Edm.Untyped"/></Function>
  <Function Name="Hours" IsBound="true"><Parameter Name="wall" Type="Paint.Wall"/><Parameter Name="hue" Type="Paint.Hue"/><ReturnType Type="Edm.Int32"/></Function>
  <EntityContainer Name="C"><EntitySet Name="Walls" EntityType="Paint.Wall"/><EntitySet Name="Vaults" EntityType="Paint.Vault"/>
    <FunctionImport Name="Coats" Function="Paint.Coats"/><FunctionImport Name="Fits" Function="Paint.Fits"/><FunctionImport Name="Opened" Function="Paint.Opened"/><FunctionImport Name="Anything" Function="Paint.Anything"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`

describe('arguments of a data product’s functions', () => {
  let door: DataDoor
  let asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    const wanted = decodeURIComponent(url).slice('/paint/'.length)
    asked.push(wanted)
    const answer = (body: unknown) => void response.writeHead(200, { 'content-type': 'application/json', 'odata-version': '4.0' }).end(JSON.stringify(body))
    if (wanted.startsWith('Walls?') || wanted === 'Walls') return answer({ value: [{ No: 1, Hue: 'Red' }, { No: 2, Hue: 'Blue' }, { No: 3, Hue: null }] })
    answer({ value: wanted.includes("'Red'") ? 5 : wanted.startsWith('Fits') ? true : 7 })
  })

  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    door = await openDoor()
    const endpoint = endpointOf('paint', `http://127.0.0.1:${(server.address() as AddressInfo).port}/paint/`, contract)
    const definition = { name: 'House', entities: [{ name: 'Sides', service: 'paint', entitySet: 'Walls', select: ['No', 'Hue'], rename: { No: 'Number', Hue: 'Colour' } }], relationships: [] }
    door.catalog.put(productExposure({ slug: 'house', revision: 1, endpoints: new Map([['paint', endpoint]]), definition }))
  })
  afterAll(async () => {
    await door.stop()
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    asked = []
  })
  const valueOf = async (path: string): Promise<unknown> => {
    const body = await (await door.get(`/odata/house/${path}`)).json() as { readonly value?: unknown; readonly error?: { readonly message: string } }
    return body.error?.message ?? body.value
  }

  it.each([
    ["Coats(hue=house.paint.Hue'Red',gloss=house.paint.Gloss'High')", 5, "Coats(hue=Paint.Hue'Red',gloss=Paint.Gloss'High')"],
    ["Coats(hue='Red',gloss=null)", 5, "Coats(hue=Paint.Hue'Red',gloss=null)"],
    ["Coats(hue=@h,gloss=@g)?@h=house.paint.Hue'Red'&@g='Matt'", 5, "Coats(hue=Paint.Hue'Red',gloss=Paint.Gloss'Matt')"],
    ['Fits(wall=@w,hues=@h)?@w={"Number":1,"Colour":"Red"}&@h=["Red","Blue"]', true, 'Fits(wall=@p1,hues=@p2)?@p1={"No":1,"Hue":"Red"}&@p2=["Red","Blue"]'],
    ['Fits(wall=@w,hues=@h)?@w={"@odata.id":"Sides(1)"}&@h=[]', true, 'Fits(wall=@p1,hues=@p2)?@p1={"@odata.id":"Walls(1)"}&@p2=[]'],
    ["Sides(2)/house.paint.Hours(hue='Red')", 5, "Walls(2)/Paint.Hours(hue=Paint.Hue'Red')"],
  ])('come in the source’s words: %s', async (path, value, remote) => {
    expect([await valueOf(path), asked.filter((one) => one.includes('('))]).toEqual([value, [remote]])
  })

  it('of rows are computed in the product’s names, and told in the source’s', async () => {
    const rows = await valueOf('Sides?$filter=house.paint.Hours(hue=Colour) eq 5&$select=Number')
    expect(rows).toEqual([{ Number: 1 }])
    expect(asked.filter((one) => one.includes('Hours')).toSorted()).toEqual(["Walls(1)/Paint.Hours(hue=Paint.Hue'Red')", "Walls(2)/Paint.Hours(hue=Paint.Hue'Blue')"])
    expect(await valueOf("Sides?$compute=house.paint.Coats(hue=Colour,gloss='High') as Coats&$select=Number,Coats")).toMatchObject([{ Number: 1, Coats: 5 }, { Number: 2, Coats: 7 }, { Number: 3, Coats: null }])
  })

  it.each([
    ['Fits(wall=@w,hues=@h)?@w={"Number":1,"Secret":"x"}&@h=[]', 'has no property Secret'], ['Fits(wall=@w,hues=@h)?@w={"@odata.id":"Vaults(1)"}&@h=[]', 'is no entity of the source paint'],
    ['Fits(wall=@w,hues=@h)?@w={"Number":1,}&@h=[]', 'Malformed @w'], ['Opened(vault=@v)?@v={"No":1}', 'Opened'], ['Anything()', 'Anything'],
  ])('that name what is not exposed are refused, and nothing is sent: %s', async (path, reason) => {
    expect(await valueOf(path)).toEqual(expect.stringContaining(reason))
    expect(asked.filter((one) => one.includes('('))).toEqual([])
  })
})
