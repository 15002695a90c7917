/** The command as it is shipped: one file. */
import { join } from 'node:path'
import { build } from 'tsup'
import { command } from '../../../tsup.config.ts'
import { folder } from './command.ts'

export async function bundled(): Promise<string> {
  await build({ ...command, config: false, silent: true, outDir: folder, clean: false })
  return join(folder, 'command.js')
}
