/**
 * How long a breaker stays open: for each opening in a row as the rule says, which may make each longer than the one before.
 *
 * If a rule of the user fails, that is a `fault`, and the opening has the default length.
 */
import { type Backoff, type BackoffFunction, constant, delayBy } from '../core/backoff.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { BasePolicy } from '../core/policy.ts'
import { defaults } from './options.ts'

const fixed = constant(defaults.openFor)

export class Openings {
  readonly #policy: Pick<BasePolicy, 'events' | 'random'>
  readonly #rule: Backoff | BackoffFunction
  /** Openings in a row. */
  count = 0
  /** The length of the latest opening. */
  openFor: Milliseconds | undefined = undefined
  /** When the latest opening ends, in the clock's `now()`. */
  until = 0

  constructor(policy: Pick<BasePolicy, 'events' | 'random'>, rule: Backoff | BackoffFunction) {
    this.#policy = policy
    this.#rule = rule
  }

  /** The length of the next opening. The user's function may do anything, so no state has changed yet. */
  next(error: unknown): Milliseconds {
    return this.#length(this.count + 1, this.openFor, error)
  }

  begin(openFor: Milliseconds, now: Milliseconds): void {
    this.count++
    this.openFor = openFor
    this.until = now + openFor
  }

  /** The circuit has closed: the next opening is the first of a row again. */
  end(): void {
    this.count = 0
    this.openFor = undefined
  }

  /** Continues an opening from a snapshot, of which `remaining` ms are left. */
  resume(remaining: Milliseconds, now: Milliseconds): void {
    this.openFor = this.#length(Math.max(1, this.count), undefined, undefined)
    this.until = now + remaining
  }

  #length(attempt: number, previous: Milliseconds | undefined, error: unknown): Milliseconds {
    const { events, random } = this.#policy
    const length = delayBy(this.#rule, { attempt, previous, random, error }, 'openFor', events, fixed)
    if (length !== Number.POSITIVE_INFINITY) return length
    events.fault('openFor', new TypeError('openFor must give a finite number of ms, got Infinity'))
    return defaults.openFor
  }
}
