/** What few calls need, beside their scope. */
import type { Context } from '../context.ts'
import type { Milliseconds } from '../duration.ts'
import type { Advice, ForkOwner } from '../hooks.ts'
import { pinShape } from '../pin-shape.ts'
import { type CallOptions, noOptions } from './call.ts'
import type { CallObserver } from './call-observer.ts'
import type { Cancellation } from './cancellation.ts'

/** Made when first written to. */
export class ScopeExtras<Scope> {
  options: CallOptions = noOptions
  /** What the operation gets beside the fields of `Call`; forks inherit it. */
  given: object | undefined = undefined
  advice: Advice = undefined
  /** The scope this one is a try of, or was split off from: its work counts there as well. */
  parent: Scope | undefined = undefined
  /** Gets the outcome of a fork, in place of the whole call's end. */
  forkOwner: ForkOwner | undefined = undefined
  /** Forks that are not over. */
  forks: Scope[] | undefined = undefined
  /** Indices of layers that wait for `release`. */
  held: number[] | undefined = undefined
  /** There once the signal was read, or the scope was given up. */
  cancellation: Cancellation | undefined = undefined
  /** Root: the scope that holds the outermost layer, where that is no longer the root. */
  top: Scope | undefined = undefined
  /** Root: ends the wait for the caller's signal. */
  unlisten: (() => void) | undefined = undefined
  /** Root: its caller's async context, kept where the call may wait for what others end. */
  context: Context | undefined = undefined
  /** Root: who observes the call. */
  observer: CallObserver | undefined = undefined
  /** Root: when the call began; there where somebody listened to `call` then. */
  startedAt: Milliseconds | undefined = undefined
}

pinShape(new ScopeExtras())
