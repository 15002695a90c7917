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

/** The answer of `enter`: let the call in, let it wait (the layer calls `proceed` or `refuse` later), or refuse it. */
export type Entry = undefined | typeof WAIT | Error
export const WAIT = 1

/** The answer of `success` and `failure`: let the outcome pass outwards, or the layer has taken the call over. */
export type Verdict = undefined | typeof TAKEN
export const TAKEN = 1

/**
 * What the layers inside say to a retry outside: one of them gave up on the failure, so it must not be multiplied; or a
 * pool refused the call, but has members it has not tried.
 */
export type Advice = 'gaveUp' | 'elsewhere' | undefined

/** The hooks of one policy. `index` is the place of the layer in the chain. An absent hook costs nothing. */
export interface Hooks {
  readonly events?: Events
  /** The call comes in. */
  enter?(scope: Scope, index: number): Entry
  /** The work inside gave a value. */
  success?(scope: Scope, index: number, value: unknown): Verdict
  /** The work inside failed, or a layer inside refused the call. */
  failure?(scope: Scope, index: number, error: unknown): Verdict
  /** The call was given up from outside. `counts` is true where our own timeout did it: that is a failure of what is inside. */
  abandon?(scope: Scope, index: number, error: unknown, counts: boolean): void
  /** All work under the scope has settled. Called where the layer asked for it by `holdUntilDrained`. */
  release?(scope: Scope, index: number): void
  /** Another scope holds this layer from now on: a layer further in took the call over. */
  moved?(scope: Scope, index: number): void
}

/** What a layer may do to the calls inside it. The chain prepares for that, and for nothing more. */
export interface Traits {
  /** It may settle the call while the operation runs or before it starts, or start it later. */
  readonly detaches?: boolean
  /** It may cancel a try, so each try gets a signal of its own. */
  readonly cancels?: boolean
  /** It may run the operation again. */
  readonly repeats?: boolean
  /** Values mean nothing to it: its `success` is left out. */
  readonly errorsOnly?: boolean
  /** It runs no code of the user but listeners, and never runs the operation again. */
  readonly quiet?: boolean
}

/** Who runs the rest of the chain again, in a scope of its own (`Scope.fork`). */
export interface ForkOwner {
  /** Called once with the outcome of the fork, unless it was given up. */
  forkEnded(fork: Scope, ok: boolean, value: unknown): void
}

/** One call, as the layers of a chain see it. */
export interface Scope extends Call {
  /** The outcome is known, or the call was given up: nothing may be done with it any more. */
  readonly over: boolean
  /** The chain it passes. */
  readonly links: Links
  /** The policy that executes the call. */
  readonly owner: CallOwner
  readonly options: CallOptions
  /** How often the operation was invoked in the whole call. */
  readonly invocations: number
  /** The latest try of the call failed, in its own view or a policy's. */
  readonly latestFailed: boolean
  /** The latest change of a layer when the call began; see `admission-epoch.ts`. */
  readonly epoch: number

  /** Keeps a note of layer `index` on this call. A layer keeps what it knows of a call there and nowhere else. */
  note(index: number, note: unknown): void
  noteOf(index: number): unknown

  /** The clock, read at most once until time may have passed. `clock` is the asking policy's. */
  now(clock: Clock): Milliseconds
  /** Forgets that reading: the call has waited. */
  timePassed(): void
  /** What limits the call now, if anything does. */
  readonly limit: Deadline | undefined
  /** Milliseconds to the deadline at `now`, which was read from `clock`; Infinity without one. */
  remaining(clock: Clock, now: Milliseconds): Milliseconds
  /** Limits everything inside. `deadline.outside` must be the limit before. */
  lowerDeadline(deadline: Deadline): void
  /** Takes `deadline` back: what is outside has its own limit again. */
  restoreDeadline(deadline: Deadline): void

  /** Says that layer `index` did not let the call in: should a listener abort it now, the layer is not asked to give it up. */
  notEntered(index: number): void
  /** After `WAIT`: goes on behind layer `index`. */
  proceed(index: number): void
  /** After `WAIT`: layer `index` does not let the call in. */
  refuse(index: number, error: unknown): void

  /** The context in which the call goes on after a wait that other calls may end. Run what follows with `runIn`. */
  waitContext(): Context | undefined
  /** The caller's async context: the present one, where it was not kept before. */
  callerContext(): Context | undefined
  /** Keeps the caller's async context where code of the user may run before the call ends. */
  keepContext(): void
  /** Runs `work` in the kept context. */
  inContext(work: () => void): void

  /** Calls `release` of layer `index` when all work under the scope has settled: now, or later. */
  holdUntilDrained(index: number): void
  /** Says whether the latest try failed, where a policy judged a value a failure or gave a value. */
  markFailed(failed: boolean): void
  readonly advice: Advice
  advise(advice: Advice): void
  /** Layer of the policy `name` makes another try, or gives a value, in place of the try before. */
  takenOverBy(name: string): void

  /** Layer `index` gives the outcome, which passes the layers outside it. No effect where the scope is over. */
  answer(index: number, ok: boolean, value: unknown): void
  /** Layer `index` will run the rest again: ends what was under it. The returned scope holds the layer and those outside. */
  takeOver(index: number, name: string): Scope
  /** Like `takeOver`, but what was under the layer goes on in this scope, until `giveUp` ends it. */
  split(index: number): Scope
  /** A try of the layers of `links` from `base` on. Start it with `start`. */
  fork(links: Links, base: number, owner: ForkOwner): Scope
  /** Starts a fork. */
  start(): void
  /** Gives up everything under the scope: layers are left by `abandon`, signals abort, work that runs goes on detached. */
  giveUp(error: unknown, counts: boolean): void
  /** The scope that holds this fork of `ancestor` now: layers that took it over have put scopes above it. */
  holderUnder(ancestor: Scope): Scope
  /** Why it was given up, once it was. */
  readonly givenUp: { readonly value: unknown } | undefined

  /** What the operation gets beside the fields of `Call`. */
  readonly given: object | undefined
  give(given: object): void
  /** Takes the options, the deadline and the fields of a copy that `call.with` made. */
  change(copy: Call): void

  /** Who observes the call, and whether the whole call has ended. Use `hasListeners` and `emitForCall`. */
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
  /** The policy that executes the calls; undefined for a chain that calls are only forked to. */
  readonly owner: CallOwner | undefined
  /** A layer may cancel a try. */
  readonly cancels: boolean
  /** Whether code of the user may run when a call ends by anything but its operation. */
  runsUserCode(): boolean
}
