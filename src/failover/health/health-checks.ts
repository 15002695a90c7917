/**
 * Runs the active health checks of a pool's members in the background.
 *
 * One check of a member runs at a time; a check that takes too long has failed, and the next one does not queue behind it. A
 * check may hang for ever: the next one begins all the same, until `hanging` of them hang, and then ever more rarely (see
 * `core/checks/timed-check.ts`). At most `atOnce` checks of a pool run at the same time; others that are due wait in line.
 * Intervals have jitter, so that a fleet of clients does not check in step. The timers are background timers: they do not
 * keep the process alive.
 */
import { patience, TimedCheck } from '../../core/checks/timed-check.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { Alarm } from '../../core/timer.ts'
import type { PoolMember } from '../members/pool-member.ts'
import type { CheckSettings } from '../settings.ts'

/** How many timed-out checks of a member may hang before further ones begin more rarely. */
const hanging = 4

export interface CheckWatcher {
  /** Receives each result. */
  checked(member: PoolMember, good: boolean, error: unknown): void
  /** Whether the member's next check should come after `fast` rather than `every`. */
  hurried(member: PoolMember): boolean
}

/** The repeated check of one member. */
interface CheckLoop {
  readonly member: PoolMember
  readonly check: TimedCheck
  readonly next: Alarm
  startedAt: number
}

export class HealthChecks {
  readonly #clock: Clock
  readonly #random: Random
  readonly #settings: CheckSettings
  readonly #watcher: CheckWatcher
  readonly #loops = new Map<PoolMember, CheckLoop>()
  /** How many checks run and have not timed out. */
  #active = 0
  readonly #waiting = new Set<CheckLoop>()
  #closed = false

  constructor(clock: Clock, random: Random, settings: CheckSettings, watcher: CheckWatcher) {
    this.#clock = clock
    this.#random = random
    this.#settings = settings
    this.#watcher = watcher
  }

  start(member: PoolMember): void {
    // A check is the user's code: it may close the pool or change members whose checks have not begun yet.
    if (this.#closed || this.#loops.has(member)) return
    const check = new TimedCheck(this.#clock, this.#settings.timeout, 'check', { most: hanging, patience })
    const loop: CheckLoop = { member, check, next: new Alarm(() => this.#due(loop), true), startedAt: 0 }
    this.#loops.set(member, loop)
    this.#due(loop)
  }

  stop(member: PoolMember): void {
    const loop = this.#loops.get(member)
    if (loop === undefined) return
    this.#loops.delete(member)
    this.#waiting.delete(loop)
    this.#clock.cancel(loop.next)
    const active = loop.check.running && !loop.check.overdue
    loop.check.stop()
    if (active) this.#beginNext()
  }

  close(): void {
    this.#closed = true
    this.#waiting.clear()
    for (const member of [...this.#loops.keys()]) this.stop(member)
  }

  /** A check is due. A timer calls this, so it must not throw. */
  #due(loop: CheckLoop): void {
    const { check, member } = loop
    if (check.overdue) {
      loop.startedAt = this.#clock.now()
      this.#watcher.checked(member, false, new Error(`${hanging} checks or more have not ended`))
      this.#schedule(loop)
    } else if (this.#active < this.#settings.atOnce) this.#begin(loop)
    else this.#waiting.add(loop)
  }

  #begin(loop: CheckLoop): void {
    this.#active++
    const { member } = loop
    loop.startedAt = this.#clock.now()
    const { run } = this.#settings
    loop.check.begin(
      (signal) => run({ target: member.target, member: member.name, signal } as never),
      (good, error) => {
        this.#watcher.checked(member, good, error)
        this.#schedule(loop)
        this.#beginNext()
      },
    )
  }

  #beginNext(): void {
    this.#active--
    const [first] = this.#waiting
    if (first === undefined) return
    this.#waiting.delete(first)
    this.#begin(first)
  }

  /** Schedules the next check, counted from the start of this one, unless a listener has removed the member. */
  #schedule(loop: CheckLoop): void {
    if (this.#loops.get(loop.member) !== loop) return
    const { every, fast, jitter } = this.#settings
    const wait = (this.#watcher.hurried(loop.member) ? fast : every) * (1 + jitter * (2 * this.#random() - 1))
    this.#clock.schedule(loop.next, Math.max(0, loop.startedAt + wait - this.#clock.now()))
  }
}
