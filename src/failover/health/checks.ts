/**
 * Active health checks: each member is asked itself, in the background.
 *
 * One check of a member at a time; one that overruns has failed, and the next is not queued behind it. One may hang for
 * ever, or its promise be lost: the next begins all the same, until `hanging` of a member hang, and then ever more rarely
 * (see `core/checks/timed-check.ts`). At most `atOnce` checks of a pool run at the same time; those that are due wait in line. Times are spread by jitter, so that a fleet of
 * clients does not ask in step. Timers are background timers: they hold no process.
 */

import { patience, TimedCheck } from '../../core/checks/timed-check.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { Alarm } from '../../core/timer.ts'
import type { PoolMember } from '../members/pool-member.ts'
import type { CheckSettings } from '../resolved.ts'

/** How many checks of a member may hang, answered for, before others begin rarely. */
const hanging = 4

/** Told each result; `hurried` says whether the next one is wanted soon. */
export interface CheckWatcher {
  checked(member: PoolMember, good: boolean, error: unknown): void
  hurried(member: PoolMember): boolean
}

interface Loop {
  readonly member: PoolMember
  readonly look: TimedCheck
  readonly next: Alarm
  startedAt: number
}

export class HealthChecks {
  readonly #clock: Clock
  readonly #random: Random
  readonly #rules: CheckSettings
  readonly #watcher: CheckWatcher
  readonly #loops = new Map<PoolMember, Loop>()
  /** Loops whose check runs and has not been answered for. */
  #active = 0
  readonly #waiting = new Set<Loop>()
  #closed = false

  constructor(clock: Clock, random: Random, rules: CheckSettings, watcher: CheckWatcher) {
    this.#clock = clock
    this.#random = random
    this.#rules = rules
    this.#watcher = watcher
  }

  start(member: PoolMember): void {
    // Checks are the user's: the first ones may close the pool or change other members before those have begun.
    if (this.#closed || this.#loops.has(member)) return
    const look = new TimedCheck(this.#clock, this.#rules.timeout, 'check', { most: hanging, patience })
    const loop: Loop = { member, look, next: new Alarm(() => this.#turn(loop), true), startedAt: 0 }
    this.#loops.set(member, loop)
    this.#turn(loop)
  }

  stop(member: PoolMember): void {
    const loop = this.#loops.get(member)
    if (loop === undefined) return
    this.#loops.delete(member)
    this.#waiting.delete(loop)
    this.#clock.cancel(loop.next)
    const active = loop.look.running && !loop.look.overdue
    loop.look.stop()
    if (active) this.#left()
  }

  close(): void {
    this.#closed = true
    this.#waiting.clear()
    for (const member of [...this.#loops.keys()]) this.stop(member)
  }

  /** It is time for a check; called by a timer, so nothing may come out of it. */
  #turn(loop: Loop): void {
    const { look, member } = loop
    if (look.overdue) {
      loop.startedAt = this.#clock.now()
      this.#watcher.checked(member, false, new Error(`${hanging} checks or more have not ended`))
      this.#schedule(loop)
    } else if (this.#active < this.#rules.atOnce) this.#begin(loop)
    else this.#waiting.add(loop)
  }

  #begin(loop: Loop): void {
    this.#active++
    const { member } = loop
    loop.startedAt = this.#clock.now()
    const { run } = this.#rules
    loop.look.begin(
      (signal) => run({ target: member.target, member: member.name, signal } as never),
      (good, error) => {
        this.#watcher.checked(member, good, error)
        this.#schedule(loop)
        this.#left()
      },
    )
  }

  #left(): void {
    this.#active--
    const [first] = this.#waiting
    if (first === undefined) return
    this.#waiting.delete(first)
    this.#begin(first)
  }

  /** The next one, counted from the start of this one; a listener may have taken the member out of the pool. */
  #schedule(loop: Loop): void {
    if (this.#loops.get(loop.member) !== loop) return
    const { every, fast, jitter } = this.#rules
    const wait = (this.#watcher.hurried(loop.member) ? fast : every) * (1 + jitter * (2 * this.#random() - 1))
    this.#clock.schedule(loop.next, Math.max(0, loop.startedAt + wait - this.#clock.now()))
  }
}
