// Arguments: the generated client, the service root. What it learnt is printed as one line of JSON.
import { createRequire } from 'node:module'

const [client, root] = process.argv.slice(2)
const require = createRequire(client)
const { PortService } = require(client)
const { FetchClient } = require('@odata2ts/http-client-fetch')

const http = new FetchClient()
const port = new PortService(http, root.replace(/\/$/, ''))
const changing = { headers: { 'If-Match': '*' } }
const told = {}

const { data: heavy } = await port.Vessels().query((builder, vessel) => builder.select('Code', 'Weight').filter(vessel.Weight.gt(1000)).orderBy(vessel.Weight.desc()).count().top(2))
told.query = [heavy['@odata.count'], heavy.value.map(({ Code }) => Code)]

const { data: one } = await port.Vessels('AMBER').query()
told.byKey = [one.Name, one.Needs, one.Moored.City, one.Lots.length]
const { data: call } = await port.Calls({ VesselCode: 'AMBER', Number: 2 }).query((builder) => builder.select('Arrived'))
told.byCompositeKey = call.Arrived

const { data: expanded } = await port.Vessels().query((builder, vessel) => builder.select('Code').filter(vessel.Home.props.Name.eq('Kiel')).expanding('Home', (home) => home.select('Name')).expanding('Calls', (calls, q) => calls.select('Number').filter(q.Number.gt(1))))
told.expand = expanded.value.map(({ Code, Home, Calls }) => [Code, Home.Name, Calls.length])
told.related = (await port.Harbours(1).Berths().query()).data.value.map(({ Number }) => Number)
told.any = (await port.Vessels().query((builder, vessel) => builder.select('Code').filter(vessel.Log.any((entry) => entry.it.eq('moored'))))).data.value.map(({ Code }) => Code)

told.function = (await port.LoadedAt({ harbour: 1, since: '2024-01-01' })).data.value
told.boundFunction = (await port.Harbours(1).IsOpen({ at: '12:00:00' })).data.value
told.action = (await port.Announce({ text: 'hoy', times: 2 })).data.value
told.boundAction = (await port.Vessels('BRISK').Rename({ name: 'Brisker' }, changing)).data.Name

const made = await port.Sailors().create({ Id: 77, Name: 'Pilot Yew', Papers: 'P-77' })
told.create = [made.status, made.data.Id, made.data.Rank]
told.patch = (await port.Sailors(77).patch({ Rank: 4 })).status
told.put = (await port.Tides('2024-01-01').update({ Day: '2024-01-01', High: '05:00:00', Height: 1.5 })).status
told.guarded = (await port.Vessels('AMBER').patch({ Name: 'Amber Two' }, changing)).status
told.afterwards = [(await port.Sailors(77).query()).data.Rank, (await port.Tides('2024-01-01').query()).data.Height, (await port.Vessels('AMBER').query()).data.Name]
told.delete = (await port.Sailors(77).delete()).status

const pages = []
let next = `${root}Vessels?$select=Code&$orderby=Code`
while (next !== undefined) {
  const { data } = await http.get(next, { headers: { Prefer: 'odata.maxpagesize=3' } })
  pages.push(data.value.map(({ Code }) => Code))
  next = data['@odata.nextLink']
}
told.pages = pages
try {
  await port.Sailors(77).query()
} catch (error) {
  told.missing = [error.status, error.message]
}
process.stdout.write(`${JSON.stringify(told)}\n`)
