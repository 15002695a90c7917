/**
 * The callers' signals, with one listener each.
 *
 * Many calls may share one long-lived signal, such as a service's shutdown. Engines warn of a leak where each adds a
 * listener of its own, so they wait in one set a signal. A signal need not be the platform's own: what it throws reaches
 * neither a call nor whoever aborts it.
 * Invariant: a signal has our listener exactly while its set holds calls, so nothing stays behind when the last of them has
 * settled.
 */
import { isRecord } from '../options.ts'

interface Waiting {
  readonly calls: Set<(reason: unknown) => void>
  readonly listener: () => void
}

const signals = new WeakMap<AbortSignal, Waiting>()

/** Whether `value` has what is asked of a signal. A property that cannot be read is missing. */
export function isSignal(value: unknown): value is AbortSignal {
  try {
    return (
      isRecord(value) &&
      typeof value['addEventListener'] === 'function' &&
      typeof value['removeEventListener'] === 'function' &&
      typeof value['aborted'] === 'boolean'
    )
  } catch {
    return false
  }
}

/**
 * Calls `aborted` with the reason when the signal aborts, and at once where it has, or where it cannot be listened to: then
 * with what it threw. Gives what ends that, which tells `failed` what the signal throws then.
 */
export function onAbort(
  signal: AbortSignal,
  aborted: (reason: unknown) => void,
  failed: (error: unknown) => void,
): () => void {
  let waiting: Waiting | undefined
  let reason: unknown
  try {
    if (signal.aborted) reason = reasonOf(signal)
    else waiting = signals.get(signal) ?? listen(signal)
  } catch (error) {
    reason = error
  }
  if (waiting === undefined) {
    aborted(reason)
    return nothing
  }
  const { calls, listener } = waiting
  calls.add(aborted)
  return () => {
    if (!calls.delete(aborted) || calls.size > 0) return
    signals.delete(signal)
    try {
      signal.removeEventListener('abort', listener)
    } catch (error) {
      failed(error)
    }
  }
}

function listen(signal: AbortSignal): Waiting {
  const calls: Waiting['calls'] = new Set()
  const listener = (): void => {
    const reason = reasonOf(signal)
    for (const call of [...calls]) call(reason)
  }
  const waiting = { calls, listener }
  signal.addEventListener('abort', listener)
  signals.set(signal, waiting)
  return waiting
}

/** The signal's reason; where that cannot be read, what the platform gives where none is named. */
function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason
  } catch {
    return new DOMException('This operation was aborted', 'AbortError')
  }
}

function nothing(): void {}
