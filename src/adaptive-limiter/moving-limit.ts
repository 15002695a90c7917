/**
 * The limit, as the algorithm moves it from window to window.
 *
 * During a probe half of the limit holds. A call counts only in the window of a probe, or of the time between two probes, that it began in:
 * each is an epoch. Invariant: the limit is an integer from `min` to `max`, or half of one.
 */
import { startEpoch } from '../core/admission-epoch.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Events } from '../core/events.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
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
  /** Began when a probe last began or ended. */
  epoch = 0

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

  /** A call begins, the last of `inflight`. The number of calls that its latency represents; 0: it need not be measured. */
  begin(inflight: number): number {
    if (inflight > this.#most) this.#most = inflight
    return this.#window.weigh()
  }

  /** A call took `latency`; `Infinity` where it says overload. */
  add(latency: Milliseconds, weight: number, now: Milliseconds, inflight: number): void {
    if (!this.#window.add(latency, weight, now)) return
    const window = this.#window.take(this.#most)
    this.#most = inflight
    const { min, max } = this.#settings
    try {
      const found: unknown = this.#algorithm.update(this.#found, window)
      if (typeof found === 'number' && !Number.isNaN(found)) this.#found = Math.max(min, Math.min(max, found))
      else {
        ignoreRejection(found)
        this.#events.fault('algorithm', new TypeError('update must return a number'))
      }
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
      this.epoch = startEpoch()
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
