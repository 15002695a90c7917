/**
 * A source that is asked again and again: the body of DNS, of a registry behind HTTP, and of any list of your own.
 *
 * One question at a time; one that takes too long is given up, so that a promise which was lost is not the end of asking.
 * It may hang on all the same: where `hanging` of them do, further ones are asked ever more rarely (see `core/checks/timed-check.ts`), as
 * each may hold a connection or a thread. The wait after an answer is what the answer says (`ttl`, at most `ceiling`) or `every`, never below
 * `floor`, and spread by jitter, so that a fleet of clients does not ask in step. After a failure the last list stays and
 * the waits grow. A hint that the list may be old asks sooner, at most once in `refresh`.
 *
 * Invariant: until it is closed, either a question is out or the next one is scheduled.
 */
import { exponential } from '../../core/backoff.ts'
import { patience, TimedCheck } from '../../core/checks/timed-check.ts'
import type { Duration, Milliseconds } from '../../core/duration.ts'
import {
  duration,
  type Fail,
  functionOf,
  isRecord,
  optional,
  ratio,
  resolveOptions,
  show,
  text,
} from '../../core/options.ts'
import { Alarm } from '../../core/timer.ts'
import type { MemberOptions } from '../options.ts'
import type { MemberSink, MemberSource, MemberWatch } from './source.ts'

/** How many questions may hang, given up, before others are asked rarely. */
const hanging = 4

/** An answer: the list, and for how long it holds where that is known. */
export interface Polled<Target> {
  readonly members: readonly (Target | MemberOptions<Target>)[]
  /** In ms. One that is no number >= 0 is as none. */
  readonly ttl?: Milliseconds | undefined
  /** What went wrong although there is an answer; each is told as a `fault`. */
  readonly faults?: readonly unknown[] | undefined
}

export interface PollOptions<Target = unknown> {
  /** Members until there is an answer. Default: none. */
  readonly initial?: readonly (Target | MemberOptions<Target>)[]
  /** How long an answer without a `ttl` holds. Default 30 s. */
  readonly every?: Duration
  /** No answer holds for less. Default: 1 s, or `every` where that is less. */
  readonly floor?: Duration | undefined
  /** No answer's `ttl` holds for longer. Default 1 h. */
  readonly ceiling?: Duration
  /** By which part waits are spread, to both sides, 0 to 1. Default 0.1. */
  readonly jitter?: number
  /** How long a question may take; then its signal is aborted. Default 5 s. */
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
  floor: optional(duration('> 0'), undefined),
  ceiling: optional(duration('> 0'), 3_600_000 as number),
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
  const { floor = Math.min(1000, rules.every) } = rules
  return { kind, initial, watch: (sink) => new Poll(sink, kind, ask, { ...rules, floor }) }
}

type Rules = { readonly [K in keyof Omit<typeof pollChecks, 'initial'>]: number }

class Poll implements MemberWatch {
  readonly #sink: MemberSink
  readonly #kind: string
  readonly #ask: (question: { readonly signal: AbortSignal }) => unknown
  readonly #rules: Rules
  readonly #look: TimedCheck
  readonly #next = new Alarm(() => this.#turn(), true)
  #failures = 0
  #askedAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(
    sink: MemberSink,
    kind: string,
    ask: (question: { readonly signal: AbortSignal }) => unknown,
    rules: Rules,
  ) {
    this.#sink = sink
    this.#kind = kind
    this.#ask = ask
    this.#rules = rules
    this.#look = new TimedCheck(sink.clock, rules.timeout, 'check', { most: hanging, patience })
    this.#turn()
  }

  close(): void {
    this.#closed = true
    this.#sink.clock.cancel(this.#next)
    this.#look.stop()
  }

  refresh(): void {
    const { clock } = this.#sink
    const asking = this.#look.running && !this.#look.overdue
    if (this.#closed || asking || clock.now() - this.#askedAt < this.#rules.refresh) return
    clock.cancel(this.#next)
    this.#turn()
  }

  #turn(): void {
    this.#askedAt = this.#sink.clock.now()
    if (this.#look.overdue) {
      this.#wait(this.#failed(new Error(`${this.#kind}: ${hanging} questions or more have not been answered`)))
      return
    }
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
    const given = Array.isArray(answer) ? { members: answer } : answer
    if (!isRecord(given) || !Array.isArray(given['members'])) {
      const what = isRecord(given) ? `members that are ${show(given['members'])}` : show(given)
      return this.#failed(new TypeError(`${this.#kind}: the answer must be an array of members, got ${what}`))
    }
    const { ttl, faults } = given
    try {
      this.#sink.update(given['members'])
    } catch (error) {
      return this.#failed(error)
    }
    this.#failures = 0
    if (Array.isArray(faults)) for (const fault of faults) this.#sink.failed(fault)
    const { every, ceiling } = this.#rules
    return typeof ttl === 'number' && ttl >= 0 ? Math.min(ttl, ceiling) : every
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
