import { reads, send, type Exchange } from './exchanges.js'

const full = { prefer: 'return=representation' }
const json = { 'content-type': 'application/json' }
const newest = { 'odata-version': '4.01', 'odata-maxversion': '4.01' }

const arrived = '2024-05-01T00:00:00Z'

const reading = reads(`
Vessels('AMBER')/Calls(2)
Vessels('AMBER')/Calls(Number=2)
Vessels('AMBER')/Calls(Number=2,VesselCode='AMBER')
Vessels('AMBER')/Calls(@n)?@n=2
Vessels('AMBER')/Calls(99)
Vessels('AMBER')/Calls(VesselCode='BRISK',Number=2)
Vessels('AMBER')/Calls(2)/Harbour
Vessels('AMBER')/Calls(2)/Arrived/$value
Vessels('AMBER')/Calls(2)/$ref
Vessels('AMBER')/Calls('x')
Vessels('AMBER')/Port.Vessel/Calls(2)?$select=Number
Sailors(1)/Vessels('AMBER')/Calls(2)?$expand=Vessel($select=Code)
Calls(2)
Harbours(1)/Calls(2)
Harbours(1)/Calls(VesselCode='AMBER',Number=2)
Flagship/Calls(2)
`)

const changing = [
  send("PATCH Vessels('AMBER')/Calls(2)", { Loaded: 12.5 }, full), send("PATCH Vessels('AMBER')/Calls(Number=2)", { Loaded: 12.5 }), send("PUT Vessels('AMBER')/Calls(2)", { Arrived: arrived }, full), send("DELETE Vessels('AMBER')/Calls(2)"), send("DELETE Vessels('AMBER')/Calls(Number=2)"), send("DELETE Vessels('AMBER')/Calls(99)"), send("DELETE Vessels('AMBER')/Calls('x')"),
  send("PATCH Vessels('AMBER')/Calls(77)", { Arrived: arrived }, full), send("PUT Vessels('AMBER')/Calls(77)", { Arrived: arrived }), send("PATCH Vessels('NOPE')/Calls(2)", { Loaded: 1 }), send('PATCH Harbours(1)/Calls(2)', { Loaded: 1 }), send("PATCH Harbours(1)/Calls(VesselCode='AMBER',Number=2)", { Loaded: 1 }),
  send("PUT Vessels('AMBER')/Calls(2)/Loaded", { value: 3.125 }), send("PUT Vessels('AMBER')/Calls(2)/Stay/$value", 'PT2H', { 'content-type': 'text/plain' }), send("DELETE Vessels('AMBER')/Calls(2)/Left"), send("PUT Vessels('AMBER')/Calls(2)/Harbour/$ref", { '@odata.id': 'Harbours(3)' }), send("DELETE Vessels('AMBER')/Calls(2)/Harbour/$ref"),
  send('POST Harbours(3)/Calls/$ref', { '@odata.id': "Vessels('AMBER')/Calls(2)" }), send('POST Harbours(3)/Calls/$ref', { '@odata.id': "~/Vessels('AMBER')/Calls(Number=2)" }), send("DELETE Harbours(1)/Calls/$ref?$id=Vessels('AMBER')/Calls(2)"), send("PATCH Harbours(3)", { 'Calls@odata.bind': ["Vessels('AMBER')/Calls(2)"] }, { 'if-match': '*' }),
  send("PATCH Vessels('AMBER')/Calls(2)/Harbour", { Name: 'H' }, { 'if-match': '*' }), send('PATCH Flagship/Calls(2)', { Loaded: 1 }), send("PATCH Vessels('AMBER')", { 'Calls@delta': [{ '@id': "Vessels('AMBER')/Calls(2)", 'Loaded': 2 }] }, { 'if-match': '*', ...newest }),
]

const request = (method: string, url: string, more: object = {}) => ({ method, url, headers: json, ...more })

const batches = [
  send('POST $batch', { requests: [
    { id: '1', ...request('patch', "Vessels('AMBER')/Calls(2)", { body: { Loaded: 1.5 } }) }, { id: '2', ...request('get', "Vessels('AMBER')/Calls(2)?$select=Loaded") }, { id: '3', ...request('delete', "Vessels('AMBER')/Calls(2)") }, { id: '4', ...request('get', '$1') },
  ] }),
  send('POST $batch', { requests: [
    { id: '1', ...request('patch', "Vessels('AMBER')/Calls(2)", { body: { Loaded: 1.5 }, atomicityGroup: 'g' }) }, { id: '2', ...request('put', "Vessels('AMBER')/Calls(Number=1)", { body: { Arrived: arrived }, atomicityGroup: 'g' }) },
  ] }),
  send('POST $batch', { requests: [
    { id: 'v', ...request('post', 'Vessels', { body: { Code: 'NEW', Name: 'New', Needs: '0' }, atomicityGroup: 'g' }) }, { id: 'c', ...request('post', '$v/Calls', { body: { Number: 4, Arrived: arrived }, atomicityGroup: 'g' }) }, { id: 'p', ...request('patch', '$v/Calls(4)', { body: { Loaded: 7 }, atomicityGroup: 'g' }) },
  ] }),
]

/** Keys whose parts the row before tells, wherever paths stand. */
export const shortenedKeyRequests: Readonly<Record<string, readonly Exchange[]>> = { 'shortened keys': [...reading, ...changing], 'shortened keys in batches': batches }
