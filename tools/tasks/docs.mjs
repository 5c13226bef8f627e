/** Writes the documents that are made from code. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, root } from '../build.mjs'

await build()
const { documents } = await import('../documents.mjs')
for (const [file, content] of await documents()) writeFileSync(join(root, file), content)
