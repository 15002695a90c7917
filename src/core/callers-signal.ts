/**
 * The callers' signals, with one listener each.
 *
 * Many calls may share one long-lived signal, such as a service's shutdown. Engines warn of a leak where each adds a
 * listener of its own, so they wait in one set a signal. Invariant: a signal has our listener exactly while its set holds
 * calls, so nothing stays behind when the last of them has settled.
 */
interface Waiting {
  readonly calls: Set<(reason: unknown) => void>
  readonly listener: () => void
}

const signals = new WeakMap<AbortSignal, Waiting>()

/** Calls `aborted` with the reason when the signal aborts. Gives what ends that. */
export function onAbort(signal: AbortSignal, aborted: (reason: unknown) => void): () => void {
  let waiting = signals.get(signal)
  if (waiting === undefined) {
    const calls: Waiting['calls'] = new Set()
    const listener = (): void => {
      for (const call of [...calls]) call(signal.reason)
    }
    waiting = { calls, listener }
    signals.set(signal, waiting)
    signal.addEventListener('abort', listener)
  }
  const { calls, listener } = waiting
  calls.add(aborted)
  return () => {
    if (!calls.delete(aborted) || calls.size > 0) return
    signal.removeEventListener('abort', listener)
    signals.delete(signal)
  }
}
