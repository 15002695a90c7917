/** Tells Nginx to read its configuration again: SIGHUP to the master, whose process id stands in its pid file. */
import { readFile } from 'node:fs/promises'
import { kill } from 'node:process'

/** @throws Error where the file says no process, or there is none. */
export async function hangUp(pidFile: string): Promise<void> {
  const said = await readFile(pidFile, 'utf8')
  const pid = /^\s*(\d+)\s*$/.exec(said)?.[1]
  // 0 and 1 are this process group and the first process of all.
  if (pid === undefined || Number(pid) <= 1) throw new Error(`${pidFile} holds no process id`)
  kill(Number(pid), 'SIGHUP')
}
