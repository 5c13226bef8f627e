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

/** What of the language stands in few requests, each with the source's own meaning beside it. */
export const languageRequests: Readonly<Record<string, readonly Exchange[]>> = { 'options of collections and complex values': items }
