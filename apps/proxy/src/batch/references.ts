/** What earlier requests of a batch are referred to by: the raw path below the service root of the entity each addressed or created, by its id. */
export type References = ReadonlyMap<string, string>

/** A member that names an entity, and its value or values. Within a string a quote is escaped, so no string's content matches. */
const naming = /("(?:[^"\\]*@(?:odata\.)?bind|@(?:odata\.)?id)"\s*:\s*)(\[[^\]]*\]|"[^"\\]*")/g
const reference = /"\$([\w.~-]+)((?:\/[^"\\]*)?)"/g

/**
 * A JSON body whose links to earlier requests (`"Customer@odata.bind": "$1"`) name the entities themselves. Ids that are not known stay.
 * @param root absolute URL of the service, ends in `/`
 * @see OData Protocol 4.01, section 11.7.3.1
 */
export function withReferences(body: Buffer, contentType: string | undefined, { root, references }: { readonly root: string; readonly references: References }): Buffer {
  if (references.size === 0 || !isJson(contentType) || !body.includes('"$')) return body
  const text = body.toString('utf8').replace(naming, (_, name: string, values: string) => name + values.replace(reference, (whole, id: string, rest: string) => {
    const path = references.get(id)
    return path === undefined ? whole : JSON.stringify(`${root}${path}${rest}`)
  }))
  return Buffer.from(text)
}

const isJson = (contentType: string | undefined): boolean => /^\s*application\/(?:[\w.-]+\+)?json\b/i.test(contentType ?? '')

/**
 * Where the entity is that a request created, or the one it addressed.
 * @param path raw, below the root: what the request itself addressed
 */
export function createdPath(path: string, root: string, headers: Readonly<Record<string, string>>): string {
  const told = headers['location'] ?? headers['odata-entityid']
  return told?.startsWith(root) === true ? (told.slice(root.length).split(/[?#]/, 1)[0] ?? path) : path
}
