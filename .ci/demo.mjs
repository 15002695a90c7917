/** Runs the demo of the packed package as the README says, in a folder of its own; what follows goes to the demo. */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { folder, install, root } from './package/consumer.mjs'

const [, demo] = /^node (node_modules\/holdfast\/\S+)$/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
if (demo === undefined) throw new Error('the README does not say how to run the demo')
try {
  install()
  execFileSync('node', [demo, ...process.argv.slice(2)], { cwd: folder, stdio: 'inherit' })
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
