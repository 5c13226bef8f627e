/** The lock file names packages by version and integrity alone, and every workspace is in it. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './build.mjs'

export const lockFileFaults = () =>
  faultsOfLock(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')), globSync('{libs,apps}/*/package.json', { cwd: root }).map((file) => dirname(file)))

export function faultsOfLock({ packages }, workspaces) {
  const faults = Object.entries(packages)
    .filter(([, entry]) => /^https?:/.test(entry.resolved ?? ''))
    .map(([name]) => `package-lock.json holds a download address for ${name}.`)
  return [...faults, ...workspaces.filter((workspace) => !(workspace in packages)).map((workspace) => `package-lock.json lacks the workspace ${workspace}.`)]
}
