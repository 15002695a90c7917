/**
 * Observers of single calls from their start to their end, such as a tracer.
 *
 * A policy without an observer pays nothing: observing it replaces what `execute` asks. What an observer throws is contained,
 * and no call waits for it.
 */
import type { EventBase } from '../events.ts'
import type { Call, CallOptions } from './call.ts'

/** How an observed call ended. */
export interface CallEnd {
  /** Whether `execute` resolves, and with what it resolves or rejects. */
  readonly resolved: boolean
  readonly value: unknown
  /** False if the call failed, or any policy judged its value a failure. */
  readonly ok: boolean
  /** The caller gave it up, so it counts neither way. */
  readonly ignored: boolean
  /** How often the operation was invoked. */
  readonly attempts: number
  /** The policy that made it good where it was not good at first. */
  readonly savedBy: string | undefined
}

/** Observes one call. */
export interface CallObserver {
  /** Called for each event that is about this call. `call` is the try it is about, with what a pool gives to the operation. */
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

/** Starts a call in place of the starter, by means of the starter. */
export type CallInterceptor = (
  starter: CallStarter,
  operation: (call: never) => unknown,
  options: CallOptions | undefined,
) => Promise<unknown>
