import { paged, reads, send, type Exchange } from './exchanges.js'

const any = { 'if-match': '*' }
const full = { prefer: 'return=representation' }
const v401 = { 'odata-version': '4.01', 'odata-maxversion': '4.01' }

const reading = reads(`
Vessels/AMBER
vessels
Vessels('AMBER')/name
Vessels ('AMBER')
Vessels('AMBER')/Home/Vessels/$count
Vessels('AMBER')/Home/Vessels('DAWN')/Port.Ferry/Sister/Name
Vessels('AMBER')/Crew(1)/Pupils(2)/Mentor/Name/$value
Vessels('AMBER')/Calls(VesselCode='AMBER',Number=3)/Harbour/Berths(1)/Vessel/Code/$value
Harbours(1)/Calls(VesselCode='DAWN',Number=1)/Vessel/Port.Ferry/Passengers/$value
Office/Lead/Pupils?$filter=Rank gt 1&$select=Name
Office/Lead/Vessels/Port.Heaviest()?$select=Code
Harbours(1)/Vessels/Port.Ferry?$select=Code,Passengers
Harbours(1)/Vessels/Port.HeavierThan(weight=2000)?$select=Code
Harbours?$filter=Vessels/any(v:v/Port.Ferry/Passengers gt 400)&$select=Id
Harbours?$filter=Vessels/any(v:v/Crew/any(s:s/Rank gt 2))&$select=Id
Harbours?$filter=Berths/any(b:b/Occupied and b/Vessel/Code eq 'AMBER')&$select=Id
Harbours?$filter=Berths/$count gt 1&$select=Id
Harbours?$filter=Pilotage/Compulsory eq true&$select=Id
Harbours?$filter=Anchorages/any(a:a/Country eq null)&$select=Id
Harbours?$filter=Remarks/Grade ge 4&$select=Id
Harbours?$filter=Remarks/Pilot eq 'yes'&$select=Id
Harbours?$filter=Remarks eq null&$select=Id
Harbours?$filter=Address/Port.QuayAddress/Door eq 12&$select=Id
Harbours?$filter=Opens le 06:00:00 and Closes ge 22:00:00&$select=Id
Harbours?$filter=geo.distance(Address/Position,geography'SRID=4326;POINT(10.14 54.33)') lt 1&$select=Id
Calls?$filter=Arrived ge 2024-01-01T00:00:00Z and Left ne null&$select=VesselCode,Number&$orderby=Arrived
Calls?$filter=Stay gt duration'PT1H'&$select=VesselCode,Number
Calls?$filter=Left sub Arrived gt duration'PT1H'&$select=VesselCode,Number
Calls?$filter=Vessel/Home/Name eq 'Kiel' and Harbour/Name ne 'Kiel'&$select=VesselCode,Number
Calls?$filter=Harbour eq null&$select=VesselCode,Number
Calls?$filter=VesselCode eq 'DAWN' and Number in (1,3)&$select=Number
Calls?$orderby=Loaded desc,VesselCode,Number&$select=Loaded&$top=4
Calls?$orderby=Stay,VesselCode,Number&$select=Stay
Calls?$orderby=Vessel/Name desc,Number&$select=Number
Sailors?$filter=Mentor/Mentor eq null and Mentor ne null&$select=Name
Sailors?$filter=Pupils/$count eq 2&$select=Name
Sailors?$filter=Id gt 9007199254740992&$select=Id
Sailors?$filter=Born lt 1985-01-01 or Born eq null&$select=Name&$orderby=Name
Tides?$filter=Height lt 0&$select=Day
Tides?$orderby=Height desc&$top=2
Tides?$filter=Day ge 2024-01-01&$count=true&$top=1&$orderby=Day
Photos?$filter=Taken ne null&$select=Id
Photos?$filter=Of/Code eq 'AMBER'&$select=Id
Authorities?$filter=Mails/any(m:contains(m,'chart'))&$select=Code
Authorities?$filter=Code eq 'A/B %26 C'
Vessels?$filter=Log/$count($filter=$this eq 'sailed') eq 2&$select=Code
Vessels?$filter=Lots/any(l:l/Kind eq Port.Cargo'Grain' and l/Weight gt 10)&$select=Code
Vessels?$filter=contains(Name,'''')&$select=Code
Vessels?$filter=Name eq 'G%C3%B6ta 100%25 %2B %C3%84lv'&$select=Code
Vessels?$filter=Weight gt 1000.0 and Weight lt 1.3e3&$select=Code
Vessels?$filter=Draught eq 4.20&$select=Code
Vessels?$filter=Needs has Port.Services'Power,Fuel'&$select=Code
Vessels?$filter=Needs eq 'Water,Power'&$select=Code
Vessels?$filter=(Cargo eq 'Grain' or Cargo eq 'Steel') and not (Weight lt 1000)&$select=Code
Vessels?$filter=Built eq null or Cargo eq null&$select=Code&$orderby=Code desc
Vessels?$filter=Moored/Position ne null&$select=Code
Vessels?$filter=Port.Ferry/Sister/Code eq 'EIDER'&$select=Code
Vessels?$filter=$it/Weight gt 3000&$select=Code
Vessels?$filter=$root/Harbours(1)/Name eq Home/Name&$select=Code
Vessels?$filter=Home/Vessels/$count gt 1&$select=Code
Vessels/Port.Ferry?$filter=Passengers gt 200&$expand=Sister($select=Name)&$select=Code
Vessels?$expand=Calls($filter=Loaded gt 100;$orderby=Loaded desc;$select=Loaded)&$select=Code&$orderby=Code&$top=4
Vessels?$expand=Calls($filter=Harbour/Name eq 'Kiel';$select=Number)&$select=Code
Vessels?$expand=Calls($search=AMBER;$select=Number)&$select=Code
Vessels?$expand=Calls($count=true;$top=0)&$select=Code
Vessels?$expand=Calls($orderby=Harbour/Name desc,Number;$select=Number)&$select=Code
Vessels?$expand=Home($expand=Vessels($select=Code;$filter=Weight gt 2000);$select=Name)&$select=Code
Vessels?$expand=Crew($expand=Mentor($expand=Pupils($select=Name);$select=Name);$select=Name)&$select=Code
Vessels?$expand=Crew($filter=Rank gt 2;$select=Name)&$select=Code
Vessels?$expand=Home,Port.Ferry/Sister($select=Name)&$select=Code
Vessels?$expand=Home/Nope
Vessels?$expand=Calls($filter=Nope eq 1)
Vessels?$expand=Calls($top=x)
Vessels?$expand=Calls($compute=Number mul 2 as Twice;$select=Number,Twice)&$select=Code&$filter=Code eq 'AMBER'
Harbours?$expand=Berths($orderby=Length desc;$top=1;$select=Number)&$select=Id
Harbours?$expand=Berths($count=true;$filter=Depth gt 7;$select=Number)&$select=Id
Harbours?$expand=Berths/$ref&$select=Id
Harbours?$expand=Berths/$count&$select=Id
Harbours?$expand=Pilotage($select=Fee)&$select=Id
Harbours?$expand=*&$select=Id&$filter=Id eq 1
Harbours?$expand=*/$ref&$select=Id&$filter=Id eq 1
Harbours?$expand=*($levels=2)&$select=Id&$filter=Id eq 4
Sailors?$expand=Mentor($levels=max;$select=Name)&$select=Name
Sailors?$expand=Pupils($levels=2;$select=Name;$filter=Rank lt 3)&$select=Name
Office?$expand=Notices($filter=Words ne null;$count=true)&$select=Title
Office?$expand=Lead/$ref
Vessels?$select=Lots/Label,Code
Vessels?$select=Lots($select=Label,Weight;$filter=Weight gt 1),Code
Vessels?$select=Log($orderby=$this;$top=1),Code
Vessels?$select=Log($count=true),Code
Vessels?$select=Port.*
Vessels?$select=Code,Home
Vessels?$select=Code,Home&$expand=Home($select=Id)
Vessels?$select=Moored/Authority&$expand=Moored/Authority($select=Code)
Vessels?$select=Moored/Port.QuayAddress/Quay
Vessels?$compute=Home/Name as Where&$select=Code,Where
Vessels?$compute=concat(Code,Name) as Label&$filter=contains(Label,'AM')&$select=Label
Vessels?$compute=Weight mul 2 as Weight
Vessels?$skip=-1
Vessels?$skip=2&$top=0
Vessels?$top=2&$skip=1&$orderby=Code desc&$count=true&$select=Code
Vessels?$orderby=Nope
Vessels?$orderby=Log
Vessels?$orderby=Name foo
Vessels?$count=maybe
Vessels?$filter=
Vessels?$select=
Vessels?$expand=
Vessels?$search=
Vessels?$search=NOT
Vessels?$search="unclosed
Vessels?$levels=2
Vessels?$apply=nope()
Vessels('AMBER')?$filter=Weight gt 1
Vessels('AMBER')?$top=1
Vessels('AMBER')/Name?$select=x
Vessels/$count/$count
Vessels('AMBER')/Name/$value/$value
Vessels('AMBER')/$ref/$ref
Vessels('AMBER')/Moored/$value
Vessels('AMBER')/Log/$value
Vessels('AMBER')/Log/0
Vessels('AMBER')/Log/-1
Vessels('AMBER')/Log/9
Vessels('AMBER')/Lots/0
CallsOf(codes=@c)/$filter(Number gt 1)?@c=["AMBER","DAWN"]&$select=Number,VesselCode
CallsOf(codes=@c)(VesselCode='DAWN',Number=2)?@c=["AMBER","DAWN"]
CallsOf(codes=@c)(VesselCode='DAWN',Number=2)/Vessel/Name?@c=["AMBER","DAWN"]
CallsOf(codes=@c)?@c=["AMBER","DAWN"]&$expand=Vessel($select=Name)&$orderby=Arrived desc&$top=2&$select=Number
CallsOf?codes=["AMBER"]
CallsOf(codes=@c)?@c=notjson
LoadedAt(harbour=1,since='2024-01-01')
NearestHarbour(lat=54,lon=10)/Berths?$filter=Occupied
NearestHarbour(lat=54,lon=10)/Port.Guests()?$select=Code
Vessels('AMBER')/Port.TotalLoaded(since=2024-01-01)/$value
Vessels/Port.Heaviest()/Calls/$count
Vessels/$filter(Weight gt 1000)/Port.Heaviest()?$select=Code
Vessels/$filter(@f)('AMBER')/Name?@f=Weight gt 1000
Vessels/$filter(@f)('HERON')/Name?@f=Weight gt 1000`)

const changing = [
  send('POST Vessels', { Code: 'NEW', Name: 'N', Needs: 'Water', Home: { Id: 50, Name: 'H', Address: { City: 'C' }, Berths: [{ Number: 1, Occupied: true }] }, Calls: [{ Number: 1, Arrived: '2024-01-01T00:00:00Z' }] }, v401), send('POST Vessels?$expand=Home&$select=Code', { 'Code': 'NEW', 'Name': 'N', 'Needs': 'Water', 'Home@odata.bind': 'Harbours(1)' }),
  send('POST Calls', { VesselCode: 'AMBER', Number: 9, Arrived: '2024-01-01T00:00:00Z', Stay: 'P1DT2H', Loaded: 1.5 }), send('POST Calls', { VesselCode: 'NOPE', Number: 9, Arrived: 'yesterday' }), send('POST Calls', { 'Number': 9, 'Arrived': '2024-01-01T00:00:00Z', 'Vessel@odata.bind': "Vessels('BRISK')", 'Harbour@odata.bind': 'Harbours(2)' }), send('POST Sailors(1)/Pupils', { Id: 60, Name: 'P', Papers: 'P-60' }), send('POST Office/Lead', { Id: 60, Name: 'P', Papers: 'P-60' }),
  send('PATCH Vessels(\'AMBER\')/Port.Vessel', { Name: 'A' }, { ...any, ...full }), send("PATCH Vessels('AMBER')", { 'Crew@odata.bind': ['Sailors(-4)'] }, any), send("PATCH Vessels('AMBER')", { Lots: [{ Label: 'one', Weight: 1, Marks: [] }], Kinds: ['Steel', 'Grain'], Needs: 'Fuel' }, { ...any, ...full }), send("PATCH Vessels('AMBER')", { Lots: [{ Weight: 1 }] }, any), send("PATCH Vessels('AMBER')", { Moored: { '@odata.type': '#Port.QuayAddress', 'City': 'Bergen', 'Quay': 'B' } }, { ...any, ...full }),
  send("PATCH Vessels('CORAL')", { Moored: { Quay: 'East' } }, { ...any, ...full }), send("PATCH Vessels('AMBER')", { '@odata.etag': 'W/"7"', 'Name': 'A' }, any), send("PATCH Vessels('AMBER')", {}, any), send("PUT Calls(VesselCode='NEWCALL',Number=1)", { Arrived: '2024-01-01T00:00:00Z' }, full), send('PUT Tides(2030-01-01)', { High: '01:00:00' }), send('PATCH Tides(2024-01-01)', { Height: 12.345 }), send('PATCH Tides(2024-01-01)', { Height: 123 }), send('PATCH Tides(2024-01-01)', { High: '25:00' }),
  send('PATCH Readings(0a1b2c3d-0000-4000-8000-000000000004)', { Half: 'NaN', Real: '-INF', Numbers: [], Raw: null, Spot: null, Kind: 'Vehicles', Took: 'PT0.5S' }, full), send('PATCH Readings(0a1b2c3d-0000-4000-8000-000000000004)', { Large: '12', Exact: '1.5' }, { 'content-type': 'application/json;IEEE754Compatible=true', 'accept': 'application/json;IEEE754Compatible=true', ...full }), send('PATCH Readings(0a1b2c3d-0000-4000-8000-000000000004)', { Octet: 256 }), send('PATCH Readings(0a1b2c3d-0000-4000-8000-000000000004)', { Flag: 'yes' }), send('PATCH Readings(0a1b2c3d-0000-4000-8000-000000000004)', { Kind: 'Nope' }),
  send('PATCH Harbours(1)', { Name: 'K' }, { ...any, ...full, ...v401 }), send('PATCH Harbours(1)', { Name: 'K' }, { ...any, ...full, accept: 'application/json;odata.metadata=none' }), send('PATCH Harbours(1)?$expand=Berths&$select=Name', { Name: 'K' }, { ...any, ...full }), send('PUT Harbours(1)/Pilotage', { Compulsory: true }, full), send('PUT Harbours(2)/Pilotage', { Id: 5, Fee: 1.25, Compulsory: true }, full), send('DELETE Harbours(2)/Pilotage'), send('PATCH Harbours(3)/Berths(1)', { Occupied: true }, full),
  send("PUT Vessels('AMBER')/Home/$ref", { '@id': 'Harbours(3)' }, v401), send("POST Vessels('AMBER')/Crew/$ref", { '@odata.id': 'Sailors(1)' }), send("PUT Vessels('AMBER')/Crew/$ref", { value: [{ '@id': 'Sailors(-4)' }, { '@id': 'Sailors(1)' }] }, v401), send("DELETE Vessels('AMBER')/Crew/$ref"), send('DELETE Sailors(2)/Mentor/$ref'), send('PUT Sailors(-4)/Mentor/$ref', { '@odata.id': 'Sailors(1)' }), send("DELETE Vessels('AMBER')/Moored/Authority/$ref"), send('POST Sailors/$ref', { '@odata.id': 'Sailors(1)' }),
  send('PUT Photos(1)/$value', 'new', { 'content-type': 'text/plain', 'if-match': '*' }), send('PUT Photos(1)/Thumbnail', 'new', { 'content-type': 'text/plain', 'if-match': '"m1"' }), send('PUT Photos(1)/Thumbnail', 'new', { 'content-type': 'text/plain', 'if-match': '"m9"' }), send('POST Photos', 'x', { 'content-type': 'text/plain', 'slug': 'name', ...full }), send('POST Photos', { Id: 9, Title: 'as JSON' }),
  send('POST Announce', { text: null, times: 1 }), send('POST Announce', {}), send('POST Summed', { lots: [{ Label: 'a' }] }), send('POST Found', { name: 'F', address: { City: 'F' } }, { ...v401 }), send('POST Found', { name: 'F', address: { City: 'F' } }, { accept: 'application/json;odata.metadata=full' }), send("POST Vessels('AMBER')/Rename", { name: 'R' }, any), send('POST Vessels/Port.Ferry/Port.Rename', { name: 'R' }, any), send('POST Harbours/Port.CloseAll?$filter=Id eq 1&$select=Id', { at: '20:00:00' }), send('POST Harbours/$filter(Id le 2)/Port.CloseAll?$select=Id,Closes', { at: '20:00:00' }), send("POST Office/Lead/Port.Retire"),
  send('POST Vessels/$query', '$filter=Weight gt 1000&$select=Code', { 'content-type': 'application/x-www-form-urlencoded' }), send('POST Vessels/$query?$top=1&$orderby=Code', '$select=Code', { 'content-type': 'text/plain' }), send('POST Vessels/$query', '$nope=1', { 'content-type': 'text/plain' }),
]

/** More of everything: longer ways, combinations, and what is refused. */
export const furtherRequests: Readonly<Record<string, readonly Exchange[]>> = {
  'further reads': [...reading, paged("Vessels?$filter=Weight gt 100&$orderby=Weight desc&$select=Code", { prefer: 'odata.maxpagesize=2' }), paged('Harbours?$expand=Vessels($select=Code;$orderby=Code)&$orderby=Id&$select=Id', { prefer: 'odata.maxpagesize=1' }), paged("CallsOf(codes=@c)?@c=[\"AMBER\",\"DAWN\"]&$orderby=Arrived&$select=Number", { prefer: 'odata.maxpagesize=2' }), paged('Sailors(1)/Pupils', { prefer: 'odata.maxpagesize=1' })],
  'further changes': changing,
}
