/** What the server declares of its writes: restrictions that allow, none at all, or restrictions that forbid. */
export type Writes = 'declared' | 'undeclared' | 'forbidden'

const sets = [
  ['Vessels', 'Vessel'], ['Harbours', 'Harbour'], ['Calls', 'Call'], ['Readings', 'Reading'], ['Tides', 'Tide'], ['Sailors', 'Sailor'], ['Photos', 'Photo'], ['Authorities', 'Authority'],
] as const

const bindings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Vessels: { 'Home': 'Harbours', 'Calls': 'Calls', 'Crew': 'Sailors', 'Port.Ferry/Sister': 'Vessels', 'Moored/Authority': 'Authorities' },
  Harbours: { 'Vessels': 'Vessels', 'Calls': 'Calls', 'Address/Authority': 'Authorities', 'Berths/Vessel': 'Vessels' },
  Calls: { Vessel: 'Vessels', Harbour: 'Harbours' },
  Sailors: { Vessels: 'Vessels', Mentor: 'Sailors', Pupils: 'Sailors' },
  Photos: { Of: 'Vessels' },
  Office: { Lead: 'Sailors' },
  Flagship: { 'Home': 'Harbours', 'Calls': 'Calls', 'Crew': 'Sailors', 'Port.Ferry/Sister': 'Vessels', 'Moored/Authority': 'Authorities' },
}

const guarded = new Set(['Vessels', 'Harbours'])

const bindingsOf = (name: string): string =>
  Object.entries(bindings[name] ?? {}).map(([path, target]) => `<NavigationPropertyBinding Path="${path}" Target="${target}"/>`).join('')

function annotationsOf(name: string, writes: Writes): string {
  const concurrency = guarded.has(name) ? '<Annotation Term="Org.OData.Core.V1.OptimisticConcurrency"><Collection><PropertyPath>Revision</PropertyPath></Collection></Annotation>' : ''
  if (writes === 'undeclared') return concurrency
  return `${concurrency}${restriction('InsertRestrictions', 'Insertable', writes)}${restriction('UpdateRestrictions', 'Updatable', writes)}${restriction('DeleteRestrictions', 'Deletable', writes)}`
}

/** What is declared of changes of several at once. */
const more: Readonly<Record<string, string>> = {
  UpdateRestrictions: '<PropertyValue Property="DeltaUpdateSupported" Bool="true"/><PropertyValue Property="FilterSegmentSupported" Bool="true"/><PropertyValue Property="TypecastSegmentSupported" Bool="true"/>',
  DeleteRestrictions: '<PropertyValue Property="FilterSegmentSupported" Bool="true"/><PropertyValue Property="TypecastSegmentSupported" Bool="true"/>',
}

const restriction = (term: string, member: string, writes: Writes): string =>
  `<Annotation Term="Org.OData.Capabilities.V1.${term}"><Record><PropertyValue Property="${member}" Bool="${String(writes === 'declared')}"/>${writes === 'declared' ? more[term] ?? '' : ''}</Record></Annotation>`

const singletonAnnotations = (writes: Writes): string => (writes === 'undeclared' ? '' : restriction('UpdateRestrictions', 'Updatable', writes))

const setElements = (writes: Writes): string =>
  sets.map(([name, type]) => `<EntitySet Name="${name}" EntityType="Port.${type}">${bindingsOf(name)}${annotationsOf(name, writes)}</EntitySet>`).join('\n        ')

const types = `
      <EnumType Name="Cargo"><Member Name="General" Value="0"/><Member Name="Grain" Value="1"/><Member Name="Steel" Value="2"/><Member Name="Vehicles" Value="5"/></EnumType>
      <EnumType Name="Services" IsFlags="true" UnderlyingType="Edm.Int64"><Member Name="Water" Value="1"/><Member Name="Power" Value="2"/><Member Name="Crane" Value="4"/><Member Name="Fuel" Value="8"/></EnumType>
      <TypeDefinition Name="Tonnes" UnderlyingType="Edm.Decimal" Precision="15" Scale="3"/>
      <ComplexType Name="Address">
        <Property Name="Street" Type="Edm.String"/>
        <Property Name="City" Type="Edm.String" Nullable="false"/>
        <Property Name="Country" Type="Edm.String" MaxLength="2"/>
        <Property Name="Position" Type="Edm.GeographyPoint"/>
        <NavigationProperty Name="Authority" Type="Port.Authority"/>
      </ComplexType>
      <ComplexType Name="QuayAddress" BaseType="Port.Address"><Property Name="Quay" Type="Edm.String"/><Property Name="Door" Type="Edm.Int16"/></ComplexType>
      <ComplexType Name="Remarks" OpenType="true"><Property Name="Text" Type="Edm.String"/><Property Name="Grade" Type="Edm.Byte"/></ComplexType>
      <ComplexType Name="Lot">
        <Property Name="Label" Type="Edm.String" Nullable="false"/>
        <Property Name="Weight" Type="Port.Tonnes" Nullable="false"/>
        <Property Name="Kind" Type="Port.Cargo"/>
        <Property Name="Marks" Type="Collection(Edm.String)" Nullable="false"/>
      </ComplexType>
      <EntityType Name="Asset" Abstract="true"><Key><PropertyRef Name="Code"/></Key>
        <Property Name="Code" Type="Edm.String" Nullable="false" MaxLength="12"/>
        <Property Name="Name" Type="Edm.String" Nullable="false"/>
        <Property Name="Built" Type="Edm.Date"/>
      </EntityType>
      <EntityType Name="Vessel" BaseType="Port.Asset">
        <Property Name="Weight" Type="Port.Tonnes"/>
        <Property Name="Draught" Type="Edm.Decimal" Precision="5" Scale="2"/>
        <Property Name="Cargo" Type="Port.Cargo"/>
        <Property Name="Needs" Type="Port.Services" Nullable="false"/>
        <Property Name="Moored" Type="Port.Address"/>
        <Property Name="Log" Type="Collection(Edm.String)" Nullable="false"/>
        <Property Name="Lots" Type="Collection(Port.Lot)" Nullable="false"/>
        <Property Name="Kinds" Type="Collection(Port.Cargo)" Nullable="false"/>
        <Property Name="Revision" Type="Edm.Int32" Nullable="false"><Annotation Term="Org.OData.Core.V1.Computed"/></Property>
        <NavigationProperty Name="Home" Type="Port.Harbour" Partner="Vessels"/>
        <NavigationProperty Name="Calls" Type="Collection(Port.Call)" Partner="Vessel"/>
        <NavigationProperty Name="Crew" Type="Collection(Port.Sailor)" Partner="Vessels"/>
      </EntityType>
      <EntityType Name="Ferry" BaseType="Port.Vessel">
        <Property Name="Passengers" Type="Edm.Int32"/>
        <Property Name="Route" Type="Edm.GeographyLineString"/>
        <NavigationProperty Name="Sister" Type="Port.Ferry"/>
      </EntityType>
      <EntityType Name="Tug" BaseType="Port.Vessel" OpenType="true"><Property Name="Pull" Type="Edm.Int64"/></EntityType>
      <EntityType Name="Harbour"><Key><PropertyRef Name="Id"/></Key>
        <Property Name="Id" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Name" Type="Edm.String" Nullable="false"/>
        <Property Name="Address" Type="Port.Address" Nullable="false"/>
        <Property Name="Anchorages" Type="Collection(Port.Address)" Nullable="false"/>
        <Property Name="Area" Type="Edm.GeographyPolygon"/>
        <Property Name="Opens" Type="Edm.TimeOfDay"/>
        <Property Name="Closes" Type="Edm.TimeOfDay"/>
        <Property Name="Remarks" Type="Port.Remarks"/>
        <Property Name="Chart" Type="Edm.Stream"/>
        <Property Name="Revision" Type="Edm.Int32" Nullable="false"><Annotation Term="Org.OData.Core.V1.Computed"/></Property>
        <NavigationProperty Name="Berths" Type="Collection(Port.Berth)" ContainsTarget="true"/>
        <NavigationProperty Name="Pilotage" Type="Port.Pilotage" ContainsTarget="true"/>
        <NavigationProperty Name="Vessels" Type="Collection(Port.Vessel)" Partner="Home"/>
        <NavigationProperty Name="Calls" Type="Collection(Port.Call)" Partner="Harbour"/>
      </EntityType>
      <EntityType Name="Berth"><Key><PropertyRef Name="Number"/></Key>
        <Property Name="Number" Type="Edm.Int16" Nullable="false"/>
        <Property Name="Length" Type="Edm.Double"/>
        <Property Name="Depth" Type="Edm.Single"/>
        <Property Name="Occupied" Type="Edm.Boolean" Nullable="false"/>
        <NavigationProperty Name="Vessel" Type="Port.Vessel"/>
      </EntityType>
      <EntityType Name="Pilotage"><Key><PropertyRef Name="Id"/></Key>
        <Property Name="Id" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Fee" Type="Edm.Decimal" Precision="10" Scale="2"/>
        <Property Name="Compulsory" Type="Edm.Boolean" Nullable="false"/>
      </EntityType>
      <EntityType Name="Call"><Key><PropertyRef Name="VesselCode"/><PropertyRef Name="Number"/></Key>
        <Property Name="VesselCode" Type="Edm.String" Nullable="false" MaxLength="12"/>
        <Property Name="Number" Type="Edm.Int32" Nullable="false"/>
        <Property Name="HarbourId" Type="Edm.Int32"/>
        <Property Name="Arrived" Type="Edm.DateTimeOffset" Precision="3" Nullable="false"/>
        <Property Name="Left" Type="Edm.DateTimeOffset" Precision="3"/>
        <Property Name="Stay" Type="Edm.Duration"/>
        <Property Name="Loaded" Type="Port.Tonnes"/>
        <NavigationProperty Name="Vessel" Type="Port.Vessel" Nullable="false" Partner="Calls"><ReferentialConstraint Property="VesselCode" ReferencedProperty="Code"/></NavigationProperty>
        <NavigationProperty Name="Harbour" Type="Port.Harbour" Partner="Calls"><ReferentialConstraint Property="HarbourId" ReferencedProperty="Id"/></NavigationProperty>
      </EntityType>
      <EntityType Name="Reading"><Key><PropertyRef Name="Id"/></Key>
        <Property Name="Id" Type="Edm.Guid" Nullable="false"/>
        <Property Name="Flag" Type="Edm.Boolean"/>
        <Property Name="Tiny" Type="Edm.SByte"/>
        <Property Name="Octet" Type="Edm.Byte"/>
        <Property Name="Small" Type="Edm.Int16"/>
        <Property Name="Whole" Type="Edm.Int32"/>
        <Property Name="Large" Type="Edm.Int64"/>
        <Property Name="Exact" Type="Edm.Decimal" Precision="38" Scale="10"/>
        <Property Name="Open" Type="Edm.Decimal" Scale="variable"/>
        <Property Name="Half" Type="Edm.Single"/>
        <Property Name="Real" Type="Edm.Double"/>
        <Property Name="Text" Type="Edm.String"/>
        <Property Name="Raw" Type="Edm.Binary"/>
        <Property Name="Day" Type="Edm.Date"/>
        <Property Name="Clock" Type="Edm.TimeOfDay" Precision="6"/>
        <Property Name="At" Type="Edm.DateTimeOffset" Precision="6"/>
        <Property Name="Took" Type="Edm.Duration" Precision="6"/>
        <Property Name="Other" Type="Edm.Guid"/>
        <Property Name="Spot" Type="Edm.GeographyPoint"/>
        <Property Name="Kind" Type="Port.Cargo"/>
        <Property Name="Numbers" Type="Collection(Edm.Int64)" Nullable="false"/>
      </EntityType>
      <EntityType Name="Tide"><Key><PropertyRef Name="Day"/></Key>
        <Property Name="Day" Type="Edm.Date" Nullable="false"/>
        <Property Name="High" Type="Edm.TimeOfDay"/>
        <Property Name="Height" Type="Edm.Decimal" Precision="4" Scale="2"/>
      </EntityType>
      <EntityType Name="Sailor"><Key><PropertyRef Name="Id"/></Key>
        <Property Name="Id" Type="Edm.Int64" Nullable="false"/>
        <Property Name="Name" Type="Edm.String" Nullable="false"/>
        <Property Name="Papers" Type="Edm.String" Nullable="false"/>
        <Property Name="Born" Type="Edm.Date"/>
        <Property Name="Rank" Type="Edm.Byte" Nullable="false" DefaultValue="1"/>
        <NavigationProperty Name="Vessels" Type="Collection(Port.Vessel)" Partner="Crew"/>
        <NavigationProperty Name="Mentor" Type="Port.Sailor" Partner="Pupils"/>
        <NavigationProperty Name="Pupils" Type="Collection(Port.Sailor)" Partner="Mentor"/>
        <Annotation Term="Org.OData.Core.V1.AlternateKeys"><Collection><Record><PropertyValue Property="Key"><Collection><Record><PropertyValue Property="Name" PropertyPath="Papers"/><PropertyValue Property="Alias" String="Papers"/></Record></Collection></PropertyValue></Record></Collection></Annotation>
      </EntityType>
      <EntityType Name="Photo" HasStream="true"><Key><PropertyRef Name="Id"/></Key>
        <Property Name="Id" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Title" Type="Edm.String"/>
        <Property Name="Taken" Type="Edm.DateTimeOffset"/>
        <Property Name="Thumbnail" Type="Edm.Stream"/>
        <NavigationProperty Name="Of" Type="Port.Vessel"/>
      </EntityType>
      <EntityType Name="Authority"><Key><PropertyRef Name="Code"/></Key>
        <Property Name="Code" Type="Edm.String" Nullable="false"/>
        <Property Name="Name" Type="Edm.String" Nullable="false"/>
        <Property Name="Mails" Type="Collection(Edm.String)" Nullable="false"/>
      </EntityType>
      <EntityType Name="Office"><Key><PropertyRef Name="Id"/></Key>
        <Property Name="Id" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Title" Type="Edm.String" Nullable="false"/>
        <Property Name="Seat" Type="Port.Address"/>
        <NavigationProperty Name="Lead" Type="Port.Sailor"/>
        <NavigationProperty Name="Notices" Type="Collection(Port.Notice)" ContainsTarget="true"/>
      </EntityType>
      <EntityType Name="Notice"><Key><PropertyRef Name="Number"/></Key>
        <Property Name="Number" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Words" Type="Edm.String"/>
      </EntityType>`

type Parameters = Readonly<Record<string, string>>

/** An overload as XML; a bound one has `bound` as the type of its first parameter, which is called `of`. */
function operation(kind: 'Function' | 'Action', name: string, parameters: Parameters, more: { readonly bound?: string; readonly returns?: string; readonly composable?: true; readonly path?: string } = {}): string {
  const all = Object.entries({ ...(more.bound === undefined ? {} : { of: more.bound }), ...parameters })
  const attributes = [`Name="${name}"`, ...(more.bound === undefined ? [] : ['IsBound="true"']), ...(more.composable === undefined ? [] : ['IsComposable="true"']), ...(more.path === undefined ? [] : [`EntitySetPath="${more.path}"`])]
  const returns = more.returns === undefined ? '' : `<ReturnType Type="${more.returns}"${more.returns.startsWith('Collection') ? ' Nullable="false"' : ''}/>`
  return `<${kind} ${attributes.join(' ')}>${all.map(([parameter, type]) => `<Parameter Name="${parameter}" Type="${type}"${type.startsWith('Collection') || parameter === 'of' ? ' Nullable="false"' : ''}/>`).join('')}${returns}</${kind}>`
}

const vessels = 'Collection(Port.Vessel)'
const operations = [
  operation('Function', 'Greeting', {}, { returns: 'Edm.String' }),
  operation('Function', 'NearestHarbour', { lat: 'Edm.Double', lon: 'Edm.Double' }, { returns: 'Port.Harbour' }),
  operation('Function', 'CallsOf', { codes: 'Collection(Edm.String)' }, { returns: 'Collection(Port.Call)', composable: true }),
  operation('Function', 'LoadedAt', { harbour: 'Edm.Int32' }, { returns: 'Port.Tonnes' }),
  operation('Function', 'LoadedAt', { harbour: 'Edm.Int32', since: 'Edm.Date' }, { returns: 'Port.Tonnes' }),
  operation('Function', 'Normalised', { address: 'Port.Address' }, { returns: 'Port.Address' }),
  operation('Function', 'KindsSeen', {}, { returns: 'Collection(Port.Cargo)' }),
  operation('Function', 'TotalLoaded', {}, { bound: 'Port.Vessel', returns: 'Port.Tonnes' }),
  operation('Function', 'TotalLoaded', { since: 'Edm.Date' }, { bound: 'Port.Vessel', returns: 'Port.Tonnes' }),
  operation('Function', 'Heaviest', {}, { bound: vessels, returns: 'Port.Vessel', path: 'of', composable: true }),
  operation('Function', 'HeavierThan', { weight: 'Port.Tonnes' }, { bound: vessels, returns: vessels, path: 'of', composable: true }),
  operation('Function', 'Seats', { decks: 'Edm.Int16' }, { bound: 'Port.Ferry', returns: 'Edm.Int32' }),
  operation('Function', 'IsOpen', { at: 'Edm.TimeOfDay' }, { bound: 'Port.Harbour', returns: 'Edm.Boolean' }),
  operation('Function', 'Guests', {}, { bound: 'Port.Harbour', returns: vessels, path: 'of/Vessels', composable: true }),
  operation('Action', 'ClearLogs', {}),
  operation('Action', 'Announce', { text: 'Edm.String', times: 'Edm.Int32' }, { returns: 'Collection(Edm.String)' }),
  operation('Action', 'Found', { name: 'Edm.String', address: 'Port.Address' }, { returns: 'Port.Harbour' }),
  operation('Action', 'Summed', { lots: 'Collection(Port.Lot)' }, { returns: 'Port.Lot' }),
  operation('Action', 'Rename', { name: 'Edm.String' }, { bound: 'Port.Vessel', returns: 'Port.Vessel', path: 'of' }),
  operation('Action', 'Load', { lots: 'Collection(Port.Lot)' }, { bound: 'Port.Vessel', returns: 'Port.Tonnes' }),
  operation('Action', 'Retire', {}, { bound: 'Port.Vessel' }),
  operation('Action', 'Retire', {}, { bound: 'Port.Sailor' }),
  operation('Action', 'CloseAll', { at: 'Edm.TimeOfDay' }, { bound: 'Collection(Port.Harbour)', returns: 'Collection(Port.Harbour)', path: 'of' }),
].join('\n      ')

const imports = [
  '<FunctionImport Name="Greeting" Function="Port.Greeting" IncludeInServiceDocument="true"/>',
  '<FunctionImport Name="NearestHarbour" Function="Port.NearestHarbour" EntitySet="Harbours"/>',
  '<FunctionImport Name="CallsOf" Function="Port.CallsOf" EntitySet="Calls"/>',
  '<FunctionImport Name="LoadedAt" Function="Port.LoadedAt"/>',
  '<FunctionImport Name="Normalised" Function="Port.Normalised"/>',
  '<FunctionImport Name="KindsSeen" Function="Port.KindsSeen" IncludeInServiceDocument="true"/>',
  '<ActionImport Name="ClearLogs" Action="Port.ClearLogs"/>',
  '<ActionImport Name="Announce" Action="Port.Announce"/>',
  '<ActionImport Name="Found" Action="Port.Found" EntitySet="Harbours"/>',
  '<ActionImport Name="Summed" Action="Port.Summed"/>',
].join('\n        ')

/** The `$metadata` document, CSDL 4.01 XML: a port, its vessels and who works there. */
export const contractOf = (writes: Writes): string => `<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx Version="4.01" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema Namespace="Port" Alias="P" xmlns="http://docs.oasis-open.org/odata/ns/edm">${types}
      ${operations}
      <EntityContainer Name="Service">
        <Annotation Term="Org.OData.Capabilities.V1.KeyAsSegmentSupported" Bool="false"/>
        ${setElements(writes)}
        <Singleton Name="Office" Type="Port.Office">${bindingsOf('Office')}${singletonAnnotations(writes)}</Singleton>
        <Singleton Name="Flagship" Type="Port.Vessel">${bindingsOf('Flagship')}${singletonAnnotations(writes)}</Singleton>
        ${imports}
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
`
