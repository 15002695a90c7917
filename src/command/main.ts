/** The process of the command. A reader that has seen enough, such as `head`, is no error. */
import node from 'node:process'
import { realClock } from '../core/clock.ts'
import { run } from './run.ts'

const quietly = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error
}

node.stdout.on('error', quietly)
node.stderr.on('error', quietly)
node.exitCode = await run(node.argv.slice(2), node, realClock.wall())
