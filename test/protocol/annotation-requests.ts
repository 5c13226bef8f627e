import { reads, type Exchange } from './exchanges.js'

const asked = `
Vessels
Vessels?$top=3
Vessels?$select=Code,Weight
Vessels?$select=Code
Vessels?$filter=Weight gt 1000&$orderby=Weight desc
Vessels?$filter=contains(Name,'a')&$count=true&$skip=1
Vessels/Port.Ferry
Vessels('AMBER')
Vessels('AMBER')?$select=Weight
Vessels('AMBER')?$expand=Crew,Home
Vessels('AMBER')/Crew
Vessels('AMBER')/Crew(1)
Vessels?$expand=Crew($select=Id,Born;$orderby=Id),Calls($top=1;$orderby=Number)
Sailors?$expand=Vessels($filter=Weight gt 1000),Mentor
Sailors?$filter=Mentor/Id eq 1
Sailors?$filter=Vessels/any(v:v/Code eq 'AMBER')&$orderby=Rank desc,Id
Sailors?$search=oak
Sailors?$compute=Rank mul 2 as Twice&$select=Id,Twice
Flagship
Office?$expand=Lead
Vessels/$filter(Weight gt 1000)
`

/** Annotations that a source puts into its rows: what is asked for comes, whoever reads the rows. */
const annotations = [
  ...reads(asked, { prefer: 'include-annotations="*"' }), ...reads(asked, { 'prefer': 'odata.include-annotations="Org.OData.Measures.V1.*,ui5.v1.Note"', 'odata-maxversion': '4.01' }),
  ...reads("Vessels\nSailors('P-1')\nVessels('AMBER')?$expand=Crew", { prefer: 'include-annotations="*,-Org.OData.Core.V1.*"' }), ...reads('Vessels\nSailors', { prefer: 'odata.include-annotations="Org.OData.Core.V1.LongDescription#deck"' }),
  ...reads('Vessels\nSailors?$expand=Vessels', { prefer: 'include-annotations="*"', accept: 'application/json;odata.metadata=none' }), ...reads('Vessels\nVessels(\'AMBER\')?$expand=Crew', { prefer: 'include-annotations="*"', accept: 'application/json;odata.metadata=full' }), ...reads('Vessels\nSailors', { prefer: 'odata.maxpagesize=50, odata.include-annotations="*"' }),
]

export const annotationRequests: Readonly<Record<string, readonly Exchange[]>> = { 'annotations of rows': annotations }
