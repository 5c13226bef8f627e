import { reads, type Exchange } from './exchanges.js'

/** What is asked of the items of collections and of complex values, by `$select` and by the path. */
const items = reads(`
Vessels?$select=Code,Lots($compute=Weight mul 2 as Twice;$filter=Twice gt 1.6;$orderby=Twice;$select=Label,Twice)
Vessels?$select=Code,Lots($compute=Weight mul 2 as Twice,Twice add 1 as More;$orderby=More)
Vessels?$select=Code,Lots($filter=Kind eq $it/Cargo;$select=Label)
Vessels?$select=Code,Log($filter=length($this) gt length($it/Code);$orderby=$this)
Vessels?$select=Code,Lots($filter=startswith($it/Home/Name,'K') and Weight gt 1)
Vessels?$select=Code,Lots($filter=$it/Calls/any(c:c/Number gt length($it/Code) sub 3 and c/Loaded gt $this/Weight))
Vessels?$select=Code,Lots($filter=Weight gt $root/Harbours(2)/Id)
Vessels?$select=Code,Moored/City,Lots($filter=$it/Moored/Country eq 'DE')
Vessels?$select=Code,Moored($select=City,X;$compute=concat(City,$it/Code) as X)
Vessels?$select=Code,Moored($compute=length(City) as X)
Vessels?$select=Code,Lots($select=Label,Marks($filter=$this ne $it/Code and $this ne 'dry';$count=true))
Vessels?$select=Code,Lots($filter=Weight gt 1;$select=Label,Marks($top=0))
Vessels('AMBER')/Lots?$compute=Weight mul 2 as Twice&$select=Label,Twice
Vessels('AMBER')/Lots?$compute=Weight mul 2 as Twice&$filter=Twice gt 2&$orderby=Twice desc
Vessels('AMBER')/Lots?$select=Label,Marks($filter=$this ne $it/Label)
Vessels('AMBER')/Lots?$filter=Weight gt $root/Harbours(2)/Id
Vessels('AMBER')/Moored?$compute=concat(City,'x') as X
Vessels('AMBER')/Moored?$compute=concat(City,'x') as X&$select=X
Vessels('AMBER')?$select=Lots($compute=Weight mul 2 as Twice;$select=Twice)
Vessels('BRISK')/Moored?$compute=concat(City,'x') as X
Vessels('CORAL')/Moored/Port.QuayAddress?$compute=Door add 1 as X&$select=X,Quay
Harbours?$expand=Vessels($select=Code,Lots($compute=Weight mul $it/Id as W;$select=W))&$select=Id&$filter=Id eq 1
Harbours?$select=Id,Anchorages($compute=concat(City,$it/Name) as X;$select=X;$orderby=X desc;$top=1;$count=true)
Vessels('AMBER')/Home?$select=Name,Anchorages($compute=concat(City,$it/Name) as X;$select=X)
Harbours(1)?$select=Address($compute=concat(City,Country) as X;$select=X)
Harbours?$expand=Vessels($select=Code,Lots($filter=Weight gt $it/Id))&$select=Id&$filter=Id eq 1
Harbours?$expand=Vessels($select=Code,Lots($filter=Weight gt $it/Id and $it/Calls/any(c:c/Number eq 1) and startswith($it/Address/City,'K')))&$select=Id
Harbours?$expand=Vessels($select=Code,Lots($filter=Weight gt $it/Id);$count=true;$orderby=Code;$top=1)&$select=Id
Vessels('AMBER')/Lots/$filter(Weight gt 1)
Vessels('AMBER')/Lots/$filter(Weight gt 1)/$count
Vessels('AMBER')/Lots/$filter(Weight gt 1)?$select=Label&$count=true
Vessels('AMBER')/Log/$filter($it eq 'sailed')/1
Vessels('AMBER')/Log/$filter($it eq 'sailed')/$count
Harbours(1)/Anchorages/$filter(City ne 'x')/Port.QuayAddress
Vessels?$select=Code,Log($compute=length($this) as L)
Vessels?$select=Code,Lots($compute=Weight mul 2 as Label)
Vessels('AMBER')/Name?$compute=length($this) as L
`)

/** Functions within expressions: of rows and collections, behind paths, with entities as results, with arguments of each row. */
const functions = reads(`
Vessels?$filter=Port.TotalLoaded() gt 100&$select=Code
Vessels?$filter=Port.TotalLoaded(since=Built) gt 100&$select=Code
Vessels?$filter=Home/Port.IsOpen(at=12:00:00)&$select=Code
Vessels?$filter=Home/Port.IsOpen(at=Home/Opens)&$select=Code
Harbours?$filter=Port.Guests()/$count gt 1&$select=Id
Harbours?$filter=Port.Guests()/any(g:g/Weight gt 2000 and g/Home/Name eq 'Kiel')&$select=Id
Harbours?$filter=Vessels/Port.Heaviest()/Code eq 'DAWN'&$select=Id
Harbours?$filter=Vessels/Port.Heaviest()/Home/Address/City eq Name&$select=Id
Harbours?$filter=Vessels/Port.Ferry/Port.Heaviest()/Code eq 'DAWN'&$select=Id
Harbours?$filter=Vessels/Port.HeavierThan(weight=2000)/$count eq 1&$select=Id
Harbours?$filter=Vessels/any(v:v/Port.TotalLoaded() gt 100)&$select=Id
Harbours?$filter=Vessels/any(v:v/Port.TotalLoaded(since=v/Built) gt 100)&$select=Id
Vessels?$filter=NearestHarbour(lat=54.3,lon=10.1)/Name eq Home/Name&$select=Code
Vessels?$filter=Port.NearestHarbour(lat=54.3,lon=10.1)/Name eq Home/Name&$select=Code
Vessels?$filter=$root/NearestHarbour(lat=54.3,lon=10.1)/Name eq Home/Name&$select=Code
Vessels?$filter=$root/NearestHarbour(lat=54.3,lon=10.1)/Vessels/any(v:v/Code eq $it/Code)&$select=Code
Vessels?$filter=$root/Greeting() ne Name&$select=Code
Vessels?$filter=$root/Vessels/Port.Heaviest()/Code eq Code&$select=Code
Vessels?$filter=Port.Normalised(address=@a)/Country eq 'XX' and Code eq 'AMBER'&$select=Code&@a={"City":"x"}
Vessels?$filter=Port.CallsOf(codes=["AMBER"])/any(c:c/VesselCode eq $it/Code)&$select=Code
Calls?$filter=Port.LoadedAt(harbour=HarbourId) gt 400&$select=VesselCode,Number
Harbours?$filter=Calls/any(c:Port.LoadedAt(harbour=c/HarbourId) gt 400)&$select=Id
Harbours?$orderby=Vessels/Port.Heaviest()/Weight desc,Id&$select=Id
Harbours?$compute=Vessels/Port.Heaviest()/Name as Top&$select=Id,Top
Vessels?$filter=Nope.TotalLoaded() gt 100&$select=Code
Vessels?$filter=Port.Nope() gt 100&$select=Code
Vessels?$filter=Home/Port.NearestHarbour(lat=54.3,lon=10.1)/Name eq 'x'&$select=Code
Vessels?$filter=Port.Rename(name='x') eq null&$select=Code
`)

/** Rows that are compared with rows and with null, casts of rows and of made values, keys where no rows are. */
const sameness = reads(`
Vessels?$filter=Home eq Moored/Authority&$select=Code
Vessels?$filter=Home ne Moored/Authority&$select=Code
Vessels?$filter=Home/Address/Authority eq Moored/Authority&$select=Code
Vessels?$filter=cast(Port.Ferry) ne null&$select=Code
Vessels?$filter=cast($it,Port.Ferry) eq null&$select=Code
Vessels?$filter=$it ne null&$select=Code
Vessels?$filter=cast(Port.Ferry) eq $it&$select=Code
Vessels?$filter=Calls/any(c:c/Vessel eq $it)&$select=Code
Harbours?$filter=Berths/any(b:b/Vessel eq $root/Vessels('AMBER'))&$select=Id
Harbours?$filter=Berths/any(b:b eq $it/Pilotage)&$select=Id
Harbours?$filter=Berths/any(b:$it/Berths/any(d:d eq b))&$select=Id
Harbours?$filter=$root/Harbours(1)/Berths/any(b:$it/Berths/any(d:d eq b))&$select=Id
Vessels?$filter=$root/Flagship eq $it&$select=Code
Sailors?$filter=$root/Office/Lead eq $it&$select=Name
Sailors?$filter=Mentor eq $root/Office/Lead&$select=Name
Vessels?$filter=isof(@a,Port.QuayAddress) and Code eq 'AMBER'&$select=Code&@a={"City":"x"}
Vessels?$filter=isof(case(Weight gt 1000:Moored,true:Home/Address),Port.QuayAddress)&$select=Code
Vessels?$filter=Log(1) eq 'x'&$select=Code
Vessels?$filter=Name(1) eq 'x'&$select=Code
Harbours?$filter=isof(Remarks,Port.Remarks)&$select=Id
`)

/** Keys on the way of a path. */
const keys = reads(`
Vessels?$filter=Calls(VesselCode='AMBER',Number=1)/Loaded gt 1&$select=Code
Harbours?$filter=Vessels('AMBER')/Weight gt 1&$select=Id
Harbours?$filter=Berths(1)/Occupied&$select=Id
Harbours?$filter=Vessels/$filter(Weight gt 1)('AMBER')/Weight gt 1&$select=Id
Harbours?$filter=Vessels/$filter(Weight gt 2000)('AMBER')/Weight gt 1&$select=Id
Harbours?$filter=Vessels/$filter(Calls/$count gt 2)('DAWN')/Name eq 'Dawn Ferry'&$select=Id
Harbours?$filter=Vessels/$filter(Weight gt 2000)('AMBER') eq null&$select=Id
`)

/** What of the language stands in few requests, each with the source's own meaning beside it. */
export const languageRequests: Readonly<Record<string, readonly Exchange[]>> = { 'options of collections and complex values': items, 'functions in expressions': functions, 'rows that are the same': sameness, 'keys within expressions': keys }
