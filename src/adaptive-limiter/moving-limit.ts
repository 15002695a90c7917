/**
 * The limit, as the algorithm moves it from window to window.
 *
 * During a probe half of the limit holds. A call counts only in the window of a probe, or of the time between two probes, that it began in:
 * each has a generation. Invariant: the limit is an integer from `min` to `max`, or half of one.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { Events } from '../core/events.ts'
import { Aimd } from './algorithms/aimd.ts'
import { Gradient } from './algorithms/gradient.ts'
import type { LimitAlgorithm } from './algorithms/limit-algorithm.ts'
import { Vegas } from './algorithms/vegas.ts'
import { type LimiterWindowSettings, SampleWindow } from './window.ts'

interface MovingLimitSettings {
  readonly algorithm: 'gradient' | 'vegas' | 'aimd' | LimitAlgorithm
  readonly initial: number
  readonly min: number
  readonly max: number
  readonly tolerance: number
  readonly window: LimiterWindowSettings
}

export class MovingLimit {
  readonly #settings: MovingLimitSettings
  readonly #events: Events
  readonly #algorithm: LimitAlgorithm
  readonly #window: SampleWindow
  /** What the algorithm found: not rounded, and not halved. */
  #found: number
  /** The most calls that ran at once in this window. */
  #most = 0
  limit: number
  probing = false
  generation = 0

  constructor(settings: MovingLimitSettings, events: Events) {
    this.#settings = settings
    this.#events = events
    this.#algorithm = algorithmOf(settings)
    this.#window = new SampleWindow(settings.window)
    this.limit = this.#found = settings.initial
  }

  get samples(): number {
    return this.#window.samples
  }

  get baseline(): Milliseconds | undefined {
    try {
      return this.#algorithm.baseline
    } catch (error) {
      this.#events.fault('algorithm', error)
      return undefined
    }
  }

  /** This number of calls runs now. */
  runs(inflight: number): void {
    if (inflight > this.#most) this.#most = inflight
  }

  /** A call took `latency`; `Infinity` where it says overload. */
  add(latency: Milliseconds, now: Milliseconds, inflight: number): void {
    if (!this.#window.add(latency, now)) return
    const window = this.#window.take(this.#most)
    this.#most = inflight
    const { min, max } = this.#settings
    try {
      const found: unknown = this.#algorithm.update(this.#found, window)
      if (typeof found === 'number' && !Number.isNaN(found)) this.#found = Math.max(min, Math.min(max, found))
      else this.#events.fault('algorithm', new TypeError('update must return a number'))
    } catch (error) {
      this.#events.fault('algorithm', error)
    }
    this.#move()
  }

  #move(): void {
    const probing = this.#probes()
    const changed = probing !== this.probing
    const from = this.limit
    const to = probing ? Math.max(1, Math.floor(this.#found / 2)) : Math.floor(this.#found)
    this.limit = to
    this.probing = probing
    if (changed) {
      this.generation++
      const { baseline } = this
      if (this.#events.hasListeners('probe')) this.#events.emit('probe', { probing, baseline })
    }
    if (from === to || !this.#events.hasListeners('limit')) return
    this.#events.emit('limit', { from, to, cause: changed ? 'probe' : 'window' })
  }

  #probes(): boolean {
    try {
      return this.#algorithm.probing === true
    } catch (error) {
      this.#events.fault('algorithm', error)
      return false
    }
  }
}

function algorithmOf({ algorithm, tolerance }: MovingLimitSettings): LimitAlgorithm {
  if (algorithm === 'gradient') return new Gradient(tolerance)
  if (algorithm === 'vegas') return new Vegas()
  return algorithm === 'aimd' ? new Aimd() : algorithm
}
