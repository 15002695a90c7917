/** The process of the command. A closed pipe, such as to `head`, is not an error. */
import node from 'node:process'
import { realClock } from '../core/clock.ts'
import { run } from './run.ts'

const quietly = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error
}

node.stdout.on('error', quietly)
node.stderr.on('error', quietly)
node.exitCode = await run(node.argv.slice(2), node, realClock.wall())
