/** The process of the command. A reader that has seen enough, such as `head`, is no error. */
import host from 'node:process'
import { realClock } from '../core/clock.ts'
import { run } from './run.ts'

const quietly = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error
}

host.stdout.on('error', quietly)
host.stderr.on('error', quietly)
host.exitCode = await run(host.argv.slice(2), host, realClock.wall())
