/** Builds what is stale and becomes the hub. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, root } from '../build.mjs'

await build()
// A small young generation keeps memory flat while pages stream through; V8's default on large machines lets it grow to hundreds of MB. With 16 MB
// buffers of sockets outlive so many small objects that the whole heap is marked for them again and again.
const hub = spawn(process.execPath, ['--enable-source-maps', '--max-semi-space-size=8', join(root, 'apps', 'hub', 'dist', 'main.js')], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => hub.kill(signal))
hub.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1))
