import type { DocumentedContent, DocumentedOperation, DocumentedParameter, DocumentedResponse, OpenApiDocument } from './document.js'
import { html, prose, type Html } from './html.js'
import { limitsText, schemaFields, typeText, type Components } from './reference-schema.js'

/** An operation with where it is. */
export interface PlacedOperation {
  readonly method: string
  readonly path: string
  readonly operation: DocumentedOperation
}

/** The operations of a document, in its order. */
export const placedOperations = (document: OpenApiDocument): readonly PlacedOperation[] =>
  Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method, path, operation })))

/** One operation: what it does, takes and answers, and how to call it. */
export function operationSection(placed: PlacedOperation, document: OpenApiDocument): Html {
  const { method, path, operation } = placed
  const components = document.components.schemas
  const body = operation.requestBody?.content['application/json']
  return html`<section class="operation" id="${operation.operationId}">
<h3><a href="#${operation.operationId}">${operation.summary}</a></h3>
<p class="route"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></p>
${operation.description !== undefined && html`<p>${prose(operation.description)}</p>`}
${operation.parameters.length > 0 && html`<h4>Parameters</h4><ul class="fields">${operation.parameters.map(parameterLine)}</ul>`}
${body !== undefined && html`<h4>Body</h4>${contentBlock(body, components)}`}
<h4>Call</h4>${copyable(curlOf(placed, document.servers[0]?.url ?? ''))}
<h4>Answers</h4>${Object.entries(operation.responses).map(([status, response]) => responseBlock(status, response, components))}
</section>`
}

const parameterLine = (parameter: DocumentedParameter): Html => html`<li><code class="name">${parameter.name}</code> <span class="type">${typeText(parameter.schema)}</span> <span class="limits">${[`in ${parameter.in}`, limitsText(parameter.schema)].filter((text) => text !== '').join(', ')}</span>${parameter.required && html` <span class="required">required</span>`}
${parameter.description !== undefined && html`<span class="text">${prose(parameter.description)}</span>`}</li>`

function contentBlock(content: DocumentedContent, components: Components): Html {
  const fields = schemaFields(content.schema, components)
  return html`${fields !== undefined && html`<details><summary>${typeText(content.schema)}</summary>${fields}</details>`}
${Object.values(content.examples ?? {}).map((example) => html`<details><summary>Example: ${example.summary}</summary>${copyable(exampleText(example.value))}</details>`)}`
}

const responseBlock = (status: string, response: DocumentedResponse, components: Components): Html => html`<div class="answer"><p><span class="status s${status.slice(0, 1)}">${status}</span> ${prose(response.description)}</p>
${Object.entries(response.content ?? {}).map(([type, content]) => html`<p class="limits">${type}</p>${contentBlock(content, components)}`)}</div>`

const copyable = (text: string): Html => html`<div class="copyable"><button type="button">Copy</button><pre tabindex="0"><code>${text}</code></pre></div>`

const exampleText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))

const quoted = (text: string): string => `'${text.replaceAll('\'', String.raw`'\''`)}'`

/** The operation called from a shell, with its examples. */
export function curlOf({ method, path, operation }: PlacedOperation, origin: string): string {
  const target = path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const example = operation.parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.example
    return example === undefined ? whole : encodeURIComponent(String(example))
  })
  const query = operation.parameters
    .filter((parameter) => parameter.in === 'query' && parameter.example !== undefined)
    .flatMap(({ name, example }) => (Array.isArray(example) ? example : [example]).map((value) => `${name}=${encodeURIComponent(String(value))}`))
    .join('&')
  const [example] = Object.values(operation.requestBody?.content['application/json']?.examples ?? {})
  const url = quoted(`${origin}${target}${query === '' ? '' : `?${query}`}`)
  const verb = method === 'get' ? '' : ` -X ${method.toUpperCase()}`
  return example === undefined ? `curl${verb} ${url}` : `curl${verb} ${url} \\\n  -H 'content-type: application/json' \\\n  -d ${quoted(JSON.stringify(example.value))}`
}
