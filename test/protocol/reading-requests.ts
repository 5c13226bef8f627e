import { paged, reads, send, type Exchange } from './exchanges.js'
import { functions, paths } from './path-requests.js'

const filters = [
  'Weight gt 1000', 'Weight eq 1250.5', 'Weight eq 20000.125', 'Weight ne null', 'Draught eq null', 'Draught add 1 gt 5', 'Draught mul 2 le 10', 'Draught div 2 eq 2.1', 'Weight mod 2 eq 0', '-Draught lt -4', 'Draught divby 2 gt 2',
  "Name eq 'Brisk'", "Name eq 'Coral d''Or'", "contains(Name,'Ferry')", "startswith(Code,'D')", "endswith(Name,'9')", "tolower(Name) eq 'brisk'", "toupper(Code) eq 'DAWN'", 'length(Name) lt 6', "indexof(Name,'e') eq 4", "substring(Name,1) eq 'risk'",
  "substring(Name,1,2) eq 'ri'", "concat(Code,Name) eq 'BRISKBrisk'", "trim(Name) eq 'Brisk'", "matchesPattern(Name,'^[AB]')", "contains(Name,'100%25')", "Name gt 'Dawn'", "not contains(Name,'a')", "Name in ('Brisk','Heron')", "Cargo eq Port.Cargo'Grain'",
  "Cargo eq 'Steel'", "Cargo in ('Grain','Vehicles')", 'Cargo eq null', "Cargo ne 'Grain'", "Needs has Port.Services'Water'", "Needs has 'Water,Crane'", "Needs eq Port.Services'Power'", "Cargo gt 'Grain'", 'year(Built) eq 1998', 'month(Built) gt 6', 'day(Built) eq 2',
  'Built ge 2005-06-15', 'Built eq null', 'Built in (1998-04-02,2011-11-30)', "Moored/City eq 'Kiel'", 'Moored eq null', 'Moored ne null', "Moored/Country eq null", "Moored/Port.QuayAddress/Quay eq 'West'", "isof(Moored,Port.QuayAddress)", 'isof(Port.Ferry)', "isof('Port.Tug')", 'Port.Ferry/Passengers gt 200',
  "cast(Port.Ferry)/Passengers gt 200", 'Port.Tug/Pull eq 9007199254740993', "Port.Tug/Nickname eq 'Old Bull'", "Log/any()", "not Log/any()", "Log/any(l:l eq 'moored')", "Log/all(l:l ne 'moored')", 'Log/$count gt 1', "Lots/any(l:l/Weight gt 1)", "Lots/any(l:l/Marks/any(m:m eq 'dry'))", "Kinds/any(k:k eq 'Grain')", 'Lots/$count eq 2',
  "Home/Name eq 'Kiel'", 'Home eq null', 'Home ne null', "Home/Address/City eq 'Turku'", 'Calls/any()', 'Calls/any(c:c/Loaded gt 300)', 'Calls/all(c:c/Loaded ne null)', 'Calls/$count ge 3', 'Calls/$count($filter=Number gt 1) eq 2', "Crew/any(s:s/Name eq 'Mate Birch')", "Crew/any(s:s/Mentor/Name eq 'Bosun Alder')", "Crew/$count eq 2",
  "Moored/Authority/Code eq 'BSH'", "Calls/any(c:c/Harbour/Name eq 'Visby')", "Calls/any(c:c/Number eq 2 and c/Vessel/Code eq $it/Code)", 'true', 'false', 'not (Weight gt 1000)', "Weight gt 1000 and Draught lt 5 or Code eq 'HERON'", '(Weight gt 500) eq true', 'null eq null', "case(Weight gt 1000:'big',true:'small') eq 'small'", 'Weight gt 300 and Weight lt 700', 'Nope eq 1', "Name eq 1", 'Weight gt', "startswith(Name)", "Home/Nope eq 1",
].map((filter) => `Vessels?$select=Code&$filter=${filter}`)

const readingFilters = [
  'Flag', 'Flag eq true', 'Flag eq null', 'not Flag', 'Tiny eq -128', 'Octet eq 255', 'Small lt 0', 'Whole eq 2147483647', 'Large eq 9223372036854775807', 'Large eq 9007199254740993', 'Large gt 9007199254740992', 'Exact eq 12345678901234567890.0123456789', 'Exact lt 0', 'Open eq 0.1', 'Open eq 9007199254740993.5',
  'Half eq 0.5', 'Half eq INF', 'Real eq -INF', 'Real eq NaN', 'Real gt 1e299', 'Real eq 0.1', "Text eq ''", "contains(Text,'🚢')", 'length(Text) eq 5', "Raw eq binary'AAEC_-8='", 'Day eq 2024-02-29', 'Day lt 1000-01-01', 'Clock eq 23:59:59.999999', 'hour(Clock) eq 12', 'At eq 2024-02-29T06:30:00.123456Z', 'At gt 2024-02-29T06:30:00Z',
  'date(At) eq 2024-02-29', 'time(At) eq 12:00:00', 'fractionalseconds(At) gt 0', 'totaloffsetminutes(At) eq 330', "Took gt duration'P1D'", "Took lt duration'PT0S'", 'totalseconds(Took) gt 1', 'Other eq 0a1b2c3d-0000-4000-8000-000000000001', 'Other eq ffffffff-ffff-4fff-bfff-ffffffffffff', "geo.distance(Spot,geography'POINT(0 0)') lt 1", 'Spot ne null', "Kind eq 'Steel'", 'Numbers/any(n:n gt 9007199254740992)', 'Numbers/$count eq 3',
  'ceiling(Real) eq 1', 'floor(Open) eq 0', 'round(Open) eq 100', 'cast(Whole,Edm.String) eq \'42\'', 'cast(Text,Edm.Int32) eq null', 'Large add 1 gt 0', 'Whole div 4 eq 10', 'Whole mod 5 eq 2', 'Exact mul 2 eq 84', "At add duration'P1D' gt 2024-03-01T00:00:00Z", 'Small eq 12 and Octet eq 1', 'hassubset(Numbers,[1,2])', 'now() gt At', "At in (2024-02-29T12:00:00Z,1969-12-31T23:59:59Z)",
].map((filter) => `Readings?$select=Id&$filter=${filter}`)

const options = reads(`
Vessels?$orderby=Name
Vessels?$orderby=Name desc&$top=3
Vessels?$orderby=Weight desc&$skip=2&$top=2&$select=Code,Weight
Vessels?$orderby=Built,Code&$select=Code,Built
Vessels?$orderby=Built desc,Code desc&$select=Code,Built
Vessels?$orderby=Home/Name desc,Code&$select=Code
Vessels?$orderby=length(Name),Code&$select=Name
Vessels?$orderby=Calls/$count desc,Code&$select=Code
Vessels?$orderby=Moored/City,Code&$select=Code
Readings?$orderby=Real,Id&$select=Real
Readings?$orderby=Exact desc,Id&$select=Exact
Readings?$orderby=Text,Id&$select=Text
Sailors?$orderby=Id&$select=Id
Vessels?$top=0
Vessels?$top=0&$count=true
Vessels?$count=true&$top=1&$orderby=Code
Vessels?$count=false&$top=1&$orderby=Code
Vessels?$count=true&$filter=Weight gt 1000&$select=Code
Vessels?$skip=100
Vessels?$top=-1
Vessels?$top=x
Vessels/$count
Vessels/$count?$filter=Weight gt 1000
Vessels/$count?$search=ferry
Vessels/$count?$top=2
Vessels?$search=ferry&$select=Code
Vessels?$search=ferry OR brisk&$select=Code
Vessels?$search=NOT ferry&$select=Code
Vessels?$search="Amber Tide"&$select=Code
Vessels?$search=amber tide&$select=Code
Sailors?$search=birch
Vessels?$select=*&$top=1&$orderby=Code
Vessels?$select=Name
Vessels?$select=Name,Moored
Vessels?$select=Moored/City
Vessels?$select=Moored($select=City,Country)
Vessels?$select=Code,Log($filter=$this ne 'moored')
Vessels?$select=Code,Lots($orderby=Weight;$top=1)
Vessels?$select=Code,Port.Ferry/Passengers
Vessels?$select=Nope
Vessels/Port.Ferry?$select=Passengers,Name
Vessels/Port.Tug?$select=Nickname
Harbours?$select=Remarks/Pilot
Harbours?$select=Name,Chart
Vessels?$expand=Home
Vessels?$expand=Home($select=Name)&$select=Code
Vessels?$expand=Home($expand=Berths)&$select=Code&$filter=Home ne null
Vessels?$expand=Calls&$select=Code
Vessels?$expand=Calls($filter=Number gt 1;$orderby=Number desc;$top=1;$count=true;$select=Number)&$select=Code
Vessels?$expand=Calls($skip=1;$orderby=Number)&$select=Code
Vessels?$expand=Calls($expand=Harbour($select=Name))&$select=Code&$filter=Code eq 'AMBER'
Vessels?$expand=Calls/$count&$select=Code
Vessels?$expand=Calls/$ref&$select=Code
Vessels?$expand=Home/$ref&$select=Code
Vessels?$expand=Crew&$select=Code
Vessels?$expand=Crew($select=Name;$expand=Mentor($select=Name))&$select=Code
Vessels?$expand=*&$select=Code&$filter=Code eq 'AMBER'
Vessels?$expand=Port.Ferry/Sister($select=Code)&$select=Code
Vessels?$expand=Moored/Authority&$select=Code,Moored
Vessels?$expand=Nope
Vessels('AMBER')?$expand=Home,Calls,Crew
Vessels('AMBER')?$select=Name&$expand=Home($select=Name)
Vessels('DAWN')/Port.Ferry?$expand=Sister&$select=Code
Harbours?$expand=Berths,Pilotage&$select=Name
Harbours?$expand=Berths($expand=Vessel($select=Name);$filter=Occupied)&$select=Name
Harbours?$expand=Vessels($select=Code)&$select=Name
Harbours?$expand=Vessels/Port.Ferry($select=Code,Passengers)&$select=Name
Harbours?$expand=Calls($filter=Loaded gt 100;$expand=Vessel($select=Name))&$select=Id
Harbours?$expand=Address/Authority&$select=Name,Address
Harbours(1)?$expand=Berths
Calls?$expand=Vessel($select=Name),Harbour($select=Name)&$orderby=VesselCode,Number
Calls?$expand=Vessel($expand=Home)&$filter=Number eq 1
Sailors?$expand=Mentor,Pupils&$select=Name
Sailors?$expand=Pupils($levels=max;$select=Name)&$select=Name
Sailors?$expand=Mentor($levels=2)
Sailors?$expand=Vessels($filter=Weight gt 2000;$select=Code)&$select=Name
Photos?$expand=Of($select=Name)
Office?$expand=Lead,Notices
Office?$select=Title
Office?$expand=Lead($expand=Vessels($select=Code))
Flagship?$expand=Home($select=Name)&$select=Name
Vessels?$compute=Weight mul 2 as Twice&$select=Code,Twice
Vessels?$compute=Weight mul 2 as Twice&$filter=Twice gt 5000&$select=Code
Vessels?$compute=length(Name) as Letters&$orderby=Letters desc,Code&$select=Letters
Vessels?$compute=year(Built) as Year&$select=Code,Year
Vessels/$filter(@f)?@f=Weight gt 1000&$select=Code
Vessels/$filter(Weight gt 1000)/$count
Vessels/$filter(Weight gt 1000)/Port.Ferry?$select=Code
Vessels?$filter=Weight gt @w&@w=1000&$select=Code
Vessels?$filter=Code in @l&@l=["AMBER","DAWN"]&$select=Code
Vessels('AMBER')/Calls?$filter=Number gt 1&$orderby=Number desc&$select=Number
Vessels('AMBER')/Calls/$count?$filter=Number gt 1
Vessels('AMBER')/Log?$filter=$it eq 'sailed'
Vessels('AMBER')/Lots?$orderby=Weight&$top=1
Vessels('AMBER')/Moored?$select=City
Harbours(1)/Berths?$filter=Length gt 100&$select=Number
Harbours(1)/Berths?$orderby=Depth desc&$top=1
Harbours(1)/Vessels?$search=ferry&$select=Code
Vessels?filter=Weight gt 1000&select=Code
Vessels?$FILTER=Weight GT 1000&$select=Code
Vessels?%24filter=Weight%20gt%201000&%24select=Code
Vessels?custom=1&$top=1&$orderby=Code
Vessels?$unknown=1
Vessels?$filter=Weight gt 1&$filter=Weight gt 2
Vessels?$format=json&$top=1&$orderby=Code
Vessels?$format=application/json;odata.metadata=none&$top=1&$orderby=Code
Vessels?$format=xml
Vessels?$format=application/atom%2Bxml`)

const written = [
  ...reads(`
Vessels
Vessels('AMBER')
Vessels('FORCE')?$expand=Home
Harbours(1)
Readings
Photos(1)
Vessels('AMBER')/Name
Vessels('AMBER')/Moored
Vessels?$expand=Home($select=Name),Calls($top=1;$orderby=Number)&$select=Code
Greeting()
Office`, { accept: 'application/json;odata.metadata=full' }),
  ...reads(`
/
Vessels?$top=1&$orderby=Code
Vessels('AMBER')
Vessels?$count=true&$select=Code
Vessels('AMBER')/Name
Photos
Vessels('AMBER')/Crew/$ref`, { accept: 'application/json;odata.metadata=none' }),
  ...reads(`
Readings
Readings(0a1b2c3d-0000-4000-8000-000000000001)/Large
Readings(0a1b2c3d-0000-4000-8000-000000000001)/Numbers
Vessels?$count=true&$select=Weight
Vessels('AMBER')/Port.TotalLoaded()
Sailors(9007199254740993)`, { accept: 'application/json;IEEE754Compatible=true' }),
  ...reads(`
Vessels?$top=1&$orderby=Code
Vessels('AMBER')/Weight
Office`, { accept: 'application/json;charset=utf-8;IEEE754Compatible=true;odata.metadata=minimal' }),
  ...reads(`
/
Vessels?$expand=Home($select=Name)&$select=Code&$count=true
Vessels('FORCE')
Vessels('AMBER')/Crew/$ref
Vessels('CORAL')/Moored
Greeting()
Photos`, { 'odata-maxversion': '4.01' }),
  ...reads('Vessels\nVessels(\'AMBER\')', { 'odata-maxversion': '3.0' }),
  ...reads('Vessels?$top=1&$orderby=Code', { accept: 'application/xml' }),
  ...reads('Vessels?$top=1&$orderby=Code', { accept: 'text/html, */*;q=0.1' }),
  ...reads('Vessels?$top=1&$orderby=Code', { accept: 'application/json;metadata=full' }),
  ...reads("Vessels('AMBER')\nHarbours(1)\nVessels('AMBER')/Name", { 'if-none-match': 'W/"1"' }),
  ...reads("Vessels('AMBER')", { 'if-none-match': 'W/"7"' }),
  ...reads("Vessels('AMBER')\nVessels('AMBER')?$select=Name", { 'if-match': 'W/"7"' }), ...reads("Vessels('AMBER')", { 'if-match': 'W/"7", W/"1"' }), ...reads("Vessels('AMBER')", { 'if-match': '*' }),
  ...reads('Photos(1)/$value\nHarbours(1)/Chart', { range: 'bytes=2-4' }),
  ...reads('Harbours(1)/Chart', { range: 'bytes=90-' }),
  ...reads('Photos(1)/$value', { 'if-none-match': '"m1"' }),
  ...reads("/\nVessels\nVessels('AMBER')\nVessels/$count\nNope\nPhotos(2)/$value", {}, 'HEAD'),
  paged('Vessels?$orderby=Code&$select=Code', { prefer: 'odata.maxpagesize=3' }),
  paged('Vessels?$select=Code', { prefer: 'maxpagesize=3' }),
  paged('Calls?$expand=Vessel($select=Name)&$orderby=Arrived,VesselCode', { prefer: 'odata.maxpagesize=2' }),
  paged('Harbours(1)/Berths', { prefer: 'odata.maxpagesize=1' }),
  paged('Vessels/Port.HeavierThan(weight=300)?$select=Code', { prefer: 'odata.maxpagesize=2' }),
  send('POST Vessels/$query', '$filter=Weight gt 1000&$select=Code', { 'content-type': 'text/plain' }),
  send("POST Vessels('AMBER')/Calls/$query", '$orderby=Number desc&$top=1', { 'content-type': 'text/plain' }),
]

/** What is read, by what it is about. */
export const readingRequests: Readonly<Record<string, readonly Exchange[]>> = {
  'resource paths': paths, 'functions': functions, 'filters': reads(filters.join('\n')), 'filters over every primitive type': reads(readingFilters.join('\n')), 'query options': options, 'formats, versions and headers': written,
}
