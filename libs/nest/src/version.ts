import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// Beside `src` and `dist` alike.
const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { readonly version: string }

/** Tributary's version. */
export const version = manifest.version
