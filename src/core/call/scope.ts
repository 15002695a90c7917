/**
 * The state of one call on its way through the layers of a chain.
 *
 * A scope covers the layers `base` to `depth - 1` of its chain: those it has entered and not yet left. The first scope of a
 * call is its `root`, which keeps what all its scopes share; a call that succeeds at once has no other. A layer that runs the
 * rest again forks a scope. A layer that answers before the work has settled splits the scope in two, so a late result can
 * only touch the layers it is still inside.
 *
 * A scope ends twice. It is *over* when its outcome is known. It has *drained* when all work started under it has settled,
 * also work that no caller waits for any more. `live` counts what has not settled: the running operation, and undrained forks.
 *
 * This is the one object that every call costs, so it holds what nearly every call needs; the rest is in `ScopeExtras`, made
 * when first written to. Only the driver and this class write the fields.
 */
import { latestEpoch } from '../admission-epoch.ts'
import type { Clock } from '../clock.ts'
import { type Context, currentContext, requestContext, runIn } from '../context.ts'
import type { Milliseconds } from '../duration.ts'
import type { Advice, DrainWatcher, Links, Scope } from '../hooks.ts'
import { type Call, type CallChanges, type CallOptions, noOptions } from './call.ts'
import { withChanges } from './call-changes.ts'
import type { CallObserver } from './call-observer.ts'
import type { CallOwner } from './call-owner.ts'
import { Cancellation } from './cancellation.ts'
import type { Deadline } from './deadline.ts'
import { ScopeExtras } from './scope-extras.ts'

export type Operation = (call: never) => unknown

export abstract class ScopeState implements Call {
  links: Links
  /** The first scope of the call. The fields marked "root" count there alone. */
  readonly root: ScopeState
  operation: Operation
  options: CallOptions
  /** Layers' own notes on this call, by index; made by the first note. */
  notes: unknown[] | undefined
  epoch: number
  base: number
  depth: number
  attempt: number
  limit: Deadline | undefined
  /** The clock as read since time may last have passed. */
  readAt: Milliseconds | undefined
  live: number
  over: boolean
  extras: ScopeExtras<ScopeState> | undefined
  /** Root: invocations of the operation so far. */
  attempts: number
  /** Root: the latest try failed, in its own view or a policy's. */
  failed: boolean
  /** Root: the policy that made the latest try after the first, or gave the value. */
  savedBy: string | undefined
  /** Root: how the whole call ended, undefined while it has not; and with what. */
  ok: boolean | undefined
  value: unknown
  /** Root: the promise of the call, where it needs one of its own, and what settles it. */
  promise: Promise<unknown> | undefined
  resolve: ((value: unknown) => void) | undefined
  reject: ((error: unknown) => void) | undefined

  constructor(links: Links, root: ScopeState | undefined, operation: Operation, base: number) {
    this.links = links
    this.root = root ?? this
    this.operation = operation
    this.options = noOptions
    this.notes = undefined
    this.epoch = latestEpoch()
    this.base = base
    this.depth = base
    this.attempt = 1
    this.limit = undefined
    this.readAt = undefined
    this.live = 0
    this.over = false
    this.extras = undefined
    this.attempts = 0
    this.failed = false
    this.savedBy = undefined
    this.ok = undefined
    this.value = undefined
    this.promise = undefined
    this.resolve = undefined
    this.reject = undefined
  }

  get more(): ScopeExtras<ScopeState> {
    this.extras ??= new ScopeExtras()
    return this.extras
  }

  get owner(): CallOwner {
    return this.root.links.owner ?? launchersOwner(this.root)
  }

  get invocations(): number {
    return this.root.attempts + (this.root.extras?.shared ?? 0)
  }

  get latestFailed(): boolean {
    return this.root.failed
  }

  get callEnded(): boolean {
    return this.root.ok !== undefined
  }

  get observer(): CallObserver | undefined {
    const { extras } = this.root
    return extras === undefined ? undefined : observerIn(extras)
  }

  note(index: number, note: unknown): void {
    this.notes ??= new Array(this.links.layers.length)
    this.notes[index] = note
  }

  noteOf(index: number): unknown {
    return this.notes?.[index]
  }

  now(clock: Clock): Milliseconds {
    if (clock !== this.owner.clock) return clock.now()
    this.readAt ??= clock.now()
    return this.readAt
  }

  timePassed(): void {
    this.readAt = undefined
  }

  remaining(clock: Clock, now: Milliseconds): Milliseconds {
    if (this.limit === undefined) return Number.POSITIVE_INFINITY
    const own = this.owner.clock
    return this.limit.at - (clock === own ? now : own.now())
  }

  lowerDeadline(deadline: Deadline): void {
    this.limit = deadline
  }

  restoreDeadline(deadline: Pick<Deadline, 'outside'>): void {
    this.limit = deadline.outside
  }

  reroute(links: Links): void {
    this.links = links
  }

  notEntered(index: number): void {
    this.depth = index
  }

  get key(): string | undefined {
    return this.options.key
  }

  get priority(): number {
    return this.options.priority ?? 0
  }

  get idempotent(): boolean {
    return this.options.idempotent ?? true
  }

  get retryDepth(): number {
    return this.options.retryDepth ?? 0
  }

  get beside(): readonly Scope[] | undefined {
    return this.extras?.beside
  }

  setRetryDepth(retryDepth: number): void {
    this.options = { ...this.options, retryDepth }
  }

  get deadline(): Date | undefined {
    if (this.limit === undefined || this.limit.at === Number.POSITIVE_INFINITY) return undefined
    return new Date(this.owner.clock.wall() + this.limit.at - this.owner.clock.now())
  }

  get signal(): AbortSignal {
    const cancellation = this.extras?.cancellation
    if (cancellation !== undefined) return cancellation.signal
    const callers = this.options.signal
    // Only the caller can cancel this try, so the caller's own signal is enough.
    if (callers !== undefined && !this.root.links.cancels && !this.links.cancels) return callers
    // The listeners of the signal belong to the caller.
    this.callerContext()
    return this.cancel().signal
  }

  /** The cancellation of this try; made when first needed. */
  protected cancel(): Cancellation {
    const { more } = this
    more.cancellation ??= new Cancellation()
    return more.cancellation
  }

  get givenUp(): { readonly value: unknown } | undefined {
    return this.extras?.cancellation?.reason
  }

  /** The caller's async context: the kept one, otherwise the current one, which is kept from now on. */
  callerContext(): Context | undefined {
    const { more } = this.root
    more.context ??= currentContext()
    return more.context
  }

  keepContext(): void {
    const { root } = this
    if (root.extras?.context === undefined && root.links.runsUserCode()) this.callerContext()
  }

  waitContext(): Context | undefined {
    return requestContext() ?? this.callerContext()
  }

  inContext(work: () => void): void {
    runIn(this.root.extras?.context, work)
  }

  isFirst(key: object, watcher?: DrainWatcher): boolean {
    const { more } = this.root
    if (more.key === key || more.keys?.includes(key)) return false
    if (more.key === undefined) more.key = key
    else more.keys = [...(more.keys ?? []), key]
    if (watcher !== undefined) more.watchers = [...(more.watchers ?? []), watcher]
    return true
  }

  markFailed(failed: boolean): void {
    this.root.failed = failed
  }

  markInjected(asWork: boolean, excluded: boolean): void {
    const { root } = this
    if (asWork) this.attempt = ++root.attempts
    root.more.injected = excluded || root.more.injected === 'excluded' ? 'excluded' : 'counted'
  }

  takenOverBy(name: string): void {
    this.root.savedBy = name
  }

  get advice(): Advice {
    return this.extras?.advice
  }

  advise(advice: Advice): void {
    if (advice !== this.advice) this.more.advice = advice
  }

  get given(): object | undefined {
    return this.extras?.given
  }

  give(given: object): void {
    this.more.given = given
    Object.assign(this, given)
  }

  change(copy: Call): void {
    if (!(copy instanceof ScopeState) || copy === this.extras?.parent) return
    this.limit = copy.limit
    this.options = copy.options
    if (copy.given !== undefined) this.give(copy.given)
  }

  with(changes: CallChanges): Call {
    return withChanges(new ScopeCopy(this), this, changes)
  }
}

function launchersOwner({ more }: ScopeState): CallOwner {
  return (more.launcher as ScopeState).owner
}

function observerIn({ launcher, observer }: ScopeExtras<ScopeState>): CallObserver | undefined {
  return launcher?.callEnded === false ? launcher.observer : observer
}

/** The result of `call.with`: a description for `next`, never driven itself. */
class ScopeCopy extends ScopeState {
  readonly #of: ScopeState

  constructor(of: ScopeState) {
    super(of.links, of.root, of.operation, of.base)
    this.#of = of
  }

  override get signal(): AbortSignal {
    const { signal } = this.options
    return signal === undefined || signal === this.#of.options.signal ? this.#of.signal : signal
  }
}
