import { spawnSync } from 'node:child_process'
const node = 'node_modules/node/bin/node'
const [task, ...rest] = process.argv.slice(2)
const commands = {
  test: [node, ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...rest]],
}
const [cmd, args] = commands[task]
process.exit(spawnSync(cmd, args, { stdio: 'inherit' }).status ?? 1)
