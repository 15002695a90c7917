/**
 * Drains at a signal.
 *
 * The process is a parameter, so this module loads on platforms without one. The first signal drains. The next one, of any
 * kind, ends the process at once, with the exit code of a process killed by that signal; a signal that the process sends to
 * itself would be lost if it is the first process of its container. A process that is still running when the time to close is
 * over ends in the same way.
 */
import { type Check, isRecord, optional, resolveOptions, show } from '../../core/options.ts'
import { type DrainOptions, drainChecks } from './drain.ts'

type SignalListener = (signal?: string, number?: number) => void

/** The part of `process` that is used. */
export interface SignalSource {
  on(signal: string, listener: SignalListener): unknown
  off(signal: string, listener: SignalListener): unknown
  exit(code: number): unknown
}

export interface DrainOnSignalOptions extends Pick<DrainOptions, 'after' | 'close' | 'closeWithin'> {
  /** Default `['SIGTERM']`. */
  readonly signals?: readonly string[]
}

const signalsCheck: Check<readonly string[]> = (value, fail) =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')
    ? [...value]
    : fail('an array of signals')

const { after, close, closeWithin } = drainChecks
const checks = { after, close, closeWithin, signals: optional(signalsCheck, ['SIGTERM']) }

export function resolveOnSignal(kind: string, options: unknown) {
  return resolveOptions(kind, options, checks)
}

export function signalSource(kind: string, given: unknown): SignalSource {
  const fine = isRecord(given) && ['on', 'off', 'exit'].every((name) => typeof given[name] === 'function')
  if (fine) return given as unknown as SignalSource
  throw new TypeError(`${kind}: process must have on, off and exit, got ${show(given)}`)
}

/**
 * Calls `drain` at the first of these signals, with a function that ends the process. `stop` unsubscribes; that happens by
 * itself when `drain` has ended.
 */
export function onSignals(
  source: SignalSource,
  signals: readonly string[],
  drain: (exit: () => void) => Promise<unknown>,
): { stop(): void } {
  let first = true
  const onSignal: SignalListener = (_signal, number) => {
    // Deno gives no number.
    const exit = (): void => void source.exit(number === undefined ? 1 : 128 + number)
    if (!first) return exit()
    first = false
    void drain(exit).then(stop)
  }
  const stop = (): void => {
    for (const signal of signals) source.off(signal, onSignal)
  }
  for (const signal of signals) source.on(signal, onSignal)
  return { stop }
}
