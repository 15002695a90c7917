/**
 * Asks a component itself, in the background.
 *
 * One check at a time: one that hangs beyond its timeout has failed, and as long as it still runs, each turn that finds
 * it so is one more failed check. `fall` failures in a row are down since the first of them, `rise` successes are up since
 * the first; the first result of all decides at once. Where no result came for three times `every` the checker itself was
 * away, and the state since the last result is unknown. As in HAProxy, with healthchecks.io's grace.
 */
import { Alarm, type Clock } from '../../core/clock.ts'
import { Look } from '../../core/look.ts'
import type { Component } from '../component.ts'
import { Source } from '../feeds/source.ts'
import type { Ledger } from '../ledger.ts'
import type { ResolvedProbe } from '../options.ts'
import { type Code, DOWN, UNKNOWN, UP } from '../timeline/states.ts'

/** One look at a component: what throws, rejects, or gives `false` has failed. */
export type Check = (check: { readonly signal: AbortSignal }) => unknown

/** A probe that runs, until it is stopped. */
export interface Probing {
  /** Stops it, and aborts a check under way; what only this probe told is unknown from now on. */
  stop(): void
}

const patience = 3

export class Probe implements Probing {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #source: Source
  readonly #check: Check
  readonly #options: ResolvedProbe
  readonly #look: Look
  readonly #next = new Alarm(() => this.#turn(), true)
  readonly #settler = (): void => this.#settle(this.#ledger.now())
  /** The result the latest checks agree on, and since when and how often. */
  #streak: Code = UNKNOWN
  #since = 0
  #count = 0
  /** The latest check with a result: by the tracker's time, and by the monotonic clock. */
  #seen: number | undefined = undefined
  #seenTime = 0

  constructor(ledger: Ledger, component: Component, check: Check, options: ResolvedProbe) {
    this.#ledger = ledger
    this.#clock = ledger.time.clock
    this.#source = new Source(component)
    this.#check = check
    this.#options = options
    this.#look = new Look(this.#clock, options.timeout)
    ledger.settlers.add(this.#settler)
    this.#turn()
  }

  stop(): void {
    this.#clock.cancel(this.#next)
    this.#ledger.settlers.delete(this.#settler)
    this.#settler()
    this.#look.stop()
    this.#source.end(this.#ledger.now())
  }

  /** Called by a timer, so nothing may come out of it. */
  #turn(): void {
    try {
      this.#clock.schedule(this.#next, this.#options.every)
      const now = this.#ledger.now()
      if (!this.#look.running) this.#start(now)
      else if (this.#look.overdue) this.#result(now, false)
    } catch (error) {
      this.#ledger.events.fault('probe', error)
    }
  }

  #start(now: number): void {
    this.#look.begin(
      (signal) => this.#check({ signal }),
      (good) => this.#report(now, good),
    )
  }

  #report(start: number, good: boolean): void {
    try {
      this.#result(start, good)
    } catch (error) {
      this.#ledger.events.fault('probe', error)
    }
  }

  /** A check that began at `start` has its result. */
  #result(start: number, good: boolean): void {
    const now = this.#ledger.now()
    this.#settle(start)
    const code = good ? UP : DOWN
    if (this.#streak !== code) {
      this.#streak = code
      this.#since = start
      this.#count = 0
    }
    this.#count++
    this.#seen = start
    this.#seenTime = this.#ledger.time.time(start)
    const { rise, fall } = this.#options
    const { says } = this.#source
    const known = says === UP || says === DOWN
    if (says === code || (known && this.#count < (good ? rise : fall))) return
    this.#source.turn(this.#since, code, good ? undefined : { detected: now }, good ? undefined : 'failed checks')
  }

  /** Where the latest result is too old by `now`, nothing has been known since. Sleep is told apart already. */
  #settle(now: number): void {
    if (this.#seen === undefined) return
    if (this.#ledger.time.time(now) - this.#seenTime <= patience * this.#options.every) return
    this.#source.turn(this.#seen, UNKNOWN)
    this.#seen = undefined
    this.#streak = UNKNOWN
  }
}
