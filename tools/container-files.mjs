/** What can be said of the container files without an engine: the Dockerfiles' own rules, and what the compose files must hold. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import dockerfile from 'dockerfile-utils'
import { parse } from 'yaml'
import { root } from './build.mjs'

const read = (file) => readFileSync(join(root, file), 'utf8')

/** What is wrong with a Dockerfile, by its own rules. */
export function dockerfileFaults(file, text) {
  return dockerfile.validate(text).map((fault) => `${file}:${fault.range.start.line + 1}: ${fault.message}`)
}

/** Every service has an image or a build, ports are strings, and a published hub is never without a token. */
export function composeFaults(file, text) {
  const { services = {} } = parse(text, { merge: true })
  return Object.entries(services).flatMap(([name, service]) => {
    const faults = []
    if (service.image === undefined && service.build === undefined) faults.push(`${file}: service ${name} has neither image nor build.`)
    if (service.image !== undefined && !service.image.includes(':')) faults.push(`${file}: service ${name} does not pin its image's tag.`)
    for (const port of service.ports ?? []) if (typeof port !== 'string') faults.push(`${file}: the port ${port} of ${name} must be quoted.`)
    const needs = Object.keys(service.depends_on ?? {})
    for (const need of needs) if (!(need in services)) faults.push(`${file}: ${name} depends on ${need}, which is not there.`)
    const environment = service.environment ?? {}
    if (service.build !== undefined && !String(environment.TRIBUTARY_ADMIN_TOKEN ?? '').startsWith('${TRIBUTARY_ADMIN_TOKEN:?')) faults.push(`${file}: ${name} must require TRIBUTARY_ADMIN_TOKEN.`)
    return faults
  })
}

export function containerFaults() {
  const files = globSync('docker/*', { cwd: root })
  return files.flatMap((file) => {
    if (/Dockerfile/.test(file)) return dockerfileFaults(file, read(file))
    return /compose\..*\.ya?ml$/.test(file) ? composeFaults(file, read(file)) : []
  })
}
