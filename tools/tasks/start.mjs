/** Builds what is stale and becomes the hub. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, root } from '../build.mjs'
import { memoryFlags } from '../node-flags.mjs'

await build()
const hub = spawn(process.execPath, ['--enable-source-maps', ...memoryFlags, join(root, 'apps', 'hub', 'dist', 'main.js')], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => hub.kill(signal))
hub.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1))
