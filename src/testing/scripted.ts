/** An operation that follows a script: one step for each invocation. */
import type { Call } from '../core/call/call.ts'
import { type Clock, realClock } from '../core/clock.ts'
import type { Duration } from '../core/duration.ts'
import { duration, isRecord, show } from '../core/options.ts'
import { Alarm } from '../core/timer.ts'

/**
 * The outcome of one invocation. An `Error` is its rejection; a function is called with the call; an object with `after` waits
 * that long, then resolves with `value` or rejects with `error`; `{ hang: true }` never settles; any other value is its result.
 */
export type ScriptedStep<T> =
  | T
  | Error
  | ((call: Call) => T | PromiseLike<T>)
  | { readonly after: Duration; readonly value?: T; readonly error?: unknown; readonly clock?: Clock }
  | { readonly hang: true }

export interface Scripted<T> {
  (call: Call): Promise<T>
  /** The calls it was invoked with, in order. */
  readonly calls: readonly Call[]
}

/**
 * Makes an operation that follows a script; the last step repeats.
 *
 * ```ts
 * import { scripted } from 'holdfast/testing'
 * import { retry } from 'holdfast/retry'
 * const flaky = scripted(new Error('once'), 'fine')
 * await retry({ retries: 1, backoff: 0 }).execute(flaky) // => 'fine'
 * flaky.calls.length // => 2
 * ```
 */
export function scripted<T>(...steps: readonly [ScriptedStep<T>, ...ScriptedStep<T>[]]): Scripted<T> {
  if (steps.length === 0) throw new TypeError('scripted: steps must be one or more')
  const calls: Call[] = []
  const operation = async (call: Call): Promise<T> => {
    const step = steps[Math.min(calls.length, steps.length - 1)]
    calls.push(call)
    return (await play(step, call)) as T
  }
  return Object.assign(operation, { calls })
}

function play(step: unknown, call: Call): unknown {
  if (typeof step === 'function') return step(call)
  if (step instanceof Error) throw step
  if (!isRecord(step)) return step
  if (step['hang'] === true) return new Promise(() => {})
  if (!Object.hasOwn(step, 'after')) return step
  const {
    after,
    value,
    error,
    clock = realClock,
  } = step as { after: Duration; clock?: Clock; value?: unknown; error?: unknown }
  const wait = duration('>= 0')(after, (expected) => {
    throw new TypeError(`scripted: after must be ${expected}, got ${show(after)}`)
  })
  return new Promise((resolve, reject) => {
    const end = (): void => (Object.hasOwn(step, 'error') ? reject(error) : resolve(value))
    clock.schedule(new Alarm(end), wait)
  })
}
