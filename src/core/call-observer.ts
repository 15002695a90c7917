/**
 * Who follows single calls from their start to their end, such as a tracer.
 *
 * A policy that nobody follows pays nothing: following it puts something in the place of what `execute` asks. What a follower
 * throws is contained, and no call waits for it.
 */
import type { Call, CallOptions } from './call.ts'
import type { EventBase } from './events.ts'

/** How a followed call ended. */
export interface CallEnd {
  /** Whether `execute` resolves, and with what it resolves or rejects. */
  readonly resolved: boolean
  readonly value: unknown
  /** As its policies see it: a value that one of them judged a failure is none too good. */
  readonly ok: boolean
  /** The caller gave it up, so it counts neither way. */
  readonly ignored: boolean
  /** How often the operation was invoked. */
  readonly attempts: number
  /** The policy that made it good where it was not good at first. */
  readonly savedBy: string | undefined
}

/** Follows one call. */
export interface CallObserver {
  /** An event that is about this call. `call` is the try it is about, with what a pool gives to the operation. */
  told(event: string, payload: EventBase, call: Call): void
  /** Once, before the caller knows. */
  ended(ending: CallEnd): void
}

type Operation = (call: never) => unknown

/** What starts the calls of a policy. */
export interface CallStarter {
  run(operation: Operation, options: CallOptions | undefined): Promise<unknown>
  /** Starts one that is followed. */
  follow(operation: Operation, options: CallOptions | undefined, follower: CallObserver): Promise<unknown>
}

/** Starts a call in the place of the starter, by the starter. */
export type CallInterceptor = (
  starter: CallStarter,
  operation: Operation,
  options: CallOptions | undefined,
) => Promise<unknown>
