/** The lock file names packages by version and integrity alone, and every workspace is in it. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './build.mjs'

export function lockFileFaults() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const faults = Object.entries(packages)
    .filter(([, entry]) => /^https?:/.test(entry.resolved ?? ''))
    .map(([name]) => `package-lock.json holds a download address for ${name}.`)
  for (const file of globSync('{libs,apps}/*/package.json', { cwd: root })) if (!(dirname(file) in packages)) faults.push(`package-lock.json lacks the workspace ${dirname(file)}.`)
  return faults
}
