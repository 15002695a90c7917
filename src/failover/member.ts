/**
 * One member of a pool: what it is, how it does, and whether it may be tried.
 *
 * Its health is one state (see `health/health.ts`, which alone changes it). Whom the operator lets it serve is an axis of
 * its own. Each leaving and each coming back starts a new generation, and a try counts only in the generation it began in,
 * so late results change nothing.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { BasePolicy } from '../core/policy.ts'
import { missingAfter, reliabilityAt } from '../stats/reliability.ts'
import type { KnownLoad } from './load/load-report.ts'
import type { MemberInfo } from './options.ts'
import type { Candidate, Reach } from './selection/selection.ts'

/**
 * `unknown` nothing is known yet; `up`; `suspect` failures are counted, not enough to eject; `ejected` out of the rotation;
 * `probing` out, and a call finds out whether it works again; `warming` back, and getting its full share by degrees.
 */
export type MemberState = 'unknown' | 'up' | 'suspect' | 'ejected' | 'probing' | 'warming'

/** What the operator says: `ready`; `drain` no new calls but those that stick to it; `maintenance` none, and no checks. */
export type AdminState = 'ready' | 'drain' | 'maintenance'

/** What `pool.members` shows of a member. */
export interface MemberStatus<Target> extends MemberInfo<Target> {
  readonly state: MemberState
  readonly admin: AdminState
  /** In (0, 1]: how much of its weight it gets; less than 1 only while it is warming. */
  readonly warmth: number
  /** In (0, 1]: the share of its recent tries that did what was wanted; drifts back to 1 while nothing is heard. */
  readonly reliability: number
  /** Tries under way. */
  readonly pending: number
  /** Mean time of recent successful tries in ms; undefined before the first. */
  readonly latency: Milliseconds | undefined
  /** From when on it may be tried again, in the clock's `now()`; Infinity where only a check can say; undefined while it is in. */
  readonly ejectedUntil: Milliseconds | undefined
}

/** Where one that stands in no list writes. */
const nowhere = new Int32Array(1)

/** How much a new sample of latency counts. */
const alpha = 0.2

/** What sets it out of the rotation. */
export type EjectReason = 'consecutive' | 'rate' | 'probe' | 'check'

export class Member implements Candidate {
  // Those that each look at a candidate reads come first: together they are one line of the cache.
  pending = 0
  weight: number
  warmth = 1
  /** What its reliability lacks to 1, and when that was known. */
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
  gone = false
  /** The list of candidates it stands in; where its tries under way are kept beside those of others, and at which place. */
  listed: readonly Member[] | undefined = undefined
  #underWay: Int32Array
  #place = 0
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
  /** A probe that does not lengthen the ejection when it fails: it came before the time was over. */
  early = false
  warmingSince = 0
  /** Tries in the present window, and the good ones of them. */
  calls = 0
  goodCalls = 0
  /** Results of its active check in a row. */
  goodChecks = 0
  badChecks = 0
  /** How many of them decide at present: the first result may weigh more. */
  checksToRise = 1
  checksToFall = 1
  /** Called when the last try under way ends, or it is taken back; those of whoever still waits for that. */
  onIdle: Set<() => void> | undefined = undefined
  /** What the operation is given. */
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
    this.#underWay = nowhere
  }

  /** It is not out: a call may go to it. */
  get healthy(): boolean {
    return this.state !== 'ejected' && this.state !== 'probing'
  }

  get reach(): Reach {
    if (this.gone || !this.healthy || this.admin === 'maintenance') return 'none'
    return this.admin === 'ready' ? 'all' : 'sticky'
  }

  reliability(now: Milliseconds): number {
    return this.missing === 0 ? 1 : reliabilityAt(this.missing, now - this.missingAt)
  }

  /** It stands at `place` in a new list, or in none. */
  listIn(list: readonly Member[] | undefined, underWay: Int32Array, place: number): void {
    this.listed = list
    this.#underWay = underWay
    this.#place = place
    this.#show()
  }

  unlist(): void {
    this.listIn(undefined, nowhere, 0)
  }

  /** It left, or is back: counts begin anew, and results of tries that began before count no more. */
  renew(): void {
    this.generation++
    this.failures = 0
    this.calls = 0
    this.goodCalls = 0
  }

  /** Nothing is known any more of how it does. */
  forget(): void {
    this.missing = 0
    this.latency = undefined
    this.load = undefined
    this.#show()
  }

  /** A try begins. */
  begun(): void {
    this.pending++
    this.#show()
  }

  /** A try has ended well, after `took`. */
  good(took: Milliseconds, now: Milliseconds): void {
    if (this.missing !== 0) this.#heard(true, now)
    this.calls++
    this.goodCalls++
    this.latency = this.latency === undefined ? took : this.latency + alpha * (took - this.latency)
  }

  /** A try has failed. */
  bad(now: Milliseconds): void {
    this.#heard(false, now)
    this.calls++
  }

  /** Its guard let no try through. That says nothing of the member, but those who choose should look elsewhere. */
  refused(now: Milliseconds): void {
    this.#heard(false, now)
  }

  #heard(good: boolean, now: Milliseconds): void {
    this.missing = missingAfter(good, this.missing, now - this.missingAt)
    this.missingAt = now
    this.#show()
  }

  #show(): void {
    this.#underWay[this.#place] = this.missing === 0 ? this.pending : -1
  }

  ended(): void {
    this.pending--
    this.#show()
    if (this.pending === 0 && this.onIdle !== undefined) this.stopWaiting()
  }

  /** Answers those who wait for its last try. */
  stopWaiting(): void {
    const waiting = this.onIdle ?? []
    this.onIdle = undefined
    for (const answer of waiting) answer()
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
