// Arguments: the folder of the generated client, the origin of the hub (the client knows the path). What it learnt is printed as one line of JSON.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [folder, origin] = process.argv.slice(2)
const require = createRequire(join(folder, 'service.js'))
const { crew } = require(join(folder, 'service.js'))
const { batch, changeset } = require(join(folder, 'BatchRequest.js'))
const { and, asc, desc, any } = require('@sap-cloud-sdk/odata-v4')
const { BigNumber } = require('bignumber.js')

// The SDK writes Int64 into URLs as OData v2 does (77L), unless it is told how.
const int64 = { deserialize: (value) => new BigNumber(value), serialize: (value) => value.toNumber(), serializeToUri: (value) => value.toFixed() }
const { vesselsApi, callsApi, sailorsApi } = crew({ 'Edm.Int64': int64 })
/** Numbers of more than 53 bits come as text. */
const exactly = { accept: 'application/json;IEEE754Compatible=true' }
const destination = { url: origin }

/** The status of the answer that an error is about. */
const statusOf = (error) => error?.response?.status ?? (error?.cause === undefined ? String(error) : statusOf(error.cause))

const [vessel, call, sailor] = [vesselsApi.schema, callsApi.schema, sailorsApi.schema]
const told = {}

const deep = await vesselsApi.requestBuilder().getAll().select(vessel.CODE, vessel.NAME).filter(and(vessel.DRAUGHT.greaterThan(new BigNumber(4)), vessel.NAME.notEquals('Nobody'))).orderBy(desc(vessel.CODE)).top(3).execute(destination)
told.query = deep.map(({ code, name }) => [code, name])
told.count = await vesselsApi.requestBuilder().getAll().count().execute(destination)
told.paging = (await vesselsApi.requestBuilder().getAll().orderBy(asc(vessel.CODE)).skip(2).top(2).execute(destination)).map(({ code }) => code)

const one = await vesselsApi.requestBuilder().getByKey('AMBER').execute(destination)
told.byKey = [one.name, one.draught.toString(), one.built.format('YYYY-MM-DD'), one.log.length, typeof one.versionIdentifier]
const visit = await callsApi.requestBuilder().getByKey('AMBER', 2).execute(destination)
told.byCompositeKey = visit.arrived.toISOString()
told.int64 = (await sailorsApi.requestBuilder().getByKey(new BigNumber('9007199254740993')).addCustomHeaders(exactly).execute(destination)).id.toFixed()

const expanded = await callsApi.requestBuilder().getAll().select(call.NUMBER).expand(call.SHIP.select(vessel.NAME)).filter(call.VESSEL_CODE.equals('DAWN')).orderBy(asc(call.NUMBER)).execute(destination)
told.expand = expanded.map(({ number, ship }) => [number, ship.name])
told.any = (await vesselsApi.requestBuilder().getAll().select(vessel.CODE).filter(vessel.CREW.filter(any(sailor.NAME.equals('Mate Birch')))).orderBy(asc(vessel.CODE)).execute(destination)).map(({ code }) => code)

const made = await sailorsApi.requestBuilder().create(sailorsApi.entityBuilder().id(new BigNumber(77)).name('Pilot Yew').papers('P-77').rank(1).build()).execute(destination)
told.create = [made.id.toFixed(), made.name]
made.name = 'Pilot Fir'
told.update = (await sailorsApi.requestBuilder().update(made).execute(destination)).name
one.name = 'Amber Two'
const renamed = await vesselsApi.requestBuilder().update(one).execute(destination)
told.guarded = renamed.name
one.name = 'Amber Three'
told.stale = await vesselsApi.requestBuilder().update(one).setVersionIdentifier('W/"0"').execute(destination).then(() => 'changed', statusOf)
await sailorsApi.requestBuilder().delete(new BigNumber(77)).execute(destination)
told.missing = await sailorsApi.requestBuilder().getByKey(new BigNumber(77)).execute(destination).then(() => 'there', statusOf)

const [read, written] = await batch(
  sailorsApi.requestBuilder().getByKey(new BigNumber(1)),
  changeset(sailorsApi.requestBuilder().create(sailorsApi.entityBuilder().id(new BigNumber(88)).name('Batch Ash').papers('P-88').rank(2).build())),
).execute(destination)
told.batch = [read.isSuccess() ? read.as(sailorsApi)[0].name : read.body, written?.isSuccess() === true ? written.responses[0].httpCode : written?.body]
process.stdout.write(`${JSON.stringify(told)}\n`)
