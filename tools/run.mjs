/**
 * The first step of every npm script. It runs on the system's plain Node (20 or newer) with no dependency, installs what the lock file
 * names when that is missing or stale, and hands over to the project's own Node by its path: nothing relies on PATH, which shells cache.
 *
 * usage: node tools/run.mjs <task> [arguments]      tasks are the files of tools/tasks
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const oldestNode = 20
const projectNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

const fail = (message) => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

const modified = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0)

/** npm writes its hidden lock file last, so a younger one than the project's tells a finished, current installation. */
const installed = () =>
  existsSync(projectNode) && modified(join(root, 'node_modules', '.package-lock.json')) >= modified(join(root, 'package-lock.json'))

function install() {
  process.stderr.write('Installing the dependencies named in package-lock.json (once) …\n')
  const npm = process.env['npm_execpath']
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--progress=true']
  const done = npm !== undefined && /\.c?js$/.test(npm)
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (done.status !== 0) fail('npm ci failed; see above.')
  if (!existsSync(projectNode)) fail('The project\'s own Node was not installed: npm must be allowed to run the install script of the package "node".')
  process.stderr.write('Installed.\n')
}

/**
 * npm passes a signal on to the shell it started us with, and a shell that is killed tells nobody. So when that shell is gone, the task
 * is asked to end as if the signal had reached it.
 */
function endWithParent(child) {
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watch)
    child.kill('SIGTERM')
  }, 250)
  watch.unref()
}

/** The task's process gets our signals, and its end is ours. */
function handOver(task, args) {
  const child = spawn(projectNode, ['--no-warnings', join(root, 'tools', 'tasks', `${task}.mjs`), ...args], { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  if (process.env['npm_lifecycle_event'] !== undefined) endWithParent(child)
  child.on('error', (error) => fail(`The project's Node could not be started: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1))
}

if (Number(process.versions.node.split('.')[0]) < oldestNode) fail(`Node ${oldestNode} or newer is needed to begin; this is ${process.version}.`)
const [task = '', ...args] = process.argv.slice(2)
const tasks = readdirSync(join(root, 'tools', 'tasks')).map((file) => file.replace(/\.mjs$/, ''))
if (!tasks.includes(task)) fail(`There is no task "${task}". Tasks: ${tasks.join(', ')}.`)
if (!installed()) install()
handOver(task, args)
