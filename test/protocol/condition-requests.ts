import { reads, send, type Exchange, type Headers } from './exchanges.js'

const german = { 'accept-language': 'de' }

const named = `
Authorities
Authorities?$top=5
Authorities('BSH')
Authorities('BSH')/Name
Authorities('BSH')/Name/$value
Authorities?$filter=startswith(Name,'Bundes')
Authorities?$filter=contains(Name,'Agency')
Authorities?$orderby=Name desc&$top=1
Authorities/$count?$filter=contains(Name,'&')
Authorities?$search=seeschifffahrt
Authorities?$compute=length(Name) as Long&$select=Code,Long
Vessels?$select=Code&$expand=Moored/Authority($select=Name)
Vessels?$filter=Moored/Authority/Name eq 'Bundesamt für Seeschifffahrt'&$select=Code
Harbours(1)/Address/Authority
`

/** What is asked for in a language: the same words, and the same language told. */
const languages = [
  ...reads(named, german), ...reads(named, { 'accept-language': 'fi;q=0.3, de-AT;q=0.8, en;q=0.1' }), ...reads('Authorities\nAuthorities(\'BSH\')', { 'accept-language': 'en-GB' }), ...reads('Authorities', { 'accept-language': '*' }), ...reads('Authorities', { 'accept-language': 'tlh' }), ...reads('Authorities', { ...german, 'accept': 'application/json;odata.metadata=none' }), ...reads('Photos(1)/$value', german),
  send('POST $batch', { requests: [{ id: '1', method: 'get', url: "Authorities('BSH')?$select=Name" }, { id: '2', method: 'get', url: "Authorities('BSH')?$select=Name", headers: { 'accept-language': 'fi' } }] }),
]

const tags: readonly Headers[] = [{ 'if-match': 'W/"1"' }, { 'if-match': 'W/"9"' }, { 'if-match': '*' }, { 'if-match': 'W/"9", W/"1"' }, { 'if-none-match': 'W/"1"' }, { 'if-none-match': 'W/"9"' }, { 'if-none-match': '*' }, { 'if-none-match': '"x",W/"1"' }]

const tagged = `
Vessels('AMBER')
Vessels('AMBER')?$select=Name
Vessels('AMBER')?$expand=Home
Vessels('AMBER')/Name
Vessels('AMBER')/Cargo/$value
Vessels('AMBER')/Moored
Vessels('AMBER')/Moored/City
Vessels('AMBER')/Log
Vessels('AMBER')/Home
Vessels('BRISK')/Moored
Harbours(1)
Flagship
Sailors(1)
Sailors(1)/Name
Vessels('NOPE')
`

/** Versions of what is read. */
const versions = tags.flatMap((headers) => reads(tagged, headers))

/** Versions of what is changed, wherever it stands. */
const changed = tags.flatMap((headers) => [
  send("PATCH Vessels('AMBER')", { Name: 'A' }, headers), send("PUT Vessels('AMBER')/Name", { value: 'A' }, headers), send("PUT Vessels('AMBER')/Name/$value", 'A', { ...headers, 'content-type': 'text/plain' }), send("DELETE Vessels('AMBER')/Draught", undefined, headers), send("PATCH Vessels('AMBER')/Moored", { City: 'Oslo' }, headers), send("POST Vessels('AMBER')/Log", { value: 'x' }, headers), send("DELETE Vessels('AMBER')", undefined, headers),
  send("PATCH Vessels('AMBER')/Home", { Name: 'K' }, headers), send('PATCH Sailors(1)', { Rank: 3 }, headers), send('PATCH Sailors(77)', { Name: 'New', Papers: 'P-77' }, headers), send("PUT Vessels('NEW')", { Name: 'N', Needs: '0' }, headers), send("POST Vessels('AMBER')/Crew/$ref", { '@odata.id': 'Sailors(-4)' }, headers), send("PUT Vessels('BRISK')/Home/$ref", { '@odata.id': 'Harbours(3)' }, headers), send("DELETE Vessels('AMBER')/Home/$ref", undefined, headers),
  send('PUT Harbours(1)/Chart', 'x', { ...headers, 'content-type': 'text/plain' }), send("POST Vessels('AMBER')/Port.Rename", { name: 'R' }, headers),
])

const mediaTags: readonly Headers[] = [{ 'if-match': '"m1"' }, { 'if-match': '"m9"' }, { 'if-match': '*' }, { 'if-none-match': '"m1"' }, { 'if-none-match': '"m9"' }, { 'if-none-match': '*' }]
const streams = mediaTags.flatMap((headers) => [...reads('Photos(1)/$value\nPhotos(1)/Thumbnail\nHarbours(1)/Chart', headers), send('PUT Photos(1)/$value', 'x', { ...headers, 'content-type': 'text/plain' }), send('PUT Photos(1)/Thumbnail', 'x', { ...headers, 'content-type': 'text/plain' }), send('DELETE Photos(1)/Thumbnail', undefined, headers)])

const all: Readonly<Record<string, readonly Exchange[]>> = { 'languages': languages, 'versions read': versions, 'versions changed': changed, 'versions of streams': streams }

/** What requests are bound to, languages and versions, without those that are asked anyway. */
export function conditionRequests(others: Readonly<Record<string, readonly Exchange[]>>): Readonly<Record<string, readonly Exchange[]>> {
  const asked = new Set(Object.values(others).flat().map(({ name }) => name))
  return Object.fromEntries(Object.entries(all).map(([group, exchanges]) => [group, exchanges.filter(({ name }) => !asked.has(name))]))
}
