/** The fields that few calls need, apart from their scope. */
import type { Context } from '../context.ts'
import type { Milliseconds } from '../duration.ts'
import type { Advice, DrainWatcher, ForkOwner, Scope as Try } from '../hooks.ts'
import { pinShape } from '../pin-shape.ts'
import type { CallObserver } from './call-observer.ts'
import type { Cancellation } from './cancellation.ts'

/** Made when first written to. */
export class ScopeExtras<Scope> {
  /** What the operation gets in addition to the fields of `Call`; forks inherit it. */
  given: object | undefined = undefined
  advice: Advice = undefined
  /** The scope that this one is a try of, or was split off from: its work counts there too. */
  parent: Scope | undefined = undefined
  /** Gets the outcome of a fork, in place of the whole call's end. */
  forkOwner: ForkOwner | undefined = undefined
  /** Other forks that this one runs beside. */
  beside: readonly Try[] | undefined = undefined
  /** Forks that are not over. */
  forks: Scope[] | undefined = undefined
  /** Indices of layers that wait for `release`. */
  held: number[] | undefined = undefined
  /** Set when the signal is first read, or the scope is given up. */
  cancellation: Cancellation | undefined = undefined
  /** Root: the scope that holds the outermost layer, if that is no longer the root. */
  top: Scope | undefined = undefined
  /** Root: unsubscribes from the caller's signal. */
  unlisten: (() => void) | undefined = undefined
  /** Root: its caller's async context, kept if other calls may end a wait of this call. */
  context: Context | undefined = undefined
  /** Root: what layers have asked `isFirst` with: the first one, and the others. */
  key: object | undefined = undefined
  keys: readonly object[] | undefined = undefined
  /** Root: who is called when all work of the call has settled. */
  watchers: DrainWatcher[] | undefined = undefined
  /** Root: the observer of the call. */
  observer: CallObserver | undefined = undefined
  /** Root: something was injected into the call; `'excluded'` where it must not count for the dependency. */
  injected: 'counted' | 'excluded' | undefined = undefined
  /** Root: the scope that launched this call. */
  launcher: Scope | undefined = undefined
  /** Root: invocations on behalf of this call that count as another call's. */
  shared = 0
  /** Root: the epoch in which the work began that the call has joined. */
  joinedFrom: number | undefined = undefined
  /** Root: when the call began; set if `call` had a listener then. */
  startedAt: Milliseconds | undefined = undefined
}

pinShape(new ScopeExtras())
