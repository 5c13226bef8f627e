import { createHash } from 'node:crypto'
import { catalogue } from '@tributary/errors'
import type { OpenApiDocument } from './document.js'
import { Html, html, prose } from './html.js'
import { script, style } from './reference-look.js'
import { operationSection, placedOperations, type PlacedOperation } from './reference-operation.js'

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The page's own style and script are known by their hashes; nothing else is loaded or run. */
const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** The API reference as one page without anything to load, and the content security policy it is sent with. */
export function referencePage(document: OpenApiDocument): { readonly html: string; readonly policy: string } {
  const placed = placedOperations(document)
  const groups = document.tags.map((tag) => ({ tag, own: placed.filter(({ operation }) => operation.tags.includes(tag.name)) }))
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${document.info.title} API reference</title>
<style>${new Html(style)}</style>
</head>
<body>
<nav aria-label="Operations"><p><strong>${document.info.title}</strong> ${document.info.version}</p>
${groups.map(({ tag, own }) => html`<a href="#${anchorOf(tag.name)}">${tag.name}</a><ul>${own.map(navigationLine)}</ul>`)}
<a href="#errors">Errors</a></nav>
<main>
<h1>${document.info.title} API reference</h1>
<p>${prose(document.info.description)}</p>
<p>This page as a document: <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI ${document.openapi}). Back to the <a href="/">hub</a>.</p>
<h2 id="authentication">Authentication</h2>
<p>In local mode every caller on the hub's own machine is the administrator and sends nothing. Otherwise send the administrator's token, as <code>Authorization: Bearer …</code> or as the password of Basic, with any name: <code>curl -u :TOKEN …</code></p>
${groups.map(({ tag, own }) => html`<h2 id="${anchorOf(tag.name)}">${tag.name}</h2><p>${prose(tag.description)}</p>${own.map((one) => operationSection(one, document))}`)}
<h2 id="errors">Errors</h2>
<p>Errors are problem details (RFC 9457). <code>code</code> is stable and made to be compared; <code>details</code> names each fault of a request with its place.</p>
<table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead><tbody>
${Object.entries(catalogue).filter(([code]) => !code.startsWith('HUB_START_')).map(([code, fault]) => html`<tr id="${code}"><td><code>${code}</code></td><td>${fault.status}</td><td>${fault.message} ${fault.wayOut}</td></tr>`)}
</tbody></table>
</main>
<script>${new Html(script)}</script>
</body>
</html>
`
  return { html: page.text, policy }
}

const navigationLine = ({ operation }: PlacedOperation): Html => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`

const anchorOf = (group: string): string => `group-${group.toLowerCase().replaceAll(/\W+/g, '-')}`
