/**
 * Adaptive limiter: finds how many calls the dependency can take at once, and admits no more.
 *
 * Latencies and signs of overload are collected in windows, and an algorithm moves the limit after each. A permit is held until the work
 * under it has settled, even if the caller no longer waits. A call counts once, by its outcome. Invariant: `inflight` is the number of
 * permits held, and while a call waits, none is free for it.
 */
import { latestEpoch } from '../core/admission-epoch.ts'
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import { runIn } from '../core/context.ts'
import type { Milliseconds } from '../core/duration.ts'
import { LimitReachedError, type LimitReachedReason, stackless } from '../core/errors.ts'
import { type Entry, type Exit, type Hooks, type Scope, type Traits, WAIT } from '../core/hooks.ts'
import { type Judging, judge } from '../core/outcome.ts'
import { BasePolicy, type Policy } from '../core/policy.ts'
import type { AdaptiveLimiterEvents } from './events.ts'
import { MovingLimit } from './moving-limit.ts'
import { type AdaptiveLimiterOptions, type AdaptiveLimiterSettings, resolveAdaptiveLimiter } from './options.ts'
import { overloaded } from './overloaded.ts'
import { type Partition, Partitions } from './partitions.ts'
import { LimitPermit } from './permit.ts'
import { queueRejectRate } from './priorities.ts'
import { CallQueue, contributionOf, type QueueLimiter } from './queue/call-queue.ts'
import type { QueuedCall } from './queue/waiting-line.ts'
import { Shedding } from './shedding.ts'
import type { AdaptiveLimiterSnapshot } from './snapshot.ts'

export interface AdaptiveLimiter<Accepts = unknown> extends Policy<Accepts, never, unknown, AdaptiveLimiterEvents> {
  /** Calls that may run at once now. During a probe it is half of what the algorithm has found. */
  readonly limit: number
  /** Calls that run: permits held. */
  readonly inflight: number
  /** Calls that wait. */
  readonly queued: number
  /** The latency without a queue at the dependency, in ms, where the algorithm knows it. */
  readonly baseline: Milliseconds | undefined
  /** The lowest priority that is admitted; undefined while none is refused for its priority. */
  readonly threshold: number | undefined
  /** What it knows now, as plain JSON. */
  snapshot(): AdaptiveLimiterSnapshot
}

/**
 * Admits as many calls at once as the dependency can take.
 *
 * ```ts
 * import { adaptiveLimiter } from 'holdfast/adaptive-limiter'
 * const fair = adaptiveLimiter({ initial: 10, queue: 50 })
 * await fair.execute(async ({ signal }) => {
 *   const response = await fetch('http://localhost/', { signal })
 *   if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status })
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function adaptiveLimiter<Accepts = unknown>(
  options?: AdaptiveLimiterOptions<Accepts>,
): AdaptiveLimiter<Accepts> {
  return new AdaptiveLimiterPolicy(resolveAdaptiveLimiter(options)) as unknown as AdaptiveLimiter<Accepts>
}

const LimitReached = stackless(LimitReachedError)
const emitted = ['limit', 'probe', 'enqueue', 'dequeue', 'reject']
/** Noted on a call while others are refused before it. */
const undecided = Symbol('undecided')
/** Differences below this are noise of the event loop, and clocks of browsers are no finer. */
const shortestLatency = 1

class AdaptiveLimiterPolicy
  extends BasePolicy<never, never, unknown, AdaptiveLimiterEvents>
  implements QueueLimiter, Pick<Hooks, 'enter' | 'success' | 'failure' | 'abandon' | 'release'>
{
  protected readonly traits: Traits
  protected readonly emits = emitted
  protected readonly options: Omit<AdaptiveLimiterSettings, 'name' | 'clock' | 'random'>
  readonly #judging: Judging
  readonly #moving: MovingLimit
  readonly #queue: CallQueue | undefined
  readonly #partitions: Partitions | undefined
  readonly #shedding: Shedding | undefined
  /** It asks no function of the user, and counts no priorities, when a call comes in. */
  readonly #plain: boolean
  readonly #rejections: Partial<Record<LimitReachedReason, number>> = {}
  #inflight = 0

  constructor({ name, clock, random, ...options }: AdaptiveLimiterSettings) {
    super('adaptiveLimiter', { name, clock, random })
    this.options = options
    const { algorithm, when, queue, partitions, partition, priority, overload } = options
    this.#judging = { when, rejections: undefined }
    const ownCode = when ?? partition ?? overload
    this.traits = { detaches: queue > 0, quiet: ownCode === undefined && typeof algorithm === 'string' }
    this.#plain = (partition ?? priority ?? overload) === undefined
    this.#moving = new MovingLimit(options, this.events)
    this.#queue = queue > 0 ? new CallQueue(this, options) : undefined
    this.#partitions =
      partitions === undefined || partition === undefined ? undefined : new Partitions(partitions, partition)
    this.#shedding =
      (priority ?? overload) === undefined ? undefined : new Shedding(this, priority !== undefined, overload)
  }

  get limit(): number {
    return this.#moving.limit
  }

  get inflight(): number {
    return this.#inflight
  }

  get queued(): number {
    return this.#queue === undefined ? 0 : this.#queue.length
  }

  get baseline(): Milliseconds | undefined {
    return this.#moving.baseline
  }

  get threshold(): number | undefined {
    return this.#shedding?.threshold(this.#queueRate)
  }

  get prioritized(): boolean {
    return this.options.priority !== undefined
  }

  override contribution() {
    return contributionOf(this.options)
  }

  override idleSince(): Milliseconds | undefined {
    return this.#inflight > 0 || this.queued > 0 ? undefined : Number.NEGATIVE_INFINITY
  }

  snapshot(): AdaptiveLimiterSnapshot {
    const { limit, inflight, queued, baseline, threshold } = this
    const { probing, samples } = this.#moving
    const partitions = (this.#partitions?.all ?? []).map((partition) =>
      Object.freeze({
        name: partition.name,
        inflight: partition.inflight,
        queued: partition.queued,
        limit: partition.of(limit),
      }),
    )
    const rejections = Object.freeze({ ...this.#rejections })
    return Object.freeze({
      limit,
      inflight,
      queued,
      baseline,
      threshold,
      probing,
      samples,
      rejections,
      partitions: Object.freeze(partitions),
    })
  }

  /** Most calls leave no note, so they need no scope of their own. */
  enter(scope: Scope, index: number): Entry {
    if (!this.#plain || scope.limit !== undefined || !this.#admits(undefined)) return this.#enterSlowly(scope, index)
    const weight = this.#moving.begin(++this.#inflight)
    if (weight > 0) {
      scope.note(index, new LimitPermit(scope.now(this.clock), weight, latestEpoch(), undefined))
    }
    return undefined
  }

  #enterSlowly(scope: Scope, index: number): Entry {
    const now = scope.now(this.clock)
    const partition = this.#partitions?.of(scope, this.events)
    // A function of the user may have aborted the call.
    if (scope.over) return undefined
    const shed = this.#shedding?.refuses(scope.priority, now, this.#queueRate)
    if (scope.over) return undefined
    if (shed !== undefined) return this.refusal(scope, index, shed)
    if (scope.limit !== undefined && scope.remaining(this.clock, now) <= 0) {
      return this.refusal(scope, index, 'deadline')
    }
    if (this.#queue !== undefined && this.queued > 0) {
      scope.note(index, undecided)
      this.#queue.refuseLate(now)
      // A listener may have aborted the call.
      if (scope.over) return undefined
    }
    if (this.#admits(partition)) {
      this.#take(scope, index, partition, now)
      return undefined
    }
    const reason = this.#queue === undefined ? 'limit' : this.#queue.add(scope, index, partition, now)
    if (reason !== undefined) return this.refusal(scope, index, reason)
    if (hasListeners(this.events, 'enqueue', scope)) emitForCall(this.events, 'enqueue', scope, { queued: this.queued })
    return WAIT
  }

  success(scope: Scope, index: number, value: unknown): Exit {
    const verdict = judge(this.#judging, true, value, scope, this.events, overloaded)
    // Only `when` makes a value a failure.
    if (verdict === true && this.#judging.when !== undefined) scope.markFailed(true)
    if (verdict === true) this.#overload(scope, index)
    else if (verdict === false) this.#measure(scope, index)
    scope.holdUntilDrained(index)
    return undefined
  }

  failure(scope: Scope, index: number, error: unknown): Exit {
    if (judge(this.#judging, false, error, scope, this.events, overloaded) === true) this.#overload(scope, index)
    scope.holdUntilDrained(index)
    return undefined
  }

  abandon(scope: Scope, index: number, _error: unknown, counts: boolean): void {
    if (this.#queue?.leave(scope, index) === true) return
    const note = scope.noteOf(index)
    // It was aborted by a function that this policy asked, or by a listener, and has no permit.
    if (note === undecided || (!this.#plain && note === undefined)) return
    if (counts) this.#overload(scope, index)
    scope.holdUntilDrained(index)
  }

  release(scope: Scope, index: number): void {
    this.#inflight--
    if (this.#partitions !== undefined) {
      const { partition } = scope.noteOf(index) as LimitPermit
      if (partition !== undefined) partition.inflight--
    }
    this.#queue?.admit()
  }

  /** What is owed comes first, so that fewer calls run above the limit. */
  get choice(): 'any' | 'owed' | undefined {
    if (this.#partitions?.owe(this.limit) === true) return 'owed'
    return this.#inflight < this.limit ? 'any' : undefined
  }

  owes(partition: Partition | undefined): boolean {
    return partition !== undefined && partition.inflight < partition.of(this.limit)
  }

  /** The permit is taken first; it is freed if a listener aborts the call. */
  admit({ scope, index, partition, since, context }: QueuedCall, now: Milliseconds): void {
    this.#take(scope, index, partition, now)
    runIn(context, () => {
      if (!scope.over && hasListeners(this.events, 'dequeue', scope)) {
        emitForCall(this.events, 'dequeue', scope, { waited: Math.max(0, now - since), queued: this.queued })
      }
      // A listener may have aborted the call.
      if (!scope.over) scope.proceed(index)
    })
  }

  refusal(scope: Scope, index: number, reason: LimitReachedReason): LimitReachedError {
    // A listener that aborts the call here must not free a permit that the call never had.
    scope.notEntered(index)
    this.#rejections[reason] = (this.#rejections[reason] ?? 0) + 1
    const error = new LimitReached(`${this.name}: limit reached (${reason})`, this.name, undefined, reason)
    if (hasListeners(this.events, 'reject', scope)) emitForCall(this.events, 'reject', scope, { reason, error })
    return error
  }

  get #queueRate(): number {
    return this.prioritized ? queueRejectRate(this.queued, this.limit, this.options.queue) : 0
  }

  /** A call that comes now goes before those that wait only where its partition's share is free and none of them is of it. */
  #admits(partition: Partition | undefined): boolean {
    const free = this.#inflight < this.limit
    if (free && this.queued === 0) return true
    return partition?.queued === 0 && this.owes(partition)
  }

  #take(scope: Scope, index: number, partition: Partition | undefined, now: Milliseconds): void {
    const weight = this.#moving.begin(++this.#inflight)
    scope.note(index, new LimitPermit(now, weight, latestEpoch(), partition))
    if (partition !== undefined) partition.inflight++
  }

  /** The call succeeded, which took the time since its permit. */
  #measure(scope: Scope, index: number): void {
    const permit = scope.noteOf(index) as LimitPermit | undefined
    if (permit === undefined || permit.weight === 0 || permit.epoch < this.#moving.epoch) return
    const now = scope.now(this.clock)
    // Otherwise the clock was set back: the latency is not known.
    if (now >= permit.since) this.#add(Math.max(shortestLatency, now - permit.since), permit.weight, now)
  }

  /** The call says overload. The reading of a call that is given up may be old. */
  #overload(scope: Scope, index: number): void {
    const permit = scope.noteOf(index) as LimitPermit | undefined
    if ((permit ?? scope).epoch >= this.#moving.epoch) this.#add(Number.POSITIVE_INFINITY, 1, this.clock.now())
  }

  #add(latency: Milliseconds, weight: number, now: Milliseconds): void {
    const before = this.limit
    this.#moving.add(latency, weight, now, this.#inflight)
    if (this.limit > before) this.#queue?.admit()
  }
}
