import { reads, type Exchange } from './exchanges.js'

/** Navigation to entities of a derived type, casts on the way, and one navigation expanded in several ways. */
const casts = reads(`
Vessels?$expand=Port.Ferry/Sister/Port.Ferry($select=Code)&$select=Code
Vessels?$expand=Port.Ferry/Sister($select=Passengers)&$select=Code
Vessels?$filter=Port.Ferry/Sister/Passengers gt 100&$select=Code
Vessels?$filter=Port.Ferry/Sister/Sister eq null and isof(Port.Ferry)&$select=Code
Vessels/Port.Ferry?$filter=Sister/Passengers gt 100&$select=Code
Vessels/Port.Ferry?$filter=isof(Sister,Port.Ferry)&$select=Code
Vessels/Port.Ferry?$expand=Sister($levels=2)&$select=Code
Vessels?$expand=Port.Ferry/Sister($levels=2;$select=Code)&$select=Code
Vessels?$expand=Calls($levels=2)&$select=Code
Vessels/Port.Ferry?$expand=*&$select=Code
Vessels('DAWN')/Port.Ferry?$expand=Sister($expand=Sister)&$select=Code
Vessels('DAWN')/Port.Ferry/Sister/Passengers
Vessels('DAWN')/Port.Ferry/Sister/Passengers/$value
Vessels('DAWN')/Port.Ferry/Sister/Name
Vessels('DAWN')/Port.Ferry/Sister?$select=Passengers
Vessels('DAWN')/Port.Ferry/Sister/Port.Ferry?$select=Passengers
Vessels('DAWN')/Port.Ferry/Sister/Sister
Harbours?$expand=Vessels/Port.Ferry($select=Passengers),Vessels/Port.Tug($select=Pull)&$select=Id
Harbours?$expand=Vessels/Port.Ferry($select=Passengers)&$select=Id
Harbours?$expand=Vessels/Port.Ferry($expand=Calls($select=Number))&$select=Id
Vessels?$expand=*&$select=Code
Vessels?$expand=*/$ref&$select=Code
Vessels('DAWN')?$expand=*
Harbours?$expand=Vessels($select=Name),Vessels/Port.Tug($select=Pull),Vessels/Port.Ferry($select=Passengers;$expand=Calls($select=Number))&$select=Id
Vessels?$expand=Port.Ferry/Home($select=Name),Home($select=Id),Port.Tug/Home($select=Opens)&$select=Code
Vessels?$expand=Moored/Port.QuayAddress/Authority&$select=Code
Harbours?$expand=Address/Port.QuayAddress/Authority($select=Code)&$select=Id
Harbours?$expand=Address/*($select=Code)&$select=Id
Harbours?$filter=Address/Port.QuayAddress/Authority/Code eq 'A/B %26 C'&$select=Id
`)

/** What lies behind values that are null, of another type or not there. */
const nothings = reads(`
Vessels('BRISK')/Moored/Authority
Vessels('BRISK')/Moored/Authority/$ref
Vessels('BRISK')/Moored/Authority/Name/$value
Vessels('BRISK')/Moored/Authority/Mails/$count
Vessels('BRISK')/Moored/Port.QuayAddress
Vessels('BRISK')/Moored/City/$value
Vessels('AMBER')/Moored/Port.QuayAddress/Authority
Vessels('AMBER')/Moored/Port.QuayAddress/Quay
Vessels('CORAL')/Moored/Authority
Harbours(2)/Address/Port.QuayAddress/Authority
Harbours(2)/Remarks/Text
Harbours(2)/Remarks/Text/$value
Harbours(2)/Remarks/Pilot
Harbours(4)/Remarks/Pilot
Vessels('HERON')/Port.Tug/Nickname
`)

/** Raw values whose text is not what JSON has. */
const raw = reads(`
Readings(0a1b2c3d-0000-4000-8000-000000000001)/Half/$value
Readings(0a1b2c3d-0000-4000-8000-000000000002)/Half/$value
Harbours(1)/Berths(1)/Depth/$value
Harbours(1)/Address/Position/$value
Harbours(1)/Area/$value
Vessels('DAWN')/Port.Ferry/Route/$value
`)

/** Streams that are expanded: their bytes stand in the rows. */
const streams = reads(`
Photos?$expand=$value
Photos(1)?$expand=$value
Photos(1)?$expand=$value&$select=Title
Photos?$expand=Thumbnail&$select=Id
Photos(1)?$select=Thumbnail&$expand=Thumbnail
Harbours?$expand=Chart&$select=Id
Vessels?$expand=Home($expand=Chart;$select=Name)&$select=Code
`)

/** The outermost entity, looked at from the options of what is expanded, however deep. */
const around = reads(`
Harbours?$expand=Vessels($filter=Calls/any(c:c/HarbourId eq $it/Id);$select=Code)&$select=Id
Harbours?$expand=Vessels($filter=Home/Name eq $it/Name;$select=Code)&$select=Id
Harbours?$expand=Vessels($orderby=length($it/Name),Code;$select=Code)&$select=Id
Harbours?$expand=Vessels($expand=Calls($filter=HarbourId eq $it/Id;$select=Number);$select=Code)&$select=Id
Harbours?$expand=Vessels($expand=Calls($filter=HarbourId eq $it/Id;$select=Number;$count=true;$top=1;$orderby=Number desc);$select=Code;$filter=Weight gt 10)&$select=Id
Harbours?$expand=Vessels($filter=$it/Address/City eq Moored/City;$select=Code)&$select=Id
Harbours?$expand=Vessels($filter=$it/Address/City eq Moored/City;$select=Moored/City;$count=true)&$select=Id
Harbours?$expand=Calls($filter=Vessel/Home/Id eq $it/Id;$select=Number,VesselCode)&$select=Id
Harbours?$expand=Calls($filter=$it/Pilotage/Compulsory eq true;$select=Number,VesselCode)&$select=Id
Harbours?$filter=Pilotage/Compulsory eq true&$expand=Calls($filter=$it/Pilotage/Fee gt 10;$select=Number,VesselCode)&$select=Id
Harbours?$expand=Calls($filter=$it/Berths/any(b:b/Occupied);$select=Number,VesselCode)&$select=Id
Vessels?$expand=Calls($compute=$it/Weight mul 2 as T;$select=Number,T)&$select=Code
Vessels?$expand=Calls($orderby=$it/Weight mul Number desc;$select=Number)&$select=Code
Vessels?$expand=Home($filter=Name eq $it/Moored/City;$select=Name)&$select=Code
Vessels?$expand=Calls($filter=Harbour/Vessels/any(v:v/Code eq $it/Code);$select=Number)&$select=Code
Vessels?$compute=Weight mul 2 as W&$expand=Calls($filter=Loaded lt $it/W;$select=Number)&$select=Code
Vessels('AMBER')?$expand=Calls($filter=Number gt length($it/Code) sub 3;$select=Number)&$select=Code
Harbours(1)/Vessels?$expand=Calls($filter=VesselCode eq $it/Code and $it/Weight gt 2000;$select=Number)&$select=Code
Vessels?$expand=Home($expand=Vessels($filter=Code ne $it/Code;$select=Code);$select=Name)&$select=Code
Vessels?$expand=Home($expand=Vessels($filter=Code ne @c;$select=Code);$select=Name)&$select=Code&@c=$it/Code
Sailors?$expand=Mentor($levels=2;$filter=Rank gt $it/Rank;$select=Name)&$select=Name
Harbours?$expand=Vessels/$count($filter=$it/Address/City eq Moored/City)&$select=Id
Harbours?$expand=Vessels/$ref($filter=$it/Address/City eq Moored/City)&$select=Id
Vessels?$expand=Calls($filter=$it/Home/Name eq 'Kiel';$expand=Harbour($filter=Id eq $it/Home/Id;$select=Name);$select=Number)&$select=Code
`)

/** Nested options and what they look at, casts, and values that are not there. */
export const nestedRequests: Readonly<Record<string, readonly Exchange[]>> = { 'casts within paths and expands': casts, 'paths to nothing': nothings, 'raw values': raw, 'streams within rows': streams, 'nested options that look at $it': around }
