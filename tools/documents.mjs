/** Documents made from code, so that they cannot drift: written by `npm run docs`, compared by `npm run check`. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './build.mjs'
import { conformanceDocument } from './documents/conformance.mjs'
import { errorsDocument } from './documents/errors.mjs'
import { settingsInReadme } from './documents/settings.mjs'

/** File → what it should hold. */
export const documents = async () => new Map([
  ['docs/conformance.md', await conformanceDocument()],
  ['docs/errors.md', await errorsDocument()],
  ['README.md', await settingsInReadme(readFileSync(join(root, 'README.md'), 'utf8'))],
])

export async function staleDocuments() {
  const stale = []
  for (const [file, content] of await documents()) {
    const path = join(root, file)
    if (!existsSync(path) || readFileSync(path, 'utf8') !== content) stale.push(`${file} is out of date: run "npm run docs".`)
  }
  return stale
}
