/**
 * One circuit breaker: its state, and the time in each.
 *
 * Each change of state is an event, so no opening is too short to be seen. Time counts from when the breaker has a clock, which
 * is at its first call, or at the first scrape after it. Invariant: `#times` is the time in each state until `#since`.
 */
import type { CircuitState } from '../circuit-breaker/circuit.ts'
import type { CircuitRejectEvent } from '../circuit-breaker/events.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { EventBase } from '../core/events.ts'
import type { BasePolicy } from '../core/policy.ts'
import { Ears } from './ears.ts'
import type { Place, PolicyWatch, WatchContext } from './policy-location.ts'
import { Series } from './series.ts'

const states: readonly CircuitState[] = ['closed', 'open', 'half-open', 'isolated', 'disabled']
const usual: readonly (readonly [CircuitState, CircuitState])[] = [
  ['closed', 'open'],
  ['open', 'half-open'],
  ['half-open', 'open'],
  ['half-open', 'closed'],
]
const changes = {
  open: 'open',
  halfOpen: 'half-open',
  close: 'closed',
  isolate: 'isolated',
  disable: 'disabled',
} as const

export class BreakerWatch implements PolicyWatch {
  readonly #policy: BasePolicy
  readonly #context: WatchContext
  readonly #series: Series
  readonly #ears: Ears
  readonly #times: Record<CircuitState, Milliseconds> = {
    closed: 0,
    open: 0,
    'half-open': 0,
    isolated: 0,
    disabled: 0,
  }
  #state: CircuitState
  #since: Milliseconds | undefined

  constructor({ policy, name, within }: Place, context: WatchContext) {
    const { errors, families } = context
    this.#policy = policy
    this.#context = context
    this.#series = new Series({ ...within, breaker: name })
    this.#state = (policy as unknown as { readonly state: CircuitState }).state
    this.#since = policy.knownClock?.now()
    for (const [from, to] of usual) this.#series.add(families.transitions, { from, to }, 0)
    for (const state of ['open', 'half-open']) this.#series.add(families.breakerRejections, { state }, 0)
    this.#ears = new Ears(errors, policy)
    for (const [event, state] of Object.entries(changes)) {
      this.#ears.on<EventBase>(event, ({ time }) => this.#turn(state, time))
    }
    this.#ears.on<CircuitRejectEvent>('reject', ({ state }) => {
      this.#series.add(families.breakerRejections, { state }, 1)
    })
  }

  collect(): void {
    const { breakerStatus, breakerStateTime } = this.#context.families
    this.#series.refresh(() => this.#series.setState(breakerStatus, states, this.#state))
    const now = this.#policy.knownClock?.now()
    if (now !== undefined) this.#pass(now)
    for (const state of states) this.#series.raise(breakerStateTime, { state }, this.#times[state] / 1000)
  }

  stop(): void {
    this.#ears.stop()
    this.#series.drop()
  }

  #turn(state: CircuitState, time: Milliseconds): void {
    this.#pass(time)
    this.#series.add(this.#context.families.transitions, { from: this.#state, to: state }, 1)
    this.#state = state
  }

  #pass(time: Milliseconds): void {
    this.#times[this.#state] += time - (this.#since ?? time)
    this.#since = time
  }
}
