/**
 * Reading files that may hang: a file on a network whose server is gone, or a pipe nobody writes to.
 *
 * Node reads files in a few threads of the process, four as a rule, and a read that hangs keeps its thread: nothing can end
 * it, an aborted signal neither. A source that asks again and again would take all of them, and then no file is read and no
 * host name is looked up in the whole process.
 *
 * Invariant: of a path one read is under way at a time, whoever asks; and none begins while `most` reads of any paths hang
 * on that were given up.
 */
import { readFile } from 'node:fs/promises'

/** How many reads may hang. */
const most = 2

const underWay = new Map<string, Promise<void>>()
let hanging = 0

/** The text of a file, read when nobody else reads it any more. `begins` is called right before. */
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
