/**
 * A source that is asked again and again: the body of DNS, of a registry behind HTTP, and of any list of your own.
 *
 * One question at a time. The wait after an answer is what the answer says (`ttl`) or `every`, never below `floor`, and
 * spread by jitter, so that a fleet of clients does not ask in step. After a failure the last list stays and the waits grow.
 * A hint that the list may be old asks sooner, at most once in `refresh`.
 */
import { exponential } from '../../core/backoff.ts'
import { Alarm } from '../../core/clock.ts'
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { Look } from '../../core/look.ts'
import { duration, type Fail, functionOf, optional, ratio, resolveOptions, text } from '../../core/options.ts'
import type { MemberOptions } from '../options.ts'
import type { MemberSink, MemberSource, MemberWatch } from './source.ts'

/** An answer: the list, and for how long it holds where that is known. */
export interface Polled<Target> {
  readonly members: readonly (Target | MemberOptions<Target>)[]
  readonly ttl?: Milliseconds | undefined
}

export interface PollOptions<Target = unknown> {
  /** Members until there is an answer. Default: none. */
  readonly initial?: readonly (Target | MemberOptions<Target>)[]
  /** How long an answer without a `ttl` holds. Default 30 s. */
  readonly every?: Duration
  /** No answer holds for less. Default 1 s. */
  readonly floor?: Duration
  /** By which part waits are spread, to both sides, 0 to 1. Default 0.1. */
  readonly jitter?: number
  /** How long a question may take. Default 5 s. */
  readonly timeout?: Duration
  /** A hint that the list is old is followed at most this often. Default 30 s. */
  readonly refresh?: Duration
}

export interface PolledOptions<Target> extends PollOptions<Target> {
  /** Asks once. What it throws is no answer. */
  readonly ask: (question: {
    readonly signal: AbortSignal
  }) =>
    | Polled<Target>
    | readonly (Target | MemberOptions<Target>)[]
    | PromiseLike<Polled<Target> | readonly (Target | MemberOptions<Target>)[]>
  /** Default `'polled'`. */
  readonly kind?: string
}

export const pollChecks = {
  initial: (value: unknown, fail: Fail) =>
    value === undefined || Array.isArray(value) ? (value as readonly unknown[] | undefined) : fail('an array'),
  every: optional(duration('> 0'), 30_000 as number),
  floor: optional(duration('> 0'), 1000 as number),
  jitter: optional(ratio, 0.1 as number),
  timeout: optional(duration('> 0'), 5000 as number),
  refresh: optional(duration('>= 0'), 30_000 as number),
}

/**
 * Makes a source of a function that gives the list when asked.
 *
 * ```ts
 * import { failoverPool, polled } from 'holdfast/failover'
 * const pool = failoverPool(polled({ ask: async () => ['http://localhost:8001'], every: '10s' }))
 * await pool.ready()
 * pool.members.map(({ name }) => name) // => ['http://localhost:8001']
 * pool.close()
 * ```
 */
export function polled<Target>(options: PolledOptions<Target>): MemberSource<Target> {
  const { ask, kind, initial, ...rules } = resolveOptions('polled', options, {
    ask: functionOf<(question: { readonly signal: AbortSignal }) => unknown>(),
    kind: optional(text, 'polled'),
    ...pollChecks,
  })
  return { kind, initial, watch: (sink) => new Poll(sink, ask, rules) }
}

type Rules = { readonly [K in keyof Omit<typeof pollChecks, 'initial'>]: number }

class Poll implements MemberWatch {
  readonly #sink: MemberSink
  readonly #ask: (question: { readonly signal: AbortSignal }) => unknown
  readonly #rules: Rules
  readonly #look: Look
  readonly #next = new Alarm(() => this.#turn(), true)
  #failures = 0
  #askedAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(sink: MemberSink, ask: (question: { readonly signal: AbortSignal }) => unknown, rules: Rules) {
    this.#sink = sink
    this.#ask = ask
    this.#rules = rules
    this.#look = new Look(sink.clock, rules.timeout)
    this.#turn()
  }

  close(): void {
    this.#closed = true
    this.#sink.clock.cancel(this.#next)
    this.#look.stop()
  }

  refresh(): void {
    const { clock } = this.#sink
    if (this.#closed || this.#look.running || clock.now() - this.#askedAt < this.#rules.refresh) return
    clock.cancel(this.#next)
    this.#turn()
  }

  #turn(): void {
    // A question that has not ended long after its time still stands in the way of the next one.
    if (this.#look.running) {
      this.#wait(this.#failed(new Error('the question before has not ended')))
      return
    }
    this.#askedAt = this.#sink.clock.now()
    let answer: unknown
    this.#look.begin(
      async (signal) => {
        answer = await this.#ask({ signal })
      },
      (good, error) => this.#wait(good ? this.#answered(answer) : this.#failed(error)),
    )
  }

  /** Passes an answer on, and says how long it holds. */
  #answered(answer: unknown): Milliseconds {
    this.#failures = 0
    const { members, ttl } = Array.isArray(answer) ? { members: answer, ttl: undefined } : (answer as Polled<unknown>)
    this.#sink.update(members)
    return typeof ttl === 'number' && ttl >= 0 ? ttl : this.#rules.every
  }

  #failed(error: unknown): Milliseconds {
    this.#failures++
    this.#sink.failed(error)
    const { floor, every } = this.#rules
    const growing = exponential({ base: floor, max: Math.max(floor, every), jitter: 'none' })
    return growing.delay({ attempt: this.#failures, previous: undefined, random: this.#sink.random })
  }

  #wait(holds: Milliseconds): void {
    if (this.#closed) return
    const { floor, jitter } = this.#rules
    const spread = 1 + jitter * (2 * this.#sink.random() - 1)
    this.#sink.clock.schedule(this.#next, Math.max(floor, holds * spread))
  }
}
