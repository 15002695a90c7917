/**
 * One listener for each signal that callers give.
 *
 * Many calls may share one long-lived signal, such as that of a service's shutdown. Engines warn of a leak if each adds a
 * listener, so the calls of a signal wait in one set. A signal may be another implementation than the platform's: what it throws
 * reaches neither a call nor the code that aborts it.
 * Invariant: a signal has our listener exactly while its set holds calls, so nothing is left behind after the last has settled.
 */
import { isRecord } from '../options.ts'

interface SignalCalls {
  readonly calls: Set<(reason: unknown) => void>
  readonly listener: () => void
}

const signals = new WeakMap<AbortSignal, SignalCalls>()

/** Whether `value` has the members of a signal that are used here. A property that cannot be read is missing. */
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
 * Calls `aborted` with the reason when the signal aborts: at once if it has aborted already. If adding a listener fails, calls
 * it at once with that error. Returns a function that unsubscribes; `failed` gets what the signal throws then.
 */
export function onAbort(
  signal: AbortSignal,
  aborted: (reason: unknown) => void,
  failed: (error: unknown) => void,
): () => void {
  let shared: SignalCalls | undefined
  let reason: unknown
  try {
    if (signal.aborted) reason = reasonOf(signal)
    else shared = signals.get(signal) ?? listen(signal)
  } catch (error) {
    reason = error
  }
  if (shared === undefined) {
    aborted(reason)
    return nothing
  }
  const { calls, listener } = shared
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

function listen(signal: AbortSignal): SignalCalls {
  const calls: SignalCalls['calls'] = new Set()
  const listener = (): void => {
    const reason = reasonOf(signal)
    for (const call of [...calls]) call(reason)
  }
  const shared = { calls, listener }
  signal.addEventListener('abort', listener)
  signals.set(signal, shared)
  return shared
}

/** The signal's reason. If it cannot be read: the platform's default reason. */
function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason
  } catch {
    return new DOMException('This operation was aborted', 'AbortError')
  }
}

function nothing(): void {}
