/**
 * One call on its way through the layers of a chain.
 *
 * A `Scope` covers the layers `base` to `depth - 1` of its chain: those it has entered and not yet left. The first scope
 * of a call is its `root`, and keeps what all its scopes share; a call that succeeds at once has no other. A layer that
 * runs the rest again forks a child scope; a layer that answers before the work has settled splits the scope in two (see
 * `drive.ts`), so a late result can only touch the layers it is still inside.
 *
 * A scope ends twice. It is *over* when its outcome is known; it has *drained* when all work started under it has
 * settled, also work nobody waits for any more. `live` counts what has not: the running operation and undrained children.
 *
 * This is the one object that every call costs, so it holds what nearly every call needs. What few need is in `Extra`,
 * and what only listeners need is in `Story`; both are made when first written to.
 */
import { type Call, type CallChanges, type CallOptions, readChanges } from './call.ts'
import type { Caller } from './caller.ts'
import { Cancellation } from './cancellation.ts'
import { latestChange } from './change.ts'
import type { Clock } from './clock.ts'
import { type Context, currentContext } from './context.ts'
import type { Milliseconds } from './duration.ts'
import { Extra } from './extra.ts'
import type { HooksAround } from './hooks.ts'
import { type Limit, limitAt } from './limit.ts'
import { pinShape } from './shape.ts'
import type { Story } from './story.ts'
import type { Advice, Traits } from './verdict.ts'

/** The hooks of one policy around a call. */
export interface Hooks extends HooksAround<Scope> {}

/** One policy in a chain: its hooks in fields, all of one shape, so that calling them stays cheap. */
export class Layer {
  readonly policy: Hooks
  readonly plain: Hooks['plain']
  readonly take: Hooks['take']
  readonly enter: Hooks['enter']
  readonly success: Hooks['success']
  readonly failure: Hooks['failure']
  readonly traits: Traits

  constructor(policy: Hooks, traits: Traits) {
    this.policy = policy
    this.plain = policy.plain
    this.take = policy.take
    this.enter = policy.enter
    this.success = traits.errorsOnly ? undefined : policy.success
    this.failure = policy.failure
    this.traits = traits
  }
}

/** Layers linked in order, outermost first. */
export interface Links {
  readonly layers: readonly Layer[]
  /** Whose calls begin with it; undefined for those that calls are forked to. */
  readonly caller: Caller | undefined
  readonly cancels: boolean
  /** Whether code of the user's may run when a call ends by something else than its operation. */
  runsUserCode(): boolean
}

export type Operation = (call: never) => unknown

/** What a caller who says nothing says. */
export const noOptions: CallOptions = Object.freeze({})

export class Scope implements Call {
  readonly links: Links
  /** The first scope of the call. The fields marked "root" count there alone. */
  readonly root: Scope
  /** Who waits for the outcome (`extra.done`), and, for a scope split off, whom to tell that the work has drained. */
  parent: Scope | undefined
  options: CallOptions
  /** Layers' own notes on this call, by index; made by the first note. */
  notes: unknown[] | undefined
  /** The number of the latest change before it began: a layer that has changed later let it in in another state. */
  born: number
  base: number
  depth: number
  attempt: number
  limit: Limit | undefined
  /** The clock as read while entering; undefined when it has not been, or is stale. */
  enteredAt: Milliseconds | undefined
  live: number
  over: boolean
  extra: Extra<Scope> | undefined
  readonly operation: Operation
  /** Root: invocations of the operation so far. */
  attempts: number
  /** Root: how the whole call ended, undefined while it has not; and with what. */
  ok: boolean | undefined
  value: unknown
  /** Root: the promise of the call, where it needed one of its own, and what settles it. */
  promise: Promise<unknown> | undefined
  resolve: ((value: unknown) => void) | undefined
  reject: ((error: unknown) => void) | undefined
  /** Root: there where somebody listens to `call`. */
  story: Story | undefined
  /** Root: what settles its promise is the reaction that runs now. */
  led: boolean
  /** Root: its caller's async context, kept where the call may wait for what others end. */
  context: Context | undefined

  constructor(links: Links, from: Scope | undefined, operation: Operation, base: number) {
    this.links = links
    this.root = from === undefined ? this : from.root
    this.parent = from
    this.options = from === undefined ? noOptions : from.options
    this.notes = undefined
    this.born = latestChange()
    this.base = base
    this.depth = base
    this.attempt = 1
    this.limit = undefined
    this.enteredAt = undefined
    this.live = 0
    this.over = false
    this.extra = undefined
    this.operation = operation
    this.attempts = 0
    this.ok = undefined
    this.value = undefined
    this.resolve = undefined
    this.reject = undefined
    this.story = undefined
    this.promise = undefined
    this.led = false
    this.context = undefined
  }

  /** A further scope of the same call. */
  another(links: Links, parent: Scope | undefined, base: number): Scope {
    const scope = new Scope(links, this, this.operation, base)
    scope.parent = parent
    if (this.extra?.given !== undefined) give(scope, this.extra.given)
    return scope
  }

  get more(): Extra<Scope> {
    this.extra ??= new Extra()
    return this.extra
  }

  get advice(): Advice {
    return this.extra?.advice
  }

  set advice(advice: Advice) {
    if (advice !== this.advice) this.more.advice = advice
  }

  get given(): object | undefined {
    return this.extra?.given
  }

  /** Whether the latest try failed, in its own view or a policy's; kept for listeners to `call` alone. */
  set bad(bad: boolean) {
    const { story } = this.root
    if (story === undefined) return
    story.bad = bad
    story.leftAt = undefined
  }

  /** The clock, read once while an outcome leaves the layers. `clock` is the asking policy's. */
  leaving(clock: Clock): Milliseconds {
    const { story } = this.root
    if (story === undefined || clock !== this.caller.clock) return clock.now()
    story.leftAt ??= clock.now()
    return story.leftAt
  }

  /** A layer makes another try, or gives a value, in place of the one before. */
  takenOverBy(policy: string): void {
    const { story } = this.root
    if (story === undefined) return
    story.first ??= false
    story.savedBy = policy
  }

  /** Keeps a layer's note on this call. */
  note(index: number, note: unknown): void {
    this.notes ??= []
    this.notes[index] = note
  }

  /** Who was asked to execute the call. */
  get caller(): Caller {
    return this.root.links.caller as Caller
  }

  get cancellation(): Cancellation | undefined {
    return this.extra?.cancellation
  }

  get signal(): AbortSignal {
    const { extra } = this
    if (extra?.cancellation !== undefined) return extra.cancellation.signal
    const callers = this.options.signal
    // Nothing but the caller can cancel this try, so the caller's own signal says it all.
    if (callers !== undefined && !this.root.links.cancels && !this.links.cancels) return callers
    // What listens to it belongs to the caller.
    this.keepContext()
    return this.cancel().signal
  }

  /** Keeps its caller's async context, which is the one that runs now. */
  keepContext(): Context | undefined {
    const { root } = this
    root.context ??= currentContext()
    return root.context
  }

  /** What tells the operation that this try was given up. */
  cancel(): Cancellation {
    const { more } = this
    more.cancellation ??= new Cancellation()
    return more.cancellation
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
    const { options, given } = readChanges(this.options, changes)
    const copy = new Copy(this.links, this, this.operation, this.base)
    for (const name of Object.keys(given)) {
      // A field in the place of one of the driver's own would break the call.
      if (name in copy && !Object.hasOwn(this.given ?? {}, name)) {
        throw new TypeError(`call.with: ${JSON.stringify(name)} is a name of the call itself`)
      }
    }
    copy.options = options
    copy.attempt = this.attempt
    const { deadline } = changes
    copy.limit = deadline === undefined ? this.limit : limitAt(deadline, this.caller.clock)
    give(copy, { ...this.given, ...given })
    return copy
  }

  /** The clock, read once while the call enters its layers. `clock` is the asking policy's. */
  now(clock: Clock): Milliseconds {
    if (clock !== this.caller.clock) return clock.now()
    this.enteredAt ??= clock.now()
    return this.enteredAt
  }

  /** Milliseconds to the deadline at `now`, which was read from `clock`; Infinity without one. */
  remaining(clock: Clock, now: Milliseconds): Milliseconds {
    if (this.limit === undefined) return Number.POSITIVE_INFINITY
    const own = this.caller.clock
    return this.limit.at - (clock === own ? now : own.now())
  }
}

pinShape(new Scope(undefined as never, undefined, undefined as never, 0))

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
  scope.more.given = given
  Object.assign(scope, given)
}
