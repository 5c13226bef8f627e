import { openDuckdb } from '@tributary/engine-duckdb'

/** A process that puts rows aside and then waits to be killed. `node spool-owner.js <directory>` */
const [, , spoolDirectory = ''] = process.argv
const engine = await openDuckdb({ spoolDirectory, spoolBytes: 1e9, memoryBytes: 200e6 })
const sorter = await engine.begin(new AbortController().signal).sorter([false])
await sorter.add(Array.from({ length: 10_000 }, (_, index) => ({ keys: [String(index)], row: `"${'x'.repeat(1000)}"` })))
process.stdout.write('spooled\n')
setInterval(() => undefined, 1000)
