/** Reloads Nginx: sends SIGHUP to the master process, whose id is in its pid file. */
import { readFile } from 'node:fs/promises'
import { kill } from 'node:process'

/** @throws Error if the file contains no process id, or no such process exists. */
export async function hangUp(pidFile: string): Promise<void> {
  const text = await readFile(pidFile, 'utf8')
  const pid = /^\s*(\d+)\s*$/.exec(text)?.[1]
  // 0 is this process group, 1 the init process.
  if (pid === undefined || Number(pid) <= 1) throw new Error(`${pidFile} contains no process id`)
  kill(Number(pid), 'SIGHUP')
}
