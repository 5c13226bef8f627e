import type { ConnectionRequest, Curation, RegistrationRequest } from '@tributary/catalog'
import { z } from 'zod'
import { slugField } from '../api/fields.js'

const headerName = /^[\w!#$%&'*+.^`|~-]+$/
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header value holds no line breaks and only Latin-1 characters')

const auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('basic'), username: z.string(), password: z.string() }),
  z.strictObject({ kind: z.literal('bearer'), token: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('apiKey'),
    name: z.string().regex(headerName, 'it must be usable as a header name').describe('Name of the header or query parameter.'),
    value: z.string().min(1),
    in: z.enum(['header', 'query']),
  }),
]).describe('Credentials; stored encrypted and never returned.')

/** How the hub reaches a service. What is left out is: no credentials, no headers, 30 s, changes as the contract declares them. */
export const connectionRequest = z.strictObject({
  auth: auth.exactOptional(),
  headers: z.record(z.string().regex(headerName, 'it must be usable as a header name'), headerValue).exactOptional().describe('Sent with every request to the service.'),
  timeoutMs: z.int().min(100).max(600_000).exactOptional().describe('How long one request may take; 30000 where left out.'),
  allowedOrigins: z.array(z.url({ protocol: /^https?$/ })).exactOptional().describe('Other origins the service\'s next links may lead to.'),
  writes: z.enum(['declared', 'allowed', 'refused']).exactOptional()
    .describe('Which changes are sent to the service: those its contract declares (`declared`, also where left out), all that it does not rule out, or none.'),
  cache: z.strictObject({
    ttlSeconds: z.int().min(0).max(604_800).describe('How long an answer of the service is given again without asking.'),
    staleIfErrorSeconds: z.int().min(0).max(604_800).exactOptional().describe('For how long after that it is given where the service fails; 0 where left out.'),
    public: z.boolean().exactOptional().describe('Everybody gets the same answers; else only who asked for one gets it again.'),
  }).exactOptional().describe('Keeps answers of the service for a while; left out: none are kept.'),
}).meta({ id: 'Connection', description: 'How the hub reaches a service.' }) satisfies z.ZodType<ConnectionRequest>

const owner = z.strictObject({ name: z.string().min(1).max(200), email: z.email().exactOptional() }).meta({ id: 'Owner', description: 'Who answers for a service.' })

/** The body of a registration. @see docs/interfaces.md, section 1 */
export const registrationRequest = z.strictObject({
  url: z.string().min(1).max(2000).describe('Service root. The contract is fetched from it where none is given.'),
  contract: z.strictObject({
    type: z.string().exactOptional().describe('`CSDL`; found out where it is left out.'),
    content: z.string().min(1),
  }).exactOptional().describe('The contract itself, instead of fetching it.'),
  name: z.string().min(1).max(200).exactOptional().describe('Taken from the contract where left out.'),
  version: z.string().min(1).max(50).exactOptional().describe('`1.0.0` where left out.'),
  slug: slugField.exactOptional(),
  description: z.string().max(10_000).exactOptional(),
  tags: z.array(z.string().min(1).max(50)).max(50).exactOptional(),
  owner: owner.exactOptional(),
  application: z.strictObject({ name: z.string().min(1).max(200) }).exactOptional().describe('What publishes the service; `Default` where left out.'),
  environment: z.strictObject({ name: z.string().min(1).max(200).exactOptional(), type: z.string().min(1).max(50).exactOptional() }).exactOptional()
    .describe('Where the application runs; `Production` where left out.'),
  connection: connectionRequest.exactOptional(),
}).meta({ id: 'Registration', description: 'A service as it is registered.' }) satisfies z.ZodType<RegistrationRequest>

/** The body of a curation. */
export const curation = z.strictObject({
  description: z.string().max(10_000).nullable().exactOptional(),
  tags: z.array(z.string().min(1).max(50)).max(50).exactOptional(),
  owner: owner.nullable().exactOptional(),
}).meta({ id: 'Curation', description: 'What people say of a service. Null takes it away, what is left out stays.' }) satisfies z.ZodType<Curation>
