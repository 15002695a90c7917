/**
 * One command and its answer over HAProxy's stats socket: a connection of its own, read to its end.
 *
 * Invariant: however it ends, the promise settles once, and no socket, timer or listener stays behind.
 */
import { connect } from 'node:net'
import { onAbort } from '../../core/callers-signal.ts'
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
  /** It does not keep the process alive. */
  readonly background: boolean
}

/** No honest answer is longer, in UTF-16 units: twenty thousand servers. */
const longest = 2 ** 24

/** Sends `command` and gives the answer without the blank lines at its end. */
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
    // A signal that cannot be left any more has nobody to tell it to.
    if (signal !== undefined) unlisten = onAbort(signal, fail, () => {})
    if (background) socket.unref()
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      answer += text
      if (answer.length > longest) fail(new Error(`${name}: the answer has no end`))
    })
    // Stays until the socket is gone: what breaks after the answer concerns nobody.
    socket.on('error', fail)
    socket.once('end', () => {
      // Also the shortest answer, which is that there is nothing to say, is a line.
      if (!answer.endsWith('\n')) fail(new Error(`${name}: the answer broke off`))
      end()
      resolve(answer.replace(/\n+$/, ''))
    })
    socket.write(`${command}\n`)
  })
}
