/**
 * A policy that is in one of several states: the present one, the time in each, and the changes.
 *
 * Each change is an event, so no state is too short to be seen. Time counts from when the policy has a clock: from its first
 * call, or from the first scrape after that. Invariant: `#times` holds the time in each state until `#since`.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { EventBase } from '../core/events.ts'
import { PolicySubscriptions } from '../core/policy-subscriptions.ts'
import type { StatesTelemetry } from '../core/telemetry.ts'
import type { PolicyLocation, PolicyWatch, WatchContext } from './policy-location.ts'
import { Series } from './series.ts'

export class StatesWatch implements PolicyWatch {
  readonly #policy: PolicyLocation['policy']
  readonly #states: StatesTelemetry
  readonly #context: WatchContext
  readonly #series: Series
  readonly #subscriptions: PolicySubscriptions
  readonly #times: Map<string, Milliseconds>
  #state: string
  #since: Milliseconds | undefined

  constructor({ policy, labels }: PolicyLocation, states: StatesTelemetry, context: WatchContext) {
    this.#policy = policy
    this.#states = states
    this.#context = context
    this.#series = new Series(labels)
    this.#times = new Map(states.names.map((name) => [name, 0]))
    this.#state = states.read(policy)
    this.#since = policy.knownClock?.now()
    const transitions = context.families.counter(states.transitions)
    for (const [from, to] of states.usual) this.#series.add(transitions, { from, to }, 0)
    this.#subscriptions = new PolicySubscriptions(policy, context.errors.count)
    for (const [event, state] of Object.entries(states.begunBy)) {
      this.#subscriptions.onOwn<EventBase>(event, ({ time }) => this.#change(state as string, time))
    }
  }

  collect(): void {
    const { names, status, time } = this.#states
    const { families } = this.#context
    this.#series.refresh(() => this.#series.setState(families.gauge(status), names, this.#state))
    const now = this.#policy.knownClock?.now()
    if (now !== undefined) this.#pass(now)
    for (const [state, total] of this.#times) this.#series.raise(families.counter(time), { state }, total / 1000)
  }

  stop(): void {
    this.#subscriptions.close()
    this.#series.drop()
  }

  #change(state: string, time: Milliseconds): void {
    this.#pass(time)
    const transitions = this.#context.families.counter(this.#states.transitions)
    this.#series.add(transitions, { from: this.#state, to: state }, 1)
    this.#state = state
  }

  #pass(time: Milliseconds): void {
    const passed = time - (this.#since ?? time)
    this.#times.set(this.#state, (this.#times.get(this.#state) as Milliseconds) + passed)
    this.#since = time
  }
}
