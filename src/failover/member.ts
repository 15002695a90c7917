/**
 * One member of a pool: what it is, how it does, and whether it may be tried.
 *
 * up → ejected after failures in a row; ejected → probing when its time is over and a call tries it, one at a time;
 * probing → up by success, → ejected by failure, for longer. Each change starts a new generation, and a try counts only
 * in the generation it began in, so late results change nothing. Draining is an axis of its own.
 */

import { Chain } from '../core/chain.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { BasePolicy } from '../core/policy.ts'
import type { Links } from '../core/scope.ts'
import type { MemberInfo } from './options.ts'
import type { Candidate } from './selection.ts'

export type MemberState = 'up' | 'ejected' | 'probing'

/** What `pool.members` shows of a member. */
export interface MemberStatus<Target> extends MemberInfo<Target> {
  readonly state: MemberState
  /** It gets no new calls. */
  readonly draining: boolean
  /** Tries under way. */
  readonly pending: number
  /** Mean time of recent successful tries in ms; undefined before the first. */
  readonly latency: Milliseconds | undefined
  /** From when on a call may try it again, in the clock's `now()`; undefined while it is up. */
  readonly ejectedUntil: Milliseconds | undefined
}

/** How much a new sample of latency counts. */
const alpha = 0.2

export class Member implements Candidate {
  readonly name: string
  readonly ordinal: number
  readonly target: unknown
  readonly guard: BasePolicy | undefined
  weight: number
  zone: string | undefined
  priority: number
  state: MemberState = 'up'
  draining = false
  pending = 0
  latency: Milliseconds | undefined = undefined
  generation = 0
  failures = 0
  firstFailureAt = 0
  ejections = 0
  ejectedUntil = 0
  ejectedFor = 0
  restoredAt = Number.NEGATIVE_INFINITY
  probeStartedAt = 0
  /** Called when the last try under way ends. */
  onIdle: (() => void)[] = []
  /** What the operation is given. */
  readonly given: { readonly target: unknown; readonly member: string }
  readonly #linked = new WeakMap<Links, Chain[]>()

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
  }

  /** The guard's layers and those behind the pool's, linked once for each place the pool stands in. */
  links(links: Links, index: number): Chain {
    let chains = this.#linked.get(links)
    if (chains === undefined) {
      chains = []
      this.#linked.set(links, chains)
    }
    chains[index] ??= new Chain([...(this.guard?.layers ?? []), ...links.layers.slice(index + 1)], undefined)
    return chains[index]
  }

  /** Whether a call at `now` may find out if it works again: its time is over, or the probe before has hung as long. */
  due(now: Milliseconds): boolean {
    if (this.state === 'ejected') return now >= this.ejectedUntil
    return this.state === 'probing' && now > this.probeStartedAt && now - this.probeStartedAt >= this.ejectedFor
  }

  probe(now: Milliseconds): void {
    this.#turn('probing')
    this.probeStartedAt = now
  }

  /** The probe said nothing; the next call may try. */
  unprobe(): void {
    this.#turn('ejected')
  }

  restore(now: Milliseconds): void {
    this.#turn('up')
    this.restoredAt = now
  }

  eject(now: Milliseconds, ejectFor: Milliseconds, ejections: number): void {
    this.#turn('ejected')
    this.ejections = ejections
    this.ejectedFor = ejectFor
    this.ejectedUntil = now + ejectFor
  }

  /** Which ejection the next one is: one soon after the last recovery goes on counting. */
  nextEjection(now: Milliseconds): number {
    const lasting = this.state === 'up' && now - this.restoredAt >= this.ejectedFor
    return lasting ? 1 : this.ejections + 1
  }

  sample(latency: Milliseconds): void {
    this.latency = this.latency === undefined ? latency : this.latency + alpha * (latency - this.latency)
  }

  ended(): void {
    if (--this.pending > 0) return
    const waiting = this.onIdle
    this.onIdle = []
    for (const resolve of waiting) resolve()
  }

  status(): MemberStatus<unknown> {
    const { name, target, weight, zone, priority, state, draining, pending, latency } = this
    const ejectedUntil = state === 'up' ? undefined : this.ejectedUntil
    return Object.freeze({ name, target, weight, zone, priority, state, draining, pending, latency, ejectedUntil })
  }

  #turn(state: MemberState): void {
    this.state = state
    this.generation++
    this.failures = 0
  }
}
