import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The built web application: its files, its page, and the policy the page is sent with. */
export interface WebApplication {
  readonly folder: string
  /** Paths below the folder, with `/`. */
  readonly files: ReadonlySet<string>
  readonly page: string
  readonly policy: string
}

/** Where the web application is built, seen from `src/ui` and `dist/ui` alike. */
export const webFolder = join(import.meta.dirname, '..', '..', '..', 'web', 'dist')

/** Undefined where it has not been built. */
export function readWebApplication(folder: string = webFolder): WebApplication | undefined {
  const files = filesBelow(folder)
  if (!files.has('index.html')) return undefined
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  return Object.freeze({ folder, files, page, policy: policyOf(page) })
}

function filesBelow(folder: string): ReadonlySet<string> {
  if (!existsSync(folder)) return new Set()
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return new Set(entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/')))
}

/** Scripts come from the hub alone; those within the page are known by their hashes. Components set styles at run time. */
function policyOf(page: string): string {
  const inline = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)].map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  return [
    'default-src \'self\'', `script-src ${['\'self\'', ...inline].join(' ')}`, 'style-src \'self\' \'unsafe-inline\'', 'img-src \'self\' data:', 'font-src \'self\' data:',
    'connect-src \'self\'', 'object-src \'none\'', 'base-uri \'self\'', 'form-action \'self\'', 'frame-ancestors \'none\'',
  ].join('; ')
}
