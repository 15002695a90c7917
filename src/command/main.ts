/** The process of the command. A reader that has seen enough, such as `head`, is no error. */
import process from 'node:process'
import { realClock } from '../core/clock.ts'
import { run } from './run.ts'

const quietly = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error
}

process.stdout.on('error', quietly)
process.stderr.on('error', quietly)
process.exitCode = await run(process.argv.slice(2), process, realClock.wall())
