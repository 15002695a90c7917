/**
 * Reads files whose reading may hang: a file on a network whose server is down, or a pipe without a writer.
 *
 * Node reads files in a few threads of the process, four by default, and a read that hangs keeps its thread; even an aborted
 * signal cannot end it. A source that tries again and again would take all threads, and then no file could be read and no
 * host name resolved in the whole process.
 *
 * Invariant: each path has one read at a time in the whole process, and none begins while `most` abandoned reads hang.
 */
import { readFile } from 'node:fs/promises'

/** How many reads may hang. */
const most = 2

const underWay = new Map<string, Promise<void>>()
let hanging = 0

/** Reads the text of a file once no other read of it is running. `begins` is called right before. */
export async function readAlone(file: string, signal: AbortSignal, begins: () => void): Promise<string> {
  for (let turn = underWay.get(file); turn !== undefined; turn = underWay.get(file)) await turn
  signal.throwIfAborted()
  if (hanging >= most) throw new Error(`fileMembers: ${file} is not read while ${most} reads of other files hang`)
  begins()
  let givenUp = false
  const giveUp = (): void => {
    givenUp = true
    hanging++
  }
  signal.addEventListener('abort', giveUp, { once: true })
  const ended = (): void => {
    signal.removeEventListener('abort', giveUp)
    underWay.delete(file)
    if (givenUp) hanging--
  }
  const text = readFile(file, { encoding: 'utf8', signal })
  underWay.set(file, text.then(ended, ended))
  return text
}
