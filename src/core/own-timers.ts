/**
 * One real timer for each wait, for timers other than Node's: those of a browser, those of a Worker's request, and fake ones.
 *
 * Such a timer is due when it fires, whatever the clock says: fake timers have their own time, and `performance` may not be faked
 * with them. When the global functions change, each wait is armed by the new ones too, for the time it has left, and stays armed
 * by the previous ones. So no wait is lost when fake timers are removed, or hide the real ones for a while.
 * Invariant: a timer that waits is armed by the current functions.
 */
import { timersAreBound } from './context.ts'
import type { Milliseconds } from './duration.ts'
import { arm, type Globals, longest, type TimerHandle } from './real-timers.ts'
import { TimerPlace } from './shared-timers.ts'
import type { Timer } from './timer.ts'

/** All that wait. Stays empty in a Worker, where the functions never change and a request ends with its timers. */
const waiting = new Set<OwnTimer>()

/** Called when a timer fires; `at` is when it was due. */
export type OnFire = (globals: Globals, at: Milliseconds) => void

interface Armed {
  readonly globals: Globals
  handle: TimerHandle
}

export class OwnTimer extends TimerPlace {
  /** Undefined after the end: a real timer that cannot be cancelled must not keep the timer in memory. */
  #timer: Timer | undefined
  readonly #onFire: OnFire
  #armed: Armed[] = []

  /** Schedules a timer whose `at` is set already. */
  constructor(timer: Timer, onFire: OnFire) {
    super()
    this.#timer = timer
    this.#onFire = onFire
    timer.list = this
    if (!timersAreBound) waiting.add(this)
  }

  /** Arms it by these functions too, and disarms it for all others except `before`. */
  arm(globals: Globals, before: Globals = globals): void {
    for (const armed of this.#armed) if (armed.globals !== before) disarm(armed)
    this.#armed = this.#armed.filter((armed) => armed.globals === before)
    const timer = this.#timer as Timer
    const armed = { globals, handle: undefined as never }
    this.#armed.push(armed)
    // Rounded up, because timers drop fractions of a millisecond; the tolerance is for rounding errors of the clock.
    const left = Math.max(0, Math.ceil(timer.at - globals.now() - 1e-6))
    this.#start(armed, left, timer.background)
  }

  remove(): void {
    for (const armed of this.#armed) disarm(armed)
    this.#end()
  }

  #start(armed: Armed, left: Milliseconds, background: boolean): void {
    armed.handle = arm(armed.globals, () => this.#ring(armed, left), left, background)
  }

  #ring(armed: Armed, left: Milliseconds): void {
    // It could not be cancelled: the fake timers were removed, or it belongs to another request of a Worker.
    const timer = this.#timer
    if (timer === undefined) return
    if (left > longest) {
      this.#start(armed, left - longest, timer.background)
      return
    }
    for (const other of this.#armed) if (other !== armed) disarm(other)
    this.#end()
    this.#onFire(armed.globals, timer.at)
    timer.fire()
  }

  #end(): void {
    this.#armed = []
    ;(this.#timer as Timer).list = undefined
    this.#timer = undefined
    waiting.delete(this)
  }
}

function disarm({ globals: { live, clear }, handle }: Armed): void {
  // A browser's `clearTimeout` throws if it is called as a method of an object other than the window.
  if (live) clear(handle)
}

/** Arms the timers that were armed by `before` by `globals` too. */
export function rearm(globals: Globals, before: Globals): void {
  for (const own of waiting) own.arm(globals, before)
}
