import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { repository, scratch } from '../harness/running.js'

const run = promisify(execFile)

/** A folder for what is generated, from which the installed packages can be imported. */
export interface Workshop {
  readonly path: string
  remove(): void
}

/** Options that every generator reads and every generated client can be compiled by. */
const compilerOptions = { target: 'es2022', module: 'commonjs', moduleResolution: 'node10', lib: ['es2022', 'dom'], esModuleInterop: true, skipLibCheck: true, strict: true, ignoreDeprecations: '6.0' }

export function openWorkshop(): Workshop {
  const folder = scratch('client')
  mkdirSync(folder.path, { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(folder.path, 'node_modules'))
  writeFileSync(join(folder.path, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
  writeFileSync(join(folder.path, 'package.json'), '{"type":"commonjs"}')
  return { path: folder.path, remove: () => void folder.remove() }
}

/** Puts the `$metadata` of a service root into the workshop. */
export async function contractInto(workshop: Workshop, root: string, name: string): Promise<string> {
  const answer = await fetch(`${root}$metadata`, { headers: { accept: 'application/xml' } })
  if (!answer.ok) throw new Error(`${answer.status} to ${root}$metadata`)
  const file = join(workshop.path, `${name}.xml`)
  writeFileSync(file, await answer.text())
  return file
}

/** Runs the command of an installed package in the workshop. */
export async function generate(workshop: Workshop, script: string, given: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(repository, 'node_modules', script), ...given], { cwd: workshop.path, maxBuffer: 16 * 1024 * 1024 })
  return stdout
}

/** Compiles every TypeScript file of a folder, without looking at types, beside itself. */
export function transpile(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(folder, name), 'utf8'), { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true } })
    writeFileSync(join(folder, name.replace(/\.ts$/, '.js')), outputText)
  }
}

/** The complaints of the compiler about a generated client; none is right. */
export function typeErrors(folder: string): readonly string[] {
  const files = readdirSync(folder).filter((one) => one.endsWith('.ts')).map((name) => join(folder, name))
  const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, folder)
  const program = ts.createProgram(files, { ...options, noEmit: true })
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
}

/** Runs one of the programs here in a process of its own and reads the JSON it prints last. */
export async function runProgram(name: string, given: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { stdout } = await run(process.execPath, [join(repository, 'test', 'clients', 'programs', name), ...given], { maxBuffer: 16 * 1024 * 1024 }).catch((error: Error & { readonly stdout?: string; readonly stderr?: string }) => {
    throw new Error(`${name} failed: ${error.stderr ?? ''}${error.stdout ?? ''}`, { cause: error })
  })
  const last = stdout.trim().split('\n').at(-1) ?? '{}'
  return JSON.parse(last) as Readonly<Record<string, unknown>>
}
