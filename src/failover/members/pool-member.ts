/**
 * One member of a pool: its settings, its health, its statistics, and whether it may be tried.
 *
 * Only `health/states.ts` changes `state`. What the operator sets (`admin`) is independent of it. Each ejection and each
 * return starts a new generation, and a try counts only in the generation in which it began, so late results change nothing.
 */
import type { Milliseconds } from '../../core/duration.ts'
import type { BasePolicy } from '../../core/policy.ts'
import { missingAfter, reliabilityAt } from '../../stats/success-ewma.ts'
import type { KnownLoad } from '../load/load-report.ts'
import type { MemberInfo } from '../options.ts'
import type { Candidate, Reach } from '../selection/selection.ts'
import type { AdminState, EjectReason, MemberState, MemberStatus } from './member-status.ts'

/** The pending counters of members that are in no list of candidates. */
const unlisted = new Int32Array(1)

/** How much a new sample of latency counts. */
const alpha = 0.2

export class PoolMember implements Candidate {
  // The fields that each look at a candidate reads come first: together they fit one cache line.
  pending = 0
  weight: number
  warmth = 1
  /** 1 minus its reliability, as of `missingAt`. */
  missing = 0
  missingAt = 0
  readonly name: string
  readonly ordinal: number
  readonly target: unknown
  readonly guard: BasePolicy | undefined
  zone: string | undefined
  priority: number
  state: MemberState = 'unknown'
  admin: AdminState = 'ready'
  /** It is no longer in the pool. */
  removed = false
  /** The list of candidates that it is in; below: the list's pending counters, and its index in both. */
  listed: readonly PoolMember[] | undefined = undefined
  #underWay: Int32Array
  #index = 0
  latency: Milliseconds | undefined = undefined
  load: KnownLoad | undefined = undefined
  generation = 0
  /** Failures in a row, and when the first of them was counted. */
  failures = 0
  firstFailureAt = 0
  ejections = 0
  ejectedUntil = 0
  ejectedFor = 0
  ejectedBy: EjectReason | undefined = undefined
  restoredAt = Number.NEGATIVE_INFINITY
  probeStartedAt = 0
  /** The probe started before the ejection was over, so its failure does not lengthen the ejection. */
  earlyProbe = false
  warmingSince = 0
  /** Tries in the present window, and the successful ones among them. */
  calls = 0
  goodCalls = 0
  /** Results of its active check in a row. */
  goodChecks = 0
  badChecks = 0
  /** How many checks in a row decide at present: the first result may count for more. */
  checksToRise = 1
  checksToFall = 1
  /** Called when its last pending try ends or it is ready again. */
  idleWaiters: Set<() => void> | undefined = undefined
  /** What the operation receives. */
  readonly given: { readonly target: unknown; readonly member: string }

  constructor(
    { name, target, weight, zone, priority }: MemberInfo<unknown>,
    guard: BasePolicy | undefined,
    ordinal: number,
  ) {
    this.name = name
    this.ordinal = ordinal
    this.target = target
    this.guard = guard
    this.weight = weight
    this.zone = zone
    this.priority = priority
    this.given = Object.freeze({ target, member: name })
    this.#underWay = unlisted
  }

  /** Its health lets calls go to it. */
  get healthy(): boolean {
    return this.state !== 'ejected' && this.state !== 'probing'
  }

  get reach(): Reach {
    if (this.removed || !this.healthy || this.admin === 'maintenance') return 'none'
    return this.admin === 'ready' ? 'all' : 'sticky'
  }

  reliability(now: Milliseconds): number {
    return this.missing === 0 ? 1 : reliabilityAt(this.missing, now - this.missingAt)
  }

  /** It is at `index` of a new list of candidates, whose pending counters are `underWay`. */
  enterList(list: readonly PoolMember[], underWay: Int32Array, index: number): void {
    this.listed = list
    this.#underWay = underWay
    this.#index = index
    this.#publishPending()
  }

  leaveList(): void {
    this.listed = undefined
    this.#underWay = unlisted
    this.#index = 0
  }

  /** It was ejected or is back: counts restart, and results of earlier tries no longer count. */
  startGeneration(): void {
    this.generation++
    this.failures = 0
    this.calls = 0
    this.goodCalls = 0
  }

  /** Drops its reliability, latency and load. */
  forgetStatistics(): void {
    this.missing = 0
    this.latency = undefined
    this.load = undefined
    this.#publishPending()
  }

  tryStarted(): void {
    this.pending++
    this.#publishPending()
  }

  trySucceeded(took: Milliseconds, now: Milliseconds): void {
    if (this.missing !== 0) this.#updateReliability(true, now)
    this.calls++
    this.goodCalls++
    this.latency = this.latency === undefined ? took : this.latency + alpha * (took - this.latency)
  }

  tryFailed(now: Milliseconds): void {
    this.#updateReliability(false, now)
    this.calls++
  }

  /** Its guard refused the try. That is no failure of the member, but selections should prefer others for now. */
  tryRefused(now: Milliseconds): void {
    this.#updateReliability(false, now)
  }

  /** A try has ended, whatever its result. */
  tryEnded(): void {
    this.pending--
    this.#publishPending()
    if (this.pending === 0 && this.idleWaiters !== undefined) this.releaseIdleWaiters()
  }

  releaseIdleWaiters(): void {
    const waiters = this.idleWaiters ?? []
    this.idleWaiters = undefined
    for (const release of waiters) release()
  }

  #updateReliability(good: boolean, now: Milliseconds): void {
    this.missing = missingAfter(good, this.missing, now - this.missingAt)
    this.missingAt = now
    this.#publishPending()
  }

  #publishPending(): void {
    this.#underWay[this.#index] = this.missing === 0 ? this.pending : -1
  }

  status(now: Milliseconds): MemberStatus<unknown> {
    const { name, target, weight, zone, priority, state, admin, warmth, pending, latency } = this
    const ejectedUntil = this.healthy ? undefined : this.ejectedUntil
    return Object.freeze({
      name,
      target,
      weight,
      zone,
      priority,
      state,
      admin,
      warmth,
      reliability: this.reliability(now),
      pending,
      latency,
      ejectedUntil,
    })
  }
}
