/**
 * One command and its answer over HAProxy's stats socket, each on its own connection, read to the end.
 *
 * Invariant: however it ends, the promise settles once, and no socket, timer or listener remains.
 */
import { connect } from 'node:net'
import { onAbort } from '../../core/call/callers-signal.ts'
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { TimeoutError } from '../../core/errors.ts'
import { Alarm } from '../../core/timer.ts'

/** Where the runtime API listens. */
export type RuntimeAddress = { readonly path: string } | { readonly host: string; readonly port: number }

export interface ExchangeOptions {
  readonly name: string
  readonly clock: Clock
  readonly address: RuntimeAddress
  readonly timeout: Milliseconds
  readonly signal: AbortSignal | undefined
  /** The connection does not keep the process alive. */
  readonly background: boolean
}

/** Longer than any real answer, in UTF-16 units: about twenty thousand servers. */
const longest = 2 ** 24

/** Sends `command` and returns the answer without trailing blank lines. */
export function exchange(command: string, options: ExchangeOptions): Promise<string> {
  const { name, clock, address, timeout, signal, background } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const socket = connect({ ...address })
    let answer = ''
    const end = (): void => {
      clock.cancel(late)
      unlisten()
      socket.destroy()
    }
    const fail = (error: unknown): void => {
      end()
      reject(error)
    }
    let unlisten = (): void => {}
    const late = new Alarm(() => fail(new TimeoutError(name, timeout)), background)
    clock.schedule(late, timeout)
    // The errors of removing the listener have no receiver.
    if (signal !== undefined) unlisten = onAbort(signal, fail, () => {})
    if (background) socket.unref()
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      answer += text
      if (answer.length > longest) fail(new Error(`${name}: the answer is too long`))
    })
    // Stays until the socket is closed, since an error after the answer must not be unhandled.
    socket.on('error', fail)
    socket.once('end', () => {
      // Even an empty answer is a line.
      if (!answer.endsWith('\n')) fail(new Error(`${name}: the answer was cut off`))
      end()
      resolve(answer.replace(/\n+$/, ''))
    })
    socket.write(`${command}\n`)
  })
}
