/** A member that names entities, and what it names them by. Within a string a quote is escaped, so no string's content matches. */
const naming = /("(?:[^"\\]*@(?:odata\.)?bind|@(?:odata\.)?id)"\s*:\s*)(\[[^\]]*\]|"[^"\\]*")/g

/** A JSON body whose links to entities of ours (`"@odata.id": "…/Customers('ALFKI')"`) are those of the source. */
export function remoteLinks(body: Buffer, root: string, remoteRoot: string): Buffer {
  if (!body.includes(root)) return body
  return Buffer.from(body.toString('utf8').replace(naming, (_, name: string, values: string) => name + values.replaceAll(`"${root}`, `"${remoteRoot}`)))
}
