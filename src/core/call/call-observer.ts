/**
 * Observers of single calls from their start to their end, such as a tracer.
 *
 * A policy without an observer pays nothing: observing replaces the chain that `execute` runs. What an observer throws is a
 * `fault`, and no call waits for it.
 */
import type { EventBase } from '../events.ts'
import type { Call, CallOptions } from './call.ts'

/** How an observed call ended. */
export interface CallEnd {
  /** Whether the promise of `execute` is fulfilled. */
  readonly resolved: boolean
  /** The value, or the error. */
  readonly value: unknown
  /** False if the call failed, or any policy judged its value a failure. */
  readonly ok: boolean
  /** The caller aborted it, so it counts neither way. */
  readonly ignored: boolean
  /** How often the operation was invoked. */
  readonly attempts: number
  /** The policy that turned a first failure into a success. */
  readonly savedBy: string | undefined
}

/** Observes one call. */
export interface CallObserver {
  /** Called for each event about this call. `call` is the try that it is about, with the fields that a pool adds. */
  onEvent(event: string, payload: EventBase, call: Call): void
  /** Called once, before the caller gets the outcome. */
  ended(end: CallEnd): void
}

/** Starts the calls of a policy. */
export interface CallStarter {
  run(operation: (call: never) => unknown, options: CallOptions | undefined): Promise<unknown>
  /** Starts a call that is observed. */
  observe(
    operation: (call: never) => unknown,
    options: CallOptions | undefined,
    observer: CallObserver,
  ): Promise<unknown>
}

/** Starts each call in place of `starter`, usually by `starter.observe`. */
export type CallInterceptor = (
  starter: CallStarter,
  operation: (call: never) => unknown,
  options: CallOptions | undefined,
) => Promise<unknown>
