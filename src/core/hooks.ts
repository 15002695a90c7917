/**
 * What a policy does around a call: all that the author of one has to know.
 *
 * A policy is a layer of a chain. A call enters the layers from the outermost inwards, runs the operation, and leaves them
 * from the innermost outwards. Every layer that let the call in is left exactly once, by `success`, `failure` or `abandon`.
 * `docs/write-a-policy.md` builds a rate limiter from these hooks.
 */
import type { Call, CallOptions } from './call/call.ts'
import type { CallObserver } from './call/call-observer.ts'
import type { CallOwner } from './call/call-owner.ts'
import type { Deadline } from './call/deadline.ts'
import type { Clock } from './clock.ts'
import type { Context } from './context.ts'
import type { Milliseconds } from './duration.ts'
import type { Events } from './events.ts'

/**
 * The answer of `enter`: undefined admits the call; after `WAIT` the layer calls `proceed` or `refuse` later; `REROUTED` admits the
 * call to the layers of another chain (`Scope.reroute`); an error refuses it.
 */
export type Entry = undefined | typeof WAIT | typeof REROUTED | Error
export const WAIT = 1
export const REROUTED = 2

/** The answer of `success` and `failure`: undefined lets the outcome pass outwards; `TAKEN`: the layer has taken the call over. */
export type Exit = undefined | typeof TAKEN
export const TAKEN = 1

/**
 * What inner layers say to an outer retry. `gaveUp`: an inner retry gave up on the failure, so the outer one must not multiply it.
 * `elsewhere`: a pool refused the call, but has members it has not tried.
 */
export type Advice = 'gaveUp' | 'elsewhere' | undefined

/** The hooks of one policy. `index` is the place of the layer in the chain. An absent hook costs nothing. */
export interface Hooks {
  readonly events?: Events
  /** The call comes in. */
  enter?(scope: Scope, index: number): Entry
  /** The work inside gave a value. */
  success?(scope: Scope, index: number, value: unknown): Exit
  /** The work inside failed, or a layer inside refused the call. */
  failure?(scope: Scope, index: number, error: unknown): Exit
  /** The call was given up from outside. `counts`: a timeout of this library did it, so it is a failure of the layers inside. */
  abandon?(scope: Scope, index: number, error: unknown, counts: boolean): void
  /** All work under the scope has settled. Called if the layer asked for it by `holdUntilDrained`. */
  release?(scope: Scope, index: number): void
  /** Another scope holds this layer from now on: a layer further in took the call over. */
  moved?(scope: Scope, index: number): void
}

/** What a layer may do to the calls inside it. The chain prepares only for that. */
export interface Traits {
  /** It may settle the call while the operation runs or before it starts, or start it later. */
  readonly detaches?: boolean
  /** It may cancel a try, so each try gets a signal of its own. */
  readonly cancels?: boolean
  /** It may run the operation again. */
  readonly repeats?: boolean
  /** It handles only errors: its `success` is not called. */
  readonly errorsOnly?: boolean
  /** The only code of the user that it runs is listeners, and it never runs the operation again. */
  readonly quiet?: boolean
  /** A call behind it takes no longer than this. For work that goes on after its call: nothing else ends that. */
  readonly atMost?: Milliseconds
}

/** The layer that runs the rest of the chain again, in a scope of its own (`Scope.fork`). */
export interface ForkOwner {
  /** Called once with the outcome of the fork, unless it was given up. */
  forkEnded(fork: Scope, ok: boolean, value: unknown): void
  /** Called once when all work of the fork has settled, also where it was given up. That may be before `forkEnded`. */
  forkDrained?(): void
  /**
   * Work of the fork has settled after it was given up, so no caller gets its outcome. Returns whether this owner has dealt with it;
   * otherwise the owner outside is asked.
   */
  forkLate?(ok: boolean, value: unknown): boolean
}

/** Who is called when all work of a call has settled. */
export interface DrainWatcher {
  callDrained(): void
}

/** One call, as the layers of a chain see it. */
export interface Scope extends Call {
  /** The outcome is known, or the call was given up: a layer must do nothing more with it. */
  readonly over: boolean
  /** The chain it passes. */
  readonly links: Links
  /** The policy that executes the call. */
  readonly owner: CallOwner
  readonly options: CallOptions
  /** How often the operation was invoked in the whole call. */
  readonly invocations: number
  /** The latest try of the call failed: with an error, or in the judgement of a policy. */
  readonly latestFailed: boolean
  /** The latest epoch when the call began; see `admission-epoch.ts`. */
  readonly epoch: number

  /** Keeps a note of layer `index` on this call. A layer keeps what it knows about a call there and nowhere else. */
  note(index: number, note: unknown): void
  noteOf(index: number): unknown

  /** The clock, read at most once until time may have passed. `clock` is the asking policy's. */
  now(clock: Clock): Milliseconds
  /** Forgets that reading: the call has waited. */
  timePassed(): void
  /** The deadline that limits the call now, if there is one. */
  readonly limit: Deadline | undefined
  /** Milliseconds to the deadline at `now`, which was read from `clock`; Infinity without one. */
  remaining(clock: Clock, now: Milliseconds): Milliseconds
  /** Limits everything inside. `deadline.outside` must be the previous limit. */
  lowerDeadline(deadline: Deadline): void
  /** Removes `deadline`: the limit is again the one outside it. */
  restoreDeadline(deadline: Pick<Deadline, 'outside'>): void

  /** Goes on in the layers of `links`, which begin with those entered so far. For `enter` alone, which then returns `REROUTED`. */
  reroute(links: Links): void
  /** Layer `index` did not let the call in: if a listener aborts it now, `abandon` of the layer is not called. */
  notEntered(index: number): void
  /** After `WAIT`: goes on behind layer `index`. */
  proceed(index: number): void
  /** After `WAIT`: layer `index` does not let the call in. */
  refuse(index: number, error: unknown): void

  /** The context in which the call goes on after a wait that other calls may end. Run what follows with `runIn`. */
  waitContext(): Context | undefined
  /** The caller's async context: the kept one, otherwise the current one, which is kept from now on. */
  callerContext(): Context | undefined
  /** Keeps the caller's async context if code of the user may run before the call ends. */
  keepContext(): void
  /** Runs `work` in the kept context. */
  inContext(work: () => void): void

  /** Calls `release` of layer `index` when all work under the scope has settled: now, or later. */
  holdUntilDrained(index: number): void
  /**
   * Whether no layer of the call has asked with `key` before: for what must be done once a call, whichever layers share it. Then
   * `watcher` is called when all work of the call has settled.
   */
  isFirst(key: object, watcher?: DrainWatcher): boolean
  /** Sets whether the latest try failed, after a policy judged a value a failure or replaced the outcome. */
  markFailed(failed: boolean): void
  /**
   * Marks the call as one into which something was injected. `asWork`: in place of the operation, so it counts as an
   * invocation. `excluded`: those who judge the dependency by its calls leave this one out.
   */
  markInjected(asWork: boolean, excluded: boolean): void
  readonly advice: Advice
  advise(advice: Advice): void
  /** The policy `name` makes another try after the first, or gives a value in its place. */
  takenOverBy(name: string): void

  /** Layer `index` gives the outcome, which passes the layers outside it. Does nothing if the scope is over. */
  answer(index: number, ok: boolean, value: unknown): void
  /** Layer `index` will run the rest again: the work under it is over. The returned scope holds the layer and those outside. */
  takeOver(index: number, name: string): Scope
  /** Like `takeOver`, but the work under the layer goes on in this scope: as a fork of `owner`, else until `giveUp` ends it. */
  split(index: number, owner?: ForkOwner): Scope
  /** A try of the layers of `links` from `base` on, which runs beside the tries `beside`. Start it with `start`. */
  fork(links: Links, base: number, owner: ForkOwner, beside?: readonly Scope[]): Scope
  /** The other tries that this fork runs beside: each of its layers may have a note on them, at its own index. */
  readonly beside: readonly Scope[] | undefined
  /** Starts a fork, or a call that was launched. */
  start(): void
  /**
   * A try of the layers from `base` on as a call of its own, with options and a deadline of its own. It goes on when this scope is
   * given up: only `giveUp` of the scope that holds it (`holderUnder` this scope) ends it early. What is held here until all
   * work has settled waits for its work too. Start it with `start`.
   */
  launch(base: number, options: CallOptions, limit: Deadline | undefined, owner: ForkOwner): Scope
  /** Gives up everything under the scope: layers are left by `abandon`, signals abort, running work goes on detached. */
  giveUp(error: unknown, counts: boolean): void
  /** The scope that holds this fork of `ancestor` now: layers that took it over have put scopes above it. */
  holderUnder(ancestor: Scope): Scope
  /** Why it was given up, once it was. */
  readonly givenUp: { readonly value: unknown } | undefined

  /** What the operation gets in addition to the fields of `Call`. */
  readonly given: object | undefined
  give(given: object): void
  /** Says how many retries led to this try, before it is started. */
  setRetryDepth(retryDepth: number): void
  /** Takes over the options, the deadline and the fields of a copy that `call.with` made. */
  change(copy: Call): void

  /** The observer of the call, and whether the whole call has ended. For `hasListeners` and `emitForCall`. */
  readonly observer: CallObserver | undefined
  readonly callEnded: boolean
}

/** One policy in a chain: its hooks in fields, all of one shape, so that calling them stays cheap. */
export class Layer {
  readonly policy: Hooks
  readonly enter: Hooks['enter']
  readonly success: Hooks['success']
  readonly failure: Hooks['failure']
  readonly traits: Traits

  constructor(policy: Hooks, traits: Traits) {
    this.policy = policy
    this.enter = policy.enter
    this.success = traits.errorsOnly ? undefined : policy.success
    this.failure = policy.failure
    this.traits = traits
  }
}

/** Layers linked in order, outermost first. */
export interface Links {
  readonly layers: readonly Layer[]
  /** The policy that executes the calls; undefined for a chain that only runs forks. */
  readonly owner: CallOwner | undefined
  /** A layer may cancel a try. */
  readonly cancels: boolean
  /** Not only the operation may settle a call. */
  readonly detaches: boolean
  /** Whether code of the user may run when something other than its operation ends a call. */
  runsUserCode(): boolean
}
