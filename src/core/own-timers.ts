/**
 * A real timer for each wait, on timers that are not Node's own: a browser's, those of a Worker's request, and fake ones.
 *
 * Such a timer is believed when it fires: fake ones move on their own clock, and `performance` may not be faked with them.
 * When the global functions change, each wait is armed by the new ones too, for the time it has left, and stays armed by
 * those of before: fake timers that go leave no wait behind, and neither do real ones that are hidden for a while.
 * Invariant: a timer that waits is armed by the functions of now.
 */
import { timersAreBound } from './context.ts'
import type { Milliseconds } from './duration.ts'
import { arm, type Globals, longest, type TimerHandle } from './real-timers.ts'
import { TimerPlace } from './shared-timers.ts'
import type { Timer } from './timer.ts'

/** All that wait. Left empty where functions never change, and a request that ends takes its timers with it. */
const waiting = new Set<OwnTimer>()

/** Told when a timer has fired of which the clock thinks it is early. */
export type Believe = (globals: Globals, at: Milliseconds) => void

interface Armed {
  readonly globals: Globals
  handle: TimerHandle
}

export class OwnTimer extends TimerPlace {
  /** Undefined once it is over: a real timer that could not be taken back must not keep what waited. */
  #timer: Timer | undefined
  readonly #believe: Believe
  #armed: Armed[] = []

  /** Schedules a timer whose `at` is set already. */
  constructor(timer: Timer, believe: Believe) {
    super()
    this.#timer = timer
    this.#believe = believe
    timer.list = this
    if (!timersAreBound) waiting.add(this)
  }

  /** Arms it by these functions too, and no longer by others than these and `before`. */
  arm(globals: Globals, before: Globals = globals): void {
    for (const armed of this.#armed) if (armed.globals !== before) disarm(armed)
    this.#armed = this.#armed.filter((armed) => armed.globals === before)
    const timer = this.#timer as Timer
    const armed = { globals, handle: undefined as never }
    this.#armed.push(armed)
    // Up to whole milliseconds, as timers cut off the rest; what a reading of the clock leaves over is none.
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
    // It could not be taken back: fake timers were gone, or it belongs to another request of a Worker.
    const timer = this.#timer
    if (timer === undefined) return
    if (left > longest) {
      this.#start(armed, left - longest, timer.background)
      return
    }
    for (const other of this.#armed) if (other !== armed) disarm(other)
    this.#end()
    this.#believe(armed.globals, timer.at)
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
  // A browser's own function refuses to be called as a method of anything but the window.
  if (live) clear(handle)
}

/** Timers were armed by the functions of `before`, and are now by those of `globals` too. */
export function rearm(globals: Globals, before: Globals): void {
  for (const own of waiting) own.arm(globals, before)
}
