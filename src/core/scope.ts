/**
 * One call on its way through the layers of a chain.
 *
 * A `Scope` covers the layers `base` to `depth - 1` of its chain: those it has entered and not yet left. An `Execution`
 * keeps what all scopes of a call share. A call that succeeds at once has one scope. A layer that runs the rest again
 * forks a child scope; a layer that answers before the work has settled splits the scope in two (see `drive.ts`), so a
 * late result can only touch the layers it is still inside.
 *
 * A scope ends twice. It is *over* when its outcome is known; it has *drained* when all work started under it has
 * settled, also work nobody waits for any more. `live` counts what has not: the running operation and undrained children.
 */
import { type Call, type CallChanges, type CallOptions, readCallOptions } from './call.ts'
import { Cancellation } from './cancellation.ts'
import type { Clock } from './clock.ts'
import type { Milliseconds } from './duration.ts'
import type { Events } from './events.ts'
import { type Limit, limitAt } from './limit.ts'

/** What a layer's `enter` says: go on, wait (the layer goes on by itself), or the error with which it refuses. */
export type Entry = undefined | typeof WAIT | Error
export const WAIT = 1

/** What a layer's hook says of an outcome: let it pass outwards, or the layer has taken the call over. */
export type Verdict = undefined | typeof TAKEN
export const TAKEN = 1

/** The hooks of one policy around a call; absent hooks cost nothing. `index` is the layer's place in the scope's chain. */
export interface Hooks {
  /** Asked on the way in, outermost first. */
  enter?(scope: Scope, index: number): Entry
  /** Told a value on the way out, innermost first. */
  success?(scope: Scope, index: number, value: unknown): Verdict
  /** Told an error on the way out. */
  failure?(scope: Scope, index: number, error: unknown): Verdict
  /** The call was given up out there; `counts` where our own timeout did it, so that it is a failure here. */
  abandon?(scope: Scope, index: number, error: unknown, counts: boolean): void
  /** All work under the scope has settled, after the layer had put its index into `scope.held`. */
  release?(scope: Scope, index: number): void
  /** The layers up to this one now belong to another scope. */
  moved?(scope: Scope, index: number): void
}

/** What a layer does to the calls inside it. */
export interface Traits {
  /** It keeps something in `scope.slots[index]`. */
  readonly stateful?: boolean
  /** It can settle the call while the operation runs or before it starts, or start it later. */
  readonly detaches?: boolean
  /** It can cancel a try, so tries get signals of their own. */
  readonly cancels?: boolean
  /** Values mean nothing to it: its `success` is left out. */
  readonly errorsOnly?: boolean
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
  readonly stateful: boolean
  readonly cancels: boolean
}

export type Operation = (call: never) => unknown

/** Told the outcome of a forked scope. */
export type Done = (ok: boolean, value: unknown) => void

/** What a caller who says nothing says. */
export const noOptions: CallOptions = Object.freeze({})

/**
 * What the layers inside have to say to a retry outside: one of them gave up on it, so it must not be multiplied; or a
 * pool refused it, but has members it has not tried.
 */
export type Advice = 'gaveUp' | 'elsewhere' | undefined

export class Scope implements Call {
  readonly links: Links
  readonly root: Execution
  /** Who waits for the outcome, and, for a scope split off, whom to tell that the work has drained. */
  parent: Scope | undefined
  done: Done | undefined
  options: CallOptions
  /** What the operation gets beside the fields of `Call`; forks inherit it. */
  given: object | undefined
  /** A layer's own notes on this call, at the layer's index. */
  slots: unknown[] | undefined
  base: number
  depth: number
  attempt: number
  limit: Limit | undefined
  advice: Advice
  /** The clock as read while entering; undefined when it has not been, or is stale. */
  enteredAt: Milliseconds | undefined
  live: number
  over: boolean
  /** There once somebody has read the signal, or the scope was given up. */
  cancellation: Cancellation | undefined
  /** Forks that may not be over yet. */
  children: Scope[] | undefined
  /** Indices of layers that wait for `release`. */
  held: number[] | undefined

  constructor(links: Links, root: Execution, parent: Scope | undefined, options: CallOptions, base: number) {
    this.links = links
    this.root = root
    this.parent = parent
    this.done = undefined
    this.options = options
    this.given = undefined
    this.slots = links.stateful ? new Array(links.layers.length) : undefined
    this.base = base
    this.depth = base
    this.attempt = 1
    this.limit = undefined
    this.advice = undefined
    this.enteredAt = undefined
    this.live = 0
    this.over = false
    this.cancellation = undefined
    this.children = undefined
    this.held = undefined
  }

  get signal(): AbortSignal {
    if (this.cancellation === undefined) {
      const callers = this.options.signal
      // Nothing but the caller can cancel this try, so the caller's own signal says it all.
      if (callers !== undefined && !this.root.links.cancels && !this.links.cancels) return callers
      this.cancellation = new Cancellation()
    }
    return this.cancellation.signal
  }

  get key(): string | undefined {
    return this.options.key
  }

  get deadline(): Date | undefined {
    if (this.limit === undefined) return undefined
    const { clock } = this.root.caller
    return new Date(clock.wall() + this.limit.at - clock.now())
  }

  get priority(): number {
    return this.options.priority ?? 0
  }

  get idempotent(): boolean {
    return this.options.idempotent ?? true
  }

  with(changes: CallChanges): Call {
    const { signal, key, deadline, priority, idempotent, ...given } = changes
    const named = { signal, key, deadline, priority, idempotent }
    readCallOptions(named)
    const copy = new Copy(this.links, this.root, this, this.options, this.base)
    for (const name of Object.keys(given)) {
      // A field in the place of one of the driver's own would break the call.
      if (name in copy && !Object.hasOwn(this.given ?? {}, name)) {
        throw new TypeError(`call.with: ${JSON.stringify(name)} is a name of the call itself`)
      }
    }
    const said = Object.entries(named).filter(([, value]) => value !== undefined)
    copy.options = Object.freeze({ ...this.options, ...Object.fromEntries(said) })
    copy.attempt = this.attempt
    copy.limit = deadline === undefined ? this.limit : limitAt(deadline, this.root.caller.clock)
    give(copy, { ...this.given, ...given })
    return copy
  }

  /** The clock, read once while the call enters its layers. `clock` is the asking policy's. */
  now(clock: Clock): Milliseconds {
    if (clock !== this.root.caller.clock) return clock.now()
    this.enteredAt ??= clock.now()
    return this.enteredAt
  }

  /** Milliseconds to the deadline at `now`, which was read from `clock`; Infinity without one. */
  remaining(clock: Clock, now: Milliseconds): Milliseconds {
    if (this.limit === undefined) return Number.POSITIVE_INFINITY
    const own = this.root.caller.clock
    return this.limit.at - (clock === own ? now : own.now())
  }
}

/** What `call.with` gives: a description for `next`, never driven itself. */
class Copy extends Scope {
  override get signal(): AbortSignal {
    const of = this.parent as Scope
    const { signal } = this.options
    return signal === undefined || signal === of.options.signal ? of.signal : signal
  }
}

/** Gives the operation fields beside those of `Call`. */
export function give(scope: Scope, given: object): void {
  scope.given = given
  Object.assign(scope, given)
}

/** Where the events of whole calls go, and whose clock the call's deadline is in. */
export interface Caller {
  readonly name: string
  readonly kind: string
  readonly clock: Clock
  readonly events: Events
}

/** One call as a whole: what all its scopes share. */
export class Execution {
  readonly links: Links
  readonly caller: Caller
  readonly operation: Operation
  /** The scope that holds the outermost layer. */
  top: Scope | undefined
  /** Invocations of the operation so far. */
  attempts: number
  /** `execute` has not returned yet. */
  starting: boolean
  /** The first invocation's promise, while `execute` may still return what follows from it. */
  pending: Promise<unknown> | undefined
  finished: boolean
  ok: boolean
  value: unknown
  /** Ends the wait for the caller's signal. */
  unlisten: (() => void) | undefined
  resolve: ((value: unknown) => void) | undefined
  reject: ((error: unknown) => void) | undefined
  /** When it started, where somebody listens to `call`. */
  startedAt: Milliseconds | undefined
  /** The latest try failed, in its own view or a policy's. */
  bad: boolean
  /** Whether the first try was good, once that is known. */
  first: boolean | undefined
  /** The policy that made the latest try after the first, or gave the value. */
  savedBy: string | undefined

  constructor(links: Links, caller: Caller, operation: Operation) {
    this.links = links
    this.caller = caller
    this.operation = operation
    this.top = undefined
    this.attempts = 0
    this.starting = true
    this.pending = undefined
    this.finished = false
    this.ok = false
    this.value = undefined
    this.unlisten = undefined
    this.resolve = undefined
    this.reject = undefined
    this.startedAt = undefined
    this.bad = false
    this.first = undefined
    this.savedBy = undefined
  }

  /** A layer makes another try, or gives a value, in place of the one that failed. */
  takenOverBy(policy: string): void {
    this.first ??= false
    this.savedBy = policy
  }
}
