import { catalogue, hubError, type Code } from '@tributary/errors'
import { problem, problemOf, version } from '@tributary/nest'
import type { Answer, Operation } from '../api/operation.js'
import { SchemaComponents, type JsonSchema } from './json-schema.js'
import { operations, tags } from './operations.js'

/** A parameter of an operation in the document. */
export interface DocumentedParameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
  readonly example?: unknown
}

/** A body in one content type. */
export interface DocumentedContent {
  readonly schema: JsonSchema
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>
}

export interface DocumentedResponse {
  readonly description: string
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>
  readonly content?: Readonly<Record<string, DocumentedContent>>
}

export interface DocumentedOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly parameters: readonly DocumentedParameter[]
  readonly requestBody?: { readonly required: true; readonly content: Readonly<Record<string, DocumentedContent>> }
  readonly responses: Readonly<Record<string, DocumentedResponse>>
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
}

/** The OpenAPI document, as far as we write it. @see https://spec.openapis.org/oas/v3.1.1.html */
export interface OpenApiDocument {
  readonly openapi: '3.1.1'
  readonly info: { readonly title: string; readonly version: string; readonly description: string; readonly license: { readonly name: string; readonly identifier: string } }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>>; readonly securitySchemes: Readonly<Record<string, JsonSchema>> }
}

const description = 'The API of a Tributary hub: register services, join them into data products, and find what is published. The data itself is served as OData at `/odata/{name}/`; each service and data product says where.'

/** Describes the API as it is served at `origin`. */
export function describeApi(origin: string): OpenApiDocument {
  const schemas = new SchemaComponents()
  const paths: Record<string, Record<string, DocumentedOperation>> = {}
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = describeOperation(operation, schemas)
  return {
    openapi: '3.1.1',
    info: { title: 'Tributary', version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: origin }],
    tags,
    paths,
    security: [{ bearer: [] }, { basic: [] }, {}],
    components: {
      schemas: schemas.all(),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The administrator\'s token. In local mode callers on the same machine need none.' },
        basic: { type: 'http', scheme: 'basic', description: 'Any name, and the token as the password.' },
      },
    },
  }
}

function describeOperation(operation: Operation, schemas: SchemaComponents): DocumentedOperation {
  const open = operation.path.startsWith('/health/')
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    parameters: [...pathParameters(operation, schemas), ...queryParameters(operation, schemas)],
    ...(operation.body === undefined ? {} : {
      requestBody: { required: true as const, content: { 'application/json': { schema: schemas.write(operation.body.schema), examples: operation.body.examples } } },
    }),
    responses: { ...describeAnswers(operation.answers, schemas), ...describeErrors(open ? operation.errors : ['HUB_AUTH_REQUIRED', 'HUB_AUTH_FORBIDDEN', ...operation.errors], schemas) },
    ...(open ? { security: [{}] } : {}),
  }
}

const pathParameters = ({ parameters = {} }: Operation, schemas: SchemaComponents): readonly DocumentedParameter[] =>
  Object.entries(parameters).map(([name, parameter]) =>
    ({ name, in: 'path', required: true, description: parameter.description, schema: schemas.write(parameter.schema), example: parameter.example }))

/** Texts of a query are read into other types: the schema shown is that of what they become. */
const queryParameters = ({ query, queryExample = {} }: Operation, schemas: SchemaComponents): readonly DocumentedParameter[] =>
  Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { description: text, ...shape } = schemas.write(schema, 'output') as JsonSchema & { readonly description?: string }
    return {
      name,
      in: 'query',
      required: !schema.safeParse(undefined).success,
      ...(text === undefined ? {} : { description: text }),
      schema: shape,
      ...(name in queryExample ? { example: queryExample[name] } : {}),
    }
  })

const describeAnswers = (answers: Readonly<Record<number, Answer>>, schemas: SchemaComponents): Readonly<Record<string, DocumentedResponse>> =>
  Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, {
    description: answer.description,
    ...(answer.headers === undefined ? {} : { headers: Object.fromEntries(Object.entries(answer.headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }])) }),
    ...(answer.schema === undefined ? {} : {
      content: { [answer.contentType ?? 'application/json']: { schema: schemas.write(answer.schema), examples: { answer: { summary: answer.description, value: answer.example } } } },
    }),
  }]))

/** Errors by status, with one example for each code. */
function describeErrors(codes: readonly Code[], schemas: SchemaComponents): Readonly<Record<string, DocumentedResponse>> {
  const byStatus = Map.groupBy(codes, (code) => catalogue[code].status)
  return Object.fromEntries([...byStatus].toSorted(([a], [b]) => a - b).map(([status, those]) => [String(status), {
    description: those.map((code) => `\`${code}\``).join(', '),
    content: { 'application/problem+json': { schema: schemas.write(problem), examples: Object.fromEntries(those.map((code) => [code, { summary: code, value: exampleProblem(code) }])) } },
  }]))
}

/** What the placeholders of messages stand for in examples. */
const exampleParams: Readonly<Record<string, string | number>> = Object.freeze({
  slug: 'sales', owner: 'service Sales', products: 'northwind-360', hint: '', url: 'http://10.0.0.7/', status: 503, reason: 'it is not understood', what: 'Order', type: 'Open API', known: 'CSDL',
  line: 12, column: 5, timeoutMs: 30_000, requestId: '6f1c2c0e', limit: 1000,
})

const exampleProblem = (code: Code) => problemOf(hubError(code, exampleParams), '6f1c2c0e')
